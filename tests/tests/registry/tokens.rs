//! Tests the authorization: tokens, their scopes, and the rights of clients without a token.

use std::time::{Duration, Instant};

use evschema_api::client::Client;
use evschema_api::{ProblemCode, Scope, TokenCreated, TokenRequest};
use evschema_registry::{Administration, Config};
use evschema_tests::Postgres;

use super::world::{Reply, World, subject, version};

const ANY: &[u8] = br#"{"type":"object"}"#;

/// Returns databases that several processes can open.
fn shared_databases(folder: &tempfile::TempDir) -> [(&'static str, String); 2] {
    let file = folder.path().join("registry.db");
    [("sqlite", format!("sqlite:{}", file.display())), ("postgres", Postgres::fresh_database())]
}

fn request(name: &str, scopes: &[&str]) -> TokenRequest {
    let scopes = scopes.iter().map(|scope| scope.parse::<Scope>().unwrap()).collect();
    TokenRequest { name: name.to_owned(), scopes, expires_at: None }
}

/// Creates a token directly in the database, as users create the first token.
pub(crate) fn first_token(database: &str, name: &str, scopes: &[&str]) -> TokenCreated {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let administration = Administration::open(database).await.unwrap();
        administration.create(request(name, scopes), Some("ada".to_owned())).await.unwrap()
    })
}

fn with_token(world: &World, token: &str, method: &str, path: &str, body: &[u8]) -> Reply {
    world.send(method, path, &[("authorization", &format!("Bearer {token}"))], body)
}

