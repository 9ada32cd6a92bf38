//! The evschema command.
fn main() {}
