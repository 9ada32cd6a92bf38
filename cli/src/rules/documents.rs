//! Rules about documents: the codes of the model's diagnostics.

use evschema_compat::Rule;

use super::rule;

/// A rule for each [`evschema_model::Code`].
pub(super) const RULES: &[Rule] = &[
    rule(
        "too-large",
        "a document is longer than 1 MiB",
        "one document must not exhaust the reader's memory",
        "split it into documents that refer to each other",
    ),
    rule(
        "too-deep",
        "arrays, objects or references nest too deeply",
        "readers use stack space for each level",
        "flatten the document, or refer to definitions more directly",
    ),
    rule(
        "too-many-nodes",
        "a document has too many subschemas",
        "each subschema costs memory and time in every check",
        "split it into documents that refer to each other",
    ),
    rule(
        "pattern-too-large",
        "a pattern takes too much memory when it is compiled",
        "a count repeats all that stands before it: `(\\p{L}{50}){3}` compiles to 150 classes of every letter",
        "use smaller counts, or smaller classes such as `[a-z]`",
    ),
    rule("not-utf8", "a file is not UTF-8", "JSON is UTF-8 (RFC 8259)", "save the file as UTF-8"),
    rule(
        "not-json",
        "a text is not JSON",
        "no program reads it in the same way as another",
        "correct the syntax at this place",
    ),
    rule(
        "duplicate-key",
        "an object has two members of one name",
        "programs disagree about which of the two counts",
        "keep one of the two members",
    ),
    rule(
        "unknown-dialect",
        "`$schema` names no draft",
        "the meaning of the keywords is unknown",
        "name a draft from 4 to 2020-12, or map the URI to one under `dialects`",
    ),
    rule(
        "not-a-schema",
        "a document is not a valid JSON Schema",
        "the draft's metaschema rejects it, so validators reject it or disagree about it",
        "correct the value at this place",
    ),
    rule(
        "invalid-pattern",
        "a pattern is not a regular expression",
        "no event can be matched against it",
        "correct the pattern (ECMA-262 syntax)",
    ),
    rule(
        "remote-reference",
        "a `$ref` leads out of the tree",
        "references are never fetched from a network",
        "add the document to the tree, and refer to its place or to its `$id`",
    ),
    rule(
        "missing-reference",
        "a `$ref` names a document that does not exist",
        "the schema has no meaning without it",
        "add the document, or register it first",
    ),
    rule(
        "dangling-reference",
        "a `$ref` names a part that its document does not have",
        "the schema has no meaning without it",
        "correct the fragment after `#`, or add the definition",
    ),
    rule(
        "too-many-references",
        "a schema reaches too many documents",
        "each document costs memory and time in every check",
        "bundle documents that belong together",
    ),
    rule(
        "shared-id",
        "a `$ref` names an `$id` that several versions share",
        "the `$id` does not say which version is meant, and the next version would change the meaning",
        "name the version: `../<subject>/<version>.json#…`; or give each version an `$id` of its own",
    ),
    rule(
        "ambiguous-id",
        "two documents that a schema reaches have the same `$id` on different content",
        "one of the two documents would decide what the other one means",
        "refer to only one of them, or give one of them another `$id`",
    ),
    rule(
        "foreign-id",
        "an `$id` is the place of another document, or belongs to JSON Schema itself",
        "references to that place would lead to this document",
        "write the document's own place, an `$id` elsewhere, or none",
    ),
    rule(
        "conflict",
        "two documents claim one version, one `$id` or one name",
        "a reference must lead to one document; only versions of one subject may share an `$id`",
        "change one of the two documents",
    ),
    rule(
        "misplaced",
        "a file is not where the layout puts it",
        "its place is the name of its subject and version",
        "move it to `<subject>/<version>.json`",
    ),
    rule(
        "misspelt-keyword",
        "a word is close to a keyword, and is none",
        "validators ignore unknown keywords, so they accept events that it means to reject",
        "write the keyword, or begin a name of your own with `x-`",
    ),
    rule(
        "keyword-without-effect",
        "a keyword has no effect in the draft of its schema",
        "validators of this draft ignore the keyword, so they accept events that it means to reject",
        "use the keyword of this draft, or name the draft that has it in `$schema`",
    ),
    rule(
        "misspelt-format",
        "a format is close to one of JSON Schema, and is none",
        "validators ignore unknown formats, so they accept every string",
        "write the name of the format",
    ),
    rule(
        "format-without-effect",
        "a format has no effect in the draft of its schema",
        "validators of this draft accept every string",
        "name a later draft in `$schema`, or write a `pattern`",
    ),
    rule(
        "accepts-every-event",
        "the root of a schema rejects nothing",
        "every event is valid under it, whatever the definitions below it say",
        "refer to a definition from the root; a document that only others refer to may stay as it is",
    ),
    rule(
        "bad-template",
        "a template of the code generator cannot be used",
        "no code can be generated from it",
        "correct the template at this place",
    ),
    rule(
        "not-as-locked",
        "a version is missing, or differs from the lock file",
        "the code was generated from another content",
        "restore its file, or remove it from the lock",
    ),
];
