//! Tests jobs of a CI provider that write with tokens of this provider.

mod provider;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use evschema_registry::{Clock, Config, Publisher, StartError};
use ring::hmac;
use serde_json::{Value, json};

use super::world::{Reply, World};
use provider::{Provider, Signer, encoded};

/// The time at which each test starts, in seconds since 1970.
const BEGIN: i64 = 1_767_323_045;
const AUDIENCE: &str = "https://schemas.example.com";

/// A clock that the test sets.
#[derive(Debug)]
struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed) * 1_000_000
    }
}

impl Hands {
    fn start() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(BEGIN)))
    }

    fn forward(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }
}

fn publisher(provider: &Provider) -> Publisher {
    Publisher {
        name: "orders-ci".to_owned(),
        issuer: provider.url().to_owned(),
        audience: AUDIENCE.to_owned(),
        claims: BTreeMap::from([
            ("repository".to_owned(), "example/orders".to_owned()),
            ("ref".to_owned(), "refs/heads/*".to_owned()),
        ]),
        scopes: vec!["register:shop.".parse().unwrap()],
    }
}

fn trusting(publishers: Vec<Publisher>, clock: &Arc<Hands>) -> World {
    let config = Config { database: "sqlite::memory:".to_owned(), publishers, ..Config::default() };
    World::with_clock(config, Arc::<Hands>::clone(clock))
}

