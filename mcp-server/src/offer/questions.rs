//! What an act gives: its result, or questions that come first.
//!
//! An act is written once for all protocol versions. Since 2026-07-28 a client gets the questions as
//! a result and calls again with the answers ("Multi Round-Trip Requests"); before, the server asks
//! it during the call. An act that asks has changed nothing yet.

use rmcp::model::{
    ClientCapabilities, ElicitRequest, ElicitRequestParams, ElicitationCapability,
    ElicitationSchema, InputRequest, InputRequests, RootsCapabilities, SamplingCapability,
};
use serde_json::Value;

/// The result of an act, or what it has to know first.
#[derive(Debug)]
pub enum Reply<T> {
    /// It is done.
    Done(T),
    /// It is called again with the answers.
    Ask(Questions),
}

impl<T> From<T> for Reply<T> {
    fn from(done: T) -> Self {
        Self::Done(done)
    }
}

impl<T> Reply<T> {
    /// Turns the result into another.
    pub(crate) fn map<U>(self, turn: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Self::Done(done) => Reply::Done(turn(done)),
            Self::Ask(questions) => Reply::Ask(questions),
        }
    }
}

/// Questions to the client, each under a key that its answer comes back with.
#[derive(Debug, Default)]
pub struct Questions {
    pub(crate) requests: InputRequests,
    pub(crate) state: Option<Value>,
    /// Whether the person is asked to agree to the call itself.
    pub(crate) confirms: bool,
}

impl Questions {
    /// Asks one thing.
    pub fn one(key: &str, question: InputRequest) -> Self {
        Self::default().and(key, question)
    }

    /// Asks the person to fill in a form.
    pub fn form(key: &str, message: impl Into<String>, schema: ElicitationSchema) -> Self {
        let params = ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: message.into(),
            requested_schema: schema,
        };
        Self::one(key, InputRequest::Elicitation(ElicitRequest::new(params)))
    }

    /// Asks another thing, too.
    #[must_use]
    pub fn and(mut self, key: &str, question: InputRequest) -> Self {
        self.requests.insert(key.to_owned(), question);
        self
    }

    /// Asks what others ask, too.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.requests.extend(others.requests);
        self
    }

    /// Keeps something until the answers come. It stays in the server: the client gets a ticket,
    /// which is good for one call with the same arguments.
    #[must_use]
    pub fn keeping(mut self, state: Value) -> Self {
        self.state = Some(state);
        self
    }

    /// Asks the person to agree to the call itself.
    pub(crate) fn confirming(self) -> Self {
        Self { confirms: true, ..self }
    }

    /// Returns what the client would have to be able to do besides what it declares.
    pub(crate) fn lacking(&self, declared: &ClientCapabilities) -> Option<ClientCapabilities> {
        let mut lacking = ClientCapabilities::default();
        for request in self.requests.values() {
            match request {
                InputRequest::Elicitation(_) if !takes_forms(declared) => {
                    lacking.elicitation = Some(ElicitationCapability::default());
                }
                InputRequest::CreateMessage(_) if declared.sampling.is_none() => {
                    lacking.sampling = Some(SamplingCapability::default());
                }
                InputRequest::ListRoots(_) if declared.roots.is_none() => {
                    lacking.roots = Some(RootsCapabilities::default());
                }
                _ => {}
            }
        }
        (lacking != ClientCapabilities::default()).then_some(lacking)
    }
}

/// Whether a client shows forms. An empty declaration means forms (MCP 2025-11-25, "Elicitation").
pub(crate) fn takes_forms(declared: &ClientCapabilities) -> bool {
    declared.elicitation.as_ref().is_some_and(|how| how.form.is_some() || how.url.is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_empty_declaration_means_forms_and_one_of_links_alone_does_not() {
        for (declared, takes) in [
            (json!({}), false),
            (json!({ "elicitation": {} }), true),
            (json!({ "elicitation": { "form": {} } }), true),
            (json!({ "elicitation": { "form": {}, "url": {} } }), true),
            (json!({ "elicitation": { "url": {} } }), false),
        ] {
            let declared: ClientCapabilities = serde_json::from_value(declared).unwrap();
            assert_eq!(takes_forms(&declared), takes, "{declared:?}");
            let form = Questions::form("x", "x?", ElicitationSchema::builder().build().unwrap());
            assert_eq!(form.lacking(&declared).is_none(), takes, "{declared:?}");
        }
    }
}
