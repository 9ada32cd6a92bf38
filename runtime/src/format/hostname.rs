//! Host names of RFC 1123, with encoded labels of RFC 5890.

use unicode_general_category::{GeneralCategory as Category, get_general_category as category};

/// Returns whether a string consists of letters, digits and hyphens, in labels of at most 63 characters.
pub(super) fn is_plain_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// Returns whether a string is a plain host name whose encoded labels are valid too.
pub(super) fn is_hostname(text: &str) -> bool {
    is_plain_hostname(text)
        && text.split('.').all(|label| match label.strip_prefix("xn--") {
            Some(encoded) => punycode(encoded).is_some_and(|label| is_label(&label)),
            None => label.get(2..4) != Some("--"),
        })
}

/// Decodes a label (RFC 3492, section 6.2).
fn punycode(encoded: &str) -> Option<Vec<char>> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    const INITIAL_BIAS: u32 = 72;
    const INITIAL_N: u32 = 128;
    let (basic, extended) = encoded.rsplit_once('-').unwrap_or(("", encoded));
    let mut decoded: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0u32, INITIAL_BIAS);
    let mut digits = extended.bytes();
    while digits.len() != 0 {
        let before = i;
        let mut weight = 1u32;
        let mut k = BASE;
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => letter - b'a',
                letter @ b'A'..=b'Z' => letter - b'A',
                digit @ b'0'..=b'9' => digit - b'0' + 26,
                _ => return None,
            };
            i = i.checked_add(u32::from(digit).checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if u32::from(digit) < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        }
        let count = u32::try_from(decoded.len()).ok()? + 1;
        bias = adapted(i - before, count, before == 0);
        n = n.checked_add(i / count)?;
        i %= count;
        decoded.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i += 1;
    }
    Some(decoded)
}

/// Adapts the bias (RFC 3492, section 6.1).
fn adapted(delta: u32, count: u32, is_first: bool) -> u32 {
    const DAMP: u32 = 700;
    const SKEW: u32 = 38;
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while 455 < delta {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + SKEW)
}

/// Returns whether a decoded label is allowed by RFC 5892, including its contextual rules.
fn is_label(label: &[char]) -> bool {
    let is_mark = |c: char| {
        matches!(category(c), Category::SpacingMark | Category::NonspacingMark | Category::EnclosingMark)
    };
    if label.first().is_some_and(|first| is_mark(*first)) {
        return false;
    }
    let has = |ranges: &[std::ops::RangeInclusive<char>]| {
        label.iter().any(|c| ranges.iter().any(|range| range.contains(c)))
    };
    let japanese =
        ['\u{3040}'..='\u{309F}', '\u{30A0}'..='\u{30FA}', '\u{30FC}'..='\u{30FF}', '\u{4E00}'..='\u{9FFF}'];
    let lonely_dot = label.contains(&'\u{30FB}') && !has(&japanese);
    let mixed_digits = has(&['\u{660}'..='\u{669}']) && has(&['\u{6F0}'..='\u{6F9}']);
    !lonely_dot && !mixed_digits && (0..label.len()).all(|at| is_allowed(label, at))
}

fn is_allowed(label: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| label.get(at)).copied();
    let after = label.get(at + 1).copied();
    match label[at] {
        // Zero width joiner (appendix A.2).
        '\u{200D}' => before.is_some_and(is_virama),
        '\u{200C}' => true,
        // Middle dot (A.3), only between two letters `l`.
        '\u{B7}' => before == Some('l') && after == Some('l'),
        // Greek lower numeral sign (A.4).
        '\u{375}' => after.is_some_and(|c| ('\u{370}'..='\u{3FF}').contains(&c)),
        // Hebrew punctuation (A.5, A.6).
        '\u{5F3}' | '\u{5F4}' => before.is_some_and(|c| ('\u{590}'..='\u{5FF}').contains(&c)),
        // Exceptions (2.6): first the disallowed characters, then the allowed ones.
        '\u{640}' | '\u{7FA}' | '\u{302E}' | '\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{303B}' => false,
        '\u{6FD}' | '\u{6FE}' | '\u{F0B}' | '\u{3007}' | '\u{30FB}' => true,
        c if c.is_ascii() => true,
        c => matches!(
            category(c),
            Category::UppercaseLetter
                | Category::LowercaseLetter
                | Category::TitlecaseLetter
                | Category::ModifierLetter
                | Category::OtherLetter
                | Category::NonspacingMark
                | Category::SpacingMark
                | Category::DecimalNumber
        ),
    }
}

/// Returns whether a character has the canonical combining class 9 (virama).
fn is_virama(c: char) -> bool {
    const VIRAMAS: &str = "\u{94D}\u{9CD}\u{A4D}\u{ACD}\u{B4D}\u{BCD}\u{C4D}\u{CCD}\u{D4D}\u{DCA}\u{E3A}\u{F84}\
        \u{1039}\u{1714}\u{1734}\u{17D2}\u{1A60}\u{1B44}\u{1BAA}\u{1BF2}\u{1BF3}\u{2D7F}\u{A806}\u{A8C4}\
        \u{A953}\u{ABED}\u{10A3F}\u{11046}\u{1107F}\u{110B9}\u{11133}\u{111C0}\u{11235}\u{112EA}\u{1134D}\
        \u{11442}\u{114C2}\u{115BF}\u{1163F}\u{116B6}\u{1172B}\u{11839}\u{119E0}\u{11A34}\u{11A47}\u{11A99}\
        \u{11C3F}\u{11D44}\u{11D45}\u{11D97}";
    VIRAMAS.contains(c)
}
