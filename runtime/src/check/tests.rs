//! Tests of the checker with programs like those that the generator writes, and with hostile programs.

use super::Checker;
use crate::lexer::Lexer;
use crate::program::Program;
use crate::reject::Reason;

fn accepts(program: &'static Program, event: &str) -> bool {
    let mut checker = Checker::new(event);
    checker.check(program.node(0)).and_then(|()| checker.lexer.end()).is_ok()
}

#[test]
fn a_schema_that_refers_only_to_itself_ends() {
    static LOOP: Program = Program::new(r#"{"format":4,"nodes":[{"allOf":[0]}]}"#, &[]);
    assert!(!accepts(&LOOP, "1"));
    static FORK: Program = Program::new(r#"{"format":4,"nodes":[{"anyOf":[1,1]},{"not":0}]}"#, &[]);
    assert!(!accepts(&FORK, "1"));
}

#[test]
fn alternatives_within_alternatives_stay_cheap() {
    // Each level is checked twice by each of two alternatives: 4^100 checks without a cache.
    static TREE: Program = Program::new(
        r#"{"format":4,"nodes":[
            {"anyOf":[1,2]},
            {"type":["object"],"members":[["a",0],["b",3]],"required":[1]},
            {"type":["object"],"members":[["a",0]],"patternProperties":[["a",0]]},
            {"type":["string"]}]}"#,
        &[],
    );
    let deep = "{\"a\":".repeat(100) + "{\"b\":\"\"}" + &"}".repeat(100);
    assert!(accepts(&TREE, &deep));
    assert!(!accepts(&TREE, &deep.replace("{\"b\":\"\"}", "1")));
}

