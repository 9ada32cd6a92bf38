//! The input of one comparison.

use evschema_model::{ContentModel, Formats, Pointer, Resolved};

/// The question of one comparison: does the reader accept everything that the writer sends?
#[derive(Clone, Copy)]
pub(crate) struct Question<'a, 'm> {
    pub(crate) writer: &'a Resolved,
    pub(crate) reader: &'a Resolved,
    pub(crate) model: ContentModel,
    pub(crate) formats: Formats,
    /// The limit of steps for each phase of the comparison.
    pub(crate) fuel: u64,
    /// The masks: places in the reader's document. The comparison treats the schemas at these places as if they
    /// accepted every value.
    pub(crate) masked: &'m [Pointer],
    /// Whether one witness is enough. If it is not, the comparison searches for a witness at each place that breaks.
    pub(crate) is_brief: bool,
}
