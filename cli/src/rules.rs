//! The rules that a finding may fall under: the engine's, and those of the command itself.

use std::fmt::Write as _;

use evschema_compat::{RULES, Rule};
use serde_json::{Value, json};

/// Rules of the command, which speak of files.
const OWN: &[Rule] = &[
    Rule {
        id: "generated-file-drifted",
        summary: "a generated file differs from what `evschema gen` writes",
        why: "the compiled code follows another contract than the schemas",
        remedy: "run `evschema gen`, and commit what it writes",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "keyword-without-effect",
        summary: "a keyword has no effect in the draft of its schema",
        why: "validators of this draft ignore the keyword, so that events are accepted that it means to reject",
        remedy: "use the keyword of this draft: `dependentRequired` or `dependentSchemas` instead of `dependencies`",
        keywords: &["dependencies"],
        example: None,
    },
    Rule {
        id: "misplaced",
        summary: "the layout has no place for a file or folder of the tree",
        why: "a file that no command reads looks published, and is checked by nobody",
        remedy: "name it <subject>/<version>.json, or move it out of the schemas folder; beside schemas there may be \
                 `README.md`, `subject.toml` in a subject's folder, names that begin with `.` unless they end in \
                 `.json`, and names that end in `~`",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "missing-scope",
        summary: "the token lacks a scope that a push needs",
        why: "a push that stops in the middle leaves half of its changes on the registry, so that it does not begin",
        remedy: "send a token with the scope; another policy of an existing subject and a waiver need `waive`, \
                 everything else that a push does needs `register`",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "policy-loosened",
        summary: "the change loosens a setting that decides whether it is accepted",
        why: "a change that loosens `mode`, `content_model`, `formats` or `dialects`, yanks a version, or adds or \
              extends a waiver would otherwise let itself through; the check uses the baseline's policy instead",
        remedy: "restore the setting; if the owner of the contract agrees, run the check with \
                 `--accept-loosened-policy`. A stricter policy needs nothing: it is used at once",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "unreadable",
        summary: "a file or folder of the tree cannot be read",
        why: "nothing is known about a version that cannot be read, so a check of the rest is not complete",
        remedy: "restore what a link leads to, or check who may read the file",
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
];

/// Returns every rule, by id.
pub(crate) fn all() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = RULES.iter().chain(OWN).collect();
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
            ("What is written under", example.writer),
            ("is refused by", example.breaks),
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
         A finding names the rule it falls under. Rules are said from the reader's side, because one rule serves\n\
         both directions: backward, the reader is the new version and the writer the old one; forward, the\n\
         other way round. `evschema explain RULE` prints a section of this page.\n\n\
         The message of a finding gives a place in the event, such as `lines[].total`: the property `total` of the\n\
         items of `lines`. `[1]` is a position of a tuple, `*` a property that the schema does not name, and a name\n\
         with unusual characters stands in quotes: `\"unit price\".minor`. If several places of an event share a\n\
         definition, the message names the one that the event of the finding shows.\n\n\
         | rule | what is found |\n|---|---|\n",
    );
    for rule in all() {
        let _ = writeln!(text, "| [`{0}`](#{0}) | {1} |", rule.id, rule.summary);
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
