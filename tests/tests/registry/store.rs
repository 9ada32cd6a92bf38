//! Tests the contract of a store on both databases.

mod cancelled;
mod history_for;

use evschema_api::State;
use evschema_model::{Coordinates, Digest, Mode, Subject, SubjectPolicy};
use evschema_registry::store::{
    self, Addition, Appended, Head, Indexing, NewEvent, Provenance, Reference, Settings, StateChanged, Store,
    SubjectChange, SubjectQuery, UnnumberedEvent, Written,
};

use super::world::{databases, subject, version};

/// Runs a test of the contract with an empty store of each kind.
fn on_both<F: Future<Output = ()>>(contract: impl Fn(&'static str, std::sync::Arc<dyn Store>) -> F) {
    for (name, url) in databases() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = store::open(&url, store::Access::Write).await.unwrap();
            contract(name, std::sync::Arc::clone(&store)).await;
            store.close().await.unwrap();
        });
    }
}

fn at(text: &str) -> Coordinates {
    let (name, number) = text.split_once('@').unwrap();
    Coordinates { subject: subject(name), version: version(number) }
}

fn settings() -> Settings {
    Settings { policy: SubjectPolicy::default(), owner: None, description: None }
}

fn event(kind: &'static str) -> NewEvent {
    NewEvent { kind, data: "{}".to_owned(), provenance: Provenance::default() }
}

/// Returns the first version of a new subject. The content of the version is the name of the subject.
fn first(text: &str) -> Addition {
    Addition {
        at: at(text),
        head: Head::Absent,
        creation: Some((settings(), event("created"))),
        ordinal: 1,
        bytes: text.as_bytes().to_vec(),
        digest: Digest::from_text(format!("sha256:{text}")),
        uri: None,
        references: Vec::new(),
        latest: Some(at(text).version),
        words: None,
        author: None,
        message: None,
        registered_at: 7,
        accepted: None,
        event: UnnumberedEvent {
            kind: "registered",
            before: "{\"schema_id\":".to_owned(),
            after: "}".to_owned(),
            provenance: event("registered").provenance,
        },
    }
}

/// Returns the addition of one more version to a subject. Before the addition, the subject has the given revision.
fn further(text: &str, revision: u64, ordinal: u32) -> Addition {
    Addition { head: Head::At(revision), creation: None, ordinal, ..first(text) }
}

async fn revision(store: &dyn Store, name: &str) -> u64 {
    store.history(&subject(name)).await.unwrap().unwrap().subject.revision
}

#[test]
fn an_appended_version_can_be_read() {
    on_both(async |name, store| {
        let addition =
            Addition { author: Some("me".to_owned()), message: Some("hi".to_owned()), ..first("a@1.0.0") };
        let Appended::Done { schema_id } = store.append(addition).await.unwrap() else { panic!("{name}") };
        assert!(0 < schema_id, "{name}");
        let history = store.history(&subject("A")).await.unwrap().unwrap();
        assert_eq!(history.subject.subject, subject("a"), "{name}: found ignoring case, under its true name");
        assert_eq!((history.subject.revision, history.subject.version_count), (2, 1), "{name}");
        assert_eq!(history.subject.latest, Some(version("1.0.0")), "{name}");
        let record = store.version(&at("a@1.0.0")).await.unwrap().unwrap();
        assert_eq!(history.versions, std::slice::from_ref(&record), "{name}");
        assert_eq!((record.ordinal, record.schema_id, record.state), (1, schema_id, State::Active), "{name}");
        assert_eq!((record.author.as_deref(), record.message.as_deref()), (Some("me"), Some("hi")), "{name}");
        assert_eq!(record.registered_at, 7, "{name}");
        assert_eq!(
            store.content(&at("a@1.0.0")).await.unwrap().unwrap().bytes,
            b"a@1.0.0".as_slice(),
            "{name}"
        );
        assert_eq!(store.content(&at("a@2.0.0")).await.unwrap(), None, "{name}");
        assert_eq!(store.version(&at("b@1.0.0")).await.unwrap(), None, "{name}");
        assert_eq!(store.history(&subject("b")).await.unwrap(), None, "{name}");
    });
}

