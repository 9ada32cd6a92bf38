use super::refusal::Refusal;

/// Rejects a text that is shorter or longer than the schemas of the feed allow.
pub(super) fn check_length(
    what: &'static str,
    text: Option<&str>,
    min: usize,
    max: usize,
) -> Result<(), Refusal> {
    let Some(text) = text else { return Ok(()) };
    // Postgres does not store this character.
    if text.contains('\0') {
        return Err(Refusal::Character { what });
    }
    let chars = text.chars().count();
    if (min..=max).contains(&chars) { Ok(()) } else { Err(Refusal::Length { what, chars, min, max }) }
}
