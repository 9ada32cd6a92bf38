//! Checks that texts for users and developers are in plain English. The tests find only the bad habits that a program
//! can recognize.
//!
//! A sentence without these habits can still be unclear. The rules are in CONTRIBUTING.md.

use std::path::Path;
use std::str::FromStr as _;

use evschema_tests::repository;
use proc_macro2::{TokenStream, TokenTree};
use regex::Regex;
use serde_json::Value;

use super::workspace::files;

/// Maximum length of a sentence, in words.
const WORDS_MAX: usize = 30;

/// The beginnings of sentences that may have a bad habit, each with the reason.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// Crates with messages for users.
const CRATES: [&str; 8] = ["api", "cli", "codegen", "compat", "events", "model", "registry", "runtime"];

/// Finds bad habits in sentences.
struct Habits {
    code: Regex,
    end: Regex,
    start: Regex,
    limit: Regex,
    phrases: Regex,
    word: Regex,
}

impl Habits {
    fn new() -> Self {
        let regex = |pattern: &str| Regex::new(pattern).unwrap();
        Self {
            code: regex(r"``[^`]+``|`[^`]*`"),
            // The cells of a table, the items of a list, and headings also end a sentence.
            end: regex(r"[.!:;](?:\s+|$)|\n\s*\n|\n\s*[-*|#>]|\n\s*\d+\.\s|\s\|\s"),
            start: regex(r"^(What|Who|Whose|Of|That of|There where|Says)\b[^¿]*$"),
            limit: regex(r"^Most [a-z]+ (of|at|in|that|which|one)\b"),
            phrases: regex(
                r"(?i)\b(is there|are there|is told|are told|is said|are said|there where|as which|of which|likewise)\b|\bh(o|e)lds? [^.;]{1,40} against\b",
            ),
            word: regex(r"[\w'’-]+"),
        }
    }