#[test]
fn an_append_after_another_revision_writes_nothing() {
    on_both(async |name, store| {
        store.append(first("a@1.0.0")).await.unwrap();
        let moved = [
            first("a@1.1.0"),
            first("A@1.1.0"),
            further("a@1.1.0", 1, 2),
            further("a@1.1.0", 3, 2),
            further("b@1.1.0", 1, 1),
        ];
        for addition in moved {
            let shown = format!("{name}: {addition:?}");
            assert_eq!(store.append(addition).await.unwrap(), Appended::HeadMoved, "{shown}");
        }
        assert_eq!(revision(&*store, "a").await, 2, "{name}");
        assert_eq!(store.feed(0, 100).await.unwrap().len(), 2, "{name}: a creation and a registration");
        assert_eq!(store.content(&at("a@1.1.0")).await.unwrap(), None, "{name}");
        let done = store.append(further("a@1.1.0", 2, 2)).await.unwrap();
        assert!(matches!(done, Appended::Done { .. }), "{name}");
    });
}

#[test]
fn one_content_has_one_number_and_every_version_its_own_bytes() {
    on_both(async |name, store| {
        let digest = Digest::from_text("sha256:same");
        let same = |addition: Addition, bytes: &str| Addition {
            bytes: bytes.as_bytes().to_vec(),
            digest: digest.clone(),
            ..addition
        };
        let one = store.append(same(first("a@1.0.0"), "{}")).await.unwrap();
        let two = store.append(same(first("b@1.0.0"), "{ }")).await.unwrap();
        assert_eq!(one, two, "{name}");
        assert_eq!(store.content(&at("a@1.0.0")).await.unwrap().unwrap().bytes, b"{}".as_slice(), "{name}");
        assert_eq!(store.content(&at("b@1.0.0")).await.unwrap().unwrap().bytes, b"{ }".as_slice(), "{name}");
    });
}

#[test]
fn an_id_has_one_owner() {
    on_both(async |name, store| {
        let claiming = |addition| Addition { uri: Some("https://example.com/x".to_owned()), ..addition };
        store.append(claiming(first("a@1.0.0"))).await.unwrap();
        let refused = store.append(claiming(first("b@1.0.0"))).await.unwrap();
        assert_eq!(refused, Appended::IdTaken { owner: at("a@1.0.0") }, "{name}");
        assert_eq!(store.history(&subject("b")).await.unwrap(), None, "{name}: nothing was written");
        let owners = async |id: &str| store.owners_of_id(id).await.unwrap();
        assert_eq!(owners("https://example.com/x").await, [at("a@1.0.0")], "{name}");
        assert_eq!(owners("https://example.com/y").await, [], "{name}");
        // Other versions of the subject may have the same content.
        let done = store.append(claiming(further("a@1.1.0", 2, 2))).await.unwrap();
        assert!(matches!(done, Appended::Done { .. }), "{name}: {done:?}");
        let done = store.append(claiming(further("a@1.2.0", 3, 3))).await.unwrap();
        assert!(matches!(done, Appended::Done { .. }), "{name}: {done:?}");
        assert_eq!(
            owners("https://example.com/x").await,
            ["a@1.0.0", "a@1.1.0", "a@1.2.0"].map(at),
            "{name}"
        );
        let refused = store.append(claiming(first("c@1.0.0"))).await.unwrap();
        assert_eq!(refused, Appended::IdTaken { owner: at("a@1.0.0") }, "{name}");
    });
}

