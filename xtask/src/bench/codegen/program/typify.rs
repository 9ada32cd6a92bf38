//! Runs typify on schemas. Compiled in a scratch workspace.
//!
//! Reads rows with a `number` and a `schema` from the file that is its only argument; prints a line
//! for each: the code, formatted, the name of the root's type, and how long both took.

use std::panic::catch_unwind;
use std::time::Instant;

use serde_json::{Value, json};
use typify::{TypeSpace, TypeSpaceSettings};

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let started = Instant::now();
        let made = catch_unwind(|| generated(row["schema"].clone())).ok().flatten();
        let micros = started.elapsed().as_secs_f64() * 1e6;
        let (text, root) = made.unzip();
        println!("{}", json!({ "number": row["number"], "text": text, "root": root, "micros": micros }));
    }
}

fn generated(schema: Value) -> Option<(String, String)> {
    let root: schemars::schema::RootSchema = serde_json::from_value(schema).ok()?;
    let mut space = TypeSpace::new(&TypeSpaceSettings::default());
    let id = space.add_root_schema(root).ok()??;
    let name = space.get_type(&id).ok()?.name();
    let file = syn::parse2(space.to_stream()).ok()?;
    Some((prettyplease::unparse(&file), name))
}
