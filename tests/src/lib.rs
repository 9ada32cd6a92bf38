//! The harness of the integration tests: a temporary Postgres server, a headless browser, the built command, random
//! events and schemas, and the folder of test data.
//!
//! This crate is not part of the product. If a program is missing on the machine, the error names the package to
//! install.

pub mod attack;
mod browser;
mod command;
mod content_pairs;
mod content_trial;
mod data;
mod draw;
mod guarded;
mod install;
mod items;
mod mangle;
mod mutate;
mod nats;
mod oracle;
mod postgres;
mod program;
mod surface;
mod trial;

pub use browser::Browser;
pub use command::{evschema, patterns};
pub use content_pairs::content_pair;
pub use content_trial::{ContentFault, ContentSettings, ContentTrial, try_content};
pub use data::{corpora, repository, schemas};
pub use draw::Draw;
pub use guarded::{Cost, Guarded};
pub use install::install_missing;
pub use items::has_only_its_items;
pub use mangle::{Hints, Tree, mangle};
pub use mutate::mutate;
pub use nats::Nats;
pub use oracle::{Answer, Oracle};
pub use postgres::Postgres;
pub use program::{HarnessError, Missing, find_program};
pub use surface::{Shown, Surface, surface};
pub use trial::{Drawn, Fault, Trial, draw_events, is_witness, read_alone, try_pair};
