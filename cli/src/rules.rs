//! The rules of all findings: the rules of the compatibility engine, and those of the command.

mod documents;
mod keywords;
mod problems;
mod rule;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use evschema_compat::{RULES, Rule};

use crate::output::rule_text;
use rule::rule;

/// The command's own rules, which are about files.
const OWN: &[Rule] = &[
    rule(
        "database-damaged",
        "the database of a registry has data that no registry wrote",
        "a disk fault or another program changed the data",
        "restore the database, or the version that the finding names, from a backup",
    ),
    rule(
        "subject-file-differs",
        "a `subject.toml` differs from the settings of the subject in the registry",
        "somebody may have edited the file, so a pull keeps the file",
        "move the file away and pull again, or push the file",
    ),
    rule(
        "derived-data-wrong",
        "an index or counter of the database does not match the versions",
        "the registry uses the index or counter for lists and searches, so their results are wrong",
        "run `evschema fsck --repair`, which computes indexes and counters again",
    ),
    rule(
        "generated-file-drifted",
        "a generated file differs from what `evschema gen` writes",
        "the generated code does not match the schemas of the tree",
        "run `evschema gen`, and commit the result",
    ),
    rule(
        "manifest",
        "the manifest cannot be used",
        "evschema rejects a setting that it does not know, because the setting would have no effect",
        "correct the manifest at this place; docs/cli.md lists the settings",
    ),
    Rule {
        id: "misplaced",
        summary: "a file or folder of the tree does not fit the layout",
        why: "evschema does not read such a file, so a schema in the file would have no effect",
        remedy: "name the file <subject>/<version>.json, or move it out of the schemas folder. Four kinds of \
                 other files are allowed: `README.md`; `subject.toml` in the folder of a subject; names that \
                 begin with `.` but do not end in `.json`; names that end in `~`",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "missing-scope",
        summary: "the token lacks a scope that a push needs",
        why: "a push that stops in the middle leaves half of its changes on the registry, so a push without \
              the scope does not start",
        remedy: "use a token that has the scope. A change of an existing policy needs `admin`; a waiver and \
                 `never_used` need `waive`; all other changes of a push need `register`",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "policy-loosened",
        summary: "the change loosens a setting that decides whether the check accepts the change",
        why: "the check uses the policy of the baseline. Otherwise a breaking change could pass by loosening the \
              policy: `mode`, `content_model`, `formats` or `dialects`, a yank with `never_used`, or a waiver",
        remedy: "restore the setting; if the owner of the contract agrees, run the check with \
                 `--accept-loosened-policy`. A stricter policy does not need this flag",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "unreadable",
        summary: "a file or folder of the tree cannot be read",
        why: "evschema cannot check a version that it cannot read, so the check of the tree is not complete",
        remedy: "restore the target of the symbolic link, or check the permissions of the file",
        keywords: &[],
        example: None,
    },
    Rule {
        id: "version-taken",
        summary: "after the branch started, the baseline got a different version with the same number",
        why: "a published version never changes, so the version on the branch needs another number",
        remedy: "run `evschema check --fix` with the same `--against`, to give the version on the branch a \
                 new number",
        keywords: &[],
        example: None,
    },
    rule(
        "search-incomplete",
        "there may be more findings than the list shows",
        "the search stopped at a limit, or at a place of the schema that evschema cannot decide",
        "correct the listed findings, and check again; waivers alone do not make such a version compatible",
    ),
    rule(
        "unknown-subject",
        "`[compatibility.subjects]` names a subject that does not exist",
        "the entry has no effect, so the subject that it was written for gets the default policy",
        "correct the name, or remove the entry",
    ),
    rule(
        "waiver-expired",
        "the finding needs a waiver, but its waiver has expired",
        "an expired waiver has no effect, so the finding is reported as an error again",
        "change the schema, or give the waiver a later `until`",
    ),
    rule(
        "waiver-misaddressed",
        "the fingerprint of a waiver is not valid",
        "the waiver has no effect, so the finding that it was written for is still reported",
        "use the 16 hexadecimal digits that `evschema check` prints",
    ),
    rule(
        "waiver-outdated",
        "the fingerprint of a waiver is in the old 12-digit format",
        "the old format identified only a rule and a place in the schema, so an old waiver would also accept \
         other changes at this place",
        "read the finding; if you accept the finding, use its fingerprint of 16 digits",
    ),
    rule(
        "waiver-unused",
        "no finding of the check needs the waiver",
        "the change that the waiver accepted is gone or is different now, but people who read the waiver may \
         think that it still applies",
        "remove the waiver",
    ),
];

