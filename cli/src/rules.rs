//! The rules that a finding may fall under: the engine's, and those of the command itself.

use std::fmt::Write as _;

use evschema_compat::{RULES, Rule};
use serde_json::{Value, json};

/// Rules of the command, which speak of files.
const OWN: &[Rule] = &[Rule {
    id: "generated-file-drifted",
    summary: "a generated file is not what the schemas say",
    why: "the code that is compiled promises something else than the contract",
    remedy: "run `evschema gen`, and commit what it writes",
    keywords: &[],
    example: None,
}];

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
