//! What a generated event type makes of an event. Compiled in a scratch workspace.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

mod same;

pub use same::{lost, same};
pub use serde_json;

/// The functions of one generated event type.
pub struct EventType {
    /// Reads, and writes what was read.
    pub read: fn(&[u8]) -> Read,
    /// Reads, and says only whether that went well.
    pub accepts: fn(&[u8]) -> bool,
    /// Decides without types.
    pub check: fn(&[u8]) -> bool,
    /// Types without checking, and compares what `validate` says of the value with what reading
    /// says of its bytes; `None` when the type cannot hold the event.
    pub built: fn(&[u8]) -> Option<(bool, bool)>,
    /// Tells whether the type that borrows text agrees: on the verdict, on what is written back, and
    /// on the owned value.
    pub agrees: fn(&[u8]) -> bool,
}

/// What came of reading.
pub enum Read {
    /// The event is refused.
    Refused(String),
    /// It is accepted: what `validate` says, and the event written back.
    Accepted(Result<(), String>, Result<Vec<u8>, String>),
}

/// Gives the functions of a type.
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

/// An answer, however it is given.
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
    /// What the last panic said, and where.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps what a panic says for the decision; it would stand between the answers on a terminal.
pub fn keep_panics() {
    std::panic::set_hook(Box::new(|info| PANIC.with_borrow_mut(|said| *said = info.to_string())));
}

/// What one type decides of one event.
#[derive(Default)]
pub struct Decision {
    pub typed: bool,
    pub checked: bool,
    pub panicked: bool,
    /// What is wrong beyond the verdict: an event that does not come back, an answer of `validate`.
    pub wrong: Option<String>,
    /// Members that the type did not keep, as pointers.
    pub dropped: Vec<String>,
    pub why: Option<String>,
}

impl EventType {
    /// Decides an event.
    pub fn decide(&self, event: &[u8]) -> Decision {
        let caught = catch_unwind(AssertUnwindSafe(|| self.try_decide(event)));
        caught.unwrap_or_else(|_| Decision {
            panicked: true,
            why: Some(PANIC.with_borrow(|said| said.replace('\n', " "))),
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

    /// Compares an event with what came back.
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
