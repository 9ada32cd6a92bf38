use super::journal::{Journal, subject};
use super::rebuild::States;
use super::state::AccountState;
use crate::account::Account;
use crate::failure::Attempt;

/// Number of lines that the listing shows at its beginning and at its end.
const LINES: usize = 4;

/// Shows the history of a closed account: each event with its time, its version, and the balance after it.
///
/// # Errors
///
/// If the broker fails.
pub(crate) async fn show(account: &Account, journal: &Journal, states: &States) -> Attempt {
    let Some((name, _)) = states.iter().filter(|(_, state)| state.is_closed).min_by_key(|(_, s)| s.sequence)
    else {
        return Ok(());
    };
    account.section(&format!("Audit of account {name}"));
    let (mut state, mut lines) = (AccountState::default(), Vec::new());
    journal
        .read(&subject(name), 0, |recorded| {
            let before = state.balance;
            state.apply(recorded.event, recorded.position)?;
            lines.push(format!(
                "{:>6}  {}  {:<27} {:>+9} {:>10} {}",
                recorded.position,
                recorded.time.get(..23).unwrap_or(&recorded.time),
                recorded.version,
                state.balance - before,
                state.balance,
                state.currency,
            ));
            Ok(())
        })
        .await?;
    let left_out = lines.len().saturating_sub(2 * LINES);
    for (index, line) in lines.iter().enumerate() {
        if index == LINES && 0 < left_out {
            account.line(format_args!("        … {left_out} more …"));
        }
        if index < LINES || LINES + left_out <= index {
            account.line(line);
        }
    }
    Ok(())
}
