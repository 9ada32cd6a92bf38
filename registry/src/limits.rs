//! Limits of the service, each so that one client cannot exhaust it. Those on documents are the
//! model's ([`evschema_model::limits`]).

use std::time::Duration;

/// Longest body of a request, in bytes: as long as a document may be.
pub const BODY_BYTES_MAX: usize = evschema_model::limits::DOCUMENT_BYTES_MAX;

/// Longest time from a request's first line to the end of its answer.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Longest time a client may take to send the head of a request, also between two requests.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// Longest time in which a client takes nothing of what it is sent; the stream of the feed is sent something
/// all the time.
pub const READING_TIMEOUT: Duration = Duration::from_secs(30);

/// Most bytes of a request's head before it is refused; what arrives at once may be as many more.
pub const HEAD_BYTES_MAX: usize = 64 << 10;

/// Most connections at once, unless configured; who comes then is told to come again.
pub const CONNECTIONS_MAX: usize = 10_000;

/// Most connections that are being told so; more are closed without a word.
pub const REFUSALS_MAX: usize = 256;

/// Longest time that telling it takes.
pub const REFUSAL_TIMEOUT: Duration = Duration::from_secs(1);

/// Longest wait for running requests when the server stops.
pub const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest wait for the database when asked whether the registry is ready.
pub const READY_TIMEOUT: Duration = Duration::from_secs(2);

/// Subjects or events on a page when the request does not say.
pub const PAGE_DEFAULT: u32 = 100;

/// Most subjects or events on a page.
pub const PAGE_MAX: u32 = 1_000;

/// Longest text to search for, in characters.
pub const SEARCH_CHARS_MAX: usize = 200;

/// Most words looked for at once; the rest are left out.
pub const SEARCH_WORDS_MAX: usize = 8;

/// Most words a subject is found by because of its schema or of its settings; the rest are left out.
pub const SUBJECT_WORDS_MAX: usize = 2_000;

/// Longest word, in characters; what follows is left out, in what is looked for as well.
pub const WORD_CHARS_MAX: usize = 64;

/// Pause between two looks for subjects whose words are old.
pub const INDEX_INTERVAL: Duration = Duration::from_secs(60);

/// Most refused events that an answer lists with their violations.
pub const REFUSED_EVENTS_MAX: usize = 100;

/// Most violations listed for one event: a wrong event can violate every keyword there is.
pub const VIOLATIONS_MAX: usize = 50;

/// How often an append is decided anew when others keep changing the subject.
///
/// Each loss means that another writer has won, so even many writers all get through.
pub const APPEND_ATTEMPTS_MAX: usize = 64;

/// How many versions are tried when the registry chooses one.
pub const CHOICES_MAX: usize = 8;

/// Longest token of an issuer, in bytes; those of the big providers have less than 3,000.
pub const SIGNED_TOKEN_BYTES_MAX: usize = 16 << 10;

/// Most checks and validations that wait for a thread; one takes milliseconds, this queue a few seconds.
pub const CHECKS_WAITING_MAX: usize = 512;

/// Most of them that wait or run for one client.
pub const CHECKS_WAITING_OF_CLIENT_MAX: usize = 64;

/// Longest time on a thread that one check may take; what is not decided then is undecided.
pub const CHECK_TIME_MAX: Duration = Duration::from_secs(2);

/// Longest time on a thread that the events of one request take together.
pub const VALIDATION_TIME_MAX: Duration = Duration::from_secs(2);

/// Time on a thread after which a request with many events waits for its turn again.
pub const VALIDATION_SLICE: Duration = Duration::from_millis(50);

/// Stack of the threads that check, in bytes: far more than the deepest document needs.
pub const CHECK_STACK_BYTES: usize = 16 << 20;

/// Longest author or owner, in characters, as the feed's schemas say.
pub const NAME_CHARS_MAX: usize = 128;

/// Longest message or reason, in characters, as the feed's schemas say.
pub const MESSAGE_CHARS_MAX: usize = 1_000;

/// Longest description of a subject, in characters, as the feed's schemas say.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// Random bytes of a token.
pub const TOKEN_BYTES: usize = 32;

/// Most scopes of one token.
pub const SCOPES_MAX: usize = 32;

/// Most waivers of one subject; each check looks at them all.
pub const WAIVERS_MAX: usize = 1_000;

/// Most clients that follow the feed as a stream.
pub const STREAMS_MAX: usize = 1_000;

/// Most streams of one client among them.
pub const STREAMS_OF_CLIENT_MAX: usize = 16;

/// Pause between two looks for what is new in the feed, while somebody follows it.
pub const FEED_INTERVAL: Duration = Duration::from_millis(200);

/// Longest silence on a stream, below what proxies wait for.
pub const KEEP_ALIVE: Duration = Duration::from_secs(15);
