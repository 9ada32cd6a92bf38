//! Events with small changes that are difficult for parsers: other types, numbers at a limit or with another spelling,
//! duplicate names, characters outside the BMP, deep nesting.
//!
//! Generated types must give the same verdict about such events as the validator. The program that `cargo lab fuzz
//! codegen` builds also contains the sources of this module, so the module uses no other code of this crate.

mod hints;
mod mutation;
mod tree;

pub use hints::Hints;
pub use mutation::mangle;
pub use tree::Tree;
