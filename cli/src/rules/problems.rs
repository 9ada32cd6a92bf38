//! Rules about requests: the codes of the registry's problems.

use evschema_compat::Rule;

use super::rule::rule;

/// A rule for each [`evschema_api::ProblemCode`], unless another rule already has this code as its id.
pub(super) const RULES: &[Rule] = &[
    rule(
        "invalid-subject",
        "the path has no valid subject name",
        "the name is too long, or has a character that is not allowed",
        "use at most 128 characters: letters, digits, `_`, `.` and `-`",
    ),
    rule(
        "invalid-version",
        "the path has no valid version",
        "the registry cannot find a version by this text",
        "write a version like `1.2.0`, a range like `^1.2`, or `latest`",
    ),
    rule(
        "invalid-query",
        "a query parameter is unknown, repeated or has a bad value",
        "if the registry ignored the parameter, the client would get a wrong answer",
        "compare the query with /openapi.json",
    ),
    rule(
        "invalid-path",
        "the registry cannot parse the path",
        "a percent-encoding or a part of the path is not valid",
        "compare the path with /openapi.json",
    ),
    rule(
        "invalid-header",
        "a header has a bad value",
        "if the registry ignored the header, the client would get a wrong answer",
        "compare the header with /openapi.json",
    ),
    rule(
        "invalid-body",
        "the body does not have the form that the request needs",
        "a member is missing, unknown, too long or of another type",
        "compare the body with /openapi.json",
    ),
    rule(
        "token-required",
        "the request needs a token",
        "the registry accepts this request only with a token",
        "send `Authorization: Bearer …`; `evschema token create` creates a token",
    ),
    rule(
        "token-invalid",
        "the token is not valid",
        "the token is misspelt, expired or revoked",
        "ask an administrator of the registry for a token",
    ),
    rule(
        "forbidden",
        "the token does not allow the request",
        "none of the scopes of the token covers the request",
        "use a token with the scope that `detail` names",
    ),
    rule(
        "read-only",
        "the registry serves reads only",
        "the registry was started with `--read-only`",
        "send the change to a registry that accepts writes",
    ),
    rule(
        "cross-site",
        "a browser sent the request from another site's page",
        "such a request could misuse the rights of the person who visits that page",
        "send the request from a page of the registry, or with a token",
    ),
    rule(
        "route-not-found",
        "the registry has nothing at this path",
        "the path is misspelt, or this version of the registry is too old",
        "compare the path with /openapi.json",
    ),
    rule(
        "subject-not-found",
        "the subject does not exist",
        "nobody has created the subject or registered a version of it",
        "GET /schemas lists the subjects",
    ),
    rule(
        "version-not-found",
        "the subject has no such version",
        "the version is not registered, or no version matches the range",
        "GET the subject to list its versions",
    ),
    rule(
        "token-not-found",
        "the token does not exist",
        "the id of the token is misspelt",
        "GET /tokens lists the tokens",
    ),
    rule(
        "waiver-not-found",
        "the subject has no such waiver",
        "the waiver was withdrawn, or belongs to another subject",
        "GET the subject's waivers to list them",
    ),
    rule(
        "method-not-allowed",
        "the path does not support this method",
        "the path supports only other methods",
        "use one of the methods that the header `Allow` lists",
    ),
    rule(
        "not-acceptable",
        "the registry cannot answer in a format that `Accept` names",
        "the registry answers in JSON, and its pages are HTML",
        "send `Accept: application/json`",
    ),
    rule(
        "request-timeout",
        "the request took too long",
        "the registry did not receive or did not answer the request in time",
        "send the request again, with less data",
    ),
    rule(
        "version-exists",
        "the version is already registered with different content",
        "a published version never changes",
        "register the content under a new version",
    ),
    rule(
        "versions-exhausted",
        "no version number is left",
        "the next version number would be above the highest allowed number",
        "write an unused version in the path",
    ),
    rule(
        "id-taken",
        "the `$id` belongs to another subject, or an existing version has the same `$id` and other schemas refer to it",
        "a reference to this `$id` must keep its meaning",
        "give this version its own `$id`, or remove the `$id`",
    ),
    rule(
        "subject-case-clash",
        "the name of a subject differs from an existing name only in upper and lower case",
        "some file systems treat the two names as the same name",
        "use the existing name, or choose a name that differs more",
    ),
    rule(
        "incompatible",
        "the version is not compatible with the published versions",
        "the report shows an event that breaks, and the place where the reader rejects this event",
        "change the schema, or register the version that the report names",
    ),
    rule(
        "contended",
        "other clients changed the subject again and again",
        "the registry tried several times, and each time another client had changed the subject",
        "send the request again",
    ),
    rule(
        "token-expired",
        "the new token would already be expired",
        "`expires_at` is in the past",
        "write a later `expires_at`, or remove `expires_at`",
    ),
    rule(
        "precondition-failed",
        "the subject does not have the revision that the request names",
        "somebody changed the subject in the meantime",
        "GET the subject, and send its new ETag",
    ),
    rule(
        "precondition-required",
        "the request changes the policy of an existing subject, but has no `If-Match`",
        "a change of the policy must not overwrite the change of somebody else",
        "GET the subject, and send its ETag in `If-Match`",
    ),
    rule(
        "body-too-large",
        "the body is longer than the limit",
        "one request must not use up the memory of the registry",
        "send less data in one request",
    ),
    rule(
        "unsupported-media-type",
        "the body has a media type that the request does not accept",
        "the registry would have to guess how to read the body",
        "send the `Content-Type` that /openapi.json names",
    ),
    rule(
        "reference-missing",
        "the schema refers to an unregistered document, or does not say which version of the document",
        "without the target of the reference, the schema has no meaning",
        "register the document first, or refer to one of its versions",
    ),
    rule(
        "event-undecided",
        "the schema and the event take too many steps to validate",
        "one event must not occupy the registry for a long time",
        "send a smaller event, or simplify the schema",
    ),
    rule(
        "internal",
        "the registry has a bug",
        "the log of the registry shows the cause, with the id of the request",
        "report the bug with the id of the request",
    ),
    rule(
        "busy",
        "the registry is busy with checks",
        "too many checks are waiting",
        "send the request again in a few seconds",
    ),
    rule(
        "too-many-requests",
        "this client has too many checks or streams open at the same time",
        "one client must not block other clients",
        "wait until the earlier requests are answered, and send the request again; `Retry-After` says how \
         long to wait",
    ),
    rule(
        "unknown-host",
        "the request names a host that is not this registry",
        "otherwise a page of another site could read the registry, by a host name that leads to the registry \
         (DNS rebinding)",
        "use the address of the registry, or start the registry with this host name in `--public-url` or \
         `--host`",
    ),
    rule(
        "store-unavailable",
        "the database does not answer",
        "the database restarts, or the registry cannot reach it",
        "send the request again; reads of cached versions still work",
    ),
    rule(
        "issuer-unavailable",
        "the registry cannot get the keys of the issuer of the token",
        "without the keys, the registry cannot verify the token",
        "send the request again",
    ),
    rule(
        "store-full",
        "the database has no free space",
        "the registry has not written anything",
        "give the database more space, and send the request again",
    ),
];
