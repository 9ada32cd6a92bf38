//! Broken and hostile messages. The errors name the place.

use super::super::*;

const HEAD: &str = r#""specversion":"1.0","id":"1","source":"/s","type":"t""#;

fn error_of(text: &str) -> String {
    Envelope::from_structured(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn errors_name_the_place() {
    let with = |more: &str| error_of(&format!("{{{HEAD},\n {more}}}"));
    for (error, expected) in [
        (error_of("{"), "1:1: not JSON: EOF while parsing an object"),
        (error_of(""), "1:1: not JSON: EOF while parsing a value"),
        (error_of("\n [1]"), "2:2: an envelope is a JSON object"),
        (error_of("\"x\""), "1:1: an envelope is a JSON object"),
        (
            error_of("{\"id\":\"1\"}"),
            "attribute `specversion`: the attribute is missing, and CloudEvents requires it",
        ),
        (
            error_of(r#"{"specversion":"0.3"}"#),
            "1:16 `/specversion`: `specversion` is `0.3`, and this reader knows `1.0`",
        ),
        (with(r#""id":"2""#), "2:7 `/id`: the attribute occurs twice"),
        (with(r#""\u0069d":"2""#), "2:12 `/id`: the attribute occurs twice"),
        (with(r#""subject":"""#), "2:12 `/subject`: the attribute is empty; omit it, or give it a value"),
        (with(r#""subject":7"#), "2:12 `/subject`: the value of this attribute is a string"),
        (
            with(r#""time":"yesterday""#),
            "2:9 `/time`: not a time of RFC 3339, such as `2026-05-20T08:00:00Z`",
        ),
        (
            with(r#""a":1.5"#),
            "2:6 `/a`: the value of an attribute is a string, a boolean or a 32-bit integer",
        ),
        (with(r#""a":{}"#), "2:6 `/a`: the value of an attribute is a string, a boolean or a 32-bit integer"),
        (
            with(r#""my~/name":"x""#),
            "2:13 `/my~0~1name`: an attribute name has only the characters a-z and 0-9, and at most 64 of them",
        ),
        (with(r#""a":"\u0007""#), "2:6 `/a`: the string contains the forbidden character U+0007"),
        (with(r#""data":1,"data":2"#), "2:18 `/data`: the attribute occurs twice"),
        (
            with(r#""data":1,"data_base64":"AA==""#),
            "2:25 `/data_base64`: an envelope has `data` or `data_base64`, not both",
        ),
        (with(r#""data_base64":"?""#), "2:16 `/data_base64`: not Base64"),
        (
            with(r#""datacontenttype":"text/plain","data":{}"#),
            "2:40 `/data`: the `datacontenttype` is not JSON, so `data` is a string",
        ),
        (
            with(r#""datacontenttype":"text""#),
            "2:20 `/datacontenttype`: not a media type, such as `application/json`",
        ),
    ] {
        assert_eq!(error, expected);
    }
}

#[test]
fn errors_of_headers() {
    let head: [(&str, &[u8]); 4] =
        [("ce-specversion", b"1.0"), ("ce-id", b"1"), ("ce-source", b"/s"), ("ce-type", b"t")];
    let error = |more: &[(&'static str, &'static [u8])]| {
        let headers = head.iter().chain(more).copied();
        Envelope::from_binary(Binding::Http, headers, b"").unwrap_err().to_string()
    };
    assert_eq!(
        error(&[("ce-title", b"%C0%A0")]),
        "header `ce-title`: the percent-encoding is broken, or its bytes are not UTF-8"
    );
    assert_eq!(error(&[("CE-Id", b"2")]), "header `CE-Id`: the attribute occurs twice");
    assert_eq!(error(&[("ce-", b"2")]).split(':').next(), Some("header `ce-`"));
    assert_eq!(error(&[("ce-data", b"2")]).split(':').next(), Some("header `ce-data`"));
    assert_eq!(
        error(&[("content-type", b"text/plain"), ("content-type", b"text/plain")]),
        "header `content-type`: the attribute occurs twice"
    );
}

#[test]
fn limits() {
    let many: String = (0..200).map(|index| format!(",\"a{index}\":1")).collect();
    assert_eq!(
        error_of(&format!("{{{HEAD}{many}}}")),
        "the message: more than 128 attributes; move application data to the payload"
    );
    let long = "x".repeat(Envelope::VALUE_BYTES_MAX + 1);
    assert!(error_of(&format!("{{{HEAD},\"a\":\"{long}\"}}")).contains("16385 bytes, of at most 16384"));
    let huge = vec![b' '; Envelope::BYTES_MAX + 1];
    assert!(Envelope::from_structured(&huge).is_err());
    assert!(read_batch(&huge).is_err());
    let batch = format!("[{}1]", "1,".repeat(Envelope::BATCH_MAX));
    assert_eq!(
        read_batch(batch.as_bytes()).unwrap_err().to_string(),
        "the message: more than 10000 events; send several batches"
    );
}

#[test]
fn deep_payloads_need_no_stack() {
    let deep = format!("{{{HEAD},\"data\":{}1{}}}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let envelope = Envelope::from_structured(deep.as_bytes()).unwrap();
    assert_eq!(envelope.data().unwrap().len(), 2_000_001);
}

#[test]
fn elements_of_a_batch_fail_alone() {
    let batch = format!("[\n{{{HEAD}}},\n  {{{HEAD},\n\"time\":\"x\"}}, {{{HEAD},\"a\":[]}}, 3]");
    let read = read_batch(batch.as_bytes()).unwrap();
    let errors: Vec<String> =
        read.iter().map(|one| one.as_ref().map_or_else(ToString::to_string, |_| String::new())).collect();
    assert_eq!(errors[0], "");
    assert!(errors[1].starts_with("4:8 `/1/time`: "), "{}", errors[1]);
    assert!(errors[2].starts_with("4:73 `/2/a`: "), "{}", errors[2]);
    assert_eq!(errors[3], "4:78 `/3`: an envelope is a JSON object");
}
