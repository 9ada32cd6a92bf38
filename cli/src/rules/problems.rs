//! Rules about requests: the codes of the registry's problems.

use evschema_compat::Rule;

use super::rule;

/// A rule for each [`evschema_api::ProblemCode`] that no other rule has the id of.
pub(super) const RULES: &[Rule] = &[
    rule(
        "invalid-subject",
        "the path names no subject",
        "a name has other characters, or is too long",
        "use letters, digits, `_`, `.` and `-`, at most 128 of them",
    ),
    rule(
        "invalid-version",
        "the path names no version",
        "it is neither a version like `1.2.0`, a range like `^1.2`, nor `latest`",
        "name one of these",
    ),
    rule(
        "invalid-query",
        "a query parameter is unknown, repeated or has a bad value",
        "the registry would ignore what it does not understand",
        "compare the query with /openapi.json",
    ),
    rule(
        "invalid-path",
        "the path cannot be read",
        "a percent-encoding or a part of the path is not valid",
        "compare the path with /openapi.json",
    ),
    rule(
        "invalid-header",
        "a header has a bad value",
        "the registry would ignore what it does not understand",
        "compare the header with /openapi.json",
    ),
    rule(
        "invalid-body",
        "the body is not what the request takes",
        "a member is missing, unknown, too long or of another type",
        "compare the body with /openapi.json",
    ),
    rule(
        "token-required",
        "the request needs a token",
        "nobody may do this without one",
        "send `Authorization: Bearer …`; `evschema token create` makes a token",
    ),
    rule(
        "token-invalid",
        "the token is not valid",
        "it is misspelt, expired or revoked",
        "ask an administrator of the registry for a token",
    ),
    rule(
        "forbidden",
        "the token does not allow the request",
        "none of its scopes covers the request",
        "use a token with the scope that `detail` names",
    ),
    rule(
        "read-only",
        "the registry serves reads only",
        "it was started so",
        "send the change to a registry that accepts writes",
    ),
    rule(
        "cross-site",
        "a browser sent the request from another site's page",
        "such a request could misuse the rights of whoever reads the page",
        "send it from the registry's own page, or with a token",
    ),
    rule(
        "route-not-found",
        "nothing is at the path",
        "the path is misspelt, or this registry is older",
        "compare the path with /openapi.json",
    ),
    rule(
        "subject-not-found",
        "the subject does not exist",
        "nobody has registered or created it",
        "GET /schemas lists the subjects",
    ),
    rule(
        "version-not-found",
        "the subject has no such version",
        "it is not registered, or no version matches the range",
        "GET the subject to list its versions",
    ),
    rule("token-not-found", "the token does not exist", "its id is misspelt", "GET /tokens lists the tokens"),
    rule(
        "waiver-not-found",
        "the subject has no such waiver",
        "it was withdrawn, or belongs to another subject",
        "GET the subject's waivers to list them",
    ),
    rule(
        "method-not-allowed",
        "the path does not take this method",
        "the path is for something else",
        "use one of the methods that the header `Allow` names",
    ),
    rule(
        "not-acceptable",
        "the registry cannot answer in a format that `Accept` names",
        "it has JSON, and HTML for pages",
        "send `Accept: application/json`",
    ),
    rule(
        "request-timeout",
        "the request took too long",
        "it did not arrive, or was not answered, in time",
        "send it again; send less at once",
    ),
    rule(
        "version-exists",
        "the version is registered with another content",
        "a published version never changes",
        "register the content under a new version",
    ),
    rule(
        "versions-exhausted",
        "no version number is left",
        "the next number would be above the highest one",
        "name a free version in the path",
    ),
    rule(
        "id-taken",
        "the `$id` belongs to another subject, or others refer to a version by it",
        "a reference by this `$id` must keep its meaning",
        "give this version an `$id` of its own, or none",
    ),
    rule(
        "subject-case-clash",
        "a subject differs from another one only in case",
        "some file systems would mix them up",
        "use the name of the other one, or another name",
    ),
    rule(
        "incompatible",
        "an event breaks",
        "the report shows the event and where it is rejected",
        "change the schema, or register the version that the report names",
    ),
    rule(
        "contended",
        "others kept changing the subject",
        "each attempt found a change of somebody else",
        "send the request again",
    ),
    rule(
        "token-expired",
        "the token would have expired already",
        "its end is in the past",
        "name a later `expires_at`, or none",
    ),
    rule(
        "precondition-failed",
        "the subject is not at the revision that the request names",
        "somebody changed it in the meantime",
        "GET the subject, and send its new ETag",
    ),
    rule(
        "precondition-required",
        "the request changes the policy of a subject that exists, without `If-Match`",
        "a change of the policy must not overwrite the change of somebody else",
        "GET the subject, and send its ETag in `If-Match`",
    ),
    rule(
        "body-too-large",
        "the body is longer than the limit",
        "one request must not exhaust the registry",
        "send less at once",
    ),
    rule(
        "unsupported-media-type",
        "the body has a media type that the request does not take",
        "the registry would have to guess how to read it",
        "send the `Content-Type` that /openapi.json names",
    ),
    rule(
        "reference-missing",
        "the schema refers to a document that is not registered, or not to one version",
        "the schema has no meaning without it",
        "register the document first, or name the version",
    ),
    rule(
        "event-undecided",
        "the schema and the event take too many steps to validate",
        "one event must not occupy the registry",
        "send a smaller event, or simplify the schema",
    ),
    rule(
        "internal",
        "the registry has a bug",
        "the log has the cause under the id of the request",
        "report it with the id",
    ),
    rule(
        "busy",
        "the registry is busy with checks",
        "more of them wait than the limit allows",
        "send the request again in a few seconds",
    ),
    rule(
        "too-many-requests",
        "this client has too many checks or streams at once",
        "one client must not keep the others waiting",
        "send the request again when the earlier ones are answered; `Retry-After` says when",
    ),
    rule(
        "unknown-host",
        "the request names a host that is not this registry",
        "a page of another site could have its own name lead to this registry, and read it",
        "use the registry's address, or start it with `--public-url` or `--host` and that name",
    ),
    rule(
        "store-unavailable",
        "the database does not answer",
        "it restarts, or cannot be reached",
        "send the request again; reads of cached versions still work",
    ),
    rule(
        "issuer-unavailable",
        "the issuer of the token does not give its keys",
        "without the keys, nobody can verify the token",
        "send the request again",
    ),
    rule(
        "store-full",
        "the database has no room",
        "nothing was written",
        "make room for the database, and send the request again",
    ),
];
