//! Trouble on demand: what goes wrong with which request, and how often.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::journal::Service;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// 429 of the rolling window; `retry_after` in seconds, no header when absent.
    RateLimited {
        /// The value of `Retry-After`.
        retry_after: Option<u64>,
    },
    /// 429 of the Development Mode quota, with `reason: QUOTA_EXCEEDED`.
    QuotaExceeded {
        /// The value of `Retry-After` in seconds.
        retry_after: u64,
    },
    /// An error of the server with Spotify's JSON body.
    ServerError {
        /// 500 to 599.
        status: u16,
    },
    /// An error of a proxy on the way, with a page of HTML.
    HtmlError {
        /// 500 to 599.
        status: u16,
    },
    /// The connection ends before the request takes effect.
    DropBefore,
    /// The request takes effect, then the connection ends without an answer.
    DropAfter,
    /// The answer comes later.
    Delay {
        /// How much later.
        milliseconds: u64,
    },
    /// The answer breaks off in the middle of its body.
    Truncate,
    /// 401 `Access token missing` although the token is good (N46).
    SpuriousUnauthorized,
    /// 403 `Premium required` although the user has Premium (N46).
    SpuriousForbidden,
    /// Exactly this answer.
    Answer {
        /// The status.
        status: u16,
        /// The content type.
        content_type: String,
        /// The body.
        body: String,
    },
}

/// Something that goes wrong with the next requests that match.
///
/// ```
/// use std::time::Duration;
/// use spotify_sim::{Fault, Service};
///
/// // The second and third search answer 429.
/// let fault = Fault::rate_limited(Duration::from_secs(2)).operation("search").skip(1).times(2);
/// // The answer to the next token request gets lost after the token was rotated.
/// let lost = Fault::drop_after().on(Service::Accounts).method("POST");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    kind: FaultKind,
    #[serde(default)]
    service: Option<Service>,
    #[serde(default)]
    method: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    operation: Option<String>,
    #[serde(default)]
    skip: u32,
    #[serde(default = "once")]
    times: u32,
}

const fn once() -> u32 {
    1
}

impl Fault {
    /// Creates a fault that hits the next request to either host, once.
    pub const fn new(kind: FaultKind) -> Self {
        Self { kind, service: None, method: None, path: None, operation: None, skip: 0, times: 1 }
    }

    /// 429 with `Retry-After` in whole seconds.
    pub const fn rate_limited(retry_after: Duration) -> Self {
        Self::new(FaultKind::RateLimited { retry_after: Some(retry_after.as_secs()) })
    }

    /// 429 with `reason: QUOTA_EXCEEDED` and `Retry-After` in whole seconds.
    pub const fn quota_exceeded(retry_after: Duration) -> Self {
        Self::new(FaultKind::QuotaExceeded { retry_after: retry_after.as_secs() })
    }

    /// A 5xx with a JSON body.
    pub const fn server_error(status: u16) -> Self {
        Self::new(FaultKind::ServerError { status })
    }

    /// A 5xx with a page of HTML.
    pub const fn html_error(status: u16) -> Self {
        Self::new(FaultKind::HtmlError { status })
    }

    /// A connection that ends before the request takes effect.
    pub const fn drop_before() -> Self {
        Self::new(FaultKind::DropBefore)
    }

    /// A connection that ends after the request took effect.
    pub const fn drop_after() -> Self {
        Self::new(FaultKind::DropAfter)
    }

    /// A late answer; the wait is real and in whole milliseconds.
    pub fn delay(by: Duration) -> Self {
        let milliseconds = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        Self::new(FaultKind::Delay { milliseconds })
    }

    /// An answer that breaks off in its body.
    pub const fn truncate() -> Self {
        Self::new(FaultKind::Truncate)
    }

    /// A 401 for a good token (N46).
    pub const fn spurious_unauthorized() -> Self {
        Self::new(FaultKind::SpuriousUnauthorized)
    }

    /// A 403 `Premium required` for a user who has it (N46).
    pub const fn spurious_forbidden() -> Self {
        Self::new(FaultKind::SpuriousForbidden)
    }

    /// Exactly this answer.
    pub fn answer(status: u16, content_type: &str, body: &str) -> Self {
        let (content_type, body) = (content_type.to_owned(), body.to_owned());
        Self::new(FaultKind::Answer { status, content_type, body })
    }

    /// Hits requests to one host only.
    #[must_use]
    pub const fn on(mut self, service: Service) -> Self {
        self.service = Some(service);
        self
    }

    /// Hits one HTTP method only.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Hits paths that start like this only, for instance `/v1/playlists/`.
    #[must_use]
    pub fn path(mut self, prefix: &str) -> Self {
        self.path = Some(prefix.to_owned());
        self
    }

    /// Hits one operation only, for instance `search`, `token` or `authorize`.
    #[must_use]
    pub fn operation(mut self, id: &str) -> Self {
        self.operation = Some(id.to_owned());
        self
    }

    /// Lets this many matching requests pass first.
    #[must_use]
    pub const fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Hits this many requests instead of one.
    #[must_use]
    pub const fn times(mut self, requests: u32) -> Self {
        self.times = requests;
        self
    }

    fn matches(&self, target: &Target<'_>) -> bool {
        self.service.is_none_or(|service| service == target.service)
            && self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(target.method))
            && self.path.as_ref().is_none_or(|prefix| target.path.starts_with(prefix))
            && self.operation.as_ref().is_none_or(|id| Some(id.as_str()) == target.operation)
    }
}

/// What a fault is matched against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) service: Service,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) operation: Option<&'a str>,
}

/// The faults still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn pending(&self) -> &[Fault] {
        &self.0
    }

    /// Uses up the first fault that hits this request.
    pub(crate) fn take(&mut self, target: &Target<'_>) -> Option<FaultKind> {
        let mut hit = None;
        for fault in self.0.iter_mut().filter(|fault| fault.matches(target)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if fault.times > 0 {
                fault.times -= 1;
                hit = Some(fault.kind.clone());
                break;
            }
        }
        self.0.retain(|fault| fault.times > 0);
        hit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEARCH: Target<'_> = Target {
        service: Service::Api,
        method: "GET",
        path: "/v1/search",
        operation: Some("search"),
    };

    #[test]
    fn a_fault_hits_as_often_as_it_says_after_what_it_skips() {
        let mut faults = Faults::default();
        faults.add(Fault::server_error(502).operation("search").skip(1).times(2));
        let hits: Vec<_> = (0..4).map(|_| faults.take(&SEARCH).is_some()).collect();
        assert_eq!(hits, [false, true, true, false]);
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn a_fault_for_another_request_waits() {
        let mut faults = Faults::default();
        faults.add(Fault::truncate().on(Service::Accounts));
        faults.add(Fault::truncate().method("POST"));
        faults.add(Fault::truncate().path("/v1/me"));
        assert_eq!(faults.take(&SEARCH), None);
        assert_eq!(faults.pending().len(), 3);
    }

    #[test]
    fn a_fault_reads_back_from_its_json() {
        let fault = Fault::rate_limited(Duration::from_secs(3)).operation("search").times(2);
        let json = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<Fault>(&json).unwrap(), fault);
        let short = r#"{"kind":"drop_after"}"#;
        assert_eq!(serde_json::from_str::<Fault>(short).unwrap(), Fault::drop_after());
    }
}
