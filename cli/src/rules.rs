//! The rules that a finding may fall under: the engine's, and those of the command itself.

mod documents;
mod keywords;
mod problems;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use evschema_compat::{RULES, Rule};
use serde_json::{Value, json};

/// Rules of the command, which speak of files.
const OWN: &[Rule] = &[
    rule(
        "database-damaged",
        "the database of a registry has data that no registry wrote",
        "a disk fault or another program changed it",
        "restore the database, or the version that the finding names, from a backup",
    ),
    rule(
        "subject-file-differs",
        "a `subject.toml` differs from what the registry has",
        "somebody may have edited the file, so a pull does not replace it",
        "move the file away and pull again, or push the file",
    ),
    rule(
        "derived-data-wrong",
        "an index or counter of the database does not match the versions",
        "lists and searches use it",
        "run `evschema fsck --repair`, which computes it again",
    ),
    rule(
        "generated-file-drifted",
        "a generated file differs from what `evschema gen` writes",
        "the compiled code follows other schemas than the tree has",
        "run `evschema gen`, and commit the result",
    ),
    rule(
        "manifest",
        "the manifest cannot be used",
        "an unknown setting would have no effect",
        "correct it at this place; docs/cli.md lists the settings",
    ),
    Rule {
        id: "misplaced",
        summary: "the layout has no place for a file or folder of the tree",
        why: "no command reads or checks such a file, although it looks published",
        remedy: "name it <subject>/<version>.json, or move it out of the schemas folder; beside schemas there may be \
                 `README.md`, `subject.toml` in a subject's folder, names that begin with `.` unless they end in \
                 `.json`, and names that end in `~`",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "missing-scope",
        summary: "the token lacks a scope that a push needs",
        why: "the push does not begin, because stopping in the middle would leave half of its changes on the registry",
        remedy: "send a token with the scope; another policy of an existing subject needs `admin`, a waiver \
                 and `never_used` need `waive`, everything else that a push does needs `register`",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "policy-loosened",
        summary: "the change loosens a setting that decides whether it is accepted",
        why: "a change that loosens `mode`, `content_model`, `formats` or `dialects`, yanks a version as never used, \
              or adds or extends a waiver would otherwise let itself through; the check uses the baseline's policy instead",
        remedy: "restore the setting; if the owner of the contract agrees, run the check with \
                 `--accept-loosened-policy`. A stricter policy needs nothing: it is used at once",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "unreadable",
        summary: "a file or folder of the tree cannot be read",
        why: "nothing is known about a version that cannot be read, so a check of the rest is not complete",
        remedy: "restore the target of a link, or check the permissions of the file",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "version-taken",
        summary: "the baseline got another version of the same number after the branch left it",
        why: "a published version never changes, so that the version of the branch needs another number",
        remedy: "run `evschema check --fix` with the same `--against`: it renumbers the version of the branch",
        keywords: &[],
        example: None,
    },
    rule(
        "search-incomplete",
        "there may be more findings than the list shows",
        "the search stopped at a limit, or at a place that it cannot decide",
        "correct the listed findings, and check again; waivers alone do not make such a version compatible",
    ),
    rule(
        "unknown-subject",
        "`[compatibility.subjects]` names a subject that does not exist",
        "the intended subject gets the default policy",
        "correct the name, or remove the entry",
    ),
    rule(
        "waiver-expired",
        "a waiver was needed, and its last day is over",
        "the finding that it accepted counts again",
        "change the schema, or give the waiver a later `until`",
    ),
    rule(
        "waiver-misaddressed",
        "a waiver names no fingerprint",
        "it accepts nothing, and the intended finding still counts",
        "use the 16 hexadecimal digits that `evschema check` prints",
    ),
    rule(
        "waiver-outdated",
        "a waiver uses the old form of a fingerprint, with 12 digits",
        "the old form named only a place, so it also accepted later and larger changes there",
        "read the finding; if you accept it, use its fingerprint of 16 digits",
    ),
    rule(
        "waiver-unused",
        "a waiver accepts nothing that a check finds",
        "the accepted change is gone or has changed, and the waiver still looks like an open exception",
        "remove the waiver",
    ),
];

