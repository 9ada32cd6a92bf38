use std::fmt::Write as _;

use evschema_compat::Rule;
use serde_json::{Value, json};

use super::render::Render;
use crate::terminal::Terminal;

/// The explanation of a rule.
pub(crate) struct RulePage(pub(crate) &'static Rule);

/// A list of rules.
pub(crate) struct RuleList(pub(crate) Vec<&'static Rule>);

impl Render for RulePage {
    fn print_text(&self, terminal: &mut Terminal) {
        terminal.print(format!("{}\n", self.0.id));
        terminal.print(rule_text(self.0).trim_end());
    }

    fn print_short(&self, terminal: &mut Terminal) {
        terminal.print(format!("{}: {}", self.0.id, self.0.summary));
    }

    fn json(&self) -> Value {
        let rule = self.0;
        let mut row = json!({
            "rule": rule.id,
            "summary": rule.summary,
            "why": rule.why,
            "help": rule.remedy,
            "keywords": rule.keywords,
        });
        if let Some(example) = rule.example {
            let schema =
                |text: &str| serde_json::from_str::<Value>(text).unwrap_or_else(|_| Value::from(text));
            row["example"] = json!({
                "writer": schema(example.writer),
                "breaks": schema(example.breaks),
                "passes": schema(example.passes),
            });
        }
        row
    }
}

impl Render for RuleList {
    fn print_text(&self, terminal: &mut Terminal) {
        for rule in &self.0 {
            terminal.print(format!("{:<31} {}", rule.id, rule.summary));
        }
    }

    fn json(&self) -> Value {
        let rows = self.0.iter().map(|rule| RulePage(rule).json());
        json!({ "rules": rows.collect::<Vec<_>>() })
    }
}

/// Returns the explanation of a rule in Markdown that a terminal can show too; docs/rules.md contains the same text.
pub(crate) fn rule_text(rule: &Rule) -> String {
    let mut text = format!("{}.\n\n", capitalized(rule.summary));
    let _ = writeln!(text, "Why: {}.\n", rule.why);
    let _ = writeln!(text, "Solution: {}.", rule.remedy);
    if !rule.keywords.is_empty() {
        let keywords: Vec<String> = rule.keywords.iter().map(|keyword| format!("`{keyword}`")).collect();
        let _ = writeln!(text, "\nKeywords: {}.", keywords.join(", "));
    }
    if let Some(example) = rule.example {
        let breaks = match rule.id {
            "undecided" => "evschema cannot decide whether this reader accepts all events of the writer:",
            _ => "This reader rejects some events of the writer:",
        };
        for (title, schema) in [
            ("For example, this is the schema of the writer:", example.writer),
            (breaks, example.breaks),
            ("This reader accepts all events of the writer:", example.passes),
        ] {
            let _ = write!(text, "\n{title}\n\n```json\n{schema}\n```\n");
        }
    }
    text
}

/// Returns a fragment that begins with a capital letter.
fn capitalized(fragment: &str) -> String {
    let mut characters = fragment.chars();
    let first = characters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + characters.as_str()
}
