//! The example schemas: each reads, resolves, compiles, and judges its own examples; each step
//! between versions has the number that it requires.

mod examples;
mod steps;
