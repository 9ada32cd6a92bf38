//! Prints what is generated for a schema tree.
use evschema_codegen::*;
fn main() {
    let root = std::env::args().nth(1).unwrap();
    let tree = read_tree(&[std::path::Path::new(&root)], &Default::default()).unwrap();
    for p in &tree.problems { eprintln!("{}: {}", p.path.display(), p.diagnostic); }
    let sel = selection(&tree.catalog, &Default::default());
    match generate(&tree.catalog, &sel, &Options::default()) {
        Ok(files) => for f in files { println!("==== {}\n{}", f.path, f.text); },
        Err(ps) => for p in ps { eprintln!("{}: {}", p.path.display(), p.diagnostic); },
    }
}
