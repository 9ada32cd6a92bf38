use clap::{Args, ValueEnum};

use crate::context::Context;
use crate::failure::Failure;
use crate::outcome::Outcome;

/// Print a page of the reference documentation.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The page.
    #[arg(value_enum, default_value_t = Page::Cli)]
    page: Page,
}

/// A page of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Page {
    /// docs/cli.md: commands, files and formats.
    Cli,
    /// docs/rules.md: all rules of findings and problems.
    Rules,
}

/// The part of docs/cli.md about files and formats.
const FORMATS: &str = include_str!("../reference/formats.md");

impl Arguments {
    pub(crate) fn run(self, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let text = match self.page {
            Page::Cli => commands((context.command_line)()),
            Page::Rules => crate::rules::reference(),
        };
        context.terminal.print(text.trim_end());
        Ok(Outcome::Clean)
    }
}

/// Returns docs/cli.md, with the commands and options of the whole command line.
fn commands(mut root: clap::Command) -> String {
    root.build();
    let mut text = String::from(
        "<!-- Printed by `evschema reference`. To change this page, change the program and run `cargo xtask regenerate`. -->\n\n\
             # The command line\n\n",
    );
    text.push_str(&format!("{}.\n\n", root.get_about().map(ToString::to_string).unwrap_or_default()));
    text.push_str("| command | effect |\n|---|---|\n");
    for command in visible(&root) {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let name = command.get_name();
        text.push_str(&format!("| [`{name}`](#{name}) | {about} |\n"));
    }
    text.push_str("\nOptions of every command:\n\n");
    text.push_str(&options(&root, true));
    text.push_str(FORMATS);
    for command in visible(&root) {
        text.push_str(&section(command, command.get_name()));
        for inner in visible(command) {
            let name = format!("{} {}", command.get_name(), inner.get_name());
            text.push_str(&section(inner, &name));
        }
    }
    text
}

/// Returns the subcommands that the help shows.
fn visible(root: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    root.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help")
}

/// Returns the section of a command.
fn section(command: &clap::Command, name: &str) -> String {
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string);
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").trim();
    format!(
        "\n## {}\n\n{}\n\n```text\n{usage}\n```\n\n{}",
        name,
        about.unwrap_or_default().trim_end_matches('.').to_owned() + ".",
        options(command, false)
    )
    .trim_end()
    .to_owned()
        + "\n"
}

/// Returns the arguments of a command as a list: its own arguments, or with `global` those of every command.
fn options(command: &clap::Command, global: bool) -> String {
    let mut text = String::new();
    for argument in command.get_arguments() {
        let is_usual = argument.get_id() == "help" || argument.get_id() == "version";
        if argument.is_hide_set() || is_usual || argument.is_global_set() != global {
            continue;
        }
        let possible = (!argument.is_hide_possible_values_set()).then(|| argument.get_possible_values());
        let values: Vec<String> =
            possible.unwrap_or_default().iter().map(|value| format!("`{}`", value.get_name())).collect();
        let takes_value = argument.get_action().takes_values();
        let mut about = argument.get_help().map(ToString::to_string).unwrap_or_default();
        if takes_value && !values.is_empty() {
            about.push_str(&format!(": {}", values.join(", ")));
        }
        let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
        if let Some(default) = default.filter(|_| takes_value) {
            about.push_str(&format!(" (default `{default}`)"));
        }
        if let Some(variable) = argument.get_env() {
            about.push_str(&format!("; also `{}`", variable.to_string_lossy()));
        }
        text.push_str(&format!("- `{argument}`: {}\n", about.replace('\n', " ")));
    }
    text
}
