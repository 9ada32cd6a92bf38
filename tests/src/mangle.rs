//! Events changed in small, mean ways: other kinds, numbers at a bound and in other spellings, names
//! twice, characters beyond the BMP, nesting without end.
//!
//! Whatever reads events must decide the result as the validator does. The sources of this module
//! are also compiled into the program that `cargo lab fuzz codegen` builds, so that they use
//! nothing of this crate.

mod hints;
mod mutation;
mod tree;

pub use hints::Hints;
pub use mutation::mangle;
pub use tree::Tree;