#[test]
fn nesting_is_limited() {
    static ANY: Program = Program::new(r#"{"format":4,"nodes":[{"items":0}]}"#, &[]);
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(accepts(&ANY, &nested(Lexer::NESTING_MAX)));
    assert!(!accepts(&ANY, &nested(Lexer::NESTING_MAX + 1)));
    assert!(!accepts(&ANY, &nested(1_000_000)));
}

#[test]
fn numbers_are_compared_exactly() {
    static EXACT: Program =
        Program::new(r#"{"format":4,"nodes":[{"maximum":9007199254740992.5,"multipleOf":0.01}]}"#, &[]);
    assert!(accepts(&EXACT, "9007199254740992.5") && !accepts(&EXACT, "9007199254740992.51"));
    assert!(accepts(&EXACT, "19.99") && accepts(&EXACT, "1e3") && !accepts(&EXACT, "19.995"));
}

/// Property conditions give the same results as the applicators from which they were extracted.
#[test]
fn property_conditions_agree_with_applicators() {
    const NODES: &str = r#"
        {"members":[["a"]],"required":[0]},
        {"members":[["c"],["b"]],"required":[0,1]},
        {"not":1},
        {"anyOf":[1,2],"members":[["d"]],"required":[0]},
        {"allOf":[1,4],"if":3,"then":2},
        {"members":[["elsewhere"]],"required":[0]},
        {"type":["number"]},
        {"members":[["d",7]],"required":[]},
        {"members":[["b",10],["a",11]],"required":[1]},
        {"enum":[2]},
        {"type":["number"],"minimum":1}"#;
    const APPLICATORS: [&str; 14] = [
        r#""oneOf":[1,2]"#,
        r#""anyOf":[2,3]"#,
        r#""not":2"#,
        r#""if":1,"then":2"#,
        r#""if":2,"else":4"#,
        r#""oneOf":[1,4,5],"not":3"#,
        r#""anyOf":[5,3],"unevaluatedProperties":2"#,
        r#""if":8,"then":1"#,
        r#""oneOf":[8,9]"#,
        r#""allOf":[8,4,9]"#,
        r#""not":9,"anyOf":[8,1]"#,
        r#""allOf":[8,1,0]"#,
        r#""anyOf":[6,1]"#,
        r#""oneOf":[0,1]"#,
    ];
    let program = |text: String| -> &'static Program {
        Box::leak(Box::new(Program::new(Box::leak(text.into_boxed_str()), &[])))
    };
    let properties =
        ["\"a\":1", "\"b\":2", "\"c\":3", "\"d\":\"4\"", "\"elsewhere\":5", "\"d\":4", "\"b\":3"];
    for kinds in [r#""type":["object"],"#, ""] {
        for (at, applicators) in APPLICATORS.iter().enumerate() {
            let own = r#""members":[["a",7],["b",7],["c",7],["d",12]]"#;
            let nodes = format!(r#"{{{kinds}{own},{applicators}}},{NODES},{{"type":["number","string"]}}"#);
            let by_conditions = program(format!(r#"{{"format":4,"nodes":[{nodes}]}}"#));
            let object = by_conditions.node(0).node().object.as_ref();
            let is_extracted = object.is_some_and(|object| !object.conditions.is_empty());
            // The last two applicators depend on a property that the object does not name, and on the object itself.
            assert!(is_extracted == (at < APPLICATORS.len() - 2) || kinds.is_empty(), "{kinds}{applicators}");
            // A limit that no event reaches prevents the extraction.
            let applied = nodes.replace(r#""required""#, r#""maxProperties":99,"required""#);
            let by_applicators = program(format!(r#"{{"format":4,"nodes":[{applied}]}}"#));
            let objects = (0..1u32 << properties.len()).map(|chosen| {
                let chosen = properties.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
                format!("{{{}}}", chosen.map(|(_, property)| *property).collect::<Vec<_>>().join(", "))
            });
            for event in objects.chain(["1".to_owned(), "[]".to_owned(), "\"a\"".to_owned()]) {
                let (found, expected) = (accepts(by_conditions, &event), accepts(by_applicators, &event));
                assert_eq!(found, expected, "{kinds}{applicators} {event}");
            }
        }
    }
}

/// Each program would take too long without the limit on steps.
#[test]
fn a_check_with_too_many_steps_ends() {
    let program = |text: String| -> &'static Program {
        Box::leak(Box::new(Program::new(Box::leak(text.into_boxed_str()), &[])))
    };
    let reason = |program: &'static Program, event: &str| {
        let started = std::time::Instant::now();
        let mut checker = Checker::new(event);
        let result = checker.check(program.node(0)).and_then(|()| checker.lexer.end());
        // The check takes seconds on an idle machine. Without the limit on steps, it would take years.
        assert!(started.elapsed() < std::time::Duration::from_secs(120), "{:?}", started.elapsed());
        result.map_err(|reject| reject.reason())
    };
    let doubling = |keyword: &str, last: &str| {
        let nodes: Vec<String> = (1..=60).map(|next| format!(r#"{{"{keyword}":[{next},{next}]}}"#)).collect();
        program(format!(r#"{{"format":4,"nodes":[{},{last}]}}"#, nodes.join(",")))
    };
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for last in [
            r#"{"type":["object"]}"#,
            r#"{"type":["string"]}"#,
            r#"{"unevaluatedProperties":61},{"type":["integer"]}"#,
        ] {
            for event in [r#"{"v":1}"#, "1", r#"[{"v":1},2]"#, "\"text\""] {
                let result = reason(doubling(keyword, last), event);
                // The cache does not store evaluated properties.
                let may_end = last.contains("unevaluated");
                let has_ended = result == Err(Reason::TooManySteps);
                assert!(may_end || !has_ended, "{keyword} {last} {event} {result:?}");
            }
        }
    }
    let open = r#"{"allOf":[1],"unevaluatedProperties":62}"#;
    let levels: Vec<String> = (2..=60).map(|next| format!(r#"{{"allOf":[{next},{next}]}}"#)).collect();
    let nodes = format!(
        r#"{{"format":4,"nodes":[{open},{},{{"members":[["v",61]]}},{{"type":["number"]}},{{"type":[]}}]}}"#,
        levels.join(",")
    );
    assert_eq!(reason(program(nodes), r#"{"v":1}"#), Err(Reason::TooManySteps));
    let numbers: Vec<String> = (0..9_000).map(|n| n.to_string()).collect();
    let listed =
        program(format!(r#"{{"format":4,"nodes":[{{"items":1}},{{"enum":[{}]}}]}}"#, numbers.join(",")));
    let many = format!("[{}8999]", "8999,".repeat(99_999));
    assert_eq!(reason(listed, &many), Ok(()));
}
