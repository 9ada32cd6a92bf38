use super::*;
use crate::case::Case;

const OPEN: Signs = Signs { case: Case::OBJECT, constants: &[] };

const fn version(version: &'static str, dataschema: &'static str, signs: Signs) -> KnownVersion {
    KnownVersion { version, dataschema, signs }
}

const OVERLAPPING: &[KnownVersion] = &[
    version("0.3.1", "https://a.example/schemas/shop.sold/0.3.1.json", OPEN),
    version("1.2.0", "https://a.example/schemas/shop.sold/1.2.0.json", OPEN),
    version("3.1.0", "https://a.example/schemas/shop.sold/3.1.0.json", OPEN),
];

fn choice(hint: Hint<'_>) -> Result<Choice, AnyError> {
    choose_version("shop.sold", OVERLAPPING, hint, b"{}")
}

fn chosen(hint: Hint<'_>) -> (usize, Option<String>) {
    let choice = choice(hint).unwrap();
    (choice.variant, choice.newer)
}

/// Returns the error for a version of a line that is newer than all known lines.
fn newer_line(version: &str) -> AnyError {
    AnyError::NewerThanKnown { version: version.to_owned(), newest: "3.1.0", error: None }
}

#[test]
fn the_dataschema_names_the_version_or_its_line() {
    for (url, variant, newer) in [
        ("https://a.example/schemas/shop.sold/1.2.0.json", 1, None),
        ("/schemas/shop.sold/0.3.1.json", 0, None),
        ("https://other.example/x/schemas/shop.sold/3.1.0.json", 2, None),
        // Versions of a line that have no variant of their own.
        ("/schemas/shop.sold/1.0.0.json", 1, None),
        ("/schemas/shop.sold/1.2.0-rc.1.json", 1, None),
        ("/schemas/shop.sold/0.3.0.json", 0, None),
        // Newer versions of a known line.
        ("/schemas/shop.sold/1.3.0.json", 1, Some("1.3.0")),
        ("/schemas/shop.sold/0.3.2.json", 0, Some("0.3.2")),
    ] {
        assert_eq!(chosen(Hint::dataschema(url)), (variant, newer.map(str::to_owned)), "{url}");
    }
    assert_eq!(choice(Hint::dataschema("/schemas/shop.sold/4.0.0.json")), Err(newer_line("4.0.0")));
    let older =
        AnyError::NotGenerated { version: "2.0.0".to_owned(), known: vec!["0.3.1", "1.2.0", "3.1.0"] };
    assert_eq!(choice(Hint::dataschema("/schemas/shop.sold/2.0.0.json")), Err(older));
    let other = AnyError::OtherSubject { subject: "shop.paid".to_owned(), expected: "shop.sold" };
    assert_eq!(choice(Hint::dataschema("/schemas/shop.paid/1.2.0.json")), Err(other));
}

#[test]
fn the_type_names_the_line_if_the_dataschema_does_not() {
    assert_eq!(chosen(Hint::event_type("shop.sold.v1")), (1, None));
    assert_eq!(chosen(Hint::event_type("shop.sold.v0.3")), (0, None));
    assert_eq!(choice(Hint::event_type("shop.sold.v4")), Err(newer_line("4")));
    let both = Hint::new(Some("/schemas/shop.sold/1.2.0.json"), Some("shop.sold.v3"));
    assert_eq!(chosen(both), (1, None));
    let unusable = Hint::new(Some("urn:shop:sold"), Some("shop.sold.v3"));
    assert_eq!(chosen(unusable), (2, None));
    let ambiguous = AnyError::Ambiguous { versions: vec!["0.3.1", "1.2.0", "3.1.0"] };
    for unnamed in ["shop.sold", "sold", "shop.sold.v", "shop.sold.vx", "shop.sold.v1.2", "shop.soldv1", ""] {
        assert_eq!(choice(Hint::event_type(unnamed)), Err(ambiguous.clone()), "{unnamed}");
    }
    let older = AnyError::NotGenerated { version: "2".to_owned(), known: vec!["0.3.1", "1.2.0", "3.1.0"] };
    assert_eq!(choice(Hint::event_type("shop.sold.v2")), Err(older));
}

