//! Rows with invalid input and the expected responses. A test generates docs/bad-input.md from these rows.

/// A request with an invalid request line or header.
pub(super) struct Asked {
    pub(super) request: &'static str,
    pub(super) header: Option<(&'static str, &'static str)>,
    pub(super) answer: &'static str,
}

/// An invalid document.
pub(super) struct Sent {
    pub(super) what: &'static str,
    pub(super) body: fn() -> Vec<u8>,
    /// The status, the code of the problem, and the code of the first error in the document.
    pub(super) answer: &'static str,
}

const fn asked(request: &'static str, answer: &'static str) -> Asked {
    Asked { request, header: None, answer }
}

const fn with(request: &'static str, header: (&'static str, &'static str), answer: &'static str) -> Asked {
    Asked { request, header: Some(header), answer }
}

const fn sent(what: &'static str, body: fn() -> Vec<u8>, answer: &'static str) -> Sent {
    Sent { what, body, answer }
}

/// Requests with invalid paths, queries or headers. In the registry, subject `a` has version 1.0.0.
pub(super) const REQUESTS: &[Asked] = &[
    asked("GET /schemas/..%2f..%2fetc%2fpasswd", "400 invalid-subject"),
    asked("PUT /schemas/..%2f..%2fetc/1.0.0.json", "400 invalid-subject"),
    asked("PUT /schemas/%2e%2e/1.0.0.json", "400 invalid-subject"),
    asked("PUT /schemas/a/..%2f1.0.0.json", "400 invalid-version"),
    asked("GET /schemas/a/..%2f..%2fx.json", "400 invalid-version"),
    asked("GET /schemas/a%00b", "400 invalid-subject"),
    asked("GET /schemas/%ff", "400 invalid-path"),
    asked("GET /schemas/a/%ff", "400 invalid-path"),
    asked("GET /schemas/%3Cscript%3E", "400 invalid-subject"),
    asked("PUT /schemas/a/1.json", "400 invalid-version"),
    asked("PUT /schemas/a/latest.json", "400 invalid-version"),
    asked("PUT /schemas/a/1.0.0+x.json", "400 invalid-version"),
    asked("PUT /schemas/a/1.0.0-x.json.json", "400 invalid-version"),
    asked("PUT /schemas/a/99999999999999999999.0.0.json", "400 invalid-version"),
    asked("PUT /schemas/a/1.0.0", "405 method-not-allowed"),
    asked("DELETE /schemas/a/1.0.0.json", "405 method-not-allowed"),
    asked("POST /schemas", "405 method-not-allowed"),
    asked("GET /schemas/a/1.0.0.json/x", "404 route-not-found"),
    asked("GET /schemas/a/b/c/d/e", "404 route-not-found"),
    asked("GET /schemas?limit=0", "400 invalid-query"),
    asked("GET /schemas?limit=100000", "400 invalid-query"),
    asked("GET /schemas?limit=-1", "400 invalid-query"),
    asked("GET /schemas?limit=1&limit=2", "400 invalid-query"),
    asked("GET /schemas?colour=red", "400 invalid-query"),
    asked("GET /schemas?search=%00", "400 invalid-query"),
    asked("GET /schemas/a?x=1", "400 invalid-query"),
    asked("GET /feed?after=minus", "400 invalid-query"),
    asked("GET /feed?after=9223372036854775808", "400 invalid-query"),
    asked("GET /healthz?x", "400 invalid-query"),
    asked("GET /openapi.json?x=1", "400 invalid-query"),
    asked("PUT /schemas/a/1.0.0.json?author=", "400 invalid-body"),
    asked("PUT /schemas/a/2.0.0.json?authr=me", "400 invalid-query"),
    with("PUT /schemas/a/1.1.0.json", ("content-type", "text/plain"), "415 unsupported-media-type"),
    with("PUT /schemas/a/1.1.0.json", ("content-type", "application/xml"), "415 unsupported-media-type"),
    with("PUT /schemas/a/1.1.0.json", ("content-encoding", "gzip"), "415 unsupported-media-type"),
    with("PUT /schemas/a/1.1.0.json", ("accept", "image/png"), "406 not-acceptable"),
    with("PUT /schemas/a/1.1.0.json", ("sec-fetch-site", "cross-site"), "403 cross-site"),
    with("PUT /schemas/a/1.1.0.json", ("origin", "https://elsewhere.example"), "403 cross-site"),
    with("POST /schemas/a", ("sec-fetch-site", "same-site"), "403 cross-site"),
    with("GET /schemas", ("accept", "image/png"), "406 not-acceptable"),
    with("PUT /schemas/a", ("if-match", "\"1\", \"2\""), "400 invalid-header"),
    with("GET /schemas/a/1.0.0.json", ("authorization", "Basic YTpi"), "401 token-invalid"),
    with("GET /schemas/a/1.0.0.json", ("authorization", "Bearer nobody"), "401 token-invalid"),
];

