//! Generates the types of all events in the folder `schemas`, as the build script of a service does.

use evschema_codegen::UnwrapOrExit;

fn main() {
    evschema_codegen::from_manifest().generate().unwrap_or_exit();
}
