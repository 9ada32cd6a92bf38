use std::fs;
use std::path::Path;

use evschema_codegen::from_manifest;
use tempfile::TempDir;

pub(super) const ORDER: &str =
    r#"{"title": "Order", "type": "object", "properties": {"id": {"type": "string"}}}"#;

pub(super) struct Crate {
    pub(super) folder: TempDir,
}

impl Crate {
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { folder }
    }

    pub(super) fn output(&self) -> std::path::PathBuf {
        self.folder.path().join("out")
    }

    /// Runs the build step. Removes the path of the crate from the errors.
    pub(super) fn generate(&self) -> Result<(), Vec<String>> {
        let root = format!("{}/", self.folder.path().display());
        let built = from_manifest().folder(self.folder.path()).output(self.output()).generate();
        built.map_err(|errors| errors.lines().iter().map(|line| line.replace(&root, "")).collect())
    }
}

fn modified(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn unchanged_files_are_not_written() {
    let project = Crate::new(&[("evschema.toml", ""), ("schemas/shop.order/1.0.0.json", ORDER)]);
    project.generate().unwrap();
    let file = project.output().join("shop_order.rs");
    let before = modified(&file);
    assert!(
        fs::read_to_string(project.output().join("events.rs"))
            .unwrap()
            .contains("include!(\"shop_order.rs\")")
    );
    project.generate().unwrap();
    assert_eq!(modified(&file), before);
    fs::write(project.folder.path().join("schemas/shop.order/1.1.0.json"), ORDER.replace("id", "number"))
        .unwrap();
    project.generate().unwrap();
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.contains("Version 1.1.0.") && !text.contains("1.0.0"),
        "the newest of the line is generated"
    );
}

#[test]
fn without_a_backward_mode_every_version_has_a_type() {
    let files = |manifest, subject| {
        let name = ORDER.replace("id", "name");
        let project = Crate::new(&[
            ("evschema.toml", manifest),
            ("schemas/shop.order/subject.toml", subject),
            ("schemas/shop.order/1.0.0.json", ORDER),
            ("schemas/shop.order/1.1.0-rc.1.json", &name),
            ("schemas/shop.order/1.1.0.json", &name),
        ]);
        project.generate().unwrap();
        let text = fs::read_to_string(project.output().join("shop_order.rs")).unwrap();
        let modules = text.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(" {"));
        modules.map(str::to_owned).collect::<Vec<_>>()
    };
    let own = "[compatibility.subjects.\"shop.order\"]\nmode = \"backward\"";
    for (manifest, subject, modules) in [
        ("", "", &["v1"] as &[&str]),
        ("", "mode = \"forward\"", &["v1", "v1_0_0"]),
        ("[compatibility]\nmode = \"none\"", "", &["v1", "v1_0_0"]),
        (own, "mode = \"forward\"", &["v1"]),
    ] {
        assert_eq!(files(manifest, subject), modules, "{manifest} {subject}");
    }
}

#[test]
fn every_error_at_once_with_its_place() {
    let project = Crate::new(&[
        ("evschema.toml", ""),
        ("schemas/a/1.0.0.json", "{\n  \"type\": \"strin\"\n}"),
        ("schemas/b/1.0.0.json", "{\n  \"$ref\": \"../c/1.0.0.json\"\n}"),
        ("schemas/b/one.json", "{}"),
    ]);
    let errors = project.generate().unwrap_err();
    assert_eq!(errors.len(), 3, "{errors:#?}");
    assert!(
        errors.iter().any(|e| e.starts_with("schemas/a/1.0.0.json:2:11: error[not-a-schema]: at `/type`")),
        "{errors:#?}"
    );
    assert!(
        errors
            .iter()
            .any(|e| e.starts_with("schemas/b/1.0.0.json:2:11: error[missing-reference]: at `/$ref`")),
        "{errors:#?}"
    );
    assert!(errors.iter().all(|error| error.contains("; ") && !error.contains('\n')), "{errors:#?}");
}

