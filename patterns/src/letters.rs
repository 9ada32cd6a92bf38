use std::time::Duration;

use evschema_events::dead_letter::{
    DeadLetter, DeadLetterStore, Filter, PostgresDeadLetters, Preview, Unplayable, preview, replay,
};
use evschema_events::{Envelope, FromEnvelope};

use crate::account::Account;
use crate::failure::{Attempt, Failure};

/// Maximum number of dead letters in a pattern.
const LETTERS_MAX: usize = 1_000;

/// Waits until a store has this number of dead letters.
///
/// # Errors
///
/// If the store fails, or the dead letters do not come.
pub(crate) async fn wait_for(store: &PostgresDeadLetters, count: usize) -> Attempt {
    for _ in 0..600 {
        if count <= store.list(&Filter::default(), 0, LETTERS_MAX).await?.len() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(format!("the store does not get its {count} dead letters").into())
}

/// Shows all dead letters with their reasons. For an invalid event, it shows the place of each violation.
///
/// # Errors
///
/// If the store fails.
pub(crate) async fn show(account: &Account, store: &PostgresDeadLetters) -> Attempt {
    for stored in store.list(&Filter::default(), 0, LETTERS_MAX).await? {
        let event = stored.letter.event();
        let name = event.id.as_deref().unwrap_or("without an id");
        account.line(format_args!("dead letter {name}: {}: {}", event.class, event.reason));
        for violation in &event.violations {
            account.line(format_args!(
                "  line {}, column {}, {}: {}",
                violation.line, violation.column, violation.instance, violation.message
            ));
        }
    }
    Ok(())
}

/// Replays all dead letters whose events can be decoded now as `E`, and prints how many were replayed and kept.
///
/// # Errors
///
/// If the store or `publish` fails.
pub(crate) async fn replay_all<E: FromEnvelope, F>(
    account: &mut Account,
    store: &PostgresDeadLetters,
    expected: (usize, usize),
    publish: impl FnMut(DeadLetter, Vec<u8>) -> F,
) -> Attempt
where
    F: Future<Output = Result<(), Failure>>,
{
    let check = |envelope: &Envelope<'_>| -> Result<(), Unplayable> {
        E::from_envelope(envelope)?;
        Ok(())
    };
    let previews: Vec<Preview> = preview(store, &Filter::default(), LETTERS_MAX, check).await?;
    let report = replay(store, previews.into_iter().map(|preview| preview.id), check, publish).await?;
    account.check("dead letters replayed", report.replayed.len(), expected.0);
    account.check("dead letters kept, because they are invalid", report.kept.len(), expected.1);
    Ok(())
}