/// A part of the reference: a title, a description, and its rules.
type Part = (&'static str, &'static str, &'static [Rule]);

/// All rules. If several parts have the same id, the first part describes it.
const PARTS: [Part; 5] = [
    (
        "Changes",
        "These rules report a breaking change. Each rule describes the reader. In the backward direction, the\n\
         reader is the new version and the writer is the old version. In the forward direction, the reader is\n\
         the old version and the writer is the new version.",
        RULES,
    ),
    ("Files", "The command line reports these rules about files, waivers, policies and databases.", OWN),
    (
        "Documents",
        "These rules report errors and probable errors in a document. The registry lists their ids under \
         `errors`.",
        documents::RULES,
    ),
    (
        "Events",
        "Each id is the keyword that rejects an event. `evschema validate` and the registry show this \
         keyword.",
        keywords::RULES,
    ),
    (
        "Requests",
        "If the registry rejects a request, the `code` of the problem is one of these ids.",
        problems::RULES,
    ),
];

/// Returns the parts. Each part contains only the rules that no earlier part contains.
fn parts() -> impl Iterator<Item = (&'static str, &'static str, Vec<&'static Rule>)> {
    let mut seen = BTreeSet::new();
    PARTS.into_iter().map(move |(title, about, rules)| {
        let mut rules: Vec<&Rule> = rules.iter().filter(|rule| seen.insert(rule.id)).collect();
        rules.sort_by_key(|rule| rule.id);
        (title, about, rules)
    })
}

/// Returns every rule, by id.
pub(crate) fn all() -> Vec<&'static Rule> {
    let mut rules: Vec<&Rule> = parts().flat_map(|(_, _, rules)| rules).collect();
    rules.sort_by_key(|rule| rule.id);
    rules
}

/// Returns docs/rules.md.
pub(crate) fn reference() -> String {
    let mut text = String::from(
        "<!-- Printed by `evschema reference rules`. To change this page, change the table and run `cargo xtask regenerate`. -->\n\n\
         # The rules\n\n\
         Every finding and every problem has an id. `evschema explain ID` prints one section of this page.\n\n\
         The message of a finding names a place in the event. For example, `lines[].total` is the property `total`\n\
         of the items of `lines`. `[1]` is the item at one position of a tuple. `*` is a property that the schema\n\
         does not name. A name with unusual characters is in quotes: `\"unit price\".minor`. If several places of\n\
         an event use the same definition, the message names the place that breaks in the event of the finding.\n",
    );
    for (title, about, rules) in parts() {
        let _ = write!(text, "\n## {title}\n\n{about}\n\n| rule | finding |\n|---|---|\n");
        for rule in rules {
            let _ = writeln!(text, "| [`{0}`](#{0}) | {1} |", rule.id, rule.summary);
        }
    }
    for rule in all() {
        let _ = write!(text, "\n## {}\n\n{}", rule.id, rule_text(rule));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use evschema_api::ProblemCode;
    use evschema_model::Code;

    use super::*;

    #[test]
    fn every_code_of_the_model_and_of_the_registry_has_a_rule() {
        let ids: Vec<&str> = all().into_iter().map(|rule| rule.id).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len(), "an id has one rule");
        let codes = Code::ALL.iter().map(|code| code.as_str());
        for code in codes.chain(ProblemCode::ALL.iter().map(|code| code.as_str())) {
            assert!(distinct.contains(code), "`{code}` has no rule");
        }
        let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        for document in documents::RULES {
            assert!(codes.contains(document.id), "`{}` is no code of a document", document.id);
        }
        for problem in problems::RULES {
            assert!(ProblemCode::ALL.iter().any(|code| code.as_str() == problem.id), "`{}`", problem.id);
        }
    }
}