fn code(reply: &Reply) -> (u16, String) {
    (reply.status, reply.json()["code"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn rights_of_each_scope() {
    let folder = tempfile::tempdir().unwrap();
    for (name, url) in shared_databases(&folder) {
        let world = World::on(&url);
        let admin = first_token(&url, "ops", &["admin"]).token;
        let client = Client::new(world.url(), Some(admin.clone()));
        let make = |scopes: &[&str]| client.create_token(&request("t", scopes)).unwrap().token;
        let (read, shop, waiver) = (make(&["read"]), make(&["register:shop."]), make(&["waive:shop."]));
        assert_eq!(
            with_token(&world, &admin, "PUT", "/schemas/shop.order/1.0.0.json", ANY).status,
            201,
            "{name}"
        );
        let policy = br#"{"mode":"none"}"#;
        let owner = br#"{"owner":"team-shop"}"#;
        let state = br#"{"state":"deprecated","reason":"old"}"#;
        let waive = br#"{"reason":"agreed"}"#;
        let token = br#"{"name":"x","scopes":["read"]}"#;
        for (method, path, body, allowed) in [
            ("GET", "/schemas", &b""[..], [&read, &shop, &waiver].as_slice()),
            ("POST", "/schemas/shop.order/check", ANY, &[&read, &shop, &waiver]),
            ("POST", "/schemas/shop.order/1.0.0/validate", b"{}", &[&read, &shop, &waiver]),
            ("PUT", "/schemas/shop.order/1.0.0.json", ANY, &[&shop]),
            ("POST", "/schemas/shop.order", ANY, &[&shop]),
            ("PUT", "/schemas/other.order/1.0.0.json", ANY, &[]),
            ("PATCH", "/schemas/shop.order/1.0.0", state, &[&shop]),
            ("PUT", "/schemas/shop.order", owner, &[&shop]),
            // Another policy can permit a breaking change, which the scope `register` never permits.
            ("PUT", "/schemas/shop.order", policy, &[]),
            ("PUT", "/schemas/shop.order/waivers/0123456789abcdef", waive, &[&waiver]),
            ("DELETE", "/schemas/shop.order/waivers/0123456789abcdef", b"", &[&waiver]),
            ("GET", "/access", b"", &[&read, &shop, &waiver]),
            ("GET", "/tokens", b"", &[]),
            ("POST", "/tokens", token, &[]),
            ("DELETE", "/tokens/0123456789abcdef", b"", &[]),
        ] {
            for token in [&read, &shop, &waiver] {
                let reply = with_token(&world, token, method, path, body);
                let shown = format!("{name}: {method} {path}: {reply}");
                if allowed.contains(&token) {
                    assert!(reply.status < 300, "{shown}");
                } else {
                    assert_eq!(code(&reply), (403, "forbidden".to_owned()), "{shown}");
                    assert!(
                        reply.header("www-authenticate").unwrap().contains("insufficient_scope"),
                        "{shown}"
                    );
                }
            }
            let reply = world.send(method, path, &[], body);
            if reply.status == 401 {
                assert_eq!(code(&reply).1, "token-required", "{name}: {method} {path}");
                assert_eq!(reply.header("www-authenticate"), Some("Bearer realm=\"evschema\""));
            } else {
                // If the registry is not private, every client may read.
                assert!(reply.status < 300 && allowed.contains(&&read), "{name}: {method} {path}: {reply}");
            }
        }
        let both = make(&["register:shop.", "waive:shop."]);
        let refused = with_token(&world, &both, "PUT", "/schemas/shop.order", policy);
        assert_eq!(code(&refused), (403, "forbidden".to_owned()), "{name}");
        assert!(refused.json()["help"].as_str().unwrap().contains("`admin`"), "{name}: {refused}");
        // The setting `never_used` can permit a breaking change.
        let never_used = br#"{"state":"yanked","reason":"a mistake","never_used":true}"#;
        let path = "/schemas/shop.order/1.0.0";
        let refused = with_token(&world, &shop, "PATCH", path, never_used);
        assert_eq!(code(&refused), (403, "forbidden".to_owned()), "{name}");
        assert_eq!(with_token(&world, &both, "PATCH", path, never_used).status, 200, "{name}");
        assert_eq!(
            with_token(&world, &shop, "PUT", "/schemas/shop.new", policy).status,
            201,
            "{name}: a new one"
        );
    }
}

#[test]
fn a_secret_is_shown_once_and_kept_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let url = format!("sqlite:{}", file.display());
    let created = first_token(&url, "ops", &["admin"]);
    let world = World::on(&url);
    let (prefix, secret) = created.token.split_at(4);
    assert_eq!((prefix, secret.len()), ("evs_", 64), "256 bits");
    assert_ne!(created.token, first_token(&url, "ops", &["admin"]).token);
    for path in ["/tokens", "/feed"] {
        let shown = with_token(&world, &created.token, "GET", path, b"").to_string();
        assert!(shown.contains(&created.view.id) && !shown.contains(secret), "{shown}");
    }
    drop(world);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
}

#[test]
fn invalid_tokens() {
    let world = World::start();
    world.given("a@1.0.0", "{}");
    let unknown = format!("Bearer evs_{}", "0".repeat(64));
    for header in ["Bearer", "Bearer ", "Bearer x", "Basic YTpi", "evs_1", &unknown] {
        for (method, path) in [("GET", "/schemas"), ("PUT", "/schemas/a/1.0.0.json")] {
            let body: &[u8] = if method == "GET" { b"" } else { b"{}" };
            let reply = world.send(method, path, &[("authorization", header)], body);
            assert_eq!(code(&reply), (401, "token-invalid".to_owned()), "{method} {header}");
            assert!(reply.header("www-authenticate").unwrap().contains("invalid_token"));
        }
    }
    assert_eq!(world.send("GET", "/healthz", &[("authorization", "Bearer x")], b"").status, 200);
}

#[test]
fn a_revoked_token_is_refused_at_once_by_every_process() {
    let folder = tempfile::tempdir().unwrap();
    for (name, url) in shared_databases(&folder) {
        let (one, two) = (World::on(&url), World::on(&url));
        let admin = first_token(&url, "ops", &["admin"]);
        let client = Client::new(one.url(), Some(admin.token.clone()));
        let ci = client.create_token(&request("ci", &["register:*"])).unwrap();
        for world in [&one, &two] {
            assert_eq!(with_token(world, &ci.token, "GET", "/schemas", b"").status, 200, "{name}");
        }
        let revoked = client.revoke_token(&ci.view.id).unwrap();
        assert_eq!(revoked.revoked_by.as_deref(), Some("ops"), "{name}");
        for world in [&one, &two] {
            let reply = with_token(world, &ci.token, "PUT", "/schemas/a/1.0.0.json", ANY);
            assert_eq!(code(&reply), (401, "token-invalid".to_owned()), "{name}");
        }
        let again = client.revoke_token(&ci.view.id).unwrap();
        assert_eq!(again.revoked_at, revoked.revoked_at, "{name}: once is enough");
        let missing = client.revoke_token("0123456789abcdef").unwrap_err();
        assert_eq!(missing.problem().unwrap().code, ProblemCode::TokenNotFound, "{name}");
        // After the last token of a registry is revoked, clients without a token have no more rights than before.
        client.revoke_token(&admin.view.id).unwrap();
        assert_eq!(two.put("a@1.0.0", "{}").status, 401, "{name}");
    }
}

#[test]
fn a_token_ends_and_its_use_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    for (name, url) in shared_databases(&folder) {
        // The clock of a registry in tests always shows January 2026.
        let world = World::on(&url);
        let admin = first_token(&url, "ops", &["admin"]).token;
        let until = |day: &str| format!(r#"{{"name":"x","scopes":["read"],"expires_at":"{day}T00:00:00Z"}}"#);
        let past = with_token(&world, &admin, "POST", "/tokens", until("2026-01-02").as_bytes());
        assert_eq!(code(&past), (409, "token-expired".to_owned()), "{name}");
        let made = with_token(&world, &admin, "POST", "/tokens", until("2026-01-03").as_bytes());
        assert_eq!((made.status, made.header("cache-control")), (201, Some("no-store")), "{name}: {made}");
        let token = made.json()["token"].as_str().unwrap().to_owned();
        assert_eq!(with_token(&world, &token, "GET", "/schemas", b"").status, 200, "{name}");
        let client = Client::new(world.url(), Some(admin.clone()));
        let noted =
            || client.tokens().unwrap().tokens.iter().any(|t| t.name == "x" && t.last_used_at.is_some());
        let patience = Instant::now();
        while !noted() {
            assert!(patience.elapsed() < Duration::from_secs(10), "{name}: the use is noted soon");
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(world);
        // Starts a registry with the system clock, for which this day is in the past.
        let now = World::with_system_clock(Config { database: url, ..Config::default() });
        assert_eq!(
            code(&with_token(&now, &token, "GET", "/schemas", b"")),
            (401, "token-invalid".to_owned()),
            "{name}"
        );
        assert_eq!(with_token(&now, &admin, "GET", "/tokens", b"").status, 200, "{name}");
    }
}

#[test]
fn a_private_registry_shows_nothing_without_a_token() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("registry.db").display());
    World::on(&url).given("a@1.0.0", "{}");
    let read = first_token(&url, "reader", &["read"]).token;
    let world = World::with(Config { database: url, private: true, ..Config::default() });
    let document = world.get("/openapi.json").json();
    let open = ["/healthz", "/readyz", "/openapi.json"];
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let filled = path
                .replace("{subject}", "a")
                .replace("{versions}", "1.0.0...1.0.0")
                .replace("{version}", "1.0.0")
                .replace("{fingerprint}", "0123456789abcdef")
                .replace("{id}", "0123456789abcdef");
            let body: &[u8] = if method == "GET" { b"" } else { b"{}" };
            let status = world.send(&method, &filled, &[], body).status;
            assert_eq!(status, if open.contains(&path.as_str()) { 200 } else { 401 }, "{method} {path}");
            let reply = with_token(&world, &read, &method, &filled, body);
            let reads = method == "GET" || path.ends_with("/check") || path.ends_with("/validate");
            let allowed = reads && path != "/tokens";
            assert_eq!(reply.status != 403, allowed, "{method} {path}: {reply}");
        }
    }
    let page = world.send("GET", "/schemas", &[("accept", "text/html")], b"");
    assert_eq!(page.status, 401);
    // Caches must not store a response to a client with a token for other clients.
    let schema = with_token(&world, &read, "GET", "/schemas/a/1.0.0.json", b"");
    assert_eq!(schema.header("cache-control"), Some("private, max-age=31536000, immutable"));
}

