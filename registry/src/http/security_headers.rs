use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Adds the headers that restrict browsers. On a page of the registry, a browser runs no script, loads no frame, and
/// sends no form to another site. It reads styles only from the registry.
pub(super) fn add_security_headers(headers: &mut HeaderMap) {
    let fixed = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}
