//! Checks every description with the validator, for many strings: `under` ⊆ format ⊆ `over`.

use std::collections::BTreeSet;

use regex_syntax::hir::{Class, Hir, HirKind};

use super::{NAMES, language};
use crate::format::{accepts, examples};
use crate::pattern::Patterns;
use crate::truth::Truth;

/// Strings that have a format or nearly have it, especially unusual ones.
const ODD: &[&str] = &[
    "0000-02-29",
    "1900-02-29",
    "2000-02-29",
    "2023-02-29",
    "9999-12-31",
    "2024-02-30",
    "2024-04-31",
    "+2024-01-01",
    "23:59:60Z",
    "23:59:60z",
    "23:59:60.123+00:00",
    "23:59:60-00:00",
    "00:59:60+01:00",
    "22:59:60-01:00",
    "15:59:60-08:00",
    "23:59:61Z",
    "12:00:60Z",
    "12:00:60+01:00",
    "24:00:00Z",
    "12:00:00",
    "12:00:00+24:00",
    "12:00:00.Z",
    "12:00:00,5Z",
    "12:00:00.000000000000001-23:59",
    "12:00:00 Z",
    "12:00:00Z\n",
    "2024-01-31t12:00:00z",
    "2024-01-31 12:00:00Z",
    "0000-02-29T23:59:60Z",
    "1990-12-31T15:59:60-08:00",
    "P",
    "PT",
    "P1W",
    "P1W1D",
    "P1Y1D",
    "P1Y2M3DT4H5M6S",
    "PT1H1S",
    "P1DT",
    "PT0S",
    "P1.5D",
    "-P1D",
    "p1d",
    "P1M1Y",
    "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}",
    "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
    "f81d4fae7dec11d0a76500a0c91e6bf6",
    "f81d4fae-7dec-11d0-a765-00a0c91e6bfg",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "01.2.3.4",
    "00.0.0.0",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4 ",
    "0x1.2.3.4",
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7:8:9",
    "::1%eth0",
    "fe80::1%25en0",
    "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4",
    "1.2.3.4::",
    "1::1.2.3.4",
    "1:2:3:4:5::6:7:8",
    ":::",
    "12345::",
    "::00001",
    "[::1]",
    "1:2:3:4:5:6:7:1.2.3.4",
    "::1.2.3.04",
    "1::2::3",
    "a",
    "a.",
    ".a",
    "a..b",
    "-a",
    "a-",
    "a-b",
    "a--b",
    "ab--cd",
    "xn--",
    "xn--a",
    "xn--bcher-kva",
    "XN--BCHER-KVA",
    "xn--bcher-kva.example",
    "xn--ls8h",
    "xn--X",
    "a_b",
    "example.com",
    "EXAMPLE.COM",
    "1.2.3.4",
    "a.b.c.d",
    "b\u{fc}cher.example",
    "\u{4f8b}\u{3048}.\u{30c6}\u{30b9}\u{30c8}",
    "\u{3002}",
    "a\u{3002}b",
    "\u{ad}a",
    "a\u{200d}b",
    "l\u{b7}l",
    "\u{df}",
    "fa\u{df}.de",
    "\u{1f600}.com",
    "a\u{301}",
    "\u{301}a",
    "a b",
    "a/b",
    "\u{2260}",
    "a\u{2fe}",
    "xn--90aaaaaaaaaa",
    "xn--fa-hia.de",
    "xn--11b4c3d",
    "xn--zckzah",
    "xn--a-ecp.ru",
    "xn--0",
    "a@b",
    "a@b.c",
    "a.b@c.d",
    "a..b@c",
    ".a@b",
    "a.@b",
    "\"\"@b",
    "\"a b\"@c",
    "\"a@b\"@c",
    "\"a\\\"b\"@c",
    "\"a\"b\"@c",
    "a@[1.2.3.4]",
    "a@[IPv6:::1]",
    "a@[ipv6:1::]",
    "a@[::1]",
    "a@[x]",
    "a@xn--bcher-kva",
    "a@b-",
    "@b",
    "a@",
    "a@b@c",
    "Name <a@b.c>",
    " <a@b.c>",
    "Na\u{ef}ve <a@b.c>",
    "x <a@b.c> ",
    "x <a@b.c>\u{85}",
    "x <\t a@b.c>",
    "<a@b.c>",
    "\u{e9}@b.c",
    "a@b\u{fc}cher.de",
    "\"\u{e9}\"@b.c",
    "a@b.c>",
    "a b@c",
    "a(b)@c",
    "x <\"a b\"@c>",
    "a\u{c280}@b",
    "a:",
    "a:b",
    "a:b:c",
    "1a:b",
    "a+b-c.d:e",
    ":",
    "//",
    "///",
    "a://",
    "a://b",
    "a://b:80/c?d#e",
    "a://b:x",
    "a://u:p@h",
    "a://u@v@h",
    "a://[::1]",
    "a://[::1]:80/x",
    "a://[v1.x]",
    "a://[x]",
    "a://[]",
    "a://[::1]x",
    "a:/b",
    "a://b//c",
    "a:?b",
    "a:#b",
    "a:b#c#d",
    "a:b?c?d",
    "a:%41",
    "a:%4",
    "a:%zz",
    "a: b",
    "a:\u{e9}",
    "\u{e9}",
    "a:[b]",
    "//[::1%25a]",
    "./a:b",
    "a/b:c",
    "",
    "?",
    "#",
    "/a",
    "//a/b",
    "../a",
    "a{b}",
    "a|b",
    "a\\b",
    "a^b",
    "a`b",
    "a\"b",
    "<a>",
    "\u{e000}",
    "a:?\u{e000}",
    "a:\u{fdd0}",
    "http://ex\u{e4}mple.com/\u{fc}?\u{e000}#x",
    "a://[::1",
    "a://b]",
    "//u@[::1]:",
    "{a}",
    "{+a}",
    "{a,b}",
    "{a:1}",
    "{a:0}",
    "{a:9999}",
    "{a:10000}",
    "{a*}",
    "{a.b}",
    "{a.}",
    "{}",
    "{a",
    "a}",
    "{ a}",
    "{#a,b*}",
    "{|a}",
    "{%41}",
    "{%4}",
    "a'b",
    "%41",
    "%",
    "~",
    "/a~0b",
    "/a~",
    "/a~2",
    "a/b",
    "0",
    "0#",
    "0/a",
    "01",
    "1#a",
    "10/~1",
    "-1",
    "/\u{0}",
    "/\n",
    "1#\n",
    "(",
    "[a-z]",
    "(?<=a)",
    "\\p{L}",
    "a{2",
    "x\n",
    "\n",
    "\u{feff}",
];

