use crate::Case;
use crate::cursor::Cursor;
use crate::kinds::Kinds;
use crate::reject::{Reject, Why};

/// How much of a case the members seen so far fulfil.
#[derive(Clone, Copy, Default)]
struct Progress {
    required: usize,
    tags: usize,
    fits: bool,
}

/// So many cases need no memory of their own.
const FEW: usize = 8;

/// Returns the case that matches the value at the cursor, and leaves the cursor before the value. If no case matches,
/// the result may be the case that comes closest.
///
/// # Errors
///
/// If the text is not JSON, or if no case matches.
pub fn choose(cursor: &mut Cursor<'_>, cases: &[Case]) -> Result<usize, Reject> {
    let first = cursor.peek();
    let start = cursor.position();
    let kinds = match Kinds::starting(first) {
        Kinds::NUMBERS => cursor.digits()?.kind(),
        kinds => kinds,
    };
    cursor.rewind(start);
    let mut left = cases.iter().enumerate().filter(|(_, case)| case.kinds.meets(kinds));
    let (Some(only), second) = (left.next(), left.next()) else { return cursor.reject(Why::Untypable) };
    if second.is_none() || kinds != Kinds::OBJECT {
        return Ok(only.0);
    }
    let found = by_members(cursor, cases)?;
    cursor.rewind(start);
    found.map_or_else(|| cursor.reject(Why::Untypable), Ok)
}

fn by_members(cursor: &mut Cursor<'_>, cases: &[Case]) -> Result<Option<usize>, Reject> {
    let mut few = [Progress::default(); FEW];
    let mut many = Vec::new();
    let progress = match few.get_mut(..cases.len()) {
        Some(few) => few,
        None => {
            many.resize(cases.len(), Progress::default());
            &mut many
        }
    };
    for (case, progress) in cases.iter().zip(&mut *progress) {
        progress.fits = case.kinds.meets(Kinds::OBJECT);
    }
    let depth = cursor.depth();
    cursor.enter()?;
    let mut first = true;
    while let Some((name, _)) = cursor.next_member(first)? {
        first = false;
        let is_tag = cases.iter().any(|case| case.tags.iter().any(|(tag, _)| **tag == *name));
        let text = if is_tag && cursor.peek() == b'"' { Some(cursor.string()?) } else { None };
        for (case, progress) in cases.iter().zip(&mut *progress) {
            progress.required += usize::from(case.required.contains(&&*name));
            progress.fits &= case.known.is_none_or(|known| known.contains(&&*name));
            if let Some((_, texts)) = case.tags.iter().find(|(tag, _)| **tag == *name) {
                progress.fits &= text.as_ref().is_some_and(|text| texts.contains(&&**text));
                progress.tags += 1;
            }
        }
        // What has all that keeps the others from being this object is the one, or none is.
        let decides = |(case, progress): (&Case, &Progress)| case.known.is_none() && progress.fits_all(case);
        if let Some(at) = cases.iter().zip(&*progress).position(decides) {
            cursor.recover(depth, cursor.names_open());
            return Ok(Some(at));
        }
        // What no longer fits never will. If but one is left, it is that one or none, which reading it
        // will tell.
        let mut open = progress.iter().enumerate().filter(|(_, progress)| progress.fits);
        if let (Some((at, _)), None) = (open.next(), open.next()) {
            cursor.recover(depth, cursor.names_open());
            return Ok(Some(at));
        }
        if text.is_none() {
            cursor.skip()?;
        }
    }
    Ok(cases.iter().zip(&*progress).position(|(case, progress)| progress.fits_all(case)))
}

impl Progress {
    /// Tells whether the case has all that it asks for.
    fn fits_all(self, case: &Case) -> bool {
        self.fits && self.tags == case.tags.len() && self.required == case.required.len()
    }
}
