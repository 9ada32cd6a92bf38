//! The example schemas: each reads, resolves, compiles, and judges its own examples; each step
//! between versions deserves its number.

mod examples;
mod steps;