/// Characters that mutations insert.
const PUT_IN: &str = "0123456789aAfFgGzZtTxX:.-+_~@/?#[]{}<>()%&,;=*!|\"\\ \t\n\u{7f}\u{85}\u{a0}\u{e9}\u{301}\u{3002}\u{1f600}";

/// Pseudo-random numbers that are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Makes a string that a pattern matches, if no other pattern excludes it.
fn draw(hir: &Hir, numbers: &mut Numbers, text: &mut String) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).unwrap()),
        HirKind::Class(Class::Unicode(class)) => {
            let range = class.ranges()[numbers.below(class.ranges().len())];
            let (start, end) = (u32::from(range.start()), u32::from(range.end()));
            let nth = numbers.below((end - start + 1).min(200) as usize) as u32;
            text.push(char::from_u32(start + nth).unwrap_or(range.start()));
        }
        HirKind::Class(Class::Bytes(class)) => text.push(char::from(class.ranges()[0].start())),
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + 4).min(repetition.min + 70);
            let spread = (most - repetition.min + 1) as usize;
            // Small numbers are as likely as large ones.
            let more =
                if numbers.below(2) == 0 { numbers.below(spread) } else { numbers.below(spread.min(3)) };
            for _ in 0..repetition.min as usize + more {
                draw(&repetition.sub, numbers, text);
            }
        }
        HirKind::Capture(capture) => draw(&capture.sub, numbers, text),
        HirKind::Concat(parts) => parts.iter().for_each(|part| draw(part, numbers, text)),
        HirKind::Alternation(parts) => draw(&parts[numbers.below(parts.len())], numbers, text),
    }
}

