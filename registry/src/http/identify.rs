use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use evschema_api::ProblemCode;

use super::app::App;
use super::failure::Failure;
use super::hosts::origin;
use crate::local_url::is_local_authority;
use crate::service::{Actor, Identity, Refusal};
use crate::store::StoreError;

/// The address of the program at the other end of the connection: the client or a proxy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Returns the client of a request.
///
/// While the database does not answer, the registry cannot look up tokens, and nobody can revoke a token. During this
/// time, a registry that is not private accepts reads with any token.
pub(super) async fn identify(app: &App, parts: &Parts) -> Result<Actor, Failure> {
    let address = address(app, parts);
    let identity = match bearer(&parts.headers)? {
        None => anonymous(app, parts).await?,
        Some(token) => match app.registry().identify(token).await {
            Ok(identity) => identity,
            Err(Refusal::Store(StoreError::Unavailable(_)))
                if is_read(&parts.method) && !app.is_private() =>
            {
                Identity::Anonymous { may_read: true, may_write: false }
            }
            Err(refusal) => return Err(refusal.into()),
        },
    };
    Ok(Actor { identity, address })
}

/// Returns the rights of a client without a token.
async fn anonymous(app: &App, parts: &Parts) -> Result<Identity, Failure> {
    let may_read = !app.is_private();
    // Among all reads, only `GET /access` continues here, because its answer reports whether the client may write.
    if is_read(&parts.method) && parts.uri.path() != "/access" {
        return Ok(Identity::Anonymous { may_read, may_write: false });
    }
    let may_write = app.allows_anonymous_writes()
        || (!app.is_exposed()
            && is_for_this_machine(parts)
            && !app.registry().needs_token_to_write().await?);
    Ok(Identity::Anonymous { may_read, may_write })
}

/// Returns whether every host name in the request is a name of this machine, such as `localhost`. Only a program on
/// this machine can reach the registry by such a name.
///
/// Another site can make its own host name resolve to a loopback address (DNS rebinding). But each request of a page of
/// that site still names the host of that site.
fn is_for_this_machine(parts: &Parts) -> bool {
    let named = parts.headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or("?"));
    named.chain(parts.uri.authority().map(|authority| authority.as_str())).all(is_local_authority)
}

/// Rejects a request from a page of another site, by the headers that browsers add.
pub(super) fn reject_other_sites(parts: &Parts) -> Result<(), Failure> {
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    // A page of another site may link to the registry, and such a request has no `Origin`. A request of the page's
    // scripts has an `Origin`.
    let from_elsewhere =
        !is_read(&parts.method) && site.is_some_and(|site| site != "same-origin" && site != "none");
    let of_another_origin = origin(&parts.headers)?.is_some_and(|sender| Some(sender) != text(HOST.as_str()));
    if from_elsewhere || of_another_origin {
        return Err(Failure::new(
            ProblemCode::CrossSite,
            "a page of another website sent this request",
            "send the request from a program, or from a page of this registry",
        ));
    }
    Ok(())
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

/// Returns the token of a request (RFC 6750, section 2.1).
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Failure> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let Some(first) = sent.next() else { return Ok(None) };
    let token = first
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()));
    match (token, sent.next()) {
        (Some(token), None) => Ok(Some(token)),
        (_, _) => Err(Refusal::TokenInvalid {
            why: "the request must have one header `Authorization: Bearer …`".into(),
        }
        .into()),
    }
}

/// Returns the network address of the client. Behind a proxy, this is the address that the nearest proxy reports.
fn address(app: &App, parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<Peer>().map(|Peer(address)| address.ip());
    if !app.is_behind_proxy() {
        return peer;
    }
    // The proxy adds the last entry. A client can invent the entries before it.
    let entries = parts.headers.get_all("x-forwarded-for").iter().next_back();
    let last = entries.and_then(|value| value.to_str().ok()).and_then(|list| list.rsplit(',').next());
    last.and_then(|entry| entry.trim().parse().ok()).or(peer)
}

impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let nobody =
            Self { identity: Identity::Anonymous { may_read: false, may_write: false }, address: None };
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(nobody))
    }
}
