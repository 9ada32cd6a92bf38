//! Generated code as its users have it.
