//! The format of times in RFC 3339.

/// Returns whether a text is a time of RFC 3339, section 5.6.
pub(super) fn is_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some((date_time, rest)) = bytes.split_at_checked(19) else { return false };
    let form = b"dddd-dd-ddTdd:dd:dd";
    let fits = date_time.iter().zip(form).all(|(byte, expected)| match expected {
        b'd' => byte.is_ascii_digit(),
        b'T' => matches!(byte, b'T' | b't' | b' '),
        _ => byte == expected,
    });
    let number = |from: usize| {
        let digits = date_time.get(from..from + 2).unwrap_or_default();
        digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit.wrapping_sub(b'0')))
    };
    let in_range = (1..=12).contains(&number(5))
        && (1..=31).contains(&number(8))
        && number(11) <= 23
        && number(14) <= 59
        && number(17) <= 60;
    fits && in_range && is_fraction_and_offset(rest)
}

fn is_fraction_and_offset(rest: &[u8]) -> bool {
    let offset = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            fraction.get(digits..).unwrap_or_default()
        }
        None => rest,
    };
    match offset {
        [b'Z' | b'z'] => true,
        [b'+' | b'-', h, hh, b':', m, mm] => {
            [h, hh, m, mm].iter().all(|byte| byte.is_ascii_digit()) && (*h, *hh) <= (b'2', b'3') && *m <= b'5'
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn times_and_their_near_misses() {
        for (text, expected) in [
            ("2018-04-05T17:31:00Z", true),
            ("2018-04-05t17:31:60.25+01:00", true),
            ("2018-04-05T17:31:00", false),
            ("2018-13-05T17:31:00Z", false),
            ("2018-04-05T24:31:00Z", false),
            ("2018-04-05T17:31:00.Z", false),
            ("2018-04-05T17:31:00+24:00", false),
            ("2018-04-05", false),
            ("", false),
            ("é018-04-05T17:31:00Z", false),
        ] {
            assert_eq!(is_time(text), expected, "{text}");
        }
    }
}