#[test]
fn anonymous_writes_are_for_programs_on_this_machine() {
    let world = World::start();
    let port = world.url().rsplit(':').next().unwrap().to_owned();
    let put = |host: &str, headers: &[(&str, &str)]| {
        let mut all = vec![("host", host)];
        all.extend(headers);
        world.send("PUT", "/schemas/a/1.0.0.json", &all, b"{}")
    };
    // The host name of a hostile page can resolve to a loopback address. For the browser, a request of this page goes
    // to the same site.
    for (host, refused) in [
        ("evil.example", (421, "unknown-host")),
        ("evil.example:80", (421, "unknown-host")),
        ("127.0.0.1.evil.example", (421, "unknown-host")),
        ("localhost.evil.example", (421, "unknown-host")),
        ("10.1.2.3", (401, "token-required")),
    ] {
        let refused = (refused.0, refused.1.to_owned());
        assert_eq!(code(&put(host, &[])), refused, "{host}");
        let same_origin = [("origin", &*format!("http://{host}")), ("sec-fetch-site", "same-origin")];
        assert_eq!(code(&put(host, &same_origin)), refused, "{host}");
        // A page of a site can see the response to a read with the site's host name. So the registry also rejects such
        // a read.
        let read = world.send("GET", "/schemas", &[("host", host)], b"");
        assert_eq!(read.status == 421, refused.0 == 421, "{host}");
    }
    let here = format!("localhost:{port}");
    for origin in ["https://evil.example", "null", &format!("http://127.0.0.1:{port}")] {
        assert_eq!(code(&put(&here, &[("origin", origin)])), (403, "cross-site".to_owned()), "{origin}");
    }
    assert_eq!(world.get("/schemas/a").status, 404, "nothing has come of it");
    assert_eq!(put(&here, &[("origin", &format!("http://{here}"))]).status, 201);
    assert_eq!(put(&format!("[::1]:{port}"), &[]).status, 200);
}

