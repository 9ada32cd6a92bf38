//! How the validator library checks formats.

use std::sync::LazyLock;

use jsonschema::ValidationOptions;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::dialect::Draft;
use crate::keywords::FORMATS;

/// Whether `format` rejects values. The validator, a check and generated code use the same setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Formats {
    /// The formats of the specification reject values; other formats only annotate.
    #[default]
    Assert,
    /// Formats reject nothing.
    Annotate,
}

/// Returns options under which formats refuse values, or none does.
///
/// In two points the library is set to what the specification says. `email` is an address (RFC 5321, `Mailbox`), so
/// that no display name stands before it, as in `Ann <ann@example.com>`. Every `email` is an `idn-email`: the library
/// decodes the host name of the second more strictly.
pub fn checking(options: ValidationOptions<'_>, formats: Formats) -> ValidationOptions<'_> {
    let options = options.should_validate_formats(formats == Formats::Assert);
    match formats {
        Formats::Assert => options
            .with_format("email", |text: &str| is_mailbox(text) && is(&EMAIL, text))
            .with_format("idn-email", |text: &str| {
                is_mailbox(text) && (is(&EMAIL, text) || is(&IDN_EMAIL, text))
            }),
        Formats::Annotate => options,
    }
}

/// Returns the name of a format that a draft asserts; `None` if the draft only annotates with the name.
///
/// The name is that of the newest draft, except for `hostname` in drafts 4 and 6: they do not decode internationalized
/// labels, so it is called `plain-hostname`.
pub fn asserted(draft: Draft, name: &str) -> Option<&str> {
    let (_, since) = FORMATS.iter().find(|(known, _)| *known == name)?;
    let is_plain = name == "hostname" && !draft.decodes_hostnames();
    (*since <= draft).then_some(if is_plain { PLAIN_HOSTNAME } else { name })
}

/// The name here of the `hostname` of drafts 4 and 6.
pub const PLAIN_HOSTNAME: &str = "plain-hostname";

/// Whether a text that the library takes for an address is only that: with a name before it, even a blank one, the
/// address stands between `<` and `>`.
fn is_mailbox(text: &str) -> bool {
    !text.trim_end().ends_with('>')
}

fn is(format: &LazyLock<Option<jsonschema::Validator>>, text: &str) -> bool {
    format.as_ref().is_some_and(|format| format.is_valid(&Value::from(text)))
}

static EMAIL: LazyLock<Option<jsonschema::Validator>> = LazyLock::new(|| alone("email"));
static IDN_EMAIL: LazyLock<Option<jsonschema::Validator>> = LazyLock::new(|| alone("idn-email"));

/// Compiles a schema of one format that the library itself knows.
fn alone(format: &str) -> Option<jsonschema::Validator> {
    let options = jsonschema::options().with_draft(Draft::Draft202012.to_library());
    options.should_validate_formats(true).build(&json!({ "format": format })).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_checks_the_formats_that_a_draft_asserts() {
        let others =
            ["unknown", "color", "phone", "semver", "plain-hostname", "int32", "unix-time", "ip-address"];
        for draft in Draft::ALL {
            for name in FORMATS.iter().map(|(name, _)| *name).chain(others) {
                let is_known = jsonschema::options().is_known_format(draft.to_library(), name);
                assert_eq!(asserted(draft, name).is_some(), is_known, "{name} in {draft}");
            }
        }
    }

    #[test]
    fn addresses_have_no_display_name_and_ascii_ones_are_international() {
        let accepts = |format: &str, text: &str| {
            let options = checking(jsonschema::options(), Formats::Assert);
            options.build(&json!({ "format": format })).unwrap().is_valid(&Value::from(text))
        };
        for (text, is_email, is_idn_email) in [
            ("ann@example.com", true, true),
            ("\"Ann B.\"@example.com", true, true),
            ("ann@[IPv6:::1]", true, true),
            ("Ann <ann@example.com>", false, false),
            ("<ann@example.com>", false, false),
            (" <ann@example.com>", false, false),
            ("B\u{fc} <b@b\u{fc}cher.example> ", false, false),
            ("ann@xn--bca", true, true),
            ("ann@b\u{fc}cher.example", false, true),
            ("\u{e9}@example.com", false, true),
            ("ann@", false, false),
        ] {
            assert_eq!(accepts("email", text), is_email, "{text}");
            assert_eq!(accepts("idn-email", text), is_idn_email, "{text}");
        }
    }
}
