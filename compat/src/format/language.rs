//! Describes the strings of a format with patterns.
//!
//! A proof may depend on these patterns, so they follow the validator, not the specification of the format. Some
//! formats have no regular language, or need too large an automaton. For these formats, two sets of patterns are
//! bounds. Every string of the format matches `over`, and every string that matches `under` has the format.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The known patterns of a format.
#[derive(Debug, Default)]
pub(crate) struct Language {
    /// Every string of the format matches all of these.
    pub(crate) over: Vec<String>,
    /// Every string that matches all of these has the format. Empty if no such patterns are known.
    pub(crate) under: Vec<String>,
    /// Every string of the format also has these formats.
    pub(crate) implies: &'static [&'static str],
}

/// Returns the known patterns of a format.
pub(crate) fn language(format: &str) -> Option<&'static Language> {
    static LANGUAGES: LazyLock<HashMap<&str, Language>> = LazyLock::new(|| NAMES.map(named).into());
    LANGUAGES.get(format)
}

/// The described formats.
pub(super) const NAMES: [&str; 20] = [
    "date",
    "time",
    "date-time",
    "duration",
    "uuid",
    "ipv4",
    "ipv6",
    "plain-hostname",
    "hostname",
    "idn-hostname",
    "email",
    "idn-email",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
];

fn named(name: &'static str) -> (&'static str, Language) {
    let language = match name {
        "date" => exactly([format!("^{}$", date())]),
        "time" => between(format!("^{}$", time(true)), format!("^{}$", time(false))),
        "date-time" => {
            between(format!("^{}[Tt]{}$", date(), time(true)), format!("^{}[Tt]{}$", date(), time(false)))
        }
        "duration" => exactly([duration()]),
        "uuid" => exactly([format!("^{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}$")]),
        "ipv4" => exactly([format!("^{}$", ipv4())]),
        "ipv6" => exactly([ipv6()]),
        "plain-hostname" => Language { implies: &[], ..exactly([labels(""), bounded(253)]) },
        "hostname" => Language {
            over: vec![labels(""), encoded("", "xn--[^.]*|")],
            under: vec![labels(""), encoded("", ""), bounded(253)],
            implies: &["plain-hostname"],
        },
        "idn-hostname" => Language {
            over: vec![r"^(?:[A-Za-z0-9.-]|[^\x00-\x7f])+$".to_owned()],
            under: vec![labels(""), encoded("", ""), bounded(253)],
            implies: &[],
        },
        "email" => Language { over: vec![email_or_more()], under: email(), implies: &["idn-email"] },
        "idn-email" => Language { over: vec![r"^[\s\S]+@[\s\S]+$".to_owned()], under: email(), implies: &[] },
        "uri" => Language {
            over: vec![format!("^{}$", uri(true))],
            under: vec![format!("^{}$", uri(false))],
            implies: &["uri-reference", "iri", "iri-reference"],
        },
        "uri-reference" => Language {
            over: vec![format!("^(?:{}|{})$", uri(true), relative(true))],
            under: vec![format!("^(?:{}|{})$", uri(false), relative(false))],
            implies: &["iri-reference"],
        },
        "iri" => Language {
            over: vec![format!("^{SCHEME}:{IRI}*$")],
            under: vec![format!("^{}$", uri(false))],
            implies: &["iri-reference"],
        },
        "iri-reference" => Language {
            over: vec![format!("^{IRI}*$")],
            under: vec![format!("^(?:{}|{})$", uri(false), relative(false))],
            implies: &[],
        },
        "uri-template" => exactly([uri_template()]),
        "json-pointer" => exactly([format!("^{JSON_POINTER}$")]),
        "relative-json-pointer" => exactly([format!("^(?:0|[1-9][0-9]*)(?:#|{JSON_POINTER})$")]),
        // A regular language cannot describe matching brackets.
        _ => Language::default(),
    };
    (name, language)
}

fn exactly(patterns: impl Into<Vec<String>>) -> Language {
    let patterns = patterns.into();
    Language { over: patterns.clone(), under: patterns, implies: &[] }
}

fn between(over: String, under: String) -> Language {
    Language { over: vec![over], under: vec![under], implies: &[] }
}

/// Returns a pattern for at least one and at most `most` ASCII characters.
fn bounded(most: usize) -> String {
    format!(r"^[\x00-\x7f]{{1,{most}}}$")
}

const HEX: &str = "[0-9A-Fa-f]";
const JSON_POINTER: &str = "(?:/(?:[^~/]|~[01])*)*";

/// RFC 3339, `full-date`, with the leap days of the Gregorian calendar from the year 0 on.
fn date() -> String {
    let leap_year = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
    format!(
        "(?:[0-9]{{4}}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)\
         |02-(?:0[1-9]|1[0-9]|2[0-8]))|{leap_year}-02-29)"
    )
}

/// RFC 3339, `full-time`. The pattern allows either no leap seconds or too many of them. A leap second is valid only if
/// the offset makes it the last second of a day. A precise pattern would need a state for each minute of a day.
fn time(with_leap_seconds: bool) -> String {
    let hour = "(?:[01][0-9]|2[0-3])";
    let minute = format!("{hour}:[0-5][0-9]");
    let fraction = r"(?:\.[0-9]+)?";
    let usual = format!("{minute}:[0-5][0-9]{fraction}(?:[Zz]|[+-]{minute})");
    let at_zero = format!("23:59:60{fraction}(?:[Zz]|[+-]00:00)");
    let leap = if with_leap_seconds { format!("|{minute}:60{fraction}[+-]{minute}") } else { String::new() };
    format!("(?:{usual}|{at_zero}{leap})")
}

