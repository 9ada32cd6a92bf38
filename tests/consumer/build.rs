//! Generates the events of this crate, as a user's build script does.

use evschema_codegen::UnwrapOrExit;

fn main() {
    evschema_codegen::from_manifest().generate().unwrap_or_exit();
    // A second manifest, whose schemas come from types of this crate's tests.
    // A third manifest has settings for types, which name types of this crate's tests.
    for folder in ["code_first", "settings"] {
        let output = std::path::Path::new(&std::env::var_os("OUT_DIR").unwrap_or_default()).join(folder);
        evschema_codegen::from_manifest().folder(folder).output(output).generate().unwrap_or_exit();
    }
}
