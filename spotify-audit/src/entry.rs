//! A record as it is read back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::fold::Fold;
use crate::head::{Head, well_formed};
use crate::line::{ChainId, Hash};
use crate::own;
use crate::problem::Defect;
use crate::vocabulary::{ActorKind, Outcome, Severity, Stage};

/// A record of a log: its common fields, its family's fields, and the line itself.
///
/// Kinds, fields and words that this version does not know are passed over; the line has them.
/// That a line could be read says nothing about its seal: that is [`verify`](crate::verify())'s.
#[derive(Clone, Debug)]
pub struct Entry {
    line: Box<str>,
    fields: Fields,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Fields {
    /// The number of the record, from 1.
    seq: u64,
    /// When it was written, in UTC.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("format" = "date-time")))]
    ts: Timestamp,
    /// Microseconds since the machine was started.
    mono: u64,
    /// The stable code.
    code: String,
    /// The kind, in words.
    #[serde(rename = "type")]
    kind: String,
    /// Whether the act is to come or has ended; absent from single records.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Stage>"))]
    stage: Option<String>,
    /// How grave it is.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Severity>"))]
    sev: Option<String>,
    /// Whose log it is.
    tenant: Option<String>,
    /// Who acted.
    actor: Option<ActorFields>,
    /// The profile that it is about.
    profile: Option<String>,
    /// The session.
    sess: Option<String>,
    /// The request; an intent and its outcome have the same.
    req: Option<String>,
    /// The tool that was called.
    tool: Option<String>,
    /// What class of act that is.
    class: Option<String>,
    /// The things acted on, a hundred at most.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(length(max = 100)))]
    target: Vec<String>,
    /// How many things there are.
    n: Option<u64>,
    /// The policy decision.
    decision: Option<String>,
    /// How it ended.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Outcome>"))]
    outcome: Option<String>,
    /// Why it ended so.
    reason: Option<String>,
    /// The token involved, as a keyed reference.
    tok: Option<String>,
    /// How long it took, in microseconds.
    lat_us: Option<u64>,
    /// The event's own fields.
    #[serde(default)]
    data: serde_json::Map<String, serde_json::Value>,
    /// The version of the format.
    #[serde(rename = "v")]
    #[cfg_attr(feature = "schema", schemars(with = "u64", extend("const" = 1)))]
    _version: IgnoredAny,
    /// The seal.
    #[serde(rename = "h")]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", extend("pattern" = "^[0-9a-f]{64}$"))
    )]
    _hash: IgnoredAny,
    #[serde(flatten)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    #[expect(clippy::zero_sized_map_values, reason = "serde collects the rest in a map only")]
    unknown: BTreeMap<String, IgnoredAny>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Actor", deny_unknown_fields))]
struct ActorFields {
    /// The actor's pseudonym.
    uid: String,
    /// What the actor is.
    #[cfg_attr(feature = "schema", schemars(with = "Option<ActorKind>"))]
    kind: Option<String>,
    /// The program that the actor uses, as it names itself.
    client: Option<String>,
    /// The AI agent that acts for the actor, as it names itself.
    agent: Option<String>,
}

impl Entry {
    /// Reads a line, given without its newline. Its hash is not checked.
    ///
    /// # Errors
    /// When the line is not of format `sal/1`.
    pub fn parse(line: &[u8]) -> Result<Self, Defect> {
        well_formed(line)?;
        let line = str::from_utf8(line).map_err(|_| Defect::NotUtf8)?;
        let fields = serde_json::from_str(line).map_err(|_| Defect::WrongField)?;
        Ok(Self { line: line.into(), fields })
    }

    /// Returns the line, without its newline.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// Returns the record's number in its chain.
    pub fn seq(&self) -> u64 {
        self.fields.seq
    }

    /// Returns what the wall clock showed.
    pub fn time(&self) -> Timestamp {
        self.fields.ts
    }

    /// Returns what the boot-time clock showed, in microseconds.
    pub fn mono(&self) -> u64 {
        self.fields.mono
    }

    /// Returns the stable code, such as `SM2101I`.
    pub fn code(&self) -> &str {
        &self.fields.code
    }

    /// Returns the kind, such as `tool.call`.
    pub fn kind(&self) -> &str {
        &self.fields.kind
    }

    /// Returns whether the act was to come or had ended.
    pub fn stage(&self) -> Option<Stage> {
        Stage::from_word(self.fields.stage.as_deref()?)
    }

    /// Returns how grave the event is.
    pub fn severity(&self) -> Option<Severity> {
        Severity::from_word(self.fields.sev.as_deref()?)
    }

    /// Returns whose log it is.
    pub fn tenant(&self) -> Option<&str> {
        self.fields.tenant.as_deref()
    }

    /// Returns the pseudonym of who acted.
    pub fn actor(&self) -> Option<&str> {
        Some(&self.fields.actor.as_ref()?.uid)
    }

    /// Returns what the actor is.
    pub fn actor_kind(&self) -> Option<ActorKind> {
        ActorKind::from_word(self.fields.actor.as_ref()?.kind.as_deref()?)
    }

    /// Returns the program that the actor used.
    pub fn client(&self) -> Option<&str> {
        self.fields.actor.as_ref()?.client.as_deref()
    }

    /// Returns the AI agent that acted for the actor.
    pub fn agent(&self) -> Option<&str> {
        self.fields.actor.as_ref()?.agent.as_deref()
    }

    /// Returns the pseudonym of the profile acted on.
    pub fn profile(&self) -> Option<&str> {
        self.fields.profile.as_deref()
    }

