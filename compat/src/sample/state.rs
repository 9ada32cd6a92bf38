//! The state that making samples needs during one comparison.

use std::rc::Rc;

use foldhash::HashMap;
use serde_json::Value;

use crate::tree::Class;

/// The state of making samples.
#[derive(Default)]
pub(crate) struct Sampler {
    /// The samples of earlier calls, by class and requested number.
    pub(in crate::sample) known_samples: HashMap<(Class, usize), Rc<Vec<Value>>>,
    /// The nodes whose samples the engine currently makes. They limit the recursion.
    pub(in crate::sample) samplings_in_progress: Vec<Class>,
    /// The number of nodes of all values that the engine has made.
    pub(in crate::sample) nodes_made: usize,
}
