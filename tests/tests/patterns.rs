//! Runs the short form of each pattern on real servers, and checks the figures of its account.

use std::collections::BTreeMap;

use evschema_tests::patterns;

/// The figures of an account: names and values. Two spaces or more are between them.
struct Figures(BTreeMap<String, String>);

impl Figures {
    /// Runs a pattern.
    fn of(arguments: &[&str]) -> Self {
        let output = patterns().args(arguments).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?} {}\n{printed}\n{errors}", output.status);
        let figures = printed.lines().filter_map(|line| {
            let (name, value) =
                line.strip_prefix("  ")?.split_once("  ").or_else(|| line.rsplit_once(' '))?;
            Some((name.trim().to_owned(), value.trim().to_owned()))
        });
        Self(figures.collect())
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("the account has no `{name}`: {:#?}", self.0))
    }

    fn number(&self, name: &str) -> u64 {
        self.text(name).parse().unwrap_or_else(|_| panic!("`{name}` is {}", self.text(name)))
    }

    /// Checks the figures that all patterns have.
    fn check(&self, letters: u64) {
        assert_eq!(self.number("effects"), self.number("events with an effect"));
        assert_eq!(self.number("effects of duplicates"), 0);
        assert_eq!(self.number("breaking changes refused with an event"), 1);
        assert_eq!(self.number("dead letters replayed"), letters);
        assert_eq!(self.number("effects of the replay"), letters);
    }
}

#[test]
fn ledger() {
    let figures = Figures::of(&["ledger", "--short"]);
    figures.check(3);
    assert_eq!(figures.number("versions in the journal"), 7);
    assert_eq!(figures.number("accounts that differ from the complete rebuild"), 0);
}

#[test]
fn orders() {
    let figures = Figures::of(&["orders", "--short"]);
    figures.check(3);
    assert_eq!(figures.number("events with an effect"), 200);
    assert_eq!(figures.number("messages in `batchItemFailures`"), 1);
    assert_eq!(figures.number("failed messages after the stock has arrived"), 0);
}

#[test]
fn alerts() {
    let figures = Figures::of(&["alerts", "--short"]);
    figures.check(3);
    assert_eq!(figures.number("payments counted in the windows"), 2_003);
}

#[test]
fn files() {
    let figures = Figures::of(&["files", "--short"]);
    figures.check(3);
    assert_eq!(figures.text("size of its rendition"), "80 x 60 pixels");
    assert_eq!(figures.number("readings in the aggregates"), 300);
}
