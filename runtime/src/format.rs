//! The formats of JSON Schema, with the same results as in the `jsonschema` crate.

mod byte_classes;
mod content_encoding;
mod email;
mod hostname;
#[cfg(feature = "idn")]
mod idn;
mod pointer;
mod time;
mod uri;
mod uri_template;

pub(crate) use content_encoding::Encoding;

macro_rules! formats {
    ($($(#[$when:meta])? $format:ident = $name:literal => $accepts:expr,)*) => {
        /// A format that rejects some strings.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Format {
            $($(#[$when])? $format,)*
        }

        impl Format {
            /// Returns the format with this name; `None` if a format with this name rejects no strings.
            pub(crate) fn named(name: &str) -> Option<Self> {
                match name {
                    $($(#[$when])? $name => Some(Self::$format),)*
                    _ => None,
                }
            }

            /// Returns whether a string has the format.
            pub(crate) fn accepts(self, text: &str) -> bool {
                match self {
                    $($(#[$when])? Self::$format => $accepts(text),)*
                }
            }
        }
    };
}

formats! {
    Date = "date" => time::is_date,
    DateTime = "date-time" => time::is_date_time,
    Time = "time" => time::is_time,
    Duration = "duration" => time::is_duration,
    Email = "email" => email::is_email,
    Hostname = "hostname" => hostname::is_hostname,
    // The format `hostname` of drafts 4 and 6, which do not decode labels.
    PlainHostname = "plain-hostname" => hostname::is_plain_hostname,
    #[cfg(feature = "idn")]
    IdnEmail = "idn-email" => idn::is_idn_email,
    #[cfg(feature = "idn")]
    IdnHostname = "idn-hostname" => idn::is_idn_hostname,
    Ipv4 = "ipv4" => |text: &str| text.parse::<core::net::Ipv4Addr>().is_ok(),
    Ipv6 = "ipv6" => |text: &str| text.parse::<core::net::Ipv6Addr>().is_ok(),
    Uri = "uri" => uri::is_uri,
    UriReference = "uri-reference" => uri::is_uri_reference,
    Iri = "iri" => uri::is_iri,
    IriReference = "iri-reference" => uri::is_iri_reference,
    UriTemplate = "uri-template" => uri_template::is_uri_template,
    Uuid = "uuid" => is_uuid,
    JsonPointer = "json-pointer" => pointer::is_json_pointer,
    RelativeJsonPointer = "relative-json-pointer" => pointer::is_relative_json_pointer,
    Regex = "regex" => jsonschema_regex::is_valid_ecma_regex,
}

/// Finds the end of the string with a format at the start of these bytes. The end is the first byte that cannot
/// continue such a string, for example a quote or a backslash. Returns `None` if the end is hard to find.
pub(crate) type FindEnd = fn(&[u8]) -> Option<usize>;

impl Format {
    /// Returns the function that finds the end of a string while it checks the format, if the format has one.
    pub(crate) fn find_end(self) -> Option<FindEnd> {
        if self == Self::Uri {
            return Some(|bytes| uri::plain_end(bytes).ok());
        }
        (self == Self::UriTemplate).then_some(uri_template::template_end)
    }
}

/// RFC 4122: 8-4-4-4-12 hexadecimal digits.
fn is_uuid(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Strings that nearly have a format, and strings that only just have it.
    const TEXTS: &[&str] = &[
        "http://a:80/b?c#d",
        "http://a:/",
        "http://a:99999",
        "http://a:80b/",
        "http://a:1@b:2/",
        "http://a:80:80/",
        "",
        "a",
        "2024-02-29",
        "2023-02-29",
        "2024-13-01",
        "2024-1-01",
        "1900-02-29",
        "2000-02-29",
        "2024-02-29T10:00:00Z",
        "2024-02-29t23:59:60z",
        "2024-02-29T23:58:60Z",
        "2024-02-29T10:00:00+24:00",
        "1998-12-31T15:59:60.123-08:00",
        "1998-12-31T23:59:60.123-08:00",
        "2024-02-29 10:00:00Z",
        "10:00:00Z",
        "10:00:00",
        "24:00:00Z",
        "10:00:00.Z",
        "10:00:00.5+01:00",
        "1:00:00Z",
        "01:29:60+01:30",
        "P1D",
        "P1W",
        "P1Y2W",
        "PT1H",
        "PT1S",
        "P1YT",
        "P",
        "PT",
        "P1Y1D",
        "P1Y1M1D",
        "PT1H1S",
        "P1M1Y",
        "P1DT1H1M1S",
        "P1D1D",
        "PT1D",
        "1D",
        "P1.5D",
        "P1WT1H",
        "a@b.c",
        "a@b",
        "@b",
        "a@",
        "a b@c.d",
        "\"a b\"@c.d",
        "a@[127.0.0.1]",
        "a@[IPv6:::1]",
        "a@[ipv6:::1]",
        "a..b@c.d",
        ".a@c.d",
        "a@-c.d",
        "\"\"@c.d",
        "ä@c.d",
        "a@xn--4gbwdl.xn--wgbh1c",
        "a@b_c.d",
        "example.com",
        "ex_ample.com",
        "-a.b",
        "a-.b",
        "a..b",
        "a.",
        ".a",
        "xn--ihqwcrb4cv8a8dqg056pqjye",
        "xn--X",
        "ab--cd",
        "xn--07jt112bpxg.example",
        "127.0.0.1",
        "127.0.0.01",
        "256.0.0.1",
        "::1",
        "1::2::3",
        "::ffff:127.0.0.1",
        "fe80::1%eth0",
        "http://a.b/c?d#e",
        "http://a b",
        "a:b",
        ":b",
        "//a",
        "/a",
        "%41",
        "%4",
        "http://a/?b%2",
        "http://a/?b%20#c%zz",
        "http://a#b#c",
        "http://a/[b]",
        "http://u@a:8/",
        "x:",
        "x:/?#",
        "http://a%41b/",
        "http://[::1]/",
        "http://[::1",
        "http://ä.de/ö",
        "urn:a:b",
        "http://a:80x/",
        "1a:b",
        "a{b}",
        "a{b",
        "a}b",
        "{+b,c*,d:3}",
        "{b:0}",
        "{}",
        "{a.b}",
        "{a%2}",
        "a\u{7f}",
        "a b",
        "é",
        "'",
        "`",
        "123e4567-e89b-12d3-a456-426614174000",
        "123e4567e89b12d3a456426614174000",
        "123e4567-e89b-12d3-a456-42661417400g",
        "123E4567-E89B-12D3-A456-426614174000",
        "/a/b",
        "/a~0",
        "/a~1~",
        "/~2",
        "a/b",
        "/",
        "0",
        "0/a",
        "01/a",
        "1#",
        "10/a~1",
        "-1/a",
        "0#a",
        "00",
        "^a(b|c)$",
        "[",
        "(?<n>a)",
        "\\p{L}",
        "\\Z",
        "a**",
        "xn--a·a",
        "l·l.de",
        "xn--ll-0ea.de",
        "xn--al-0ea.de",
        "実例.テスト",
        "실〮례.테스트",
        "例。テスト",
        "。",
        "a.b.",
        "fußball.de",
        "Bücher.example",
        "-ä.de",
        "ä-.de",
        "ää--b.de",
        "a\u{308}.de",
        "\u{308}a.de",
        "\u{5d0}b.de",
        "1\u{5d0}.de",
        "\u{5d0}\u{660}1.de",
        "क\u{94d}\u{200d}ष",
        "क\u{200d}ष",
        "α\u{375}β",
        "ü@ü.de",
        "用户@例え.テスト",
        "\"ü\"@a.de",
        "\"ü@a.de",
        "a@[ü]",
        "a＠a.de",
        "Ann <a@a.de>",
        " <a@a.de>",
        "a@xn--bca",
        "@ü.de",
        "ü@",
        "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü@a.de",
        "üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü@a.de",
        "\"üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü\"@a.de",
    ];

    #[test]
    fn the_validator_gives_the_same_results() {
        let names = [
            "date",
            "date-time",
            "time",
            "duration",
            "email",
            "hostname",
            "ipv4",
            "ipv6",
            "uri",
            "uri-reference",
            "iri",
            "iri-reference",
            "uri-template",
            "uuid",
            "json-pointer",
            "relative-json-pointer",
            "regex",
            #[cfg(feature = "idn")]
            "idn-email",
            #[cfg(feature = "idn")]
            "idn-hostname",
        ];
        for name in names {
            let format = Format::named(name).unwrap();
            let alone = |name: &str| {
                let schema = serde_json::json!({ "format": name });
                jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
            };
            let (validator, email) = (alone(name), alone("email"));
            for text in TEXTS {
                let value = serde_json::Value::String((*text).to_owned());
                // The results differ from those of the library in two cases: here, every email address is also an
                // international one, and a name before the address is not allowed.
                let is_one = validator.is_valid(&value) || name == "idn-email" && email.is_valid(&value);
                let expected = is_one && !(name.ends_with("email") && text.trim_end().ends_with('>'));
                assert_eq!(format.accepts(text), expected, "{name} of {text:?}");
            }
        }
    }
}
