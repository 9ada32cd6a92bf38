//! Every example schema reads, resolves, compiles, and judges its own examples.
