//! An event before it is sealed.

use std::time::Duration;

use crate::event::{Declared, Event, Fields, Label};
use crate::json;
use crate::keys::Reference;
use crate::text::{Id, Pseudonym, Text};
use crate::vocabulary::{ActorKind, Outcome, Severity, Stage};

/// How many targets of an act are written out; [`Draft::targets`] counts the rest.
pub const MAX_TARGETS: usize = 100;

/// Describes an event; [`crate::Log::append`] gives it its place in the log.
///
/// It is made of an [`Event`] with the event's own fields, and takes what any event may have.
///
/// ```
/// use spotify_audit::{Outcome, Text};
/// spotify_audit::events! {
///     /// Calls of tools.
///     pub enum ToolEvent {
///         TOOL_CALL = "SM2101I" "tool.call" {
///             /// A tool was called.
///             Called as Outcome {
///                 /// How many requests it took.
///                 attempts: u32,
///             }
///         }
///     }
/// }
/// # fn main() {
/// let draft = ToolEvent::Called { attempts: 2 }
///     .draft()
///     .tool("create_playlist")
///     .outcome(Outcome::Failed)
///     .reason(Text::external("the peer said: no"));
/// # }
/// ```
///
/// No part of it takes a string that may hold a secret:
/// ```compile_fail,E0277
/// # use spotify_audit::Draft;
/// fn explain(draft: Draft) -> Draft { draft.reason(String::from("BQD…")) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a draft is in no log until it is appended"]
pub struct Draft {
    label: Label,
    stage: Option<Stage>,
    severity: Severity,
    actor: Option<Actor>,
    profile: Option<Pseudonym>,
    session: Option<Id>,
    request: Option<Id>,
    tool: Option<Text>,
    class: Option<&'static str>,
    targets: Vec<Id>,
    count: Option<u64>,
    decision: Option<Id>,
    outcome: Option<Outcome>,
    reason: Option<Text>,
    token: Option<Reference>,
    latency: Option<Duration>,
    data: Fields,
}

/// Who acted, through what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The actor's pseudonym.
    pub uid: Pseudonym,
    /// What the actor is.
    pub kind: ActorKind,
    /// The program that the actor uses, as it names itself.
    pub client: Option<Text>,
    /// The AI agent that acts for the actor, as it names itself.
    pub agent: Option<Text>,
}

impl Draft {
    /// Begins the record of an event. Its severity follows the last letter of the code until it is
    /// set.
    pub fn of(event: impl Event) -> Self {
        let Declared { label, stage, .. } = *event.declared();
        let mut data = Fields::default();
        event.fields(&mut data);
        Self {
            label,
            stage,
            severity: label.code.severity(),
            actor: None,
            profile: None,
            session: None,
            request: None,
            tool: None,
            class: None,
            targets: Vec::new(),
            count: None,
            decision: None,
            outcome: None,
            reason: None,
            token: None,
            latency: None,
            data,
        }
    }

    /// Says how grave the event is.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Says who acted.
    pub fn actor(mut self, actor: Actor) -> Self {
        self.actor = Some(actor);
        self
    }

    /// Names the profile acted on.
    pub fn profile(mut self, profile: Pseudonym) -> Self {
        self.profile = Some(profile);
        self
    }

    /// Names the session in which it happened.
    pub fn session(mut self, session: Id) -> Self {
        self.session = Some(session);
        self
    }

    /// Names the request; an intent and its outcome carry the same one.
    pub fn request(mut self, request: Id) -> Self {
        self.request = Some(request);
        self
    }

    /// Names the tool that was called.
    pub fn tool(mut self, tool: impl Into<Text>) -> Self {
        self.tool = Some(tool.into());
        self
    }

