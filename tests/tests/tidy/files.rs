//! Checks rules for the files of the repository.

use std::path::Path;

use evschema_tests::repository;

use super::workspace::files;

/// Maximum length of a code file, in lines. A file of more than 400 lines should be split if possible.
const LINES_MAX: usize = 700;

/// Returns the paths and texts of the repository's files, without generated files and files of other authors.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    for path in files() {
        let binary = matches!(extension(&path), "png" | "ico" | "woff2");
        if binary || path == Path::new("Cargo.lock") {
            continue;
        }
        let text = std::fs::read_to_string(repository().join(&path))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        texts.push((path.to_string_lossy().into_owned(), text));
    }
    assert!(50 < texts.len(), "only {} files found", texts.len());
    texts
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default()
}

/// Returns whether a program generated the file.
fn is_generated(path: &str) -> bool {
    path.contains("/golden") || path.contains("/generated/") || path.ends_with(".snap")
}

#[test]
fn no_code_file_is_too_long() {
    for (path, text) in texts() {
        if extension(Path::new(&path)) == "rs" && !is_generated(&path) {
            let lines = text.lines().count();
            assert!(lines <= LINES_MAX, "{path} has {lines} lines, of at most {LINES_MAX}");
        }
    }
}

#[test]
fn no_file_contains_the_path_of_one_machine() {
    // The texts are split into two parts. Otherwise, this file would fail the test.
    let places = [["/ho", "me/"], ["/Us", "ers/"], ["/wo", "rk/"], ["/root/", ".cargo"]].map(|p| p.concat());
    for (path, text) in texts() {
        for (index, line) in text.lines().enumerate() {
            for place in &places {
                assert!(!line.contains(place), "{path}:{}: `{place}` in {line}", index + 1);
            }
        }
    }
}

#[test]
fn every_file_ends_its_lines_and_itself_alike() {
    for (path, text) in texts() {
        if path.ends_with(".snap") {
            continue;
        }
        assert!(!text.contains('\r'), "{path} has carriage returns");
        assert!(text.is_empty() || text.ends_with('\n'), "{path} does not end with a line break");
        let trailing = text.lines().position(|line| line.ends_with([' ', '\t']));
        let markdown_break = path.ends_with(".md");
        assert!(trailing.is_none() || markdown_break, "{path}:{} ends with a blank", trailing.unwrap() + 1);
    }
}

#[test]
fn only_the_output_of_the_command_chooses_between_formats() {
    for (path, text) in texts() {
        // These files may name the default format, because they define arguments.
        let is_allowed = path.starts_with("cli/src/output/") || path == "cli/src/global.rs";
        let chooses = path.starts_with("cli/src/") && text.contains("Format::") && !is_allowed;
        assert!(
            !chooses,
            "{path} chooses between output formats; implement `Render` in cli/src/output/ instead"
        );
    }
}

#[test]
fn no_module_is_named_after_nothing() {
    for path in files() {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let rust = extension(&path) == "rs";
        let nameless =
            ["util", "utils", "helper", "helpers", "common", "manager", "misc", "mod"].contains(&stem);
        assert!(!(rust && nameless), "{} says nothing; name it after its subject", path.display());
    }
}

#[test]
fn decisions_have_a_number_of_their_own_and_a_status() {
    let mut numbers = Vec::new();
    for (path, text) in texts() {
        let Some(name) = path.strip_prefix("docs/adr/") else { continue };
        if ["README.md", "template.md"].contains(&name) {
            continue;
        }
        let (number, _) = name.split_once('-').unwrap_or_else(|| panic!("{path} has no number"));
        assert!(text.starts_with(&format!("# {number}. ")), "{path} does not begin with `# {number}. `");
        assert!(text.contains("**Status**: "), "{path} has no status");
        numbers.push(number.to_owned());
    }
    numbers.sort();
    let expected: Vec<String> = (1..=numbers.len()).map(|number| format!("{number:04}")).collect();
    assert_eq!(numbers, expected, "the numbers of decisions have a gap or a repetition");
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut looked_at = 0;
    for (path, text) in texts() {
        if extension(Path::new(&path)) != "md" {
            continue;
        }
        // A link has the form `](target)`; the test does not follow links out of the repository.
        for rest in text.split("](").skip(1) {
            let target = rest.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let folder = repository().join(&path);
            let leads_to = folder.parent().unwrap().join(target);
            assert!(leads_to.exists(), "{path} links `{target}`, which is not there");
            looked_at += 1;
        }
    }
    assert!(3 < looked_at, "only {looked_at} links found");
}