#[test]
fn links_are_seen_from_both_ends() {
    on_both(async |name, store| {
        store.append(first("a@1.0.0")).await.unwrap();
        store.append(first("b@1.0.0")).await.unwrap();
        let references = vec![
            Reference { uri: "https://example.com/a".to_owned(), target: at("a@1.0.0") },
            Reference { uri: "https://example.com/a-again".to_owned(), target: at("a@1.0.0") },
            Reference { uri: "https://example.com/b".to_owned(), target: at("b@1.0.0") },
        ];
        store.append(Addition { references, ..first("c@1.0.0") }).await.unwrap();
        let of_c = store.links(&at("c@1.0.0")).await.unwrap();
        assert_eq!(
            (of_c.references, of_c.dependents),
            (vec![at("a@1.0.0"), at("b@1.0.0")], Vec::new()),
            "{name}"
        );
        let of_a = store.links(&at("a@1.0.0")).await.unwrap();
        assert_eq!((of_a.references, of_a.dependents), (Vec::new(), vec![at("c@1.0.0")]), "{name}");
        let usurper = Addition { uri: Some("https://example.com/a".to_owned()), ..first("d@1.0.0") };
        let refused = store.append(usurper).await.unwrap();
        assert_eq!(refused, Appended::IdTaken { owner: at("a@1.0.0") }, "{name}: a URI leads where it led");
    });
}

#[test]
fn settings_are_replaced_under_their_revision() {
    on_both(async |name, store| {
        let change = |head, mode| SubjectChange {
            subject: Subject::parse("a").unwrap(),
            head,
            settings: Settings {
                policy: SubjectPolicy { mode, ..SubjectPolicy::default() },
                owner: Some("me".to_owned()),
                description: Some("What It Is".to_owned()),
            },
            about: strings(&["a", "what", "it", "is"]),
            content: Some(Vec::new()),
            at: 9,
            event: event("changed"),
        };
        assert_eq!(
            store.put_subject(change(Head::At(1), Mode::Full)).await.unwrap(),
            Written::HeadMoved,
            "{name}"
        );
        assert_eq!(
            store.put_subject(change(Head::Absent, Mode::Full)).await.unwrap(),
            Written::Done(()),
            "{name}"
        );
        assert_eq!(
            store.put_subject(change(Head::Absent, Mode::Full)).await.unwrap(),
            Written::HeadMoved,
            "{name}"
        );
        assert_eq!(
            store.put_subject(change(Head::At(1), Mode::None)).await.unwrap(),
            Written::Done(()),
            "{name}"
        );
        let record = store.history(&subject("a")).await.unwrap().unwrap().subject;
        assert_eq!((record.revision, record.policy.mode), (2, Mode::None), "{name}");
        assert_eq!(
            (record.owner.as_deref(), record.description.as_deref()),
            (Some("me"), Some("What It Is"))
        );
        let query = |words: &[&str]| SubjectQuery { words: strings(words), after: None, limit: 10 };
        assert_eq!(store.subjects(&query(&["wha", "is"])).await.unwrap(), [record], "{name}");
        assert_eq!(store.subjects(&query(&["what", "isn"])).await.unwrap(), [], "{name}");
    });
}

#[test]
fn words_are_those_of_the_latest_text() {
    on_both(async |name, store| {
        let found = async |word: &str| {
            let query = SubjectQuery { words: strings(&[word]), after: None, limit: 10 };
            let subjects = store.subjects(&query).await.unwrap();
            subjects.into_iter().map(|record| record.subject.to_string()).collect::<Vec<_>>()
        };
        store.append(Addition { words: Some(strings(&["a", "old"])), ..first("a@1.0.0") }).await.unwrap();
        assert_eq!(found("old").await, ["a"], "{name}");
        let next = Addition { words: Some(strings(&["a", "new"])), ..further("a@1.1.0", 2, 2) };
        store.append(next).await.unwrap();
        assert_eq!((found("old").await, found("new").await), (vec![], strings(&["a"])), "{name}");
        assert_eq!(store.unindexed(10).await.unwrap(), [], "{name}");
        // Adds the version like a registry that does not know search terms.
        store.append(further("a@1.2.0", 3, 3)).await.unwrap();
        let unindexed = store.unindexed(10).await.unwrap();
        assert_eq!(unindexed.iter().map(|record| record.revision).collect::<Vec<_>>(), [4], "{name}");
        let indexing = |revision, word| Indexing {
            subject: subject("a"),
            revision,
            about: strings(&["a"]),
            content: strings(&["a", word]),
        };
        store.index(indexing(4, "newest")).await.unwrap();
        store.index(indexing(3, "late")).await.unwrap();
        assert_eq!(store.unindexed(10).await.unwrap(), [], "{name}");
        assert_eq!((found("newest").await, found("late").await), (strings(&["a"]), vec![]), "{name}");
    });
}

