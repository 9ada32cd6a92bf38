//! The generator on disk, and on schemas that nobody wrote for it.

mod build_script;
mod golden;
mod hostile;
mod suite;
