//! Dates and times of RFC 3339, and durations of its appendix A.

pub(super) fn is_date(text: &str) -> bool {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text.as_bytes() else { return false };
    let (Some(century), Some(year)) = (two_digits(y0, y1), two_digits(y2, y3)) else { return false };
    let (Some(month), Some(day)) = (two_digits(m0, m1), two_digits(d0, d1)) else { return false };
    let year = u32::from(century) * 100 + u32::from(year);
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

pub(super) fn is_date_time(text: &str) -> bool {
    // Every date has ten bytes.
    let Some((date, rest)) = text.split_at_checked(10) else { return false };
    rest.strip_prefix(['T', 't']).is_some_and(|time| is_date(date) && is_time(time))
}

pub(super) fn is_time(text: &str) -> bool {
    let Some(([h0, h1, b':', m0, m1, b':', s0, s1], rest)) = text.as_bytes().split_first_chunk::<8>() else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) =
        (two_digits(*h0, *h1), two_digits(*m0, *m1), two_digits(*s0, *s1))
    else {
        return false;
    };
    let rest = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        _ => rest,
    };
    let minutes = i32::from(hour) * 60 + i32::from(minute);
    let minutes_utc = match rest {
        [b'Z' | b'z'] => minutes,
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (Some(hours), Some(more)) = (two_digits(*h0, *h1), two_digits(*m0, *m1)) else {
                return false;
            };
            if 23 < hours || 59 < more {
                return false;
            }
            let offset = i32::from(hours) * 60 + i32::from(more);
            if *sign == b'+' { minutes - offset } else { minutes + offset }
        }
        _ => return false,
    };
    // A leap second is the last second of a day in UTC.
    let is_last_minute = minutes_utc.rem_euclid(24 * 60) == 24 * 60 - 1;
    hour <= 23 && minute <= 59 && (second <= 59 || (second == 60 && is_last_minute))
}

pub(super) fn is_duration(text: &str) -> bool {
    let Some(all) = text.strip_prefix('P') else { return false };
    let (date, time) = all.split_once('T').map_or((all, None), |(date, time)| (date, Some(time)));
    if let Some(weeks) = date.strip_suffix('W') {
        return time.is_none() && is_digits(weeks);
    }
    let (Some(date_units), Some(time_units)) = (units(date, "YMD"), units(time.unwrap_or(""), "HMS")) else {
        return false;
    };
    let has_gap = |units: u8| units == 0b101;
    let has_time = time.is_none() || time_units != 0;
    (date_units | time_units) != 0 && has_time && !has_gap(date_units) && !has_gap(time_units)
}

/// Returns the units of a duration, one bit for each. Returns `None` if they are out of order or have no number.
fn units(mut text: &str, order: &str) -> Option<u8> {
    let mut found = 0;
    let mut next = 0;
    while !text.is_empty() {
        let digits = text.find(|c: char| !c.is_ascii_digit())?;
        let unit = text[digits..].chars().next()?;
        let at = order.find(unit)?;
        if digits == 0 || at < next {
            return None;
        }
        found |= 1 << at;
        next = at + 1;
        text = &text[digits + 1..];
    }
    Some(found)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the value of two digits.
#[inline]
fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| (tens - b'0') * 10 + (ones - b'0'))
}
