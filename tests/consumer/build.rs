//! Generates the events of this crate, as a user's build script does.

use evschema_codegen::UnwrapOrExit;

fn main() {
    evschema_codegen::from_manifest().generate().unwrap_or_exit();
    // A second manifest, whose schemas come from types of this crate's tests.
    let output = std::path::Path::new(&std::env::var_os("OUT_DIR").unwrap_or_default()).join("code_first");
    evschema_codegen::from_manifest().folder("code_first").output(output).generate().unwrap_or_exit();
}
