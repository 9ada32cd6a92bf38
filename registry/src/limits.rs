//! The limits of the service. Each limit prevents that one client exhausts the registry. The limits of documents are in
//! [`evschema_model::limits`].

use std::time::Duration;

/// Longest body of a request, in bytes: the longest valid document.
pub const BODY_BYTES_MAX: usize = evschema_model::limits::DOCUMENT_BYTES_MAX;

/// Longest time from a request's first line to the end of its answer.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Longest wait for the complete head of a request, including the time between two requests.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// Longest time in which a client reads nothing of an answer. A stream of the feed regularly sends a comment, so this
/// limit also finds clients that no longer read their stream.
pub const READING_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest head of a request, in bytes. If more bytes arrive in one read, the registry accepts up to twice as many.
pub const HEAD_BYTES_MAX: usize = 64 << 10;

/// Default for the maximum number of open connections. The registry answers further connections with 503.
pub const CONNECTIONS_MAX: usize = 10_000;

/// At most this many connections receive that answer at the same time. The registry closes further ones without an
/// answer.
pub const OVERLOAD_ANSWERS_MAX: usize = 256;

/// Longest time to send that answer.
pub const OVERLOAD_ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// Longest wait for running requests when the server stops.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest wait for the database during a readiness check.
pub const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// Subjects or events on a page, if the request has no `limit`.
pub const PAGE_DEFAULT: u32 = 100;

/// At most this many subjects or events are on a page.
pub const PAGE_MAX: u32 = 1_000;

/// Longest search text, in characters.
pub const SEARCH_CHARS_MAX: usize = 200;

/// At most this many words of a search text count; the search ignores the others.
pub const SEARCH_WORDS_MAX: usize = 8;

/// At most this many search terms of a subject come from its schema, and as many from its settings.
pub const SUBJECT_WORDS_MAX: usize = 2_000;

/// Longest search term, in characters. Longer terms, and longer words of a search, are cut.
pub const WORD_CHARS_MAX: usize = 64;

/// Pause between two searches for subjects whose search terms are out of date.
pub const INDEX_INTERVAL: Duration = Duration::from_secs(60);

/// At most this many rejected events are in an answer with their violations.
pub const REFUSED_EVENTS_MAX: usize = 100;

/// At most this many violations of one event are in an answer: a bad event can violate every keyword of the schema.
pub const VIOLATIONS_MAX: usize = 50;

/// Maximum number of attempts to append, if other clients change the subject at the same time.
///
/// Each failed attempt means that another client succeeded, so even many clients all succeed in the end.
pub const APPEND_ATTEMPTS_MAX: usize = 64;

/// Maximum number of versions that the registry tries when it chooses the version.
pub const CHOICES_MAX: usize = 8;

/// Longest token of an issuer, in bytes. The tokens of the big providers have less than 3,000 bytes.
pub const SIGNED_TOKEN_BYTES_MAX: usize = 16 << 10;

/// At most this many checks and validations wait for a thread. One takes milliseconds, so this queue takes a few
/// seconds.
pub const CHECKS_WAITING_MAX: usize = 512;

/// At most this many checks and validations of one client wait or run.
pub const CHECKS_WAITING_OF_CLIENT_MAX: usize = 64;

/// Longest time on a thread for one check. After this time, the rest of the check is undecided.
pub const CHECK_TIME_MAX: Duration = Duration::from_secs(2);

/// Longest time on a thread for all events of one request.
pub const VALIDATION_TIME_MAX: Duration = Duration::from_secs(2);

/// Time on a thread after which a request with many events lets other requests continue.
pub const VALIDATION_SLICE: Duration = Duration::from_millis(50);

/// Stack of a worker thread, in bytes: much more than the deepest valid document needs.
pub const CHECK_STACK_BYTES: usize = 16 << 20;

/// Longest author or owner, in characters, as in the schemas of the feed.
pub const NAME_CHARS_MAX: usize = 128;

/// Longest message or reason, in characters, as in the schemas of the feed.
pub const MESSAGE_CHARS_MAX: usize = 1_000;

/// Longest description of a subject, in characters, as in the schemas of the feed.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// Number of random bytes in a token.
pub const TOKEN_BYTES: usize = 32;

/// At most this many scopes belong to one token.
pub const SCOPES_MAX: usize = 32;

/// At most this many waivers belong to one subject, because each check reads them all.
pub const WAIVERS_MAX: usize = 1_000;

/// At most this many streams of the feed are open.
pub const STREAMS_MAX: usize = 1_000;

/// At most this many streams of one client are open.
pub const STREAMS_OF_CLIENT_MAX: usize = 16;

/// Pause between two searches for new events of the feed, while a stream is open.
pub const FEED_INTERVAL: Duration = Duration::from_millis(200);

/// Longest pause on a stream; shorter than the idle timeout of usual proxies.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
