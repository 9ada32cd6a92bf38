//! Programs as the generator would write them, and worse.

use crate::Program;
use crate::cursor::Cursor;

fn accepts(program: &'static Program, event: &str) -> bool {
    let mut cursor = Cursor::of_text(event);
    cursor.check(program.at(0)).and_then(|()| cursor.end()).is_ok()
}

#[test]
fn a_schema_that_only_leads_back_to_itself_ends() {
    static LOOP: Program = Program::new(r#"{"nodes":[{"allOf":[0]}]}"#, &[]);
    assert!(!accepts(&LOOP, "1"));
    static FORK: Program = Program::new(r#"{"nodes":[{"anyOf":[1,1]},{"not":0}]}"#, &[]);
    assert!(!accepts(&FORK, "1"));
}

#[test]
fn alternatives_within_alternatives_stay_cheap() {
    // Each level is tried twice by each of two alternatives: 4^100 looks without memory.
    static TREE: Program = Program::new(
        r#"{"nodes":[
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
fn nesting_has_an_end() {
    static ANY: Program = Program::new(r#"{"nodes":[{"items":0}]}"#, &[]);
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(accepts(&ANY, &nested(Cursor::NESTING_MAX)));
    assert!(!accepts(&ANY, &nested(Cursor::NESTING_MAX + 1)));
    assert!(!accepts(&ANY, &nested(1_000_000)));
}

#[test]
fn what_is_no_program_refuses_everything() {
    static NOTHING: Program = Program::new("", &[]);
    static STRAY: Program = Program::new(r#"{"nodes":[{"allOf":[7]}]}"#, &[]);
    assert!(!accepts(&NOTHING, "1") && !accepts(&STRAY, "1"));
}

#[test]
fn numbers_are_compared_as_they_are_written() {
    static EXACT: Program =
        Program::new(r#"{"nodes":[{"maximum":9007199254740992.5,"multipleOf":0.01}]}"#, &[]);
    assert!(accepts(&EXACT, "9007199254740992.5") && !accepts(&EXACT, "9007199254740992.51"));
    assert!(accepts(&EXACT, "19.99") && accepts(&EXACT, "1e3") && !accepts(&EXACT, "19.995"));
}
