//! Rules about documents: the codes of the model's diagnostics.

use evschema_compat::Rule;

use super::rule::rule;

/// A rule for each [`evschema_model::Code`].
pub(super) const RULES: &[Rule] = &[
    rule(
        "too-large",
        "a document is longer than 1 MiB",
        "a longer document could use up the memory of the program that reads it",
        "split the document into several documents that refer to each other",
    ),
    rule(
        "too-deep",
        "arrays, objects or references nest too deeply",
        "programs that read JSON use stack space for each level",
        "use fewer levels, or refer to definitions more directly",
    ),
    rule(
        "too-many-nodes",
        "a document has too many subschemas",
        "each subschema costs memory and time in every check",
        "split the document into several documents that refer to each other",
    ),
    rule(
        "pattern-too-large",
        "a pattern takes too much memory when it is compiled",
        "a count such as `{50}` copies the expression that it repeats: `(\\p{L}{50}){3}` compiles to 150 \
         copies of `\\p{L}`, the class of all letters",
        "use smaller counts, or smaller classes such as `[a-z]`",
    ),
    rule("not-utf8", "a file is not UTF-8", "JSON is UTF-8 (RFC 8259)", "save the file as UTF-8"),
    rule(
        "not-json",
        "a text is not JSON",
        "programs reject such a text, or read it in different ways",
        "correct the syntax at this place",
    ),
    rule(
        "duplicate-key",
        "an object has two properties with the same name",
        "some programs use the first of the two properties, others use the last",
        "keep one of the two properties",
    ),
    rule(
        "unknown-dialect",
        "`$schema` does not name a known draft",
        "the meaning of the keywords is unknown",
        "name a draft from 4 to 2020-12, or map the URI to a draft under `dialects` in the manifest",
    ),
    rule(
        "not-a-schema",
        "a document is not a valid JSON Schema",
        "the metaschema of the draft rejects the document, so validators reject it or interpret it in \
         different ways",
        "correct the value at this place",
    ),
    rule(
        "invalid-pattern",
        "a pattern is not a valid regular expression",
        "evschema cannot match an event against such a pattern",
        "correct the pattern (ECMA-262 syntax)",
    ),
    rule(
        "remote-reference",
        "a `$ref` leads out of the tree",
        "evschema never fetches a document from a network",
        "add the document to the tree, and refer to its path or to its `$id`",
    ),
    rule(
        "missing-reference",
        "a `$ref` names a document that does not exist",
        "without the target of the reference, the schema has no meaning",
        "add the document, or register it first",
    ),
    rule(
        "dangling-reference",
        "a `$ref` names a part that the target document does not have",
        "without the target of the reference, the schema has no meaning",
        "correct the fragment after `#`, or add the definition",
    ),
    rule(
        "too-many-references",
        "a schema refers to too many documents, directly or through other documents",
        "each document costs memory and time in every check",
        "combine documents that belong together",
    ),
    rule(
        "shared-id",
        "a `$ref` names an `$id` that several versions share",
        "the `$id` does not identify one version, so the next version could change the meaning of the \
         reference",
        "refer to one version by its path, `../<subject>/<version>.json#…`; or give each version its own \
         `$id`",
    ),
    rule(
        "ambiguous-id",
        "a schema reaches two documents that have the same `$id` but different content",
        "a reference to this `$id` could lead to either of the two documents",
        "refer to only one of the two documents, or give one of them another `$id`",
    ),
    rule(
        "foreign-id",
        "an `$id` is the path of another document in the tree, or the URI of a metaschema",
        "references to the other document would lead to this document",
        "write the document's own path, write a URI outside the tree, or remove the `$id`",
    ),
    rule(
        "conflict",
        "two documents have the same version, the same `$id` or the same name",
        "a reference must lead to one document; only versions of the same subject may share an `$id`",
        "change one of the two documents",
    ),
    rule(
        "misplaced",
        "a file of the tree does not fit the layout",
        "the path of a file names its subject and version",
        "move the file to `<subject>/<version>.json`",
    ),
    rule(
        "misspelt-keyword",
        "a name looks like a misspelt keyword",
        "validators ignore unknown keywords, so they accept events that the schema is meant to reject",
        "correct the keyword; if the name is a custom keyword, begin it with `x-`",
    ),
    rule(
        "keyword-without-effect",
        "a keyword has no effect in the draft of its schema",
        "validators of this draft ignore the keyword, so they accept events that the schema is meant to \
         reject",
        "use a keyword of this draft; or write a draft in `$schema` that has the keyword",
    ),
    rule(
        "misspelt-format",
        "a format looks like a misspelt format of JSON Schema",
        "validators ignore unknown formats, so they accept every string",
        "correct the name of the format",
    ),
    rule(
        "format-without-effect",
        "a format has no effect in the draft of its schema",
        "validators of this draft ignore the format, so they accept every string",
        "name a later draft in `$schema`, or write a `pattern`",
    ),
    rule(
        "accepts-every-event",
        "the root of a schema rejects nothing",
        "every event is valid under the schema, because a definition has no effect unless the root refers to \
         it",
        "refer to a definition from the root; if only other documents refer to this document, no change is \
         needed",
    ),
    rule(
        "bad-template",
        "a template of the code generator cannot be used",
        "evschema cannot generate code with such a template",
        "correct the template at this place",
    ),
    rule(
        "bad-setting",
        "a setting for generated code cannot be used",
        "the generated code would ignore the setting, or would not compile",
        "correct the setting under `[gen]` in the manifest, or the keyword in the schema",
    ),
    rule(
        "not-as-locked",
        "a version is missing, or differs from the lock file",
        "the generated code must match the content that the lock file records",
        "restore the file of the version, or remove the version from the lock file",
    ),
];
