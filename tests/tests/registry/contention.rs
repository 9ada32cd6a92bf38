//! Runs many writers at the same time. Each new version is compatible with the history, but not with the other new
//! versions.

use std::collections::BTreeMap;
use std::sync::Barrier;

use evschema_api::client::{Client, ClientError, Registered};
use evschema_compat::{Containment, containment};
use evschema_model::{Catalog, Coordinates, Dialects, Formats, Schema};

use super::world::{World, databases, subject, version};

const WRITERS: usize = 8;

/// Returns a schema that adds one optional property to the first version. The property has the given type.
fn widened(kind: &str) -> String {
    format!(
        r#"{{"type":"object","required":["id"],"properties":{{"id":{{"type":"string"}},"extra":{{"type":"{kind}"}}}}}}"#
    )
}

const FIRST: &str = r#"{"type":"object","required":["id"],"properties":{"id":{"type":"string"}}}"#;

/// Starts several registries with one database, as a team would do.
fn registries(name: &str, url: &str) -> Vec<World> {
    // A database in memory belongs to one process.
    let count = if name == "sqlite" { 1 } else { 3 };
    (0..count).map(|_| World::on(url)).collect()
}

#[test]
fn versions_that_contradict_each_other_are_never_both_registered() {
    for (name, url) in databases() {
        let worlds = registries(name, &url);
        worlds[0].given("shop.order@1.0.0", FIRST);
        let kinds = ["string", "integer", "boolean", "array"];
        let start = Barrier::new(WRITERS);
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let client = worlds[writer % worlds.len()].client();
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        let at = version(&format!("1.{}.0", writer + 1));
                        let schema = widened(kinds[writer % kinds.len()]);
                        client.register(&subject("shop.order"), &at, schema.as_bytes())
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let mut created = 1;
        for outcome in outcomes {
            match outcome {
                Ok(Registered::Created(_)) => created += 1,
                Ok(Registered::Unchanged(_)) => panic!("{name}: nobody else writes this version"),
                Err(ClientError::Problem(problem)) => {
                    let code = problem.code.as_str();
                    assert!(["incompatible", "version-too-small"].contains(&code), "{name}: {problem}");
                }
                Err(error) => panic!("{name}: {error}"),
            }
        }
        let view = worlds[0].client().subject(&subject("shop.order")).unwrap();
        assert_eq!(view.versions.len(), created, "{name}: every acknowledged write is there, and no other");
        assert!(1 < created, "{name}: somebody wins");
        assert_fits_together(name, &worlds[0].client());
    }
}

/// Asserts that every version reads the events of all earlier versions, and that the ordinals have no gap.
fn assert_fits_together(name: &str, client: &Client) {
    let order = subject("shop.order");
    let mut catalog = Catalog::default();
    let mut ordinals = BTreeMap::new();
    for summary in client.subject(&order).unwrap().versions {
        let bytes = client.schema(&order, &summary.version).unwrap();
        let at = Coordinates { subject: order.clone(), version: summary.version };
        ordinals.insert(client.version(&order, &at.version).unwrap().ordinal, at.version.clone());
        catalog.insert(Schema::read(at, &bytes, &Dialects::default()).unwrap().into()).unwrap();
    }
    let expected: Vec<u32> = (1..=u32::try_from(ordinals.len()).unwrap()).collect();
    assert_eq!(ordinals.into_keys().collect::<Vec<_>>(), expected, "{name}");
    let versions: Vec<_> = catalog.versions(&order).map(|schema| catalog.resolve(schema).unwrap()).collect();
    for (at, reader) in versions.iter().enumerate() {
        for writer in &versions[..at] {
            // All properties are declared, and only the type of `extra` differs. So a writer that declares `extra` must
            // be contained in the reader. The first version does not declare `extra`, so its writer does not send it.
            if writer.schema().document().text() == FIRST {
                continue;
            }
            let answer = containment(writer, reader, Formats::Assert);
            assert_eq!(
                answer,
                Containment::Contained,
                "{name}: {} reads {}",
                reader.schema().at(),
                writer.schema().at()
            );
        }
    }
}

#[test]
fn the_same_request_many_times_at_once_is_created_once() {
    for (name, url) in databases() {
        let worlds = registries(name, &url);
        let start = Barrier::new(WRITERS);
        let created: usize = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let client = worlds[writer % worlds.len()].client();
                    let start = &start;
                    scope.spawn(move || {
                        start.wait();
                        let answer =
                            client.register(&subject("shop.order"), &version("1.0.0"), FIRST.as_bytes());
                        usize::from(matches!(answer.unwrap(), Registered::Created(_)))
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).sum()
        });
        assert_eq!(created, 1, "{name}");
    }
}

#[test]
fn a_reader_of_the_feed_skips_nothing_while_many_write() {
    for (name, url) in databases() {
        let worlds = registries(name, &url);
        const EACH: usize = 12;
        let seen = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let client = worlds[writer % worlds.len()].client();
                    scope.spawn(move || {
                        for number in 0..EACH {
                            let at = subject(&format!("load.w{writer}.s{number}"));
                            client.register(&at, &version("1.0.0"), FIRST.as_bytes()).unwrap();
                        }
                    })
                })
                .collect();
            let client = worlds[0].client();
            let reader = scope.spawn(move || {
                let (mut after, mut seen) = (0, Vec::new());
                // Each registration creates a subject and a version.
                while seen.len() < 2 * WRITERS * EACH {
                    let page = client.feed(after, Some(7)).unwrap();
                    seen.extend(page.events.into_iter().map(|event| event.id.parse::<u64>().unwrap()));
                    after = page.next;
                }
                seen
            });
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            reader.join().unwrap()
        });
        let expected: Vec<u64> = (1..=seen.len() as u64).collect();
        assert_eq!(seen, expected, "{name}");
    }
}
