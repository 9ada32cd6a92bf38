//! Tests the pages, as text and in a browser.

use evschema_api::{State, StateChange};
use evschema_tests::Browser;

use super::world::{World, subject, version};

const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

/// Starts a registry in which every text tries to run a script.
fn poisoned() -> World {
    let world = World::start();
    let evil = r#"{"title":"<script>document.title='run'</script>","description":"<img src=x onerror=alert(1)>","type":"object","properties":{"<script>document.title='run'</script>":{"type":"string","description":"\"><script>document.title='run'</script>"}}}"#;
    let path = "/schemas/shop.order/1.0.0.json?author=%3Cscript%3E&message=%3Cscript%3Edocument.title%3D'run'%3C/script%3E";
    assert_eq!(world.send("PUT", path, &[], evil.as_bytes()).status, 201);
    world.given(
        "shop.order@2.0.0",
        r#"{"type":"object","required":["<script>"],"properties":{"<script>":{"type":"integer"}}}"#,
    );
    let reason = "<script>document.title='run'</script>".to_owned();
    let change = StateChange { state: State::Deprecated, reason, never_used: None };
    world.client().set_state(&subject("shop.order"), &version("1.0.0"), &change).unwrap();
    world
}

const PAGES: [&str; 8] = [
    "/schemas",
    "/schemas?search=%3Cscript%3Edocument.title%3D'run'%3C/script%3E",
    "/schemas/shop.order",
    "/schemas/shop.order/1.0.0",
    "/schemas/shop.order/diff/1.0.0...2.0.0",
    "/feed",
    "/schemas/%3Cscript%3E",
    "/nowhere",
];

#[test]
fn the_same_urls_answer_a_page_to_a_browser() {
    let world = poisoned();
    for path in PAGES {
        let page = world.send("GET", path, &[HTML], b"");
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert_eq!(page.header("vary"), Some("accept, accept-encoding"), "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(page.body.starts_with("<!doctype html>") && page.body.contains("</html>"), "{path}");
        assert!(!page.body.contains("<script") && !page.body.contains("<img"), "{path}: {}", page.body);
        assert!(!page.body.contains("style="), "{path}: style comes from the one sheet");
        let json = world.get(path);
        assert_eq!(json.status, page.status, "{path}");
        assert!(json.header("content-type").unwrap().ends_with("json"), "{path}");
    }
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let world = poisoned();
    let mut open: Vec<String> = vec!["/".to_owned()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let mut reply = world.send("GET", &path, &[HTML], b"");
        if reply.status == 307 {
            open.push(reply.header("location").unwrap().to_owned());
            continue;
        }
        if reply.status == 406 {
            // Content that only programs read.
            reply = world.get(&path);
        }
        assert_eq!(reply.status, 200, "{path}");
        if reply.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            for link in reply.body.split("href=\"").skip(1) {
                let link = link.split('"').next().unwrap().replace("&amp;", "&").replace("&#x3D;", "=");
                if let Some(path) = link.strip_prefix('/') {
                    open.push(format!("/{path}"));
                }
            }
        }
    }
    assert!(seen.contains("/schemas/shop.order/1.0.0.json"), "{seen:?}");
    assert!(seen.iter().any(|path| path.starts_with("/assets/style-")), "{seen:?}");
}

#[test]
fn a_browser_shows_poison_as_text() {
    let browser = Browser::find().expect("the tests need a browser");
    let world = poisoned();
    let dom = browser.dom(&format!("{}/schemas/shop.order/1.0.0", world.url())).unwrap();
    assert!(dom.contains("<h1>shop.order"), "{dom}");
    assert!(dom.contains("&lt;script&gt;") && !dom.contains("<title>run"), "{dom}");
}
