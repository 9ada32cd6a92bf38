//! Tests the start, the stop and the health of a registry, and the permitted configurations.

use std::io::Write as _;

use evschema_registry::{Config, Server, StartError};

use super::world::{World, databases};

fn bind(config: Config) -> Result<(), StartError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { Server::bind(config).await.map(drop) })
}

#[test]
fn anonymous_writes_from_anywhere_need_to_be_asked_for() {
    let open = Config {
        database: "sqlite::memory:".to_owned(),
        listen: "0.0.0.0:0".parse().unwrap(),
        ..Config::default()
    };
    assert!(matches!(bind(open.clone()), Err(StartError::AnonymousWrites { .. })));
    assert!(bind(Config { anonymous_writes: true, ..open.clone() }).is_ok());
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("registry.db").display());
    drop(World::on(&database));
    assert!(bind(Config { read_only: true, database, ..open }).is_ok());
}

#[test]
fn a_database_that_cannot_be_used_is_named_without_its_password() {
    for database in
        ["mysql://me:secret@db/x", "postgres://me:secret@127.0.0.1:1/x", "sqlite:/nowhere/at/all.db"]
    {
        let config = Config { database: database.to_owned(), ..Config::default() };
        let error = bind(config).unwrap_err().to_string();
        assert!(error.starts_with("cannot use the database") && !error.contains("secret"), "{error}");
    }
}

#[test]
fn a_read_only_registry_reads_and_checks() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("registry.db").display());
    World::on(&database).given("a@1.0.0", "{}");
    let world = World::with(Config { database, read_only: true, ..Config::default() });
    assert_eq!(world.get("/schemas/a/1.0.0.json").body, "{}", "a file outlives its registry");
    let refused = world.put("a@1.1.0", "{}");
    assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("read-only")));
    for (method, path) in [("POST", "/schemas/check"), ("PUT", "/schemas/validate"), ("POST", "/schemas/b")] {
        assert_eq!(
            world.send(method, path, &[], b"{}").status,
            403,
            "{method} {path}: a subject may be called so"
        );
    }
    assert_eq!(world.send("POST", "/schemas/a/check", &[], b"{}").status, 200);
    assert_eq!(world.send("POST", "/schemas/a/1.0.0/validate", &[], b"{}").status, 200);
}

#[test]
fn healthy_ready_and_counted() {
    let world = World::start();
    world.given("a@1.0.0", "{}");
    assert_eq!(world.put("a@1.0.0", "true").status, 409);
    assert_eq!(world.send("GET", "/tokens", &[("authorization", "Bearer x")], b"").status, 401);
    assert_eq!(world.get("/nothing").status, 404);
    assert_eq!((world.get("/healthz").status, world.get("/readyz").status), (200, 200));
    let metrics = world.get("/metrics").body;
    for line in [
        r#"evschema_registrations_total{outcome="created"} 1"#,
        r#"evschema_registrations_total{outcome="version-exists"} 1"#,
        r#"evschema_problems_total{code="version-exists",status="409",scope="register",client="anonymous"} 1"#,
        r#"evschema_problems_total{code="token-invalid",status="401",scope="admin",client="unknown"} 1"#,
        r#"evschema_problems_total{code="route-not-found",status="404",scope="none",client="unknown"} 1"#,
        r#"evschema_check_seconds_count{verdict="compatible"} 1"#,
        r#"evschema_http_requests_total{method="GET",route="/healthz",status="200"} 1"#,
    ] {
        assert!(metrics.contains(line), "{line} in\n{metrics}");
    }
}

