//! Tests the generator with real files, and with random and hostile schemas.

mod build_script;
mod code_first;
mod explain;
mod golden;
mod hostile;
mod lines;
mod names;
mod suite;
mod templates;
mod variant_names;
mod violations;