/// Returns the claims of a job that may write, with some changes. `null` removes a claim.
fn claims(provider: &Provider, other: Value) -> Value {
    let mut claims = json!({
        "iss": provider.url(), "aud": AUDIENCE, "sub": "repo:example/orders:ref:refs/heads/main",
        "iat": BEGIN, "nbf": BEGIN, "exp": BEGIN + 300,
        "repository": "example/orders", "ref": "refs/heads/main",
    });
    for (claim, value) in other.as_object().unwrap() {
        claims[claim] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn put(world: &World, subject: &str, token: &str) -> Reply {
    let headers =
        [("content-type", "application/schema+json"), ("authorization", &format!("Bearer {token}"))];
    world.send("PUT", &format!("/schemas/{subject}/1.0.0.json"), &headers, b"{}")
}

#[track_caller]
fn assert_refused(reply: &Reply, status: u16, code: &str, why: &str) {
    assert_eq!((reply.status, reply.json()["code"].as_str()), (status, Some(code)), "{why}: {reply}");
    let problem = reply.json();
    assert!(problem["detail"].as_str().unwrap().contains(why), "{why}: {reply}");
}

#[test]
fn a_job_has_the_scopes_of_its_publisher_and_the_feed_names_it() {
    for (algorithm, signer) in [("RS256", Signer::rsa()), ("ES256", Signer::p256())] {
        let (provider, clock) = (Provider::start(), Hands::start());
        provider.has(&[("other", &Signer::p256()), ("one", &signer)]);
        let world = trusting(vec![publisher(&provider)], &clock);
        let token = signer.sign(&json!({"alg": algorithm, "kid": "one"}), &claims(&provider, json!({})));
        assert_eq!(put(&world, "shop.order", &token).status, 201, "{algorithm}");
        assert_eq!(put(&world, "shop.order", &token).status, 200, "{algorithm}");
        assert_refused(
            &put(&world, "billing.invoice", &token),
            403,
            "forbidden",
            "`register:billing.invoice`",
        );
        let waiver = ("PUT", "/schemas/shop.order/waivers/0123456789abcdef", br#"{"reason":"x"}"#);
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let reply = world.send(waiver.0, waiver.1, &headers, waiver.2);
        assert_refused(&reply, 403, "forbidden", "`waive:shop.order`");
        // Without a token of the provider, no client may write, although the registry has no tokens of its own.
        assert_eq!(world.put("shop.other@1.0.0", "{}").status, 401);
        let event = world.get("/feed").json()["events"][1].clone();
        assert_eq!(event["data"]["author"], "orders-ci", "{event}");
        assert_eq!(event["authtype"], "service_account", "{event}");
        let job = format!("{}#repo:example/orders:ref:refs/heads/main", provider.url());
        assert_eq!(event["authid"], job, "{event}");
        assert_eq!(provider.asked(), 1, "its keys are kept");
    }
}

#[test]
fn invalid_proofs_are_rejected_with_a_reason() {
    let (provider, clock) = (Provider::start(), Hands::start());
    let (rsa, p256, stranger) = (Signer::rsa(), Signer::p256(), Signer::p256());
    provider.has(&[("rsa", &rsa), ("ec", &p256)]);
    let world = trusting(vec![publisher(&provider)], &clock);
    let header = json!({"alg": "ES256", "kid": "ec"});
    let refused = |token: &str, why: &str| {
        assert_refused(&put(&world, "shop.order", token), 401, "token-invalid", why);
    };
    for (other, why) in [
        (json!({"iss": "https://elsewhere.example"}), "does not trust the issuer"),
        (json!({"iss": null}), "does not trust the issuer"),
        (json!({"aud": "https://elsewhere.example"}), "`aud`"),
        (json!({"aud": ["a", "b"]}), "`aud`"),
        (json!({"aud": null}), "`aud`"),
        (json!({"exp": BEGIN - 61}), "has expired"),
        (json!({"exp": "soon"}), "`exp`"),
        (json!({"exp": null}), "`exp`"),
        (json!({"nbf": BEGIN + 61}), "not valid yet"),
        (json!({"iat": BEGIN + 61}), "not valid yet"),
        (json!({"sub": null}), "`sub`"),
        (json!({"repository": "example/other"}), "no publisher"),
        (json!({"repository": ["example/orders"]}), "no publisher"),
        (json!({"ref": "refs/tags/1"}), "no publisher"),
    ] {
        refused(&p256.sign(&header, &claims(&provider, other)), why);
    }
    let good = claims(&provider, json!({}));
    refused(&stranger.sign(&header, &good), "does not match the issuer's key");
    refused(&p256.sign(&json!({"alg": "ES256", "kid": "rsa"}), &good), "does not match the issuer's key");
    refused(&rsa.sign(&json!({"alg": "RS256", "kid": "ec"}), &good), "does not match the issuer's key");
    refused(&p256.sign(&json!({"alg": "ES256", "kid": "none"}), &good), "the issuer has no key");
    refused(&p256.sign(&json!({"alg": "ES256"}), &good), "`kid`");
    refused(&p256.sign(&json!({"alg": "ES256", "kid": "ec", "crit": ["b64"]}), &good), "`crit`");
    // Two kinds of forged tokens: tokens without a signature, and a token whose signature uses the public key as a
    // shared secret.
    let unsigned = |header: Value| format!("{}.{}", encoded(header.to_string()), encoded(good.to_string()));
    for algorithm in ["none", "None", "HS256", "RS512", "es256"] {
        let input = unsigned(json!({"alg": algorithm, "kid": "rsa"}));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &rsa.public()), input.as_bytes());
        refused(&format!("{input}."), "must be RS256 or ES256");
        refused(&format!("{input}.{}", encoded(tag)), "must be RS256 or ES256");
    }
    refused(&format!("{}.", unsigned(header.clone())), "does not match the issuer's key");
    // Replaces the claims of a token by those of another job, but keeps the valid signature.
    let token = p256.sign(&header, &claims(&provider, json!({"repository": "example/other"})));
    let signature = token.rsplit('.').next().unwrap();
    refused(&format!("{}.{signature}", unsigned(header.clone())), "does not match the issuer's key");
    for malformed in ["..", "a.b.c", "e30.e30.", &format!("e30.e30.{}", "A".repeat(6_000))] {
        assert_eq!(put(&world, "shop.order", malformed).status, 401, "{malformed}");
    }
    assert_eq!(world.get("/schemas").json()["subjects"], json!([]), "nothing was written");

    // Accepted tokens that are similar to the rejected tokens above.
    for (number, other) in [
        json!({"aud": ["a", AUDIENCE]}),
        json!({"exp": BEGIN - 59}),
        json!({"nbf": BEGIN + 59}),
        json!({"nbf": null, "iat": null}),
        json!({"ref": "refs/heads/release/1"}),
    ]
    .into_iter()
    .enumerate()
    {
        let token = p256.sign(&header, &claims(&provider, other.clone()));
        assert_eq!(put(&world, &format!("shop.n{number}"), &token).status, 201, "{other}");
    }
}

#[test]
fn keys_are_replaced_and_an_issuer_is_not_asked_more_often_than_it_must() {
    let (provider, clock) = (Provider::start(), Hands::start());
    let (old, new) = (Signer::p256(), Signer::p256());
    provider.has(&[("old", &old)]);
    let world = trusting(vec![publisher(&provider)], &clock);
    let long = json!({"exp": BEGIN + 1_000_000});
    let token = |signer: &Signer, kid: &str| {
        signer.sign(&json!({"alg": "ES256", "kid": kid}), &claims(&provider, long.clone()))
    };
    assert_eq!(put(&world, "shop.a", &token(&old, "old")).status, 201);
    provider.has(&[("new", &new)]);
    // The registry requested the keys a moment ago. It does not request them again for invented key ids.
    for made_up in ["new", "x1", "x2", "x3"] {
        let reply = put(&world, "shop.b", &token(&new, made_up));
        assert_refused(&reply, 401, "token-invalid", "the issuer has no key");
    }
    assert_eq!(provider.asked(), 1);
    clock.forward(11);
    assert_eq!(put(&world, "shop.b", &token(&new, "new")).status, 201);
    assert_eq!(provider.asked(), 2);
    assert_eq!(
        put(&world, "shop.c", &token(&old, "old")).status,
        401,
        "a key that is withdrawn counts no more"
    );

    // If the provider is down, its keys stay valid for a day. After this day, the registry responds with 503.
    provider.is_up(false);
    clock.forward(3_601);
    assert_eq!(put(&world, "shop.c", &token(&new, "new")).status, 201);
    clock.forward(24 * 3_600);
    let reply = put(&world, "shop.d", &token(&new, "new"));
    assert_refused(&reply, 503, "issuer-unavailable", provider.url());
    assert_eq!(reply.header("retry-after"), Some("2"));
    let asked = provider.asked();
    assert_eq!(put(&world, "shop.d", &token(&new, "new")).status, 503);
    assert_eq!(provider.asked(), asked, "it has a pause");
    // A read works even if the provider is down.
    assert_eq!(world.get("/schemas/shop.a/1.0.0.json").status, 200);
    provider.is_up(true);
    clock.forward(11);
    assert_eq!(put(&world, "shop.d", &token(&new, "new")).status, 201, "it recovers by itself");
}

#[test]
fn keys_of_another_issuer_are_rejected() {
    let (provider, clock) = (Provider::start(), Hands::start());
    let signer = Signer::p256();
    provider.has(&[("ec", &signer)]);
    provider.says_it_is("https://elsewhere.example");
    let world = trusting(vec![publisher(&provider)], &clock);
    let token = signer.sign(&json!({"alg": "ES256", "kid": "ec"}), &claims(&provider, json!({})));
    assert_eq!(put(&world, "shop.order", &token).status, 503);
    provider.says_it_is(provider.url());
    clock.forward(11);
    assert_eq!(put(&world, "shop.order", &token).status, 201);
}

#[test]
fn publishers_of_one_issuer_add_up_and_an_open_one_does_not_start() {
    let (provider, clock) = (Provider::start(), Hands::start());
    let signer = Signer::p256();
    provider.has(&[("ec", &signer)]);
    let second = Publisher {
        name: "everything-on-main".to_owned(),
        claims: BTreeMap::from([("ref".to_owned(), "refs/heads/main".to_owned())]),
        scopes: vec!["register:billing.".parse().unwrap()],
        ..publisher(&provider)
    };
    let world = trusting(vec![publisher(&provider), second], &clock);
    let token = |other| signer.sign(&json!({"alg": "ES256", "kid": "ec"}), &claims(&provider, other));
    for subject in ["shop.order", "billing.invoice"] {
        assert_eq!(put(&world, subject, &token(json!({}))).status, 201, "{subject}");
    }
    let branch = token(json!({"ref": "refs/heads/x"}));
    assert_eq!(put(&world, "shop.more", &branch).status, 201);
    assert_eq!(put(&world, "billing.more", &branch).status, 403);

    let anybody = Publisher { claims: BTreeMap::new(), ..publisher(&provider) };
    let config =
        Config { database: "sqlite::memory:".to_owned(), publishers: vec![anybody], ..Config::default() };
    assert!(matches!(World::try_with(config), Err(StartError::Publisher { .. })));
}
