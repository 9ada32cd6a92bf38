//! The manifests and sources of the scratch workspace.

use evschema_codegen::GeneratedFile;
use evschema_model::{Coordinates, Subject, Version};
use evschema_tests::repository;

use crate::scratch::ours;

/// The dependency has the same features as in this workspace, because numbers must keep all digits.
const SERDE_JSON: &str = "serde_json = { version = \"1\", features = [\"arbitrary_precision\", \"preserve_order\", \"raw_value\"] }\n";

pub(super) fn workspace(batches: usize, runtime: &str) -> String {
    let members: String = (0..batches).map(|n| format!("\"events{n}\", ")).collect();
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [{members}\"harness\", \"program\"]\n\
         [workspace.dependencies]\n{runtime}\
         [profile.dev]\ndebug = false\nincremental = false\n\
         [profile.dev.package.\"*\"]\nopt-level = 1\n\
         [profile.release]\ndebug = \"line-tables-only\"\noverflow-checks = true\ndebug-assertions = true\n"
    )
}

fn package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n")
}

pub(super) fn events_manifest(number: usize) -> String {
    format!(
        "{}[dependencies]\nevschema-runtime.workspace = true\nharness = {{ path = \"../harness\" }}\n",
        package(&format!("events{number}"))
    )
}

pub(super) fn events_lib(types: &str) -> String {
    format!(
        "//! Generated events and their functions.\n#![deny(warnings)]\n\npub mod events;\n\n\
         /// The functions of each event type.\npub static EVENT_TYPES: &[harness::EventType] = &[\n{types}];\n"
    )
}

pub(super) fn harness_manifest() -> String {
    format!("{}[dependencies]\n{SERDE_JSON}", package("harness"))
}

pub(super) fn harness_lib() -> String {
    // An older runtime has no `check_bytes`. With such a runtime, a parse replaces the check.
    let event = std::fs::read_to_string(repository().join("runtime/src/event.rs")).unwrap_or_default();
    let call = if event.contains("fn check_bytes") { "check_bytes" } else { "from_slice" };
    include_str!("harness.rs").replace("CHECK_BYTES", &format!("<$type>::{call}(event)"))
}

pub(super) fn program_manifest(name: &str, events: &str, more: &str) -> String {
    format!(
        "{}[[bin]]\nname = \"{name}\"\npath = \"src/main.rs\"\n[dependencies]\nharness = {{ path = \"../harness\" }}\n{SERDE_JSON}{events}{more}",
        package("corpus-program")
    )
}

/// Returns the function that lists the event types of all batches in order.
pub(super) fn event_types(batches: usize) -> String {
    let all: String = (0..batches).map(|n| format!("events{n}::EVENT_TYPES, ")).collect();
    format!(
        "\nfn event_types() -> Vec<&'static harness::EventType> {{\n    [{all}].into_iter().flatten().collect()\n}}\n"
    )
}

/// Returns the dependency on `evschema-model`, for a program that calls the validator.
pub(crate) fn model() -> String {
    ours("evschema-model", "model")
}

/// The place of an event type in generated code.
#[derive(Debug)]
pub(crate) struct EventPath {
    pub(crate) at: Coordinates,
    /// The module, such as `commerce_order_placed::v1`.
    pub(crate) module: String,
    pub(crate) name: String,
    /// The name of the borrowed type, if it exists.
    pub(crate) borrowed: Option<String>,
}

impl EventPath {
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }
}

/// Returns the event types of a generated file. Only files with glue have event types.
pub(crate) fn event_paths(file: &GeneratedFile) -> Vec<EventPath> {
    let Some(module) = file.path.strip_suffix(".glue.rs") else { return Vec::new() };
    let module = module.replace('/', "::");
    let mut found: Vec<EventPath> = Vec::new();
    for line in file.text.lines() {
        if let Some(of) = line.strip_prefix("rt::event! { ")
            && let Some((name, rest)) = of.split_once(' ')
        {
            let literals: Vec<&str> = rest.split('"').skip(1).step_by(2).take(2).collect();
            if let [subject, version] = literals.as_slice()
                && let (Ok(subject), Ok(version)) = (Subject::parse(subject), Version::parse(version))
            {
                let at = Coordinates { subject, version };
                found.push(EventPath { at, module: module.clone(), name: name.to_owned(), borrowed: None });
            }
        } else if let Some(of) = line.strip_prefix("rt::event_ref! { ")
            && let (Some(event), Some((borrowed, _))) = (found.last_mut(), of.split_once(" of "))
        {
            event.borrowed = Some(borrowed.to_owned());
        }
    }
    found
}
