//! Requests of an operation.

use std::{fmt::Display, marker::PhantomData};

use percent_encoding::utf8_percent_encode;
use serde_json::{Value, json};

use super::Endpoint;
use crate::{answer::Answer, error::Error, id::SEGMENT};

/// An operation together with the type of its answer.
#[derive(Debug)]
pub struct Operation<A> {
    endpoint: &'static Endpoint,
    answer: PhantomData<fn() -> A>,
}

impl<A> Operation<A> {
    pub(crate) const fn new(endpoint: &'static Endpoint) -> Self {
        Self { endpoint, answer: PhantomData }
    }

    /// Returns what is known about the operation.
    pub const fn endpoint(&self) -> &'static Endpoint {
        self.endpoint
    }
}

impl<A: Answer> Operation<A> {
    /// Builds a request; `segments` fill the braces of the path in their order.
    ///
    /// # Errors
    /// There are more or fewer segments than braces, or one would change the path.
    pub fn request(&self, segments: &[&str]) -> Result<Request<A>, Error> {
        let path = fill(self.endpoint.path, segments)
            .ok_or(Error::Argument { operation: self.endpoint.operation, problem: "its path" })?;
        Ok(Request {
            endpoint: self.endpoint,
            path,
            query: Vec::new(),
            body: None,
            answer: PhantomData,
        })
    }
}

/// A request of an operation, ready to be sent with [`crate::Client::call`].
#[derive(Debug)]
pub struct Request<A> {
    pub(crate) endpoint: &'static Endpoint,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Content>,
    answer: PhantomData<fn() -> A>,
}

impl<A> Request<A> {
    /// Adds a query argument.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Adds a query argument, if there is a value.
    #[must_use]
    pub fn query_opt(self, name: &'static str, value: Option<&(impl ToString + ?Sized)>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Sets the JSON body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(Content::Json(body));
        self
    }

    /// Sets a body that is a picture, as text in base64.
    pub(crate) fn jpeg(mut self, base64: String) -> Self {
        self.body = Some(Content::Jpeg(base64));
        self
    }

    /// Adds ids or URIs, in the query or the body, where the operation takes more of them.
    ///
    /// # Errors
    /// There are none, or more than [`Endpoint::most`], or one holds a comma, which would split it.
    pub fn list(self, name: &'static str, entries: &[impl Display]) -> Result<Self, Error> {
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        let problem = if entries.is_empty() {
            Some("an empty list")
        } else if entries.len() > self.endpoint.most() {
            Some("a list that is longer than a request takes")
        } else if entries.iter().any(|entry| entry.contains(',')) {
            Some("a list with a comma in an entry")
        } else {
            None
        };
        match problem {
            Some(problem) => Err(Error::Argument { operation: self.endpoint.operation, problem }),
            None if self.endpoint.lists_in_body() => Ok(self.body(json!({ name: entries }))),
            None => Ok(self.query(name, &entries.join(","))),
        }
    }

    /// Asks for tracks and episodes. Without it an episode comes in the shape of a track (N25).
    pub(crate) fn both_types(self) -> Self {
        self.query("additional_types", "track,episode")
    }

    /// Returns the same request once more.
    pub(crate) fn again(&self) -> Self {
        Self {
            endpoint: self.endpoint,
            path: self.path.clone(),
            query: self.query.clone(),
            body: self.body.clone(),
            answer: PhantomData,
        }
    }

    /// Returns the value of a query argument that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<u32> {
        let (_, value) = self.query.iter().find(|(known, _)| *known == name)?;
        value.parse().ok()
    }

    /// Replaces the value of a query argument that is already there.
    pub(crate) fn set_query(&mut self, name: &str, value: u32) {
        for argument in self.query.iter_mut().filter(|(known, _)| *known == name) {
            argument.1 = value.to_string();
        }
    }
}

/// What a request carries.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A JSON value.
    Json(Value),
    /// A JPEG picture in base64.
    Jpeg(String),
}

impl Content {
    /// Returns the content type of the body.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Json(_) => "application/json",
            Self::Jpeg(_) => "image/jpeg",
        }
    }

    /// Returns the bytes of the body.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        match self {
            Self::Json(value) => serde_json::to_vec(value),
            Self::Jpeg(base64) => Ok(base64.clone().into_bytes()),
        }
    }
}

/// Fills the braces of a path with percent-encoded segments.
fn fill(template: &str, segments: &[&str]) -> Option<String> {
    let mut path = String::new();
    let mut segments = segments.iter();
    for part in template.split('/').skip(1) {
        path.push('/');
        if part.starts_with('{') {
            let segment = segments.next()?;
            // URL parsers drop dot segments even when they are percent-encoded.
            if segment.is_empty() || matches!(*segment, "." | "..") {
                return None;
            }
            path.extend(utf8_percent_encode(segment, SEGMENT));
        } else {
            path.push_str(part);
        }
    }
    segments.next().is_none().then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n49_path_arguments_are_encoded_as_one_segment() {
        let filled = fill("/users/{user_id}/playlists", &["jané#1/..?+!"]);
        assert_eq!(filled.as_deref(), Some("/users/jan%C3%A9%231%2F..%3F%2B%21/playlists"));
    }

    #[test]
    fn path_arguments_that_would_change_the_path_are_refused() {
        for segments in [&[".."][..], &["."], &[""], &[], &["a", "b"]] {
            assert_eq!(fill("/users/{user_id}", segments), None, "{segments:?}");
        }
    }
}
