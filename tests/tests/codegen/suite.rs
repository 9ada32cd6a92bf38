use std::path::Path;
use std::sync::Arc;

use evschema_codegen::{Options, generate};
use evschema_model::{Catalog, Coordinates, Dialects, Draft, Formats, Schema, Subject, Version};
use serde_json::Value;

/// The generated code is valid Rust for every schema of the official suite that refers to no other document.
#[test]
fn the_official_suite_generates() {
    let Some(corpora) = evschema_tests::corpora() else {
        println!("skipped: the official suite is not there; set EVSCHEMA_CORPORA");
        return;
    };
    let mut generated = 0;
    for draft in Draft::ALL {
        let folder = match draft {
            Draft::Draft4 => "draft4",
            Draft::Draft6 => "draft6",
            Draft::Draft7 => "draft7",
            Draft::Draft201909 => "draft2019-09",
            Draft::Draft202012 => "draft2020-12",
        };
        let folder = corpora.join("json-schema-test-suite/tests").join(folder);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                generated += generate_file(&path, draft);
            }
        }
    }
    assert!(1000 < generated, "only {generated} schemas generated");
}

fn generate_file(path: &Path, draft: Draft) -> usize {
    let groups: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut generated = 0;
    for mut group in groups {
        let mut schema = group["schema"].take();
        if let Value::Object(members) = &mut schema {
            members.entry("$schema").or_insert_with(|| draft.uri().into());
        }
        let at =
            Coordinates { subject: Subject::parse("suite.case").unwrap(), version: Version::new(1, 0, 0) };
        let Ok(schema) = Schema::read(at.clone(), schema.to_string().as_bytes(), &Dialects::default()) else {
            continue;
        };
        let mut catalog = Catalog::default();
        catalog.insert(Arc::new(schema)).unwrap();
        let options = Options { formats: Formats::Annotate, ..Options::default() };
        // The generator rejects a schema that refers to a document on the server of the suite, because the catalog has
        // no such document.
        generated += usize::from(generate(&catalog, &[at], &options).is_ok());
    }
    generated
}