#[test]
fn reads_of_cached_versions_go_on_while_the_database_is_away() {
    let postgres = evschema_tests::Postgres::start();
    let world = World::on(&postgres.url());
    world.given("a@1.0.0", "{}");
    assert_eq!(world.get("/schemas/a/1.0.0.json").status, 200);
    drop(postgres);
    assert_eq!(world.get("/schemas/a/1.0.0.json").body, "{}");
    let refused = world.put("a@1.1.0", r#"{"title":"x"}"#);
    assert_eq!((refused.status, refused.json()["code"].as_str()), (503, Some("store-unavailable")));
    assert_eq!(refused.header("retry-after"), Some("2"));
    assert_eq!(world.get("/readyz").status, 503);
    assert_eq!(world.get("/healthz").status, 200);
}

#[test]
fn a_registry_in_memory_outlives_clients_that_give_up() {
    let world = World::start();
    world.given("a@1.0.0", "{}");
    let address = world.url().strip_prefix("http://").unwrap();
    for _ in 0..200 {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET /schemas/a HTTP/1.1\r\nhost: {address}\r\n\r\n").unwrap();
        // The client disconnects before the response. So the registry abandons the query.
        drop(stream);
    }
    assert_eq!(world.get("/schemas/a").status, 200);
}

#[test]
fn a_read_only_registry_starts_in_a_read_only_folder() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let database = format!("sqlite:{}", file.display());
    World::on(&database).given("a@1.0.0", "{}");
    // The last process has removed the two additional files of SQLite. On this read-only mount, no other process can
    // create them.
    let mount = std::process::Command::new("mount")
        .args(["--bind", "-o", "ro"])
        .args([folder.path(), folder.path()])
        .status();
    let is_mounted = mount.is_ok_and(|status| status.success());
    let mode = std::fs::metadata(folder.path()).unwrap().permissions();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).ok();
    let world = World::try_with(Config { database: database.clone(), read_only: true, ..Config::default() });
    let answer = world.map(|world| world.get("/schemas/a/1.0.0.json").body);
    std::fs::set_permissions(folder.path(), mode).ok();
    if is_mounted {
        let _gone = std::process::Command::new("umount").arg(folder.path()).status();
    }
    assert_eq!(answer.unwrap(), "{}");
}

#[test]
fn tables_of_another_version_are_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let database = format!("sqlite:{}", file.display());
    World::on(&database).given("a@1.0.0", "{}");
    let run = |statement: &'static str| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            use sqlx::Connection as _;
            let mut connection = sqlx::SqliteConnection::connect(&database).await.unwrap();
            sqlx::query(statement).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        });
    };
    run("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (999, 'later', TRUE, x'00', 1)");
    for read_only in [false, true] {
        let refused =
            bind(Config { database: database.clone(), read_only, ..Config::default() }).unwrap_err();
        assert!(refused.to_string().contains("a newer version of evschema"), "{refused}");
    }
    run("DELETE FROM _sqlx_migrations WHERE version >= 9");
    let refused = bind(Config { database, read_only: true, ..Config::default() }).unwrap_err();
    assert!(refused.to_string().contains("from an earlier version"), "{refused}");
}

#[test]
fn a_rejected_connection_to_postgres_fails_at_once() {
    let started = std::time::Instant::now();
    let config = Config { database: "postgres://me:secret@127.0.0.1:1/x".to_owned(), ..Config::default() };
    let refused = bind(config).unwrap_err().to_string();
    assert!(refused.contains("refused") && !refused.contains("timed out"), "{refused}");
    assert!(started.elapsed() < std::time::Duration::from_secs(3), "{:?}", started.elapsed());
}

/// A clock that goes back an hour with each read.
#[derive(Debug)]
struct BackwardClock(std::sync::atomic::AtomicI64);

impl evschema_registry::Clock for BackwardClock {
    fn now(&self) -> i64 {
        self.0.fetch_sub(3_600_000_000, std::sync::atomic::Ordering::Relaxed)
    }
}

#[test]
fn a_clock_that_goes_back_stops_nothing() {
    for (name, database) in databases() {
        let clock = std::sync::Arc::new(BackwardClock(1_767_323_045_000_000.into()));
        let world = World::with_clock(Config { database, ..Config::default() }, clock);
        for version in ["1.0.0", "1.1.0", "1.2.0"] {
            world.given(&format!("a@{version}"), &format!(r#"{{"title":"{version}"}}"#));
        }
        let yank = br#"{"state":"yanked","reason":"wrong"}"#;
        let json = [("content-type", "application/json")];
        assert_eq!(world.send("PATCH", "/schemas/a/1.2.0", &json, yank).status, 200, "{name}");
        assert_eq!(world.send("PUT", "/schemas/a", &json, br#"{"owner":"me"}"#).status, 200, "{name}");
        let feed = world.get("/feed").json();
        let positions: Vec<&str> =
            feed["events"].as_array().unwrap().iter().filter_map(|e| e["id"].as_str()).collect();
        let expected: Vec<String> = (1..=positions.len()).map(|position| position.to_string()).collect();
        assert_eq!(positions, expected, "{name}: the feed keeps its order");
        assert!(5 < positions.len());
        assert_eq!(world.get("/readyz").status, 200, "{name}");
    }
}