#[test]
fn the_content_names_the_version_only_if_one_version_fits() {
    const SIGNED: &[KnownVersion] = &[
        version("1.0.0", "/1", Signs { constants: &[("version", &["1"])], ..OPEN }),
        version("1.1.0", "/1.1", Signs { constants: &[("version", &["1"])], ..OPEN }),
        version("2.0.0", "/2", Signs { constants: &[("version", &["2"])], ..OPEN }),
    ];
    let choice = |hint, event: &str| choose_version("x", SIGNED, hint, event.as_bytes());
    assert_eq!(choice(Hint::none(), r#"{"version":2}"#), Ok(Choice::of(2)));
    let both = AnyError::Ambiguous { versions: vec!["1.0.0", "1.1.0"] };
    assert_eq!(choice(Hint::none(), r#"{"version":1}"#), Err(both.clone()));
    // The type leaves two versions of the line, and the content does not name one of them.
    assert_eq!(choice(Hint::event_type("x.v1"), r#"{"version":1}"#), Err(both));
    let none = AnyError::NoVersionMatches { known: vec!["1.0.0", "1.1.0", "2.0.0"] };
    assert_eq!(choice(Hint::none(), r#"{"version":3}"#), Err(none));
    assert!(matches!(choice(Hint::none(), "{"), Err(AnyError::NotJson(Error::NotJson { .. }))));
    // One version needs no hint.
    assert_eq!(choose_version("x", &SIGNED[..1], Hint::none(), b"{}"), Ok(Choice::of(0)));
}

#[test]
fn only_a_refusal_of_a_newer_version_can_pass_later() {
    let refused = || Error::Refused(Vec::new());
    let newer = choice(Hint::dataschema("/schemas/shop.sold/3.2.0.json")).unwrap();
    let error = newer.refused(OVERLAPPING, refused());
    assert!(error.is_newer_than_known(), "{error}");
    for error in [
        Error::NotJson { message: String::new(), line: 1, column: 1 },
        Error::Undecided { line: 1, column: 1 },
        Error::Internal(String::new()),
    ] {
        assert!(matches!(newer.refused(OVERLAPPING, error), AnyError::Refused { version: "3.1.0", .. }));
    }
    let known = choice(Hint::event_type("shop.sold.v1")).unwrap();
    assert!(matches!(known.refused(OVERLAPPING, refused()), AnyError::Refused { version: "1.2.0", .. }));
    // A newer line is not tried, but no code can read a text that is not JSON.
    let newer_line = |event: &str| {
        choose_version("shop.sold", OVERLAPPING, Hint::event_type("shop.sold.v4"), event.as_bytes())
    };
    assert!(newer_line("{}").unwrap_err().is_newer_than_known());
    assert!(matches!(newer_line("{} x"), Err(AnyError::NotJson(_))));
    // A property may have another meaning in a line of 0.x, too.
    assert!(choice(Hint::dataschema("/schemas/shop.sold/0.4.0.json")).is_err());
}

#[test]
fn foreign_texts_are_not_copied_into_errors() {
    let ambiguous = Err(AnyError::Ambiguous { versions: vec!["0.3.1", "1.2.0", "3.1.0"] });
    let long = "a".repeat(129);
    for subject in ["", "shop sold", "shop.sold\n", "shop`sold", "ähnlich", &long] {
        assert_eq!(
            choice(Hint::dataschema(&format!("/schemas/{subject}/1.2.0.json"))),
            ambiguous,
            "{subject}"
        );
    }
    let tag = format!("/schemas/shop.sold/1.3.0-{long}.json");
    assert_eq!(choice(Hint::dataschema(&tag)), ambiguous);
}
