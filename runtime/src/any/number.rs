//! Semantic versions, as far as hints need them.

use std::cmp::Ordering;

/// A semantic version without build metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct VersionNumber<'a> {
    core: [u64; 3],
    /// The text after the hyphen; empty for a release.
    pre: &'a str,
}

/// The versions with the same major number; for 0.x, with the same minor number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    major: u64,
    minor: u64,
}

impl<'a> VersionNumber<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (core, pre) = match text.split_once('-') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (text, ""),
        };
        let mut parts = core.split('.');
        let core = [number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?];
        let is_plain = pre.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
        (parts.next().is_none() && is_plain).then_some(Self { core, pre })
    }

    pub(super) fn line(&self) -> Line {
        let [major, minor, _] = self.core;
        Line { major, minor: if major == 0 { minor } else { 0 } }
    }
}

impl PartialOrd for VersionNumber<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for VersionNumber<'_> {
    /// Compares by the rules of Semantic Versioning 2.0.0, section 11.
    fn cmp(&self, other: &Self) -> Ordering {
        self.core.cmp(&other.core).then_with(|| match (self.pre, other.pre) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => compare_tags(a, b),
        })
    }
}

fn compare_tags(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let ordering = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (number(a), number(b)) {
                (Some(a), Some(b)) => a.cmp(&b),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => a.cmp(b),
            },
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
}

impl Line {
    /// Parses the name of a line: `2`, or `0.3` for a line of 0.x.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_once('.') {
            Some((major, minor)) => {
                let line = Self { major: number(major)?, minor: number(minor)? };
                (line.major == 0).then_some(line)
            }
            None => number(text).filter(|major| *major != 0).map(|major| Self { major, minor: 0 }),
        }
    }
}

fn number(text: &str) -> Option<u64> {
    let is_canonical = text == "0" || !text.starts_with('0');
    (is_canonical && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_the_order_of_semver() {
        let ordered = [
            "0.1.0",
            "0.2.0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.10",
            "1.2.0",
            "10.0.0",
        ];
        let parsed: Vec<_> = ordered.iter().map(|text| VersionNumber::parse(text).unwrap()).collect();
        assert!(parsed.is_sorted_by(|a, b| a < b));
        for wrong in ["", "1", "1.0", "01.0.0", "1.0.0.0", "1.0.0-", "v1.0.0", "1.0.0+build", "1.-1.0"] {
            assert_eq!(VersionNumber::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_line_is_a_major_number_or_a_minor_number_of_zero() {
        let line = |text: &str| VersionNumber::parse(text).unwrap().line();
        assert_eq!(Line::parse("2"), Some(line("2.7.1")));
        assert_eq!(Line::parse("0.3"), Some(line("0.3.9")));
        for wrong in ["", "0", "2.1", "02", "x", "0.3.1", "-1"] {
            assert_eq!(Line::parse(wrong), None, "{wrong}");
        }
    }
}