    /// Returns the session.
    pub fn session(&self) -> Option<&str> {
        self.fields.sess.as_deref()
    }

    /// Returns the request.
    pub fn request(&self) -> Option<&str> {
        self.fields.req.as_deref()
    }

    /// Returns the tool.
    pub fn tool(&self) -> Option<&str> {
        self.fields.tool.as_deref()
    }

    /// Returns the class of the act.
    pub fn class(&self) -> Option<&str> {
        self.fields.class.as_deref()
    }

    /// Returns the things acted on, as far as they are written out.
    pub fn targets(&self) -> &[String] {
        &self.fields.target
    }

    /// Returns how many things were acted on.
    pub fn count(&self) -> Option<u64> {
        self.fields.n
    }

    /// Returns the policy decision.
    pub fn decision(&self) -> Option<&str> {
        self.fields.decision.as_deref()
    }

    /// Returns how it ended.
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::from_word(self.fields.outcome.as_deref()?)
    }

    /// Returns why it ended so.
    pub fn reason(&self) -> Option<&str> {
        self.fields.reason.as_deref()
    }

    /// Returns the reference to the token involved.
    pub fn token(&self) -> Option<&str> {
        self.fields.tok.as_deref()
    }

    /// Returns how long it took, in microseconds.
    pub fn latency_us(&self) -> Option<u64> {
        self.fields.lat_us
    }

    /// Returns a field of the event's family.
    pub fn data(&self, name: &str) -> Option<&serde_json::Value> {
        self.fields.data.get(name)
    }

    /// Returns all fields of the event's family.
    pub fn all_data(&self) -> &serde_json::Map<String, serde_json::Value> {
        &self.fields.data
    }

    /// Returns how many fields and words of this record this version does not know.
    pub fn unknown(&self) -> u64 {
        let Fields { stage, sev, outcome, actor, .. } = &self.fields;
        let unknown = |word: Option<&String>, known: bool| u64::from(word.is_some() && !known);
        let actor_kind = actor.as_ref().and_then(|actor| actor.kind.as_ref());
        u64::try_from(self.fields.unknown.len()).unwrap_or(u64::MAX)
            + unknown(stage.as_ref(), self.stage().is_some())
            + unknown(sev.as_ref(), self.severity().is_some())
            + unknown(outcome.as_ref(), self.outcome().is_some())
            + unknown(actor_kind, self.actor_kind().is_some())
    }
}

#[cfg(feature = "schema")]
impl Entry {
    /// Returns the schema of the fields that every record may have.
    pub(crate) fn schema(generator: schemars::SchemaGenerator) -> schemars::Schema {
        generator.into_root_schema_for::<Fields>()
    }
}

/// What the first line of a segment says.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) chain: ChainId,
    pub(crate) tenant: String,
    pub(crate) time: Timestamp,
    /// How many lines stand before it, in earlier segments.
    pub(crate) size: u64,
    /// The hash of the last of them.
    pub(crate) previous: Hash,
    /// The tree and the key as they were then.
    pub(crate) fold: Fold,
}

impl Opening {
    pub(crate) fn parse(line: &[u8]) -> Result<Self, Defect> {
        let entry = Entry::parse(line)?;
        Self::of(&entry).ok_or(Defect::NoOpening)
    }

    fn of(entry: &Entry) -> Option<Self> {
        if entry.kind() != own::CHAIN_OPEN.kind.as_str() {
            return None;
        }
        let text = |name| entry.data(name).and_then(serde_json::Value::as_str);
        let chain = ChainId::parse(text("chain")?).ok()?;
        let size = entry.seq().checked_sub(1)?;
        let (previous, fold) = if size == 0 {
            (chain.genesis(), Fold::default())
        } else {
            let size_fits = entry.data("size")?.as_u64()? == size;
            let previous = Hash::parse(text("prev")?.as_bytes()).filter(|_| size_fits)?;
            (previous, Fold::of(entry, size)?)
        };
        let tenant = entry.tenant().unwrap_or_default().to_owned();
        Some(Self { chain, tenant, time: entry.time(), size, previous, fold })
    }

    /// Returns what stands before the segment.
    pub(crate) fn before(&self) -> Head {
        Head::before_segment(self.size, self.previous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(fields: &str) -> String {
        let hash = "0".repeat(64);
        format!(
            r#"{{"v":1,"seq":3,"ts":"2026-11-21T05:30:00.123456Z","mono":9{fields},"h":"{hash}"}}"#
        )
    }

    #[test]
    fn unknown_kinds_fields_and_words_pass_and_are_counted() {
        let line = line(
            r#","code":"ZZ0001I","type":"moon.phase","stage":"midway","sev":"info","lvl":"full","src":{"ip":1},"outcome":"sideways""#,
        );
        let entry = Entry::parse(line.as_bytes()).unwrap();
        assert_eq!(entry.kind(), "moon.phase");
        assert_eq!(entry.stage(), None);
        assert_eq!(entry.outcome(), None);
        assert_eq!(entry.severity(), Some(Severity::Info));
        assert_eq!(entry.unknown(), 4);
        assert_eq!(entry.line(), line);
    }

    #[test]
    fn a_field_of_the_wrong_type_or_given_twice_is_refused() {
        for fields in [
            r#","code":7,"type":"a""#,
            r#","type":"a""#,
            r#","code":"SM0001I","type":"a","n":-1"#,
            r#","code":"SM0001I","type":"a","type":"b""#,
        ] {
            let error = Entry::parse(line(fields).as_bytes()).unwrap_err();
            assert_eq!(error, Defect::WrongField, "{fields}");
        }
    }
}