/// Invalid documents. A test registers each of them as the first version of a subject.
pub(super) const DOCUMENTS: &[Sent] = &[
    sent("an empty body", Vec::new, "422 not-a-schema: not-json"),
    sent("a document that ends too early", || b"{".to_vec(), "422 not-a-schema: not-json"),
    sent("bytes that are not UTF-8", || b"\xff\xfe".to_vec(), "422 not-a-schema: not-utf8"),
    sent(
        "an object with the same key twice",
        || br#"{"a":1,"a":2}"#.to_vec(),
        "422 not-a-schema: duplicate-key",
    ),
    sent("`{\"type\":7}`", || br#"{"type":7}"#.to_vec(), "422 not-a-schema: not-a-schema"),
    sent("a JSON array", || b"[]".to_vec(), "422 not-a-schema: not-a-schema"),
    sent(
        "a `pattern` that is not a regular expression",
        || br#"{"pattern":"("}"#.to_vec(),
        "422 not-a-schema: invalid-pattern",
    ),
    sent(
        "an unknown `$schema`",
        || br#"{"$schema":"https://example.com/mine"}"#.to_vec(),
        "422 not-a-schema: unknown-dialect",
    ),
    sent(
        "a `$schema` that is a number",
        || br#"{"$schema":1}"#.to_vec(),
        "422 not-a-schema: unknown-dialect",
    ),
    sent(
        "a `$ref` to another host",
        || br#"{"$ref":"http://169.254.169.254/latest"}"#.to_vec(),
        "422 reference-missing: remote-reference",
    ),
    sent(
        "a `$ref` with a `file:` URL",
        || br#"{"$ref":"file:///etc/passwd"}"#.to_vec(),
        "422 reference-missing: remote-reference",
    ),
    sent(
        "a `$ref` to a path outside of the schemas folder",
        || br#"{"$ref":"../../../../etc/passwd"}"#.to_vec(),
        "422 reference-missing: missing-reference",
    ),
    sent(
        "a `$ref` to a version that is not registered",
        || br#"{"$ref":"../b/1.0.0.json"}"#.to_vec(),
        "422 reference-missing: missing-reference",
    ),
    sent(
        "a `$ref` to a missing definition in the same document",
        || br##"{"$ref":"#/$defs/none"}"##.to_vec(),
        "422 not-a-schema: dangling-reference",
    ),
    sent("an `$id` of 3,000 bytes", || named(3_000), "422 not-a-schema: not-a-schema"),
    sent("a `$ref` of 3,000 bytes", || referring(3_000), "422 not-a-schema: not-a-schema"),
    sent("a document with 128 levels of nesting", || nested(128), "422 not-a-schema: too-deep"),
    sent("a document of 200,000 opening brackets", || b"[".repeat(200_000), "422 not-a-schema: too-deep"),
    sent("a document with 50,001 subschemas", || wide(50_001), "422 not-a-schema: too-many-nodes"),
    sent("a chain of 10,000 references", || chained(10_000), "422 not-a-schema: too-deep"),
    sent("900 patterns that match 150 letters each", letters, "422 not-a-schema: pattern-too-large"),
    sent(
        "a pattern with five nested repetitions, 1,000 times each",
        || br#"{"pattern":"((((a{1000}){1000}){1000}){1000}){1000}"}"#.to_vec(),
        "422 not-a-schema: pattern-too-large",
    ),
    sent("a document of 1 MiB and 1 byte", || spaced((1 << 20) + 1), "413 body-too-large"),
];

/// Documents that look invalid but are allowed. They are close to a limit, or have a recursion that ends where the
/// event ends.
pub(super) const ALLOWED: &[Sent] = &[
    sent("an `$id` of 2,000 bytes", || named(2_000), "201"),
    sent("a document with 127 levels of nesting", || nested(127), "201"),
    sent("a document with 50,000 subschemas", || wide(50_000), "201"),
    sent("a document of 1 MiB", || spaced(1 << 20), "201"),
    sent(
        "a document with a `$ref` to its own path",
        || br#"{"properties":{"next":{"$ref":"../b/1.0.0.json"}}}"#.to_vec(),
        "201",
    ),
    sent(
        "a pattern that needs exponential time in a backtracking engine",
        || br#"{"pattern":"^(a+)+$"}"#.to_vec(),
        "201",
    ),
    sent("a number with a million digits, `1e999999`", || b"{\"maximum\":1e999999}".to_vec(), "201"),
];

/// An event for a valid schema, with the expected response.
pub(super) struct Judged {
    pub(super) what: &'static str,
    pub(super) schema: fn() -> Vec<u8>,
    pub(super) event: fn() -> Vec<u8>,
    /// The status, and the code of the problem or the verdict.
    pub(super) answer: &'static str,
}

/// Events to validate.
pub(super) const EVENTS: &[Judged] = &[
    Judged {
        what: "an event with 100 levels of nesting, for a schema that refers to itself twice",
        schema: || {
            br##"{"allOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}}]}"##.to_vec()
        },
        event: || within(100),
        answer: "422 event-undecided",
    },
    Judged {
        what: "an event with 10 levels of nesting, for the same schema",
        schema: || {
            br##"{"allOf":[{"properties":{"a":{"$ref":"#"}}},{"properties":{"a":{"$ref":"#"}}}]}"##.to_vec()
        },
        event: || within(10),
        answer: "200, valid",
    },
    Judged {
        what: "an array of 20,000 numbers, for an `enum` of 9,000 numbers",
        schema: || {
            let numbers: Vec<String> = (0..9_000).map(|n| n.to_string()).collect();
            format!("{{\"items\":{{\"enum\":[{}]}}}}", numbers.join(",")).into_bytes()
        },
        event: || format!("[{}8999]", "8999,".repeat(19_999)).into_bytes(),
        answer: "422 event-undecided",
    },
    Judged {
        what: "a body that is not JSON",
        schema: || b"{}".to_vec(),
        event: || b"{\"a\":".to_vec(),
        answer: "400 invalid-body",
    },
    Judged {
        what: "an event that the schema rejects",
        schema: || br#"{"type":"object"}"#.to_vec(),
        event: || b"[]".to_vec(),
        answer: "200, not valid",
    },
    Judged {
        what: "an event of 100,000 opening brackets",
        schema: || b"{}".to_vec(),
        event: || b"[".repeat(100_000),
        answer: "400 invalid-body",
    },
    Judged {
        what: "an event that lacks 40,000 required properties and has one property of 900 kB",
        schema: || requiring(40_000),
        event: || format!("{{\"more\":\"{}\"}}", "x".repeat(900_000)).into_bytes(),
        answer: "200, not valid",
    },
    Judged {
        what: "an array of 60,000 items, for a schema with an `allOf` of 16,000 branches for each item",
        schema: || all_of(16_000),
        event: || zeros(60_000),
        answer: "422 event-undecided",
    },
    Judged {
        what: "an array of 1,000 items, for an `allOf` with 999 branches that reject each item",
        schema: || all_of(1_000),
        event: || zeros(1_000),
        answer: "200, not valid",
    },
    Judged {
        what: "a string of 900 kB, for a pattern that must track 5,000 positions of the string",
        schema: || br#"{"pattern":"[ab]*a[ab]{5000}"}"#.to_vec(),
        event: || format!("\"{}\"", "ab".repeat(450_000)).into_bytes(),
        answer: "422 event-undecided",
    },
    Judged {
        what: "an event of 900 kB that all 10,000 branches of an `anyOf` reject",
        schema: || {
            let branches: Vec<String> = (0..10_000).map(|n| format!("{{\"const\":{n}}}")).collect();
            format!("{{\"anyOf\":[{}]}}", branches.join(",")).into_bytes()
        },
        event: || format!("\"{}\"", "x".repeat(900_000)).into_bytes(),
        answer: "200, not valid",
    },
];

/// Returns a schema whose patterns would take 5 GB of memory.
fn letters() -> Vec<u8> {
    let patterns: Vec<String> = (0..900).map(|n| format!(r#""^(\\p{{L}}{{50}}){{3}}$x{n}":{{}}"#)).collect();
    format!("{{\"patternProperties\":{{{}}}}}", patterns.join(",")).into_bytes()
}

/// Returns a schema that applies the same conditions to each item this many times.
fn all_of(branches: usize) -> Vec<u8> {
    let branches: Vec<String> = (0..branches).map(|n| format!("{{\"minimum\":{n}}}")).collect();
    format!("{{\"items\":{{\"allOf\":[{}]}}}}", branches.join(",")).into_bytes()
}

/// Returns an array of zeros.
fn zeros(items: usize) -> Vec<u8> {
    format!("[{}0]", "0,".repeat(items - 1)).into_bytes()
}

/// Returns a schema that requires this many members.
pub(super) fn requiring(members: usize) -> Vec<u8> {
    let names: Vec<String> = (0..members).map(|n| format!("\"p{n}\"")).collect();
    format!("{{\"required\":[{}]}}", names.join(",")).into_bytes()
}

/// Returns a URI of this length that does not compress well, because a database compresses repeated text.
fn uri(bytes: usize) -> String {
    let mut random = fastrand::Rng::with_seed(7);
    let start = "https://example.com/";
    start.chars().chain(std::iter::repeat_with(|| random.alphanumeric())).take(bytes).collect()
}

/// Returns a schema with a name of this length.
pub(super) fn named(bytes: usize) -> Vec<u8> {
    format!("{{\"$id\":\"{}\"}}", uri(bytes)).into_bytes()
}

/// Returns a schema that refers to a schema with a name of this length.
fn referring(bytes: usize) -> Vec<u8> {
    format!("{{\"$ref\":\"{}\"}}", uri(bytes)).into_bytes()
}

/// Returns nested objects of this depth.
fn within(depth: usize) -> Vec<u8> {
    format!("{}{{}}{}", r#"{"a":"#.repeat(depth), "}".repeat(depth)).into_bytes()
}

/// Returns a schema with a chain of this many references.
fn chained(references: usize) -> Vec<u8> {
    let step = |n: usize| format!(r##""a{n}":{{"$ref":"#/$defs/a{}"}}"##, n + 1);
    let steps: Vec<String> = (0..references).map(step).collect();
    format!(r##"{{"$ref":"#/$defs/a0","$defs":{{{},"a{references}":{{}}}}}}"##, steps.join(",")).into_bytes()
}

/// Returns a schema for nested objects of this depth.
fn nested(depth: usize) -> Vec<u8> {
    format!("{}{{}}{}", r#"{"not":"#.repeat(depth - 1), "}".repeat(depth - 1)).into_bytes()
}

/// Returns a schema with this many nodes.
fn wide(nodes: usize) -> Vec<u8> {
    // The root of the document also counts as a node.
    format!(r#"{{"allOf":[{}]}}"#, vec!["{}"; nodes - 1].join(",")).into_bytes()
}

/// Returns the shortest schema of this length, in bytes.
fn spaced(bytes: usize) -> Vec<u8> {
    format!("{{}}{}", " ".repeat(bytes - 2)).into_bytes()
}