#[test]
fn no_text_of_a_schema_becomes_an_instruction_for_cargo() {
    let hostile = "x\\ncargo::rustc-link-arg=-x\\r\\u0085";
    let schema =
        format!(r#"{{"$schema": "https://{hostile}", "properties": {{"{hostile}": {{"type": 5}}}}}}"#);
    let project = Crate::new(&[("evschema.toml", ""), ("schemas/a/1.0.0.json", &schema)]);
    let errors = project.generate().unwrap_err();
    assert!(!errors.is_empty());
    for error in &errors {
        assert!(!error.contains(char::is_control), "{error:?}");
    }
    assert!(errors.iter().any(|error| error.contains("\\ncargo::")), "{errors:#?}");
}

#[test]
fn a_manifest_that_does_not_help() {
    let no_schemas = Crate::new(&[("evschema.toml", "schemas = \"events\"\n")]);
    assert!(
        no_schemas.generate().unwrap_err()[0].contains("neither `events` nor `vendor/schemas` is a folder")
    );
    let misspelt = Crate::new(&[("evschema.toml", "\nschema = \"events\"\n")]);
    assert!(misspelt.generate().unwrap_err()[0].starts_with("evschema.toml:2:1: "));
    let empty = Crate::new(&[("evschema.toml", ""), ("schemas/.keep", "")]);
    assert!(empty.generate().unwrap_err()[0].contains("no schema is selected"));
    let pattern = r#"{"type": "string", "pattern": "("}"#;
    let bad_pattern = Crate::new(&[("evschema.toml", ""), ("schemas/a/1.0.0.json", pattern)]);
    assert!(bad_pattern.generate().is_err());
}

#[test]
fn versions_and_templates_are_chosen_by_the_manifest() {
    let manifest = "[gen]\nsubjects = [\"shop.order\"]\ntemplates = \"templates\"\n\
                    [dependencies]\n\"shop.order\" = [\"=1.0.0\", \"^2\"]\n";
    let project = Crate::new(&[
        ("evschema.toml", manifest),
        ("schemas/shop.order/1.0.0.json", ORDER),
        ("schemas/shop.order/1.1.0.json", &ORDER.replace("id", "number")),
        ("schemas/shop.order/2.0.0.json", &ORDER.replace("id", "key")),
        ("schemas/other/1.0.0.json", ORDER),
        ("templates/newtype.rs.hbs", "pub struct {{name}};"),
    ]);
    project.generate().unwrap();
    let text = fs::read_to_string(project.output().join("shop_order.rs")).unwrap();
    assert!(text.contains("1.0.0") && text.contains("2.0.0") && !text.contains("1.1.0"), "{text}");
    assert!(!project.output().join("other.rs").exists());
    fs::write(project.folder.path().join("templates/strukt.rs.hbs"), "").unwrap();
    assert!(project.generate().unwrap_err()[0].contains("`strukt.rs.hbs` is not the name of a template"));
}

#[test]
fn a_schema_that_differs_from_the_lock_is_rejected() {
    let project = Crate::new(&[("evschema.toml", ""), ("schemas/shop.order/1.0.0.json", ORDER)]);
    project.generate().unwrap();
    let built = fs::read_to_string(project.output().join("shop_order/v1.glue.rs")).unwrap();
    let digest = built.split('"').find(|literal| literal.starts_with("sha256:")).unwrap();
    let locked = |digest: &str| {
        let entry =
            format!("[[dependency]]\nsubject = \"shop.order\"\nversion = \"1.0.0\"\ndigest = \"{digest}\"\n");
        fs::write(project.folder.path().join("evschema.lock"), entry).unwrap();
        project.generate()
    };
    locked(digest).unwrap();
    let errors = locked("sha256:0123").unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(
        errors[0].starts_with(
            "evschema.lock:4:10: error[not-as-locked]: `shop.order@1.0.0` differs from the lock file"
        ),
        "{errors:#?}"
    );
    assert!(errors[0].contains(digest), "{errors:#?}");
}

#[test]
fn an_unknown_subject_in_the_manifest_is_an_error() {
    let manifest =
        "[gen]\nsubjects = [\"shop.order\", \"shop.ordre\"]\n[dependencies]\n\"shop.order\" = \"^2\"\n";
    let project = Crate::new(&[("evschema.toml", manifest), ("schemas/shop.order/1.0.0.json", ORDER)]);
    let errors = project.generate().unwrap_err();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert!(errors[0].contains("`shop.ordre`, which has no schema in the tree"), "{errors:#?}");
    assert!(errors[1].contains("no version in the range `^2`, only `1.0.0`"), "{errors:#?}");
}

/// Returns the files of a folder with their texts, and the subfolders with `None`. Omits the path `but`.
fn contents(root: &Path, but: &Path) -> std::collections::BTreeMap<std::path::PathBuf, Option<String>> {
    let mut found = std::collections::BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path == but {
                continue;
            }
            if path.is_dir() {
                open.push(path.clone());
                found.insert(path, None);
            } else {
                found.insert(path.clone(), Some(fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

fn set_read_only(paths: impl Iterator<Item = std::path::PathBuf>, read_only: bool) {
    for path in paths {
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(read_only);
        fs::set_permissions(&path, permissions).unwrap();
    }
}

#[test]
fn the_source_tree_is_only_read() {
    let project = Crate::new(&[
        ("evschema.toml", "[gen]\ntemplates = \"templates\"\n"),
        ("templates/.keep", ""),
        ("schemas/shop.order/1.0.0.json", ORDER),
        ("vendor/schemas/shop.item/1.0.0.json", ORDER),
    ]);
    fs::create_dir(project.output()).unwrap();
    let root = project.folder.path();
    let before = contents(root, &project.output());
    set_read_only(before.keys().cloned().chain([root.to_owned()]), true);
    let built = project.generate();
    set_read_only(before.keys().cloned().chain([root.to_owned()]), false);
    built.unwrap();
    assert_eq!(contents(root, &project.output()), before);
    assert!(
        project.output().join("shop_order.rs").is_file() && project.output().join("shop_item.rs").is_file()
    );
}

#[test]
fn the_build_script_and_the_command_write_the_same_bytes() {
    let project = Crate::new(&[
        ("evschema.toml", ""),
        ("schemas/shop.order/1.0.0.json", ORDER),
        ("schemas/shop.item/1.0.0.json", ORDER),
    ]);
    project.generate().unwrap();
    let command = |arguments: &[&str]| {
        let run =
            evschema_tests::evschema().args(arguments).current_dir(project.folder.path()).output().unwrap();
        (run.status.code(), String::from_utf8_lossy(&[run.stdout, run.stderr].concat()).into_owned())
    };
    assert_eq!(command(&["gen"]).0, Some(0));
    for file in ["shop_order.rs", "shop_item.rs", "shop_item/v1.glue.rs", "shop_item/v1.program.json"] {
        let written = project.folder.path().join("src/events").join(file);
        assert_eq!(fs::read(&written).unwrap(), fs::read(project.output().join(file)).unwrap(), "{file}");
    }
    assert_eq!(command(&["gen", "--check"]).0, Some(0));
    let drifted = project.folder.path().join("src/events/shop_item.rs");
    fs::write(&drifted, fs::read_to_string(&drifted).unwrap() + "// by hand\n").unwrap();
    let (code, said) = command(&["gen", "--check"]);
    assert!(code == Some(100) && said.contains("shop_item.rs"), "{code:?}: {said}");
}

#[test]
fn a_broken_schema_of_another_team_does_not_matter() {
    let manifest = "[gen]\nsubjects = [\"shop.order\"]\n";
    let money = r#"{"type": "object", "properties": {"amount": {"type": "string"}}}"#;
    let order = r#"{"type": "object", "properties": {"total": {"$ref": "../shop.money/1.0.0.json"}}}"#;
    let broken = "{\n  \"type\": \"strin\"\n}";
    let files = [
        ("evschema.toml", manifest),
        ("schemas/shop.order/1.0.0.json", order),
        ("schemas/shop.money/1.0.0.json", money),
        ("schemas/shop.money/2.0.0.json", broken),
        ("schemas/other.event/1.0.0.json", broken),
        ("schemas/other.event/notes.txt", ""),
        ("schemas/other.event/subject.toml", "not TOML"),
        ("schemas/stray.json", "{}"),
    ];
    let project = Crate::new(&files);
    project.generate().unwrap();
    assert!(
        project.output().join("shop_money.rs").is_file() && !project.output().join("other_event.rs").exists()
    );
    let command = |arguments: &[&str]| {
        evschema_tests::evschema().args(arguments).current_dir(project.folder.path()).output().unwrap()
    };
    let run = command(&["gen"]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stderr).contains("other.event/1.0.0.json"));

    // The same problem, but a selected schema needs the file, or the file belongs to a selected subject.
    for (path, text) in [
        ("schemas/shop.money/1.0.0.json", broken),
        ("schemas/shop.order/1.1.0.json", broken),
        ("schemas/shop.order/notes.txt", ""),
        ("schemas/shop.order/subject.toml", "[versions.\"1.0.0\"]\nstate = \"old\"\n"),
    ] {
        let mut files = files.to_vec();
        files.retain(|(known, _)| *known != path);
        files.push((path, text));
        let project = Crate::new(&files);
        let errors = project.generate().unwrap_err();
        assert!(errors.iter().any(|error| error.starts_with(path)), "{path}: {errors:#?}");
        assert!(!errors.iter().any(|error| error.contains("other.event")), "{path}: {errors:#?}");
        let run = evschema_tests::evschema().arg("gen").current_dir(project.folder.path()).output().unwrap();
        assert_eq!(run.status.code(), Some(101), "{path}");
    }
    // Without `subjects`, every file matters.
    let project = Crate::new(&[&[("evschema.toml", "")], &files[1..]].concat());
    assert_eq!(project.generate().unwrap_err().len(), 4);
}

#[test]
fn a_locked_version_that_no_schema_needs_does_not_matter() {
    let lock = "[[dependency]]\nsubject = \"other\"\nversion = \"1.0.0\"\ndigest = \"sha256:00\"\n";
    let files = [
        ("evschema.toml", "[gen]\nsubjects = [\"shop.order\"]\n"),
        ("schemas/shop.order/1.0.0.json", ORDER),
        ("evschema.lock", lock),
    ];
    Crate::new(&files).generate().unwrap();
    let all = Crate::new(&[&[("evschema.toml", "")], &files[1..]].concat());
    assert!(all.generate().unwrap_err()[0].contains("`other@1.0.0` is in the lock file"));
}

#[test]
fn yanked_versions_are_skipped_and_deprecated_versions_are_marked() {
    let states = "[versions.\"1.0.0\"]\nstate = \"deprecated\"\nreason = \"use \\\"v2\\\"\"\n\
                  [versions.\"1.1.0\"]\nstate = \"yanked\"\n[versions.\"3.0.0\"]\nstate = \"yanked\"\n";
    let files = |manifest: &'static str| {
        vec![
            ("evschema.toml", manifest),
            ("schemas/shop.order/1.0.0.json", ORDER),
            ("schemas/shop.order/1.1.0.json", ORDER),
            ("schemas/shop.order/2.0.0.json", ORDER),
            ("schemas/shop.order/3.0.0.json", ORDER),
            ("schemas/shop.order/subject.toml", states),
        ]
    };
    let code = |manifest| {
        let project = Crate::new(&files(manifest));
        project.generate().map(|()| fs::read_to_string(project.output().join("shop_order.rs")).unwrap())
    };
    let skipped = code("").unwrap();
    assert!(
        skipped.contains("/// Version 1.0.0.\n#[deprecated(note = \"use \\\"v2\\\"\")]\npub mod v1 {"),
        "{skipped}"
    );
    assert!(skipped.contains("/// Version 2.0.0.\npub mod v2 {") && !skipped.contains("v3"), "{skipped}");
    let asked = code("[gen]\nyanked = true\n").unwrap();
    assert!(asked.contains("Version 1.1.0.") && asked.contains("pub mod v3"), "{asked}");
    assert!(!asked.contains("deprecated"), "{asked}");
    let errors = code("[dependencies]\n\"shop.order\" = [\"^1\", \"^3\"]\n").unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert!(errors[0].contains("has only the yanked version `3.0.0` in the range `^3`"), "{errors:#?}");
    let only = Crate::new(&[
        ("evschema.toml", "[gen]\nsubjects = [\"a\"]\n"),
        ("schemas/a/1.0.0.json", ORDER),
        ("schemas/a/subject.toml", "[versions.\"1.0.0\"]\nstate = \"yanked\"\n"),
    ]);
    assert!(only.generate().unwrap_err()[0].contains("every version of `a` is yanked"));
}

#[test]
fn the_settings_of_types_reach_both_ways_of_generation() {
    let manifest = "[gen]\nderives = [\"PartialOrd\"]\n[gen.types.\"shop.order\"]\nname = \"Sale\"\n";
    let project = Crate::new(&[("evschema.toml", manifest), ("schemas/shop.order/1.0.0.json", ORDER)]);
    project.generate().unwrap();
    let run = evschema_tests::evschema().arg("gen").current_dir(project.folder.path()).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let built = fs::read_to_string(project.output().join("shop_order.rs")).unwrap();
    assert!(built.contains("Hash, PartialOrd)]") && built.contains("pub struct Sale {"), "{built}");
    let written = project.folder.path().join("src/events/shop_order.rs");
    assert_eq!(fs::read_to_string(written).unwrap(), built);
    let wrong = "[gen.types.\"shop.order\"]\nname = \"a b\"\n";
    fs::write(project.folder.path().join("evschema.toml"), wrong).unwrap();
    let errors = project.generate().unwrap_err();
    assert!(
        errors[0].starts_with("evschema.toml: error[bad-setting]: `gen.types.\"shop.order\".name`"),
        "{errors:#?}"
    );
    let run = evschema_tests::evschema().arg("gen").current_dir(project.folder.path()).output().unwrap();
    assert_eq!(run.status.code(), Some(101));
    assert!(String::from_utf8_lossy(&run.stderr).contains("gen.types.\"shop.order\".name"));
}

#[test]
fn the_manifest_sets_the_maximum_size_of_documents() {
    let long = format!("{{{}\"type\": \"object\"}}", " ".repeat(1 << 20));
    let files = |manifest: &'static str| {
        Crate::new(&[("evschema.toml", manifest), ("schemas/shop.order/1.0.0.json", &long)])
    };
    let errors = files("").generate().unwrap_err();
    assert!(errors[0].contains("set `max_document_bytes` in the manifest"), "{errors:#?}");
    files("max_document_bytes = 2097152\n").generate().unwrap();
    assert!(files("max_document_bytes = 1048577\n").generate().is_err());
}
