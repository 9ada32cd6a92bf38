//! Calls all functions of a generated event type, and compares their results. A scratch workspace compiles this crate.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

mod same;

pub use same::{lost, same};
pub use serde_json;

/// The functions of one generated event type.
pub struct EventType {
    /// Parses an event and writes it back.
    pub read: fn(&[u8]) -> Read,
    /// Parses an event, and returns whether the type accepts it.
    pub accepts: fn(&[u8]) -> bool,
    /// Checks an event without a type.
    pub check: fn(&[u8]) -> bool,
    /// Parses an event with serde, which checks nothing. Returns the result of `validate` for the parsed value, and
    /// whether a normal parse accepts the JSON of this value. Returns `None` if the type cannot hold the event.
    pub built: fn(&[u8]) -> Option<(bool, bool)>,
    /// Returns whether the borrowed type gives the same results as the owned type: the verdict, the written event, and
    /// the owned value.
    pub agrees: fn(&[u8]) -> bool,
}

/// The result of a parse.
pub enum Read {
    /// The type rejects the event for this reason.
    Refused(String),
    /// The type accepts the event: the result of `validate`, and the event that the type writes back.
    Accepted(Result<(), String>, Result<Vec<u8>, String>),
}

/// Creates the functions of a type.
#[macro_export]
macro_rules! event_type {
    ($type:ty) => {
        $crate::event_type!($type, |_| true)
    };
    ($type:ty, $borrowed:ident in $($module:ident)::+) => {
        $crate::event_type!($type, |event| {
            match ($($module)::+::$borrowed::from_slice(event), <$type>::from_slice(event)) {
                (Ok(borrowed), Ok(owned)) => {
                    borrowed.to_vec().ok() == owned.to_vec().ok() && borrowed.into_owned() == owned
                }
                (borrowed, owned) => borrowed.is_ok() == owned.is_ok(),
            }
        })
    };
    ($type:ty, $agrees:expr) => {
        $crate::EventType {
            read: |event| match <$type>::from_slice(event) {
                Ok(typed) => $crate::Read::Accepted(
                    typed.validate().map_err(|error| error.to_string()),
                    typed.to_vec().map_err(|error| error.to_string()),
                ),
                Err(error) => $crate::Read::Refused(error.to_string()),
            },
            accepts: |event| <$type>::from_slice(event).is_ok(),
            check: |event| $crate::Verdict::accepts(CHECK_BYTES),
            built: |event| {
                let typed: $type = $crate::serde_json::from_slice(event).ok()?;
                let bytes = $crate::serde_json::to_vec(&typed).ok()?;
                Some((typed.validate().is_ok(), <$type>::from_slice(&bytes).is_ok()))
            },
            agrees: $agrees,
        }
    };
}

/// A `bool` or a `Result` as the answer of a check.
pub trait Verdict {
    fn accepts(self) -> bool;
}

impl Verdict for bool {
    fn accepts(self) -> bool {
        self
    }
}

impl<T, E> Verdict for Result<T, E> {
    fn accepts(self) -> bool {
        self.is_ok()
    }
}

thread_local! {
    /// The message and place of the last panic.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Stores the messages of panics for the answers. Otherwise, the messages would appear between the answers.
pub fn keep_panics() {
    std::panic::set_hook(Box::new(|info| PANIC.with_borrow_mut(|message| *message = info.to_string())));
}

/// The results of one type for one event.
#[derive(Default)]
pub struct Decision {
    pub typed: bool,
    pub checked: bool,
    pub panicked: bool,
    /// Another error: in the event that the type writes back, or in the result of `validate`.
    pub wrong: Option<String>,
    /// Pointers to the members that the type dropped.
    pub dropped: Vec<String>,
    pub why: Option<String>,
}

impl EventType {
    /// Validates an event in every way.
    pub fn decide(&self, event: &[u8]) -> Decision {
        let caught = catch_unwind(AssertUnwindSafe(|| self.try_decide(event)));
        caught.unwrap_or_else(|_| Decision {
            panicked: true,
            why: Some(PANIC.with_borrow(|message| message.replace('\n', " "))),
            ..Decision::default()
        })
    }

    fn try_decide(&self, event: &[u8]) -> Decision {
        let mut decision = Decision { checked: (self.check)(event), ..Decision::default() };
        if !(self.agrees)(event) {
            decision.wrong = Some("the type that borrows its text disagrees".to_owned());
        }
        match (self.read)(event) {
            Read::Refused(why) => {
                decision.why = Some(why);
                if let Some((validated, read)) = (self.built)(event)
                    && validated != read
                {
                    decision.wrong =
                        Some(format!("`validate` says {validated}, reading its bytes says {read}"));
                }
            }
            Read::Accepted(validated, bytes) => {
                decision.typed = true;
                match (validated, bytes) {
                    (Err(why), _) => decision.wrong = Some(format!("`validate` refuses it: {why}")),
                    (Ok(()), Err(why)) => decision.wrong = Some(format!("it is not written back: {why}")),
                    (Ok(()), Ok(bytes)) => self.compare(event, &bytes, &mut decision),
                }
            }
        }
        decision
    }

    /// Compares an event with the event that the type wrote back.
    fn compare(&self, event: &[u8], bytes: &[u8], decision: &mut Decision) {
        let before = serde_json::from_slice(event).unwrap();
        let after = serde_json::from_slice(bytes).unwrap();
        match lost(&before, &after) {
            Ok(dropped) => decision.dropped = dropped,
            Err(place) => decision.wrong = Some(format!("written back it differs at `{place}`")),
        }
        if !matches!((self.read)(bytes), Read::Accepted(..)) {
            decision.wrong = Some("written back it is refused".to_owned());
        }
    }
}