#[test]
fn words_of_settings_and_of_the_content_change_apart() {
    on_both(async |name, store| {
        let found = async |words: &[&str]| {
            let query = SubjectQuery { words: strings(words), after: None, limit: 10 };
            store.subjects(&query).await.unwrap().len()
        };
        let described = |revision, word: &str, content: Option<&str>| SubjectChange {
            subject: subject("a"),
            head: Head::At(revision),
            settings: settings(),
            about: strings(&["a", word]),
            content: content.map(|word| strings(&["a", word])),
            at: 9,
            event: event("changed"),
        };
        let words = Some(strings(&["a", "field"]));
        let creation = Some((settings(), event("created")));
        store.append(Addition { words, creation, ..first("a@1.0.0") }).await.unwrap();
        store.put_subject(described(2, "once", Some("field"))).await.unwrap();
        assert_eq!(found(&["once", "field"]).await, 1, "{name}");
        store.put_subject(described(3, "now", Some("field"))).await.unwrap();
        assert_eq!((found(&["now", "field"]).await, found(&["once"]).await), (1, 0), "{name}");
        let words = Some(strings(&["a", "other"]));
        store.append(Addition { words, ..further("a@1.1.0", 4, 2) }).await.unwrap();
        assert_eq!((found(&["now", "other"]).await, found(&["field"]).await), (1, 0), "{name}");
        // If the content of a version is damaged, the store keeps all its search terms.
        store.put_subject(described(5, "late", None)).await.unwrap();
        assert_eq!(found(&["late", "other"]).await, 1, "{name}");
        assert_eq!(store.unindexed(10).await.unwrap(), [], "{name}");
    });
}

