//! The limits of the service. The limits prevent one client from exhausting the registry. The limits of documents are
//! in [`evschema_model::limits`].

use std::time::Duration;

/// The maximum length of a request's body, in bytes. A valid document has at most this length.
pub const BODY_BYTES_MAX: usize = evschema_model::limits::DOCUMENT_BYTES_MAX;

/// The maximum time from a request's first line to the end of its answer.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// The maximum time that the registry waits for the complete head of a request. This includes the time between two
/// requests on one connection.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// The maximum time for which a client may read nothing of its answer. On a stream of the feed, the registry regularly
/// sends a comment. So this limit also ends the streams of clients that no longer read.
pub const READING_TIMEOUT: Duration = Duration::from_secs(30);

/// The maximum length of a request's head, in bytes. If more bytes arrive in one read, the registry accepts up to twice
/// this number.
pub const HEAD_BYTES_MAX: usize = 64 << 10;

/// The default of the maximum number of open connections. The registry answers each further connection with status 503.
pub const CONNECTIONS_MAX: usize = 10_000;

/// The maximum number of connections that receive an answer with status 503 at the same time, because too many
/// connections are open. The registry closes further connections without an answer.
pub const OVERLOAD_ANSWERS_MAX: usize = 256;

/// The maximum time to send an answer with status 503, if too many connections are open.
pub const OVERLOAD_ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum time that the server waits for running requests when it stops.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// The maximum time that a readiness check waits for the database.
pub const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// The maximum number of subjects or events on a page, if the request has no `limit`.
pub const PAGE_DEFAULT: u32 = 100;

/// The maximum number of subjects or events on a page, for any `limit` in the request.
pub const PAGE_MAX: u32 = 1_000;

/// The maximum length of a search text, in characters.
pub const SEARCH_CHARS_MAX: usize = 200;

/// The maximum number of words in a search. The search ignores further words of its text.
pub const SEARCH_WORDS_MAX: usize = 8;

/// The maximum number of search terms that a subject gets from its schema. The same maximum applies to the search terms
/// from its settings.
pub const SUBJECT_WORDS_MAX: usize = 2_000;

/// The maximum length of a search term, in characters. The registry cuts longer terms, and longer words of a search.
pub const WORD_CHARS_MAX: usize = 64;

/// The time after which the registry searches again for subjects whose search terms are out of date.
pub const INDEX_INTERVAL: Duration = Duration::from_secs(60);

/// The maximum number of rejected events that an answer lists.
pub const REFUSED_EVENTS_MAX: usize = 100;

/// The maximum number of violations that an answer lists for one event. Without this limit, an answer could be very
/// long, because a bad event can violate every keyword of the schema.
pub const VIOLATIONS_MAX: usize = 50;

/// The maximum number of attempts to append a version, if other clients change the subject at the same time.
///
/// Each failed attempt means that another client succeeded, so even many clients all succeed in the end.
pub const APPEND_ATTEMPTS_MAX: usize = 64;

/// The maximum number of version numbers that the registry tries for one schema, if the request names no version.
pub const CHOICES_MAX: usize = 8;

/// The maximum length of a token of an issuer, in bytes. The tokens of the big providers have less than 3,000 bytes.
pub const SIGNED_TOKEN_BYTES_MAX: usize = 16 << 10;

/// The maximum number of checks and validations that wait for a thread. A check takes milliseconds, so a full queue
/// takes a few seconds.
pub const CHECKS_WAITING_MAX: usize = 512;

/// The maximum number of checks and validations that wait or run for one client.
pub const CHECKS_WAITING_OF_CLIENT_MAX: usize = 64;

/// The maximum time that one check uses a thread. After this time, the rest of the check is undecided.
pub const CHECK_TIME_MAX: Duration = Duration::from_secs(2);

/// The maximum time that the validation of all events of one request uses a thread.
pub const VALIDATION_TIME_MAX: Duration = Duration::from_secs(2);

/// A request with many events uses a thread for this time. Then it lets other requests use the thread.
pub const VALIDATION_SLICE: Duration = Duration::from_millis(50);

/// The size of a worker thread's stack, in bytes. The deepest valid document needs much less.
pub const CHECK_STACK_BYTES: usize = 16 << 20;

/// The maximum length of an author or owner, in characters. The schemas of the feed have the same limit.
pub const NAME_CHARS_MAX: usize = 128;

/// The maximum length of a message or reason, in characters. The schemas of the feed have the same limit.
pub const MESSAGE_CHARS_MAX: usize = 1_000;

/// The maximum length of a subject's description, in characters. The schemas of the feed have the same limit.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// The number of random bytes in a token.
pub const TOKEN_BYTES: usize = 32;

/// The maximum number of scopes of one token.
pub const SCOPES_MAX: usize = 32;

/// The maximum number of waivers of one subject. The limit exists because each check reads all waivers of the subject.
pub const WAIVERS_MAX: usize = 1_000;

/// The maximum number of open streams of the feed, for all clients together.
pub const STREAMS_MAX: usize = 1_000;

/// The maximum number of open streams of the feed, for one client.
pub const STREAMS_OF_CLIENT_MAX: usize = 16;

/// The pause between two queries for new events of the feed. The registry sends these queries only while a stream is
/// open.
pub const FEED_INTERVAL: Duration = Duration::from_millis(200);

/// If a stream of the feed has no event for this time, the registry sends a comment. This time is shorter than the idle
/// timeout of usual proxies.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