/// RFC 3339, appendix A.
fn duration() -> String {
    let date = "(?:[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?|[0-9]+M(?:[0-9]+D)?|[0-9]+D)";
    let time = "T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)";
    format!("^P(?:[0-9]+W|{date}(?:{time})?|{time})$")
}

fn ipv4() -> String {
    let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    format!(r"{octet}(?:\.{octet}){{3}}")
}

/// RFC 4291, section 2.2; without a zone.
fn ipv6() -> String {
    let group = format!("{HEX}{{1,4}}");
    let last_two = format!("(?:{group}:{group}|{})", ipv4());
    let mut forms = vec![format!("(?:{group}:){{6}}{last_two}")];
    for after in 0..=7_usize {
        let before = format!("(?:(?:{group}:){{0,{}}}{group})?", 6_usize.saturating_sub(after));
        let before = if after == 7 { String::new() } else { before };
        let after = match after {
            0 => String::new(),
            1 => group.clone(),
            _ => format!("(?:{group}:){{{}}}{last_two}", after - 2),
        };
        forms.push(format!("{before}::{after}"));
    }
    format!("^(?:{})$", forms.join("|"))
}

/// Host names after the text that `before` matches: labels of letters, digits and hyphens (RFC 1123, section 2.1).
fn labels(before: &str) -> String {
    let label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
    format!(r"^{before}{label}(?:\.{label})*$")
}

/// Host names after the text that `before` matches. The third and fourth characters of a label must not both be
/// hyphens, except in labels that `more` matches. The validator decodes labels with two such hyphens (RFC 5891, section
/// 4.2.3.1).
fn encoded(before: &str, more: &str) -> String {
    let label = format!("(?:{more}[^.]{{0,3}}|[^.]{{2}}(?:[^.-][^.]|-[^.-])[^.]*)");
    format!(r"^{before}{label}(?:\.{label})*$")
}

const ATOM: &str = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";

/// Email addresses that are certainly valid: an unquoted local part at a host name.
fn email() -> Vec<String> {
    let local = format!(r"{ATOM}(?:\.{ATOM})*@");
    vec![labels(&local), encoded("[^@]+@", ""), r"^[!-?A-~]{1,64}@[!-?A-~]{1,253}$".to_owned()]
}

/// All email addresses, including those with a quoted local part or an IP address.
fn email_or_more() -> String {
    let local = format!(r#"(?:{ATOM}(?:\.{ATOM})*|"(?:[\x20-\x7e\t])*")"#);
    let domain = r"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|\[[0-9A-Fa-fIiPpVv.:]*\])";
    format!("^{local}@{domain}$")
}

const SCHEME: &str = "[A-Za-z][A-Za-z0-9+.-]*";
/// Any character, except those that RFC 3987 allows nowhere in an IRI.
const IRI: &str = r#"[^\x00-\x20"<>\\^`{|}\x7f]"#;
/// A percent-encoded byte, or one of the unreserved characters and sub-delimiters of RFC 3986, section 2.
const PLAIN: &str = r"[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}";

fn uri(with_more: bool) -> String {
    format!("{SCHEME}:{}{}", hierarchy(with_more, ":"), tail())
}

fn relative(with_more: bool) -> String {
    format!("{}{}", hierarchy(with_more, ""), tail())
}

/// An authority and a path, or a path alone. The first segment of a relative path may also have the characters in
/// `first`.
fn hierarchy(with_more: bool, first: &str) -> String {
    let path = format!("(?:{PLAIN}|[:@/])*");
    let segment = format!("(?:{PLAIN}|[:@])");
    let beginning = format!("(?:{PLAIN}|[@{first}])");
    let rest_of_first = format!("{beginning}+(?:/{path})?");
    // The validator parses the text between brackets.
    let literal = if with_more { r"|\[[A-Za-z0-9._~!$&'()*+,;=:%-]*\]" } else { "" };
    let authority = format!("(?:(?:{PLAIN}|:)*@)?(?:(?:{PLAIN})*{literal})(?::[0-9]*)?");
    format!("(?://{authority}(?:/{path})?|/(?:{segment}{path})?|{rest_of_first})?")
}

fn tail() -> String {
    let query = format!("(?:{PLAIN}|[:@/?])*");
    format!(r"(?:\?{query})?(?:#{query})?")
}

/// RFC 6570, with erratum 6937.
fn uri_template() -> String {
    let encoded = "%[0-9A-Fa-f]{2}";
    let name = format!("(?:[A-Za-z0-9_]|{encoded})+");
    let variable = format!(r"{name}(?:\.{name})*(?::[1-9][0-9]{{0,3}}|\*)?");
    let literal = r#"[^\x00-\x20"%<>\\^`{|}\x7f]"#;
    format!(r"^(?:{literal}|{encoded}|\{{[+#./;?&=,!@|]?{variable}(?:,{variable})*\}})*$")
}

#[cfg(test)]
mod tests;
