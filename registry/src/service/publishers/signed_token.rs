use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::{Map, Value};

/// A signed token whose signature is not verified yet (RFC 7519, in the compact form of RFC 7515, section 3.1).
#[derive(Debug)]
pub(super) struct SignedToken<'t> {
    pub(super) algorithm: Algorithm,
    /// The id of the issuer's key, as the token names it.
    pub(super) key_id: String,
    pub(super) claims: Map<String, Value>,
    /// The signed bytes.
    input: &'t [u8],
    signature: Vec<u8>,
}

/// The algorithm of a signature. The registry supports no other algorithm. In particular, it supports none without a
/// signature, and none with a shared secret, because an attacker could use a public key as the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3).
    Rs256,
    /// ECDSA on P-256 with SHA-256 (RFC 7518, section 3.4).
    Es256,
}

/// A public key of an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) id: String,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The uncompressed point (SEC 1, section 2.3.3).
    P256(Vec<u8>),
}

/// A published key of an issuer (RFC 7517, section 4; RFC 7518, section 6).
#[derive(Debug, Deserialize)]
pub(super) struct PublishedKey {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'t> SignedToken<'t> {
    /// Parses a token.
    ///
    /// # Errors
    ///
    /// The reason why the registry cannot accept the token.
    pub(super) fn parse(token: &'t str) -> Result<Self, &'static str> {
        const MALFORMED: &str = "it is not a JWT: a JWT has three parts with a dot between them";
        let (input, signature) = token.rsplit_once('.').ok_or(MALFORMED)?;
        let (header, claims) = input.split_once('.').ok_or(MALFORMED)?;
        let header: Header = decode(header).ok_or(MALFORMED)?;
        let algorithm = Algorithm::find(&header.alg).ok_or("its algorithm must be RS256 or ES256")?;
        if header.crit.is_some() {
            // The registry would have to support every extension in `crit` (RFC 7515, section 4.1.11).
            return Err("its header has `crit`, but the registry does not support `crit`");
        }
        Ok(Self {
            algorithm,
            key_id: header.kid.ok_or("its header has no key id (`kid`)")?,
            claims: decode(claims).ok_or(MALFORMED)?,
            input: input.as_bytes(),
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| MALFORMED)?,
        })
    }

    /// Returns whether the key verifies the signature.
    pub(super) fn is_signed_with(&self, key: &Key) -> bool {
        let (input, signature) = (self.input, self.signature.as_slice());
        let verified = match (&key.material, self.algorithm) {
            (Material::Rsa { modulus, exponent }, Algorithm::Rs256) => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA256, input, signature)
            }
            (Material::P256(point), Algorithm::Es256) => {
                UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(input, signature)
            }
            (Material::Rsa { .. }, Algorithm::Es256) | (Material::P256(_), Algorithm::Rs256) => return false,
        };
        verified.is_ok()
    }

    /// Returns a claim that is a string.
    pub(super) fn string(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// Returns a claim that is a time, in seconds since 1970.
    pub(super) fn seconds(&self, claim: &str) -> Option<f64> {
        self.claims.get(claim).and_then(Value::as_f64)
    }

    /// Returns whether the token names this audience, alone or with other audiences (RFC 7519, section 4.1.3).
    pub(super) fn has_audience(&self, audience: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::String(only)) => only == audience,
            Some(Value::Array(all)) => all.iter().any(|one| one == audience),
            _ => false,
        }
    }
}

impl Algorithm {
    fn find(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            _ => None,
        }
    }
}

impl Key {
    /// Parses a published key. Returns `None` if the key is not for signatures, or has an unsupported algorithm.
    pub(super) fn parse(published: PublishedKey) -> Option<Self> {
        let PublishedKey { kty, kid, r#use, alg, crv, n, e, x, y } = published;
        if r#use.is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let (material, algorithm) = match (kty.as_str(), crv.as_deref()) {
            ("RSA", None) => {
                (Material::Rsa { modulus: number(&n?)?, exponent: number(&e?)? }, Algorithm::Rs256)
            }
            ("EC", Some("P-256")) => {
                let mut point = vec![4];
                point.extend(URL_SAFE_NO_PAD.decode(x?).ok()?);
                point.extend(URL_SAFE_NO_PAD.decode(y?).ok()?);
                (Material::P256(point), Algorithm::Es256)
            }
            _ => return None,
        };
        if alg.is_some_and(|name| Algorithm::find(&name) != Some(algorithm)) {
            return None;
        }
        Some(Self { id: kid?, material })
    }
}

/// Parses a positive number, and removes leading zeros.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let begin = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[begin..].to_vec())
}

fn decode<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
