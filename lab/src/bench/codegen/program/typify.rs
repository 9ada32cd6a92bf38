//! Runs typify on schemas. A scratch workspace compiles this program.
//!
//! The only argument is a file with rows that contain a `number` and a `schema`. For each row, the program prints a
//! JSON line with the formatted code, the name of the root type, and the CPU time.

use std::panic::catch_unwind;

use serde_json::{Value, json};
use typify::{TypeSpace, TypeSpaceSettings};

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let (started, mut runs) = (thread_micros(), 0.0);
        let (made, micros) = loop {
            let made = catch_unwind(|| generated(row["schema"].clone())).ok().flatten();
            runs += 1.0;
            let spent = thread_micros() - started;
            if made.is_none() || 30_000.0 <= spent {
                break (made, spent / runs);
            }
        };
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

/// Returns the CPU microseconds of this thread.
fn thread_micros() -> f64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    said.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e3
}
