//! One operation of the Web API as a table entry, and the requests built from it.

mod request;
mod status;

pub use self::{
    request::{Operation, Request},
    status::{Offer, Status},
};
use crate::{
    answer::{Done, Mismatch, reread},
    endpoints,
    regime::Regime,
    scope::Scope,
};

/// What is known about an operation of the Web API.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path below the base URL, with its arguments in braces: `/albums/{id}`.
    pub path: &'static str,
    /// Spotify's operation id, which is also the last part of its documentation's address.
    pub operation: &'static str,
    /// What the operation does, one line.
    pub summary: &'static str,
    /// The scopes that Spotify documents for the operation.
    pub scopes: &'static [Scope],
    /// Since when, and until when, it is there.
    pub status: Status,
    /// The operation id of what to use where this one was removed.
    pub replacement: Option<&'static str>,
    /// How many entries a page has.
    pub limits: Option<Limits>,
    /// Reads a body as the operation's answer and writes the answer as JSON again, without loss;
    /// `None` for operations of which only the success matters.
    pub decode: fn(&[u8]) -> Result<Option<serde_json::Value>, Mismatch>,
}

/// An HTTP method of the Web API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Adds.
    Post,
    /// Replaces or sets.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// Returns the method as it stands in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    pub(crate) const fn to_http(self) -> http::Method {
        match self {
            Self::Get => http::Method::GET,
            Self::Post => http::Method::POST,
            Self::Put => http::Method::PUT,
            Self::Delete => http::Method::DELETE,
        }
    }
}

/// How many entries a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Without asking for a number, in the newest documentation.
    pub default: u32,
    /// At most, in the newest documentation, which is about restricted apps.
    pub max: u32,
    /// At most in the other regimes.
    pub wide_max: u32,
}

impl Limits {
    /// Returns the largest limit that the regime takes. Under `Auto` the largest of all.
    pub const fn max_in(self, regime: Regime) -> u32 {
        match regime {
            Regime::DevRestricted => self.max,
            Regime::Auto | Regime::Extended | Regime::DevLegacy => self.wide_max,
        }
    }
}

impl Endpoint {
    pub(crate) const fn new(method: Method, path: &'static str, operation: &'static str) -> Self {
        Self {
            method,
            path,
            operation,
            summary: "",
            scopes: &[],
            status: Status::Available,
            replacement: None,
            limits: None,
            decode: reread::<Done>,
        }
    }

    pub(crate) const fn get(path: &'static str, operation: &'static str) -> Self {
        Self::new(Method::Get, path, operation)
    }

    pub(crate) const fn post(path: &'static str, operation: &'static str) -> Self {
        Self::new(Method::Post, path, operation)
    }

    pub(crate) const fn put(path: &'static str, operation: &'static str) -> Self {
        Self::new(Method::Put, path, operation)
    }

    pub(crate) const fn delete(path: &'static str, operation: &'static str) -> Self {
        Self::new(Method::Delete, path, operation)
    }

    pub(crate) const fn scopes(self, scopes: &'static [Scope]) -> Self {
        Self { scopes, ..self }
    }

    pub(crate) const fn new_2026(self) -> Self {
        Self { status: Status::New2026, ..self }
    }

    pub(crate) const fn removed_2026(self, replacement: &'static str) -> Self {
        Self { status: Status::Removed2026, replacement: Some(replacement), ..self }
    }

    /// Pages of `default` entries and at most `max`, the same in all regimes.
    pub(crate) const fn pages(self, default: u32, max: u32) -> Self {
        self.pages_by_regime(default, max, max)
    }

    /// Pages that are smaller for restricted apps.
    pub(crate) const fn pages_by_regime(self, default: u32, max: u32, wide_max: u32) -> Self {
        Self { limits: Some(Limits { default, max, wide_max }), ..self }
    }

    pub(crate) const fn described(self, summary: &'static str) -> Self {
        Self { summary: summary.trim_ascii(), ..self }
    }

    /// Returns the address of Spotify's documentation of the operation.
    pub fn documentation(&self) -> String {
        format!("https://developer.spotify.com/documentation/web-api/reference/{}", self.operation)
    }

    /// Finds an operation by its id.
    pub fn find(operation: &str) -> Option<Self> {
        catalogue().find(|endpoint| endpoint.operation == operation)
    }
}

/// Lists the operations that this crate knows, resource by resource.
///
/// ```
/// let search = spotify_api::catalogue().find(|endpoint| endpoint.operation == "search").unwrap();
/// assert_eq!(search.path, "/search");
/// ```
pub fn catalogue() -> impl Iterator<Item = Endpoint> {
    endpoints::TABLES.iter().flat_map(|table| table.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_is_listed_once_and_described() {
        let mut seen = BTreeSet::new();
        for endpoint in catalogue() {
            assert!(seen.insert(endpoint.operation), "{} is listed twice", endpoint.operation);
            assert!(endpoint.path.starts_with('/') && !endpoint.path.ends_with('/'));
            assert!(!endpoint.summary.is_empty(), "{} has no summary", endpoint.operation);
            assert!(Endpoint::find(endpoint.operation).is_some());
        }
        assert!(Endpoint::find("nothing").is_none());
    }

    #[test]
    fn every_removed_operation_names_a_replacement_that_exists_everywhere() {
        for endpoint in catalogue() {
            let removed = endpoint.status.offered_in(Regime::DevRestricted) == Offer::No;
            assert_eq!(removed, endpoint.replacement.is_some(), "{}", endpoint.operation);
            if let Some(replacement) = endpoint.replacement {
                let replacement = Endpoint::find(replacement).unwrap();
                assert_eq!(replacement.status.offered_in(Regime::DevRestricted), Offer::Yes);
            }
        }
    }
}
