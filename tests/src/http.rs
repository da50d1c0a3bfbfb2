//! Requests and answers as plain values, so that everything above the socket is a function.

use axum::http::HeaderMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

/// One request, completely read.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The path as it was sent, without the query.
    pub(crate) path: String,
    /// The segments of the path, percent-decoded one by one.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn new(
        method: &str,
        path: &str,
        query: &str,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Self {
        let segments = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
            .collect();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            segments,
            query: pairs(query.as_bytes()),
            headers,
            body,
        }
    }

    /// Returns the first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// Returns a header's value when it is printable text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the parameters of a form body.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&self.body)
    }

    /// Returns whether the request announces how long its body is.
    pub(crate) fn has_length(&self) -> bool {
        self.headers.contains_key("content-length")
            || self.headers.contains_key("transfer-encoding")
    }
}

/// Returns the first value of `name` among decoded parameters.
pub(crate) fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

/// One answer, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// An answer without a body.
    pub(crate) const fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn json(status: u16, value: &Value) -> Self {
        // Not `to_string` of the value, which takes a longer way through a formatter.
        let text = serde_json::to_string(value).expect("a JSON value is JSON");
        Self::of(status, "application/json; charset=utf-8", text)
    }

    pub(crate) fn html(status: u16, body: String) -> Self {
        Self::of(status, "text/html; charset=utf-8", body)
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::of(status, "text/plain; charset=utf-8", body.to_owned())
    }

    pub(crate) fn redirect(status: u16, location: String) -> Self {
        Self::empty(status).with("location", location)
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    fn of(status: u16, content_type: &str, body: String) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_id_with_a_slash_and_a_hash_is_one_segment() {
        let call = Call::new("GET", "/v1/users/a%2Fb%23c", "", HeaderMap::new(), Vec::new());
        assert_eq!(call.segments, ["v1", "users", "a/b#c"]);
    }
}
