//! Tests damaged databases: the registry serves no damaged version, and `evschema fsck` finds the damage.

use evschema_tests::{Postgres, evschema};
use sqlx::{Connection as _, SqliteConnection};

use super::world::World;

/// Runs SQL statements on the file of a SQLite database.
fn damage(file: &std::path::Path, statements: &[&'static str]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite:{}", file.display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        for statement in statements {
            let done = sqlx::query(*statement).execute(&mut connection).await.unwrap();
            assert!(0 < done.rows_affected(), "{statement} changes nothing");
        }
        connection.close().await.unwrap();
    });
}

fn fsck(database: &str, more: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = evschema();
    command.args(["fsck", "--db", database]).args(more).current_dir(folder.path());
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// Fills a registry with all kinds of references, pre-releases and yanked versions.
fn fill(world: &World) {
    world.given("shared.money@1.0.0", r#"{"title":"Money","type":"integer"}"#);
    world.given("shop.order@1.0.0", r#"{"properties":{"total":{"$ref":"../shared.money/1.0.0.json"}}}"#);
    world.given(
        "shop.order@1.1.0",
        r#"{"properties":{"total":{"$ref":"../shared.money/1.0.0.json"},"invoice":{}}}"#,
    );
    world.given("shop.order@1.2.0-rc.1", r#"{"title":"next"}"#);
}

#[test]
fn an_undamaged_database_has_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("registry.db").display());
    for url in [file, Postgres::fresh_database()] {
        let world = World::on(&url);
        fill(&world);
        drop(world);
        let (code, said) = fsck(&url, &[]);
        assert!(code == Some(0) && said.contains("4 versions of 2 subjects"), "{said}");
    }
}

#[test]
fn every_kind_of_damage_is_found() {
    for (statement, expected, is_derived) in [
        (
            "UPDATE schemas SET bytes = CAST('{\"title\":\"Monex\",\"type\":\"integer\"}' AS BLOB) WHERE id = 1",
            "shared.money@1.0.0: the digest of the stored schema is",
            false,
        ),
        ("UPDATE schemas SET bytes = x'7b' WHERE id = 1", "the stored schema is not JSON", false),
        ("UPDATE versions SET ordinal = 9 WHERE version = '1.1.0'", "from 1 without gaps", false),
        ("DELETE FROM version_links WHERE referrer = 2", "does not record this reference", false),
        ("UPDATE feed SET position = 90 WHERE position = 5", "the previous position is 4", false),
        (
            "DELETE FROM feed WHERE kind = 'evschema.version.registered' AND subject = 'shared.money'",
            "the feed has no event about the registration of this version",
            false,
        ),
        (
            "UPDATE subjects SET latest = '1.0.0' WHERE name = 'shop.order'",
            "the latest of 3 versions is 1.1.0",
            true,
        ),
        (
            "UPDATE subjects SET version_count = 7 WHERE name = 'shop.order'",
            "the latest of 3 versions is 1.1.0",
            true,
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("registry.db");
        let url = format!("sqlite:{}", file.display());
        let world = World::on(&url);
        fill(&world);
        drop(world);
        damage(&file, &[statement]);
        let (code, said) = fsck(&url, &[]);
        assert!(code == Some(100) && said.contains(expected), "{statement}: {said}");
        let (_, said) = fsck(&url, &["--repair"]);
        assert_eq!(said.contains("repaired"), is_derived, "{statement}: {said}");
        let (code, said) = fsck(&url, &[]);
        assert_eq!(code, Some(if is_derived { 0 } else { 100 }), "{statement}: {said}");
    }
}

#[test]
fn lost_words_of_the_search_are_found_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let url = format!("sqlite:{}", file.display());
    let world = World::on(&url);
    fill(&world);
    drop(world);
    damage(&file, &["DELETE FROM search_words"]);
    let (code, said) = fsck(&url, &[]);
    assert!(
        code == Some(100)
            && said.contains("a search for the words of this subject does not find the subject"),
        "{said}"
    );
    fsck(&url, &["--repair"]);
    assert_eq!(fsck(&url, &[]).0, Some(0));
    let world = World::on(&url);
    let found = world.get("/schemas?search=invoice");
    assert!(found.body.contains("shop.order"), "{}", found.body);
}

#[test]
fn a_flipped_byte_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let url = format!("sqlite:{}", file.display());
    let world = World::on(&url);
    fill(&world);
    drop(world);
    damage(
        &file,
        &[
            "UPDATE schemas SET bytes = CAST('{\"title\":\"Monex\",\"type\":\"integer\"}' AS BLOB) WHERE id = 1",
        ],
    );
    let world = World::on(&url);
    for path in ["/schemas/shared.money/1.0.0.json", "/schemas/shop.order/1.0.0/validate"] {
        let method = if path.ends_with("validate") { "POST" } else { "GET" };
        let answer = world.send(method, path, &[("content-type", "application/json")], b"{}");
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (500, Some("internal")),
            "{path}: {}",
            answer.body
        );
    }
}
