use std::ffi::OsStr;

use clap::Args;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::output::{RuleList, RulePage};
use crate::rules;
use crate::suggestion::closest;

/// Explain a rule: the problem that it reports, the reason, and what to do.
///
/// Without a rule, the command lists all rules.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The id that a finding or a problem shows, such as `reader-requires-property`.
    #[arg(value_name = "RULE", hide_possible_values = true, value_parser = KnownRule)]
    rule: Option<String>,
}

/// Accepts the id of a rule. The completion scripts of shells contain the ids.
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
        let name = value.to_string_lossy();
        let all = rules::all();
        if all.iter().any(|rule| rule.id == name) {
            return Ok(name.into_owned());
        }
        let help = match closest(&name, all.iter().map(|rule| rule.id)) {
            Some(id) => format!("did you mean `{id}`?"),
            None => "`evschema explain` lists every rule".to_owned(),
        };
        let message = format!("no rule is called `{name}`; {help}\n");
        Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::all().into_iter().map(|rule| PossibleValue::new(rule.id))))
    }
}

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let all = rules::all();
        match self.rule.and_then(|id| all.iter().find(|rule| rule.id == id)) {
            Some(rule) => context.print(&RulePage(rule)),
            None => context.print(&RuleList(all)),
        }
        Ok(Outcome::Clean)
    }
}
