//! Decides which formats reject values, and how the validator library checks them.

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

/// Returns options with which the validator library checks formats, or only annotates with them.
///
/// In two points, the options change the library to follow the specification. An `email` is an address (RFC 5321,
/// `Mailbox`) without a display name, so `Ann <ann@example.com>` is invalid. Every valid `email` is a valid
/// `idn-email`, although the library decodes the host name of an `idn-email` more strictly.
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
/// The name is that of the newest draft, except for `hostname` in drafts 4 and 6. These drafts do not decode
/// internationalized labels, so the name is `plain-hostname`.
pub fn asserted(draft: Draft, name: &str) -> Option<&str> {
    let (_, since) = FORMATS.iter().find(|(known, _)| *known == name)?;
    let is_plain = name == "hostname" && !draft.decodes_hostnames();
    (*since <= draft).then_some(if is_plain { PLAIN_HOSTNAME } else { name })
}

/// The name that [`asserted`] returns for the `hostname` of drafts 4 and 6.
pub const PLAIN_HOSTNAME: &str = "plain-hostname";

/// Returns whether a text has no display name, if the library accepts the text as an address. After a display name,
/// even an empty one, the address is between `<` and `>`.
fn is_mailbox(text: &str) -> bool {
    !text.trim_end().ends_with('>')
}

fn is(format: &LazyLock<Option<jsonschema::Validator>>, text: &str) -> bool {
    format.as_ref().is_some_and(|format| format.is_valid(&Value::from(text)))
}

static EMAIL: LazyLock<Option<jsonschema::Validator>> = LazyLock::new(|| compile_format("email"));
static IDN_EMAIL: LazyLock<Option<jsonschema::Validator>> = LazyLock::new(|| compile_format("idn-email"));

/// Compiles a schema with only a format, which the library checks by its own rules.
fn compile_format(format: &str) -> Option<jsonschema::Validator> {
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
    fn addresses_have_no_display_name_and_each_email_is_an_idn_email() {
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