fn mutated(text: &str, numbers: &mut Numbers) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let put_in: Vec<char> = PUT_IN.chars().collect();
    for _ in 0..1 + numbers.below(2) {
        let at = numbers.below(chars.len() + 1);
        let new = put_in[numbers.below(put_in.len())];
        match numbers.below(4) {
            0 => chars.insert(at, new),
            1 if at < chars.len() => drop(chars.remove(at)),
            2 if at < chars.len() => chars.insert(at, chars[at]),
            _ if at < chars.len() => chars[at] = new,
            _ => chars.push(new),
        }
    }
    chars.into_iter().collect()
}

fn strings(format: &str, numbers: &mut Numbers, many: usize) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = ODD.iter().map(|text| (*text).to_owned()).collect();
    found.extend(NAMES.iter().flat_map(|name| examples(name)).map(|text| (*text).to_owned()));
    let described = language(format).unwrap();
    for pattern in described.over.iter().chain(&described.under) {
        let hir = regex_syntax::parse(&jsonschema_regex::to_rust_regex(pattern).unwrap()).unwrap();
        for _ in 0..many {
            let mut text = String::new();
            draw(&hir, numbers, &mut text);
            found.insert(text);
        }
    }
    let bases: Vec<String> =
        found.iter().filter(|text| accepts(format, text) == Truth::Yes).cloned().collect();
    assert!(20 <= bases.len() || described.over.is_empty(), "{format}: {} valid strings", bases.len());
    for base in bases.iter().cycle().take(5 * many) {
        found.insert(mutated(base, numbers));
    }
    for length in [63, 64, 65, 252, 253, 254, 255, 256] {
        found.insert("a".repeat(length));
        found.insert(format!("{}@b", "a".repeat(length)));
        let name: String = (1..=length).map(|at| if at % 64 == 0 { '.' } else { 'a' }).collect();
        found.insert(format!("a@{name}"));
        found.insert(name);
    }
    found
}

#[test]
fn every_description_agrees_with_the_validator() {
    let many =
        std::env::var("EVSCHEMA_FORMAT_STRINGS").ok().and_then(|many| many.parse().ok()).unwrap_or(200);
    let mut patterns = Patterns::default();
    let mut wrong = Vec::new();
    for format in NAMES {
        let described = language(format).unwrap();
        let (mut inside, mut outside, mut surely) = (0, 0, 0);
        for text in strings(format, &mut Numbers(7), many) {
            let mut all = |list: &[String]| {
                list.iter().all(|pattern| {
                    let truth = patterns.is_match(pattern, &text);
                    assert_ne!(truth, Truth::Unknown, "{format}: {pattern}");
                    truth == Truth::Yes
                })
            };
            let may_be = all(&described.over);
            let is_surely = !described.under.is_empty() && all(&described.under);
            let is_valid = accepts(format, &text) == Truth::Yes;
            inside += usize::from(is_valid);
            outside += usize::from(!may_be);
            surely += usize::from(is_surely);
            if is_surely && !is_valid || is_valid && !may_be {
                wrong.push(format!(
                    "{format}: {text:?} is valid: {is_valid}, surely: {is_surely}, maybe: {may_be}"
                ));
            }
            for implied in described.implies {
                if is_valid && accepts(implied, &text) != Truth::Yes {
                    wrong.push(format!("{format}: {text:?} is no {implied}"));
                }
            }
        }
        println!("{format}: {inside} valid, {surely} surely, {outside} outside");
        assert!(described.over.is_empty() || 20 <= inside.min(outside), "{format} is tried in both ways");
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}