#[test]
fn a_registry_behind_a_proxy_requires_a_token() {
    for config in [
        Config { behind_proxy: true, ..Config::default() },
        Config { public_url: Some("https://schemas.example.com".to_owned()), ..Config::default() },
    ] {
        let folder = tempfile::tempdir().unwrap();
        let database = format!("sqlite:{}", folder.path().join("registry.db").display());
        let config = Config { database: database.clone(), ..config };
        assert!(World::try_with(config.clone()).is_err(), "no token, and anybody could write");
        let admin = first_token(&database, "ops", &["admin"]).token;
        let world = World::try_with(config).unwrap();
        assert_eq!(world.put("a@1.0.0", "{}").status, 401);
        assert_eq!(with_token(&world, &admin, "PUT", "/schemas/a/1.0.0.json", b"{}").status, 201);
    }
}

#[test]
fn the_feed_records_author_time_and_address() {
    let folder = tempfile::tempdir().unwrap();
    for (name, url) in shared_databases(&folder) {
        let world = World::with(Config {
            database: url.clone(),
            behind_proxy: true,
            anonymous_writes: true,
            ..Config::default()
        });
        world.given("a@1.0.0", "{}");
        let admin = first_token(&url, "ops", &["admin"]);
        let bearer = format!("Bearer {}", admin.token);
        let headers = [("authorization", &*bearer), ("x-forwarded-for", "6.6.6.6, 192.0.2.7")];
        let put = |path: &str| world.send("PUT", path, &headers, br#"{"title":"t"}"#).status;
        assert_eq!(put("/schemas/b/1.0.0.json"), 201, "{name}");
        assert_eq!(put("/schemas/c/1.0.0.json?author=grace"), 201, "{name}");
        let told = |reply: Reply| -> Vec<[String; 5]> {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
            let events = reply.json()["events"].as_array().unwrap().clone();
            let told = events.iter().map(|e| {
                let kind = text(&e["type"]).replace("evschema.", "");
                [
                    kind,
                    text(&e["data"]["author"]),
                    text(&e["authtype"]),
                    text(&e["authid"]),
                    text(&e["clientaddress"]),
                ]
            });
            told.collect()
        };
        let id = admin.view.id.as_str();
        let expected = |address: bool| {
            let [here, there] = if address { ["127.0.0.1", "192.0.2.7"] } else { ["-", "-"] };
            [
                ["subject.changed", "anonymous", "unauthenticated", "-", here],
                ["version.registered", "anonymous", "unauthenticated", "-", here],
                ["token.created", "ada", "system", "-", "-"],
                ["subject.changed", "ops", "api_key", id, there],
                ["version.registered", "ops", "api_key", id, there],
                ["subject.changed", "grace", "api_key", id, there],
                ["version.registered", "grace", "api_key", id, there],
            ]
        };
        assert_eq!(told(world.send("GET", "/feed", &headers, b"")), expected(true), "{name}");
        assert_eq!(told(world.get("/feed")), expected(false), "{name}: addresses are for the admin");
        let author = Client::new(world.url(), None).version(&subject("b"), &version("1.0.0")).unwrap().author;
        assert_eq!(author.as_deref(), Some("ops"), "{name}");
    }
}

#[test]
fn bad_requests_for_tokens() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("registry.db").display());
    let admin = first_token(&url, "ops", &["admin"]).token;
    let world = World::on(&url);
    let long = format!(r#"{{"name":"{}","scopes":["read"]}}"#, "x".repeat(129));
    let many = format!(r#"{{"name":"x","scopes":[{}"read"]}}"#, "\"read\",".repeat(32));
    for body in [
        "",
        "{}",
        "[]",
        "null",
        r#"{"name":"x","scopes":[]}"#,
        r#"{"name":"","scopes":["read"]}"#,
        r#"{"name":"a\u0000b","scopes":["read"]}"#,
        r#"{"name":"x","scopes":["write"]}"#,
        r#"{"name":"x","scopes":["register:"]}"#,
        r#"{"name":"x","scopes":["read"],"secret":"mine"}"#,
        r#"{"name":"x","scopes":["read"],"expires_at":"tomorrow"}"#,
        &long,
        &many,
    ] {
        let reply = with_token(&world, &admin, "POST", "/tokens", body.as_bytes());
        assert_eq!(code(&reply), (400, "invalid-body".to_owned()), "{body}: {reply}");
    }
    let far = r#"{"name":"x","scopes":["read"],"expires_at":"9999-12-31T23:59:59Z"}"#;
    assert_eq!(with_token(&world, &admin, "POST", "/tokens", far.as_bytes()).status, 201);
    for id in ["x", "..%2f", "%00", "0123456789ABCDEF", "0123456789abcdef"] {
        let reply = with_token(&world, &admin, "DELETE", &format!("/tokens/{id}"), b"");
        assert_eq!(code(&reply), (404, "token-not-found".to_owned()), "{id}");
    }
}
