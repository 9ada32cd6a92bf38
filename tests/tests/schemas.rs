//! The example schemas: each is valid, resolves and accepts its own examples, and each version has the number that its
//! change requires.

mod examples;
mod steps;
