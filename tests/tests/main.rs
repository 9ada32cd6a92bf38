//! The one integration-test binary: one link, one server shared by all that need one.

mod cli;
mod codegen;
mod harness;
mod registry;
mod schemas;
mod tidy;
