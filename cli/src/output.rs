//! The output formats of the command.
//!
//! Each type of result has one file here. The file contains the code that renders the result in every format.
//! [`write()`] is the only code that chooses between the formats.

mod event_text;
mod failure;
mod finding_line;
mod finding_text;
mod format;
mod read_strategies;
mod render;
mod report;
mod report_json;
mod rule_page;
mod subject_list;
mod token_list;
mod version_diff;
mod version_sheet;

pub(crate) use failure::write_failure;
#[cfg(feature = "server")]
pub(crate) use finding_text::render_finding;
pub(crate) use format::Format;
pub(crate) use read_strategies::ReadStrategies;
pub(crate) use render::{Render, write};
pub(crate) use report::{Report, counted};
pub(crate) use rule_page::{RuleList, RulePage, rule_text};
pub(crate) use subject_list::{SubjectList, SubjectRow};
pub(crate) use token_list::{CreatedToken, TokenList};
pub(crate) use version_diff::VersionDiff;
pub(crate) use version_sheet::VersionSheet;
