use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use super::Context;
use crate::Outcome;
use crate::arguments::Format;
use crate::failure::Failure;
use crate::output::json::pretty;
use crate::rules;

/// Say what a rule finds, why it is a break, and what to do instead.
///
/// Without a rule, every rule is listed.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The id that a finding names, `reader-requires-property`.
    #[arg(value_name = "RULE", hide_possible_values = true, value_parser = known())]
    rule: Option<String>,
}

fn known() -> PossibleValuesParser {
    PossibleValuesParser::new(rules::all().into_iter().map(|rule| rule.id))
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let all = rules::all();
        let asked = self.rule.and_then(|id| all.iter().find(|rule| rule.id == id));
        let terminal = &mut *context.terminal;
        match (context.global.format, asked) {
            (Format::Json, Some(rule)) => terminal.print(pretty(&rules::row(rule))),
            (Format::Json, None) => {
                let rows: Vec<Value> = all.into_iter().map(rules::row).collect();
                terminal.print(pretty(&json!({ "rules": rows })));
            }
            (Format::Text, Some(rule)) => {
                terminal.print(format!("{}\n", rule.id));
                terminal.print(rules::page(rule).trim_end());
            }
            (Format::Short, Some(rule)) => terminal.print(format!("{}: {}", rule.id, rule.summary)),
            (Format::Text | Format::Short, None) => {
                for rule in all {
                    terminal.print(format!("{:<31} {}", rule.id, rule.summary));
                }
            }
        }
        Ok(Outcome::Clean)
    }
}