/// A part of the reference: a title, what its rules are about, and the rules.
type Part = (&'static str, &'static str, &'static [Rule]);

/// Every rule. An id that several parts have is described by the first of them.
const PARTS: [Part; 5] = [
    (
        "Changes",
        "These rules report a break. Each describes the reader, because one rule serves both\ndirections: \
         backward, the reader is the new version and the writer the old one; forward, the other way\nround.",
        RULES,
    ),
    ("Files", "The command reports these rules about files other than schemas.", OWN),
    (
        "Documents",
        "These rules report errors and probable errors in a document. The registry lists the ids under `errors`.",
        documents::RULES,
    ),
    (
        "Events",
        "The keyword that rejects an event. `evschema validate` and the registry name it.",
        keywords::RULES,
    ),
    (
        "Requests",
        "The registry rejects a request with one of these ids: the `code` of a problem.",
        problems::RULES,
    ),
];

const fn rule(id: &'static str, summary: &'static str, why: &'static str, remedy: &'static str) -> Rule {
    Rule { id, summary, why, remedy, keywords: &[], example: None }
}

/// Returns the parts, each with those of its rules that no part before has.
fn parts() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static Rule>)> {
    let mut seen = BTreeSet::new();
    PARTS.into_iter().map(move |(title, about, rules)| {
        let mut rules: Vec<&Rule> = rules.iter().filter(|rule| seen.insert(rule.id)).collect();
        rules.sort_by_key(|rule| rule.id);
        (title, about, rules)
    })
}

/// Returns every rule, by id.
pub(crate) fn all() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = parts().flat_map(|(_, _, rules)| rules).collect();
    rules.sort_by_key(|rule| rule.id);
    rules
}

/// Returns a rule as people read it, in Markdown that is as plain in a terminal.
pub(crate) fn page(rule: &Rule) -> String {
    let mut text = format!("{}.\n\n", sentence(rule.summary));
    let _ = writeln!(text, "Why: {}.\n", rule.why);
    let _ = writeln!(text, "Instead: {}.", rule.remedy);
    if !rule.keywords.is_empty() {
        let keywords: Vec<String> = rule.keywords.iter().map(|keyword| format!("`{keyword}`")).collect();
        let _ = writeln!(text, "\nKeywords: {}.", keywords.join(", "));
    }
    if let Some(example) = rule.example {
        for (what, schema) in [
            ("An event that is valid under", example.writer),
            ("is rejected by", example.breaks),
            ("and accepted by", example.passes),
        ] {
            let _ = write!(text, "\n{what}\n\n```json\n{schema}\n```\n");
        }
    }
    text
}

/// Returns a rule for programs.
pub(crate) fn row(rule: &Rule) -> Value {
    let mut row = json!({
        "rule": rule.id, "summary": rule.summary, "why": rule.why, "help": rule.remedy, "keywords": rule.keywords,
    });
    if let Some(example) = rule.example {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::from(text));
        row["example"] = json!({
            "writer": read(example.writer), "breaks": read(example.breaks), "passes": read(example.passes),
        });
    }
    row
}

/// Returns docs/rules.md.
pub(crate) fn reference() -> String {
    let mut text = String::from(
        "<!-- Printed by `evschema reference rules`; change the table, then `cargo xtask regenerate`. -->\n\n\
         # The rules\n\n\
         Every finding and every problem has an id. `evschema explain ID` prints a section of this page.\n\n\
         The message of a finding gives a place in the event, such as `lines[].total`: the property `total` of the\n\
         items of `lines`. `[1]` is a position of a tuple. `*` is a property that the schema does not name. A name\n\
         with unusual characters is in quotes: `\"unit price\".minor`. If several places of an event share a\n\
         definition, the message names the one that the event of the finding shows.\n",
    );
    for (title, about, rules) in parts() {
        let _ = write!(text, "\n## {title}\n\n{about}\n\n| rule | finding |\n|---|---|\n");
        for rule in rules {
            let _ = writeln!(text, "| [`{0}`](#{0}) | {1} |", rule.id, rule.summary);
        }
    }
    for rule in all() {
        let _ = write!(text, "\n## {}\n\n{}", rule.id, page(rule));
    }
    text
}

/// Returns a fragment with a capital at its beginning.
fn sentence(fragment: &str) -> String {
    let mut characters = fragment.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use evschema_api::ProblemCode;
    use evschema_model::Code;

    use super::*;

    #[test]
    fn every_code_of_the_model_and_of_the_registry_has_a_rule() {
        let ids: Vec<&str> = all().into_iter().map(|rule| rule.id).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len(), "an id has one rule");
        let codes = Code::ALL.iter().map(|code| code.as_str());
        for code in codes.chain(ProblemCode::ALL.iter().map(|code| code.as_str())) {
            assert!(distinct.contains(code), "`{code}` has no rule");
        }
        let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for document in documents::RULES {
            assert!(codes.contains(document.id), "`{}` is no code of a document", document.id);
        }
        for problem in problems::RULES {
            assert!(ProblemCode::ALL.iter().any(|code| code.as_str() == problem.id), "`{}`", problem.id);
        }
    }
}