    /// Says what class of act it is, such as `read` or `destructive`.
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }

    /// Names the things acted on. The first [`MAX_TARGETS`] are written out; the count is that of
    /// all of them, unless [`count`](Self::count) is called later.
    pub fn targets(mut self, targets: impl IntoIterator<Item = Id>) -> Self {
        let mut targets = targets.into_iter();
        self.targets = targets.by_ref().take(MAX_TARGETS).collect();
        let total = self.targets.len() + targets.count();
        self.count(total.try_into().unwrap_or(u64::MAX))
    }

    /// Says how many things were acted on.
    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    /// Names the policy decision that allowed or refused it.
    pub fn decision(mut self, decision: Id) -> Self {
        self.decision = Some(decision);
        self
    }

    /// Says how it ended.
    pub fn outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// Says why it ended so.
    pub fn reason(mut self, reason: impl Into<Text>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Refers to the token involved; nothing is written for `None`, when there is no key.
    pub fn token(mut self, token: impl Into<Option<Reference>>) -> Self {
        self.token = token.into();
        self
    }

    /// Says how long it took.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = Some(latency);
        self
    }

    /// Returns the part of the line between the stamp and the seal.
    pub(crate) fn rendered(&self, tenant: &Pseudonym) -> Vec<u8> {
        let mut out = Vec::with_capacity(512);
        self.render(tenant, &mut out);
        out
    }

    /// Writes the fields in the order of the format.
    fn render(&self, tenant: &Pseudonym, out: &mut Vec<u8>) {
        let text = |out: &mut Vec<u8>, key: &str, value: Option<&str>| {
            if let Some(value) = value {
                json::key(out, key);
                json::string(out, value);
            }
        };
        let number = |out: &mut Vec<u8>, key: &str, value: Option<u128>| {
            if let Some(value) = value {
                json::key(out, key);
                json::display(out, value);
            }
        };
        text(out, "code", Some(self.label.code.as_str()));
        text(out, "type", Some(self.label.kind.as_str()));
        text(out, "stage", self.stage.map(Stage::as_str));
        text(out, "sev", Some(self.severity.as_str()));
        text(out, "tenant", Some(tenant.as_str()));
        if let Some(actor) = &self.actor {
            out.extend_from_slice(b",\"actor\":{\"uid\":");
            json::string(out, actor.uid.as_str());
            text(out, "kind", Some(actor.kind.as_str()));
            text(out, "client", actor.client.as_ref().map(Text::as_str));
            text(out, "agent", actor.agent.as_ref().map(Text::as_str));
            out.push(b'}');
        }
        text(out, "profile", self.profile.as_ref().map(Pseudonym::as_str));
        text(out, "sess", self.session.as_ref().map(Id::as_str));
        text(out, "req", self.request.as_ref().map(Id::as_str));
        text(out, "tool", self.tool.as_ref().map(Text::as_str));
        text(out, "class", self.class);
        self.render_targets(out);
        number(out, "n", self.count.map(u128::from));
        text(out, "decision", self.decision.as_ref().map(Id::as_str));
        text(out, "outcome", self.outcome.map(Outcome::as_str));
        text(out, "reason", self.reason.as_ref().map(Text::as_str));
        text(out, "tok", self.token.as_ref().map(Reference::as_str));
        number(out, "lat_us", self.latency.map(|latency| latency.as_micros()));
        self.render_data(out);
    }

    fn render_targets(&self, out: &mut Vec<u8>) {
        for (index, target) in self.targets.iter().enumerate() {
            out.extend_from_slice(if index == 0 { b",\"target\":[" } else { b"," });
            json::string(out, target.as_str());
        }
        if !self.targets.is_empty() {
            out.push(b']');
        }
    }

    fn render_data(&self, out: &mut Vec<u8>) {
        for (index, (name, value)) in self.data.0.iter().enumerate() {
            out.extend_from_slice(if index == 0 { b",\"data\":{" } else { b"," });
            json::string(out, name);
            out.push(b':');
            value.render(out);
        }
        if !self.data.0.is_empty() {
            out.push(b'}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::events! {
        /// An event of the tests.
        enum TestEvent {
            TEST = "SM0009I" "test.event" {
                /// Something was tested.
                Tested {
                    /// How often.
                    tries: Option<u32>,
                    /// Whether it was the last time.
                    last: bool,
                }
            }
        }
    }

    fn rendered(draft: &Draft) -> String {
        String::from_utf8(draft.rendered(&Pseudonym::new("t_1").unwrap())).unwrap()
    }

    #[test]
    fn fields_stand_in_the_order_of_their_declaration_and_none_is_left_out() {
        let draft = TestEvent::Tested { tries: Some(2), last: true }.draft();
        assert!(rendered(&draft).ends_with(r#","data":{"tries":2,"last":true}"#));
        let draft = TestEvent::Tested { tries: None, last: true }.draft();
        assert!(rendered(&draft).ends_with(r#","data":{"last":true}"#));
        assert_eq!(TestEvent::ALL[0].label, TEST);
    }

    #[test]
    fn targets_beyond_the_limit_are_counted() {
        let targets = (0..250).map(|number| Id::new(&format!("x:{number}")).unwrap());
        let draft = TestEvent::Tested { tries: None, last: false }.draft();
        let text = rendered(&draft.targets(targets));
        assert!(text.contains("\"x:99\"],\"n\":250"), "{text}");
        assert!(!text.contains("x:100"));
    }
}