/// Tests searches that reach the limit of the index: some have only common terms, and others have one rare term among
/// common terms.
#[test]
fn common_words_find_as_rare_ones_do() {
    on_both(async |name, store| {
        let words_of = |number: u32| {
            let mut words = strings(&["all"]);
            words.extend(number.is_multiple_of(2).then(|| "even".to_owned()));
            words.extend(number.is_multiple_of(5).then(|| "fifth".to_owned()));
            words.extend((number % 500 == 3).then(|| "rare".to_owned()));
            words.extend((number <= 600).then(|| "head".to_owned()));
            words.extend((599 <= number).then(|| "tail".to_owned()));
            words
        };
        for number in 0..1_200 {
            let at = format!("n{number:04}@1.0.0");
            let words = words_of(number);
            let creation = Some((settings(), event("created")));
            store.append(Addition { words: Some(words), creation, ..first(&at) }).await.unwrap();
        }
        let found = async |words: &[&str], after: Option<&str>| {
            let query = SubjectQuery { words: strings(words), after: after.map(str::to_owned), limit: 3 };
            let subjects = store.subjects(&query).await.unwrap();
            subjects.into_iter().map(|record| record.subject.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found(&["al"], None).await, ["n0000", "n0001", "n0002"], "{name}");
        assert_eq!(found(&["al", "even"], Some("n0600")).await, ["n0602", "n0604", "n0606"], "{name}");
        assert_eq!(found(&["al", "even"], Some("n1195")).await, ["n1196", "n1198"], "{name}");
        // The first window of the index has a match, but the search must also examine the second window.
        assert_eq!(found(&["head", "tail"], None).await, ["n0599", "n0600"], "{name}");
        assert_eq!(found(&["all", "rare"], None).await, ["n0003", "n0503", "n1003"], "{name}");
        assert_eq!(found(&["even", "rare"], None).await, [""; 0], "{name}");
        assert_eq!(found(&["rare"], Some("n0503")).await, ["n1003"], "{name}");

        // Searches with random distances between the matches, and with random page lengths.
        let mut random = fastrand::Rng::with_seed(11);
        for _ in 0..100 {
            let begins = ["a", "even", "fif", "rare", "head", "tail"];
            let words = random.choose_multiple(begins, 1 + random.clone().usize(..2));
            let query = SubjectQuery {
                words: strings(&words),
                after: random.bool().then(|| format!("n{:04}", random.u32(..1_200))),
                limit: random.u32(1..900),
            };
            let has = |number: &u32| {
                words.iter().all(|word| words_of(*number).iter().any(|own| own.starts_with(word)))
            };
            let names = (0..1_200).filter(has).map(|number| format!("n{number:04}"));
            let names = names.filter(|name| query.after.as_ref().is_none_or(|after| after < name));
            let expected: Vec<String> = names.take(query.limit as usize).collect();
            let found = store.subjects(&query).await.unwrap();
            let found: Vec<String> = found.into_iter().map(|record| record.subject.to_string()).collect();
            assert_eq!(found, expected, "{name}: {query:?}");
        }
    });
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_state_changes_under_the_revision() {
    on_both(async |name, store| {
        store.append(first("a@1.0.0")).await.unwrap();
        let change = |revision| StateChanged {
            at: at("a@1.0.0"),
            revision,
            state: State::Yanked,
            reason: "why".to_owned(),
            never_used: false,
            latest: None,
            changed_at: 9,
            event: event("yanked"),
        };
        assert_eq!(store.set_state(change(1)).await.unwrap(), Written::HeadMoved, "{name}");
        assert_eq!(store.set_state(change(2)).await.unwrap(), Written::Done(()), "{name}");
        let history = store.history(&subject("a")).await.unwrap().unwrap();
        assert_eq!((history.subject.latest, history.subject.revision), (None, 3), "{name}");
        assert_eq!(history.versions[0].state_reason.as_deref(), Some("why"), "{name}");
        assert!(!history.versions[0].never_used, "{name}");
    });
}

#[test]
fn a_yank_may_say_that_a_version_was_never_used() {
    on_both(async |name, store| {
        store.append(first("a@1.0.0")).await.unwrap();
        for (revision, state, never_used) in [
            (2, State::Yanked, true),
            (3, State::Yanked, false),
            (4, State::Yanked, true),
            (5, State::Active, false),
        ] {
            let change = StateChanged {
                at: at("a@1.0.0"),
                revision,
                state,
                reason: "why".to_owned(),
                never_used,
                latest: None,
                changed_at: 9,
                event: event("yanked"),
            };
            assert_eq!(store.set_state(change).await.unwrap(), Written::Done(()), "{name}");
            let of_history = store.history(&subject("a")).await.unwrap().unwrap().versions.remove(0);
            let near = store.history_for(&subject("a"), None).await.unwrap().unwrap().versions.remove(0);
            let alone = store.version(&at("a@1.0.0")).await.unwrap().unwrap();
            for record in [of_history, near, alone] {
                assert_eq!((record.state, record.never_used), (state, never_used), "{name}");
            }
        }
    });
}

#[test]
fn a_content_is_found_among_the_versions_of_a_subject() {
    on_both(async |name, store| {
        let same = Digest::from_text("sha256:same");
        let with_same = |addition: Addition| Addition { digest: same.clone(), ..addition };
        let found = async |subject_name: &str, digest: &Digest| {
            let record = store.version_with(&subject(subject_name), digest).await.unwrap();
            record.map(|record| record.version.to_string())
        };
        assert_eq!(found("a", &same).await, None, "{name}");
        store.append(with_same(first("b@1.0.0"))).await.unwrap();
        store.append(first("a@1.0.0")).await.unwrap();
        assert_eq!(found("a", &same).await, None, "{name}: another subject has it");
        store.append(with_same(further("a@2.0.0-rc.1", 2, 2))).await.unwrap();
        assert_eq!(found("a", &same).await.as_deref(), Some("2.0.0-rc.1"), "{name}");
        store.append(with_same(further("a@1.9.0", 3, 3))).await.unwrap();
        store.append(with_same(further("a@1.10.0", 4, 4))).await.unwrap();
        store.append(further("a@1.11.0", 5, 5)).await.unwrap();
        assert_eq!(found("a", &same).await.as_deref(), Some("1.10.0"), "{name}: the highest release");
        let yank = |text: &str, revision| StateChanged {
            at: at(text),
            revision,
            state: State::Yanked,
            reason: "why".to_owned(),
            never_used: false,
            latest: None,
            changed_at: 9,
            event: event("yanked"),
        };
        for (yanked, revision, expected) in
            [("a@1.10.0", 6, "1.9.0"), ("a@1.9.0", 7, "2.0.0-rc.1"), ("a@2.0.0-rc.1", 8, "1.10.0")]
        {
            store.set_state(yank(yanked, revision)).await.unwrap();
            assert_eq!(found("a", &same).await.as_deref(), Some(expected), "{name}: without {yanked}");
        }
        let record = store.version_with(&subject("a"), &same).await.unwrap();
        assert_eq!(record, store.version(&at("a@1.10.0")).await.unwrap(), "{name}");
    });
}

#[test]
fn versions_come_in_order_of_precedence() {
    on_both(async |name, store| {
        store.append(first("a@1.10.0")).await.unwrap();
        store.append(further("a@1.9.0", 2, 2)).await.unwrap();
        store.append(further("a@1.10.0-rc.1", 3, 3)).await.unwrap();
        let history = store.history(&subject("a")).await.unwrap().unwrap();
        let versions: Vec<_> = history.versions.iter().map(|record| record.version.to_string()).collect();
        assert_eq!(versions, ["1.9.0", "1.10.0-rc.1", "1.10.0"], "{name}");
    });
}

#[test]
fn the_feed_begins_at_one_and_never_changes() {
    on_both(async |name, store| {
        store.append(first("a@1.0.0")).await.unwrap();
        store.append(first("b@1.0.0")).await.unwrap();
        let page = store.feed(0, 3).await.unwrap();
        let shown: Vec<_> = page
            .iter()
            .map(|e| (e.position, e.kind.as_str(), e.subject.as_str(), e.at, e.data.as_str()))
            .collect();
        let expected = [
            (1, "created", "a", 7, "{}"),
            (2, "registered", "a", 7, "{\"schema_id\":1}"),
            (3, "created", "b", 7, "{}"),
        ];
        assert_eq!(shown, expected, "{name}");
        let rest = store.feed(3, 3).await.unwrap();
        assert_eq!(rest.iter().map(|event| event.position).collect::<Vec<_>>(), [4], "{name}");
        assert_eq!(store.feed(4, 3).await.unwrap(), [], "{name}");
        assert_eq!(store.feed(u64::MAX, 3).await.unwrap(), [], "{name}");
    });
}

#[test]
fn names_are_listed_in_order_of_bytes() {
    on_both(async |name, store| {
        for text in ["b@1.0.0", "B.x@1.0.0", "_a@1.0.0", "a-b@1.0.0", "a.b@1.0.0", "A2@1.0.0"] {
            store.append(first(text)).await.unwrap();
        }
        let mut listed = Vec::new();
        let mut after = None;
        loop {
            let page = store.subjects(&SubjectQuery { words: Vec::new(), after, limit: 2 }).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.subject.to_string());
            listed.extend(page.iter().map(|record| record.subject.to_string()));
        }
        assert_eq!(listed, ["A2", "B.x", "_a", "a-b", "a.b", "b"], "{name}");
    });
}

/// While the last connection closes, SQLite rejects new connections at once, and does not wait.
#[test]
fn a_new_file_is_opened_by_many_while_others_close_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("registry.db").display());
    let openers: Vec<_> = (0..8)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async {
                    for _ in 0..10 {
                        let store = store::open(&url, store::Access::Write).await.unwrap();
                        store.ping().await.unwrap();
                        store.close().await.unwrap();
                    }
                });
            })
        })
        .collect();
    for opener in openers {
        opener.join().unwrap();
    }
}
