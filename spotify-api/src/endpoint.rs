//! One operation of the Web API as a table entry, and the requests built from it.

mod argument;
mod paging;
mod policy;
mod request;
mod status;

pub use self::{
    argument::{Argument, Body},
    paging::{PagedBy, Paging},
    policy::Policy,
    request::{Operation, Request},
    status::{Offer, Status},
};
pub(crate) use self::{
    argument::{DEVICE, LOCALE, MARKET, TYPES, optional, required},
    policy::{METADATA, METADATA_AND_MODELS, MODELS, OTHER_SERVICES, PLAYER},
    request::Content,
};
use crate::{
    answer::{Answer, Done, Mismatch, reread},
    endpoints,
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
    /// The operation id of what to use where this one was removed, if there is anything.
    pub replacement: Option<&'static str>,
    /// The arguments in the query, without those of its paging; see [`Endpoint::arguments`].
    pub query: &'static [Argument],
    /// What the request carries.
    pub body: Body,
    /// How many entries an answer has, and how the next ones are asked for.
    pub paging: Option<Paging>,
    /// The statuses of success that Spotify documents.
    pub success: &'static [u16],
    /// Whether doing it twice leaves everything as doing it once, so that a request whose answer
    /// was lost may be sent again.
    pub repeatable: bool,
    /// The rules that Spotify attaches to what the operation answers.
    pub policies: &'static [Policy],
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
            query: &[],
            body: Body::Empty,
            paging: None,
            success: &[200],
            repeatable: !matches!(method, Method::Post),
            policies: &[],
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

    /// Removed in 2026, and something else does the same.
    pub(crate) const fn replaced_by(self, operation: &'static str) -> Self {
        Self { replacement: Some(operation), ..self.removed_2026() }
    }

    /// Removed in 2026.
    pub(crate) const fn removed_2026(self) -> Self {
        Self { status: Status::Removed2026, ..self }
    }

    pub(crate) const fn closed_2024(self) -> Self {
        Self { status: Status::Closed2024, ..self }
    }

    pub(crate) const fn query(self, query: &'static [Argument]) -> Self {
        Self { query, ..self }
    }

    pub(crate) const fn json(self, fields: &'static [Argument]) -> Self {
        Self { body: Body::Json(fields), ..self }
    }

    pub(crate) const fn jpeg(self) -> Self {
        Self { body: Body::Jpeg, ..self }
    }

    /// Pages of `default` entries and at most `max`, the same in all regimes.
    pub(crate) const fn pages(self, default: u32, max: u32) -> Self {
        self.pages_by_regime(default, max, max)
    }

    /// Pages that are smaller for restricted apps.
    pub(crate) const fn pages_by_regime(self, default: u32, max: u32, wide_max: u32) -> Self {
        Self { paging: Some(Paging::new(PagedBy::Offset, default, max, wide_max)), ..self }
    }

    /// Pages that are named by a neighbour of their first entry.
    pub(crate) const fn cursor_pages(
        self,
        default: u32,
        max: u32,
        cursors: &'static [Argument],
    ) -> Self {
        Self { paging: Some(Paging::new(PagedBy::Cursor(cursors), default, max, max)), ..self }
    }

    /// One page, of which only the size can be chosen.
    pub(crate) const fn one_page(self, default: u32, max: u32) -> Self {
        Self { paging: Some(Paging::new(PagedBy::Nothing, default, max, max)), ..self }
    }

    /// Pages up to this offset only.
    pub(crate) const fn max_offset(self, offset: u32) -> Self {
        let Some(paging) = self.paging else { return self };
        Self { paging: Some(Paging { max_offset: Some(offset), ..paging }), ..self }
    }

    pub(crate) const fn success(self, success: &'static [u16]) -> Self {
        Self { success, ..self }
    }

    /// Not to be repeated: twice is not the same as once.
    pub(crate) const fn once(self) -> Self {
        Self { repeatable: false, ..self }
    }

    pub(crate) const fn policies(self, policies: &'static [Policy]) -> Self {
        Self { policies, ..self }
    }

    pub(crate) const fn described(self, summary: &'static str) -> Self {
        Self { summary: summary.trim_ascii(), ..self }
    }

    /// Reads answers as this type.
    pub(crate) const fn answers<A: Answer>(self) -> Self {
        Self { decode: reread::<A>, ..self }
    }

    /// Returns the address of Spotify's documentation of the operation.
    pub fn documentation(&self) -> String {
        format!("https://developer.spotify.com/documentation/web-api/reference/{}", self.operation)
    }

    /// Lists the arguments in the query.
    pub fn arguments(&self) -> impl Iterator<Item = Argument> + use<> {
        let paging = self.paging.into_iter().flat_map(Paging::arguments);
        self.query.iter().copied().chain(paging)
    }

    /// Whether the query may have the argument.
    pub fn takes(&self, name: &str) -> bool {
        self.arguments().any(|argument| argument.name == name)
    }

    /// Returns how many ids or URIs one request takes; 1 for operations that take no list.
    pub fn most(&self) -> usize {
        let [query, body] = [self.query, self.fields()].map(most);
        query.max(body).unwrap_or(1)
    }

    /// Whether a list of ids or URIs goes into the body, because it takes more of them.
    pub(crate) fn lists_in_body(&self) -> bool {
        most(self.fields()) > most(self.query)
    }

    const fn fields(&self) -> &'static [Argument] {
        match self.body {
            Body::Json(fields) => fields,
            Body::Empty | Body::Jpeg => &[],
        }
    }

    /// Finds an operation by its id.
    pub fn find(operation: &str) -> Option<&'static Self> {
        catalogue().find(|endpoint| endpoint.operation == operation)
    }
}

fn most(arguments: &[Argument]) -> Option<usize> {
    arguments.iter().find_map(|argument| argument.most)
}

/// Lists the operations that this crate knows, resource by resource.
///
/// ```
/// let search = spotify_api::catalogue().find(|endpoint| endpoint.operation == "search").unwrap();
/// assert_eq!(search.path, "/search");
/// ```
pub fn catalogue() -> impl Iterator<Item = &'static Endpoint> {
    endpoints::TABLES.iter().copied().flatten().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::regime::Regime;

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
    fn a_replacement_exists_everywhere_and_only_removed_operations_have_one() {
        for endpoint in catalogue() {
            if let Some(replacement) = endpoint.replacement {
                assert_eq!(endpoint.status, Status::Removed2026, "{}", endpoint.operation);
                let replacement = Endpoint::find(replacement).unwrap();
                assert_eq!(replacement.status.offered_in(Regime::DevRestricted), Offer::Yes);
            }
        }
    }

    #[test]
    fn a_list_goes_where_it_may_be_longest() {
        let most = |endpoint: &Endpoint| (endpoint.most(), endpoint.lists_in_body());
        assert_eq!(most(endpoints::library::older::SAVE_ALBUMS.endpoint()), (50, true));
        assert_eq!(most(endpoints::library::SAVE.endpoint()), (40, false));
        assert_eq!(most(endpoints::following::FOLLOW.endpoint()), (50, false));
        assert_eq!(most(endpoints::users::ME.endpoint()), (1, false));
    }

    #[test]
    fn the_arguments_of_paging_are_arguments() {
        let albums = endpoints::albums::ALBUM_TRACKS.endpoint();
        assert!(albums.takes("limit") && albums.takes("offset") && albums.takes("market"));
    }
}
