//! Tests the example schemas. Each schema must be valid, its references must resolve, and it must accept its own
//! examples. Each version must have the number that its change requires.

mod examples;
mod steps;
