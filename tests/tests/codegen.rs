//! The generator on disk, and on schemas that nobody wrote for it.

mod build_script;
mod code_first;
mod explain;
mod golden;
mod hostile;
mod suite;
mod templates;