    /// Returns the sentences of a text that have a bad habit, each with its habit.
    fn find(&self, text: &str) -> Vec<String> {
        // Questions may begin with any word. The split below would remove the question mark, so this line replaces it.
        let text = self.code.replace_all(text, "X").replace('?', "¿.");
        let mut found = Vec::new();
        for sentence in self.end.split(&text) {
            let sentence = sentence.trim_start_matches(|c: char| !c.is_alphabetic()).trim();
            if EXCEPTIONS.iter().any(|(start, _)| sentence.starts_with(start)) {
                continue;
            }
            let words = self.word.find_iter(sentence).count();
            let habit = [
                self.start.is_match(sentence).then(|| "begins with a clause".to_owned()),
                self.limit.is_match(sentence).then(|| "write \"at most\"".to_owned()),
                self.phrases.find(sentence).map(|phrase| format!("\"{}\"", phrase.as_str())),
                (WORDS_MAX < words).then(|| format!("{words} words")),
            ];
            if let Some(habit) = habit.into_iter().flatten().next() {
                found.push(format!("{habit}: {}", sentence.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
        found
    }
}

/// Returns a page without its code blocks.
fn without_code(page: &str) -> String {
    let mut is_code = false;
    let mut text = String::new();
    for line in page.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            text.push('\n');
        } else if !is_code {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// Returns the string literals of a Rust file that may be messages. Omits literals in documentation, tests and SQL.
fn messages(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(TokenStream::from_str(source).unwrap(), &mut found);
    let is_sql = Regex::new(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|WITH|FROM|PRAGMA|JOIN)\b").unwrap();
    found.retain(|text| 2 < text.split_whitespace().count() && !is_sql.is_match(text));
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<String>) {
    let mut is_skipped = false;
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                while matches!(tokens.peek(), Some(TokenTree::Punct(_))) {
                    tokens.next();
                }
                let Some(TokenTree::Group(attribute)) = tokens.next() else { continue };
                let text = attribute.stream().to_string();
                is_skipped |= text.starts_with("cfg (test") || text.starts_with("cfg(test");
                if !text.starts_with("doc") && !text.starts_with("expect") && !text.starts_with("allow") {
                    collect(attribute.stream(), found);
                }
            }
            TokenTree::Group(_) if is_skipped => is_skipped = false,
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Literal(literal) => {
                found.extend(syn::parse_str::<syn::LitStr>(&literal.to_string()).map(|text| text.value()));
            }
            TokenTree::Punct(_) | TokenTree::Ident(_) => {}
        }
    }
}

/// Returns the blocks of comments in a Rust file, without the code in them.
fn comments(source: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    for line in source.lines().chain([""]) {
        let line = line.trim_start();
        if line.starts_with("//") {
            block.push_str(line.trim_start_matches('/').trim_start_matches('!'));
            block.push('\n');
        } else if !block.is_empty() {
            blocks.push(without_code(&std::mem::take(&mut block)));
        }
    }
    blocks
}

/// Returns the descriptions and summaries of an OpenAPI document or a schema.
fn descriptions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(text) if ["description", "summary"].contains(&name.as_str()) => {
                        found.push(text.to_owned());
                    }
                    _ => descriptions(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| descriptions(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Returns whether a file may contain messages of the product.
fn has_messages(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.next().is_some_and(|name| CRATES.contains(&name))
        && parts.next() == Some("src")
        && path.ends_with(".rs")
        && !path.split('/').any(|part| part.starts_with("tests"))
}

#[test]
fn users_read_plain_english() {
    let habits = Habits::new();
    let mut wrong = Vec::new();
    let mut read = 0;
    for path in files() {
        let name = path.to_string_lossy().into_owned();
        let is_page = name.ends_with(".md")
            && (!name.contains('/') || name.starts_with("docs/"))
            && Path::new(&name).file_name() != Some("template.md".as_ref());
        let is_schema =
            name == "docs/openapi.json" || name.starts_with("schemas/") && name.ends_with(".json");
        if !is_page && !is_schema && !has_messages(&name) {
            continue;
        }
        let text = std::fs::read_to_string(repository().join(&path)).unwrap();
        let texts = if is_page {
            vec![without_code(&text)]
        } else if is_schema {
            let mut found = Vec::new();
            descriptions(&serde_json::from_str(&text).unwrap(), &mut found);
            found
        } else {
            messages(&text)
        };
        read += texts.len();
        for text in texts {
            wrong.extend(habits.find(&text).into_iter().map(|habit| format!("{name}: {habit}")));
        }
    }
    assert!(1_000 < read, "only {read} texts found");
    assert!(wrong.is_empty(), "{} sentences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn developers_read_plain_english() {
    let habits = Habits::new();
    let mut wrong = Vec::new();
    let mut read = 0;
    for path in files() {
        let name = path.to_string_lossy().into_owned();
        // The goldens contain descriptions of schemas that test the generator.
        let is_golden = name.split('/').any(|part| part.starts_with("golden"));
        if !name.ends_with(".rs") || is_golden {
            continue;
        }
        let source = std::fs::read_to_string(repository().join(&path)).unwrap();
        for comment in comments(&source) {
            read += 1;
            wrong.extend(habits.find(&comment).into_iter().map(|habit| format!("{name}: {habit}")));
        }
    }
    assert!(5_000 < read, "only {read} comments found");
    assert!(wrong.is_empty(), "{} sentences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn habits_and_their_near_misses() {
    let habits = Habits::new();
    for (text, has_habit) in [
        ("What is refused stays refused.", true),
        ("What does `check` compare?", false),
        ("A file that is there already.", true),
        ("Is there a subject", true),
        ("The limit is there", true),
        ("Their registry", false),
        ("Most events at once.", true),
        ("Most schemas have a title.", false),
        ("It holds every version against the baseline.", true),
        ("Compare. Who reads it?", false),
        ("Compare: whose events break", false),
        ("Of all versions, the latest counts.", true),
        ("`What` is a name.", false),
        ("One\n\nWhat follows.", true),
        (&"word ".repeat(WORDS_MAX), false),
        (&"word ".repeat(WORDS_MAX + 1), true),
    ] {
        assert_eq!(!habits.find(text).is_empty(), has_habit, "{text}");
    }
    let source = "fn a() { b(\"one two three\"); }\n/// Not a message.\n#[cfg(test)]\nmod tests { fn c() { d(\"not one either\") } }\n#[error(\"four five six\")] struct E;";
    assert_eq!(messages(source), ["one two three", "four five six"]);
    assert_eq!(comments(source), [" Not a message.\n"]);
    assert_eq!(
        comments("//! A\n//! ```\n//! What\n//! ```\nfn b() {} // What\n  // B"),
        [" A\n\n\n", " B\n"]
    );
}
