use std::ffi::OsStr;

use clap::Args;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use serde_json::{Value, json};

use super::Context;
use crate::Outcome;
use crate::arguments::Format;
use crate::failure::Failure;
use crate::output::json::pretty;
use crate::rules;
use crate::target::distance;

/// Explain a rule: the problem that it reports, the reason, and what to do.
///
/// Without a rule, the command lists all rules.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The id that a finding or a problem shows, such as `reader-requires-property`.
    #[arg(value_name = "RULE", hide_possible_values = true, value_parser = KnownRule)]
    rule: Option<String>,
}

/// Accepts the id of a rule; shells complete it.
#[derive(Debug, Clone)]
struct KnownRule;

impl TypedValueParser for KnownRule {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let asked = value.to_string_lossy();
        let all = rules::all();
        if all.iter().any(|rule| rule.id == asked) {
            return Ok(asked.into_owned());
        }
        let close = all.iter().map(|rule| (distance(&asked, rule.id), rule.id)).min();
        let close = close.filter(|(far, id)| *far <= id.len() / 3);
        let help = match close {
            Some((_, id)) => format!("did you mean `{id}`?"),
            None => "`evschema explain` lists every rule".to_owned(),
        };
        let message = format!("no rule is called `{asked}`; {help}\n");
        Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::all().into_iter().map(|rule| PossibleValue::new(rule.id))))
    }
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
