//! A CI provider on the loopback interface. It publishes its keys, and signs tokens for jobs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use evschema_tests::repository;
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, KeyPair as _, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};

/// A provider. After it is dropped, it still listens, but rejects all requests.
pub(super) struct Provider {
    url: String,
    state: Arc<Mutex<State>>,
}

/// The current responses of a provider.
struct State {
    is_up: bool,
    /// The issuer in the published configuration of the provider.
    issuer: String,
    keys: Vec<Value>,
    /// The number of requests for the keys that the provider received.
    asked: usize,
}

/// A signing key.
pub(super) enum Signer {
    Rsa(Box<RsaKeyPair>),
    P256(Box<EcdsaKeyPair>),
}

impl Provider {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State { is_up: true, issuer: url.clone(), keys: Vec::new(), asked: 0 };
        let state = Arc::new(Mutex::new(state));
        let (told, base) = (Arc::clone(&state), url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &base, &mut told.lock().unwrap());
            }
        });
        Self { url, state }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Replaces the published keys of the provider.
    pub(super) fn has(&self, keys: &[(&str, &Signer)]) {
        self.state.lock().unwrap().keys = keys.iter().map(|(id, signer)| signer.published(id)).collect();
    }

    pub(super) fn is_up(&self, is_up: bool) {
        self.state.lock().unwrap().is_up = is_up;
    }

    pub(super) fn says_it_is(&self, issuer: &str) {
        issuer.clone_into(&mut self.state.lock().unwrap().issuer);
    }

    pub(super) fn asked(&self) -> usize {
        self.state.lock().unwrap().asked
    }
}

fn answer(stream: TcpStream, base: &str, state: &mut State) {
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    lines.find(String::is_empty);
    let body = if request.starts_with("GET /.well-known/openid-configuration ") {
        state.asked += 1;
        json!({ "issuer": state.issuer, "jwks_uri": format!("{base}/keys"), "more": true })
    } else {
        json!({ "keys": state.keys })
    };
    let status = if state.is_up { "200 OK" } else { "500 Internal Server Error" };
    let body = body.to_string();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let _gone = (&stream).write_all(format!("{head}{body}").as_bytes());
}

impl Signer {
    /// Returns an RSA key. The key is always the same, because it takes seconds to create one.
    pub(super) fn rsa() -> Self {
        let file = repository().join("tests/fixtures/publishers/rsa-2048.base64");
        let text: String = std::fs::read_to_string(file).unwrap().split_whitespace().collect();
        let bytes = STANDARD.decode(text).unwrap();
        Self::Rsa(Box::new(RsaKeyPair::from_pkcs8(&bytes).unwrap()))
    }

    /// Returns a new key for the curve P-256.
    pub(super) fn p256() -> Self {
        let algorithm = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self::P256(Box::new(EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).unwrap()))
    }

    /// Returns a signed token with this header and these claims.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let input = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let signature = match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let padding = &signature::RSA_PKCS1_SHA256;
                pair.sign(padding, &SystemRandom::new(), input.as_bytes(), &mut signature).unwrap();
                signature
            }
            Self::P256(pair) => pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap().as_ref().to_vec(),
        };
        format!("{input}.{}", encoded(signature))
    }

    /// Returns the bytes of the public key. A test uses these bytes as the shared secret of a forged signature.
    pub(super) fn public(&self) -> Vec<u8> {
        match self {
            Self::Rsa(pair) => pair.public().as_ref().to_vec(),
            Self::P256(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// Returns the public key in the form in which a provider publishes it.
    fn published(&self, id: &str) -> Value {
        match self {
            Self::Rsa(pair) => {
                let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": encoded(n), "e": encoded(e) })
            }
            Self::P256(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({ "kty": "EC", "crv": "P-256", "kid": id, "x": encoded(x), "y": encoded(y) })
            }
        }
    }
}

/// Returns bytes in base64url, as in tokens.
pub(super) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
