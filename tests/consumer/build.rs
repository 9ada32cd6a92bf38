//! Generates the events of this crate, as a user's build script does.

use evschema_codegen::UnwrapOrExit;

fn main() {
    evschema_codegen::from_manifest().generate().unwrap_or_exit();
}
