//! The events that a log writes about itself.

use crate::draft::Draft;
#[cfg(feature = "export")]
use crate::entry::Entry;
use crate::entry::Opening;
use crate::fold::Fold;
use crate::line::{ChainId, Hash, hex};
use crate::log::Host;
#[cfg(feature = "export")]
use crate::text::Pseudonym;
use crate::text::{Id, Text};
use crate::value::Value;
use crate::vocabulary::{Code, Kind};

type Event = (Code, Kind);

/// The first line of a segment.
pub(crate) const CHAIN_OPEN: Event = (Code::new("SM0001I"), Kind::new("chain.open"));
/// An unfinished end was set aside.
pub(crate) const LOG_RECOVERED: Event = (Code::new("SM0002W"), Kind::new("log.recovered"));
/// The machine was started anew, or its wall clock was set.
pub(crate) const LOG_CLOCK: Event = (Code::new("SM0003W"), Kind::new("log.clock"));

/// The last line of a segment that another one follows.
pub(crate) const CHAIN_SEAL: Event = (Code::new("SM0004I"), Kind::new("chain.seal"));
/// From here on another key signs the checkpoints.
pub(crate) const LOG_KEY: Event = (Code::new("SM0005I"), Kind::new("log.key"));

/// The log could not be signed; told once until it can.
pub(crate) const LOG_UNSIGNED: Event = (Code::new("SM0006E"), Kind::new("log.unsigned"));

/// The retention removed the oldest segments.
pub(crate) const LOG_PRUNED: Event = (Code::new("SM0007I"), Kind::new("log.pruned"));

/// A rule found something.
pub(crate) const FINDING_OPENED: Event = (Code::new("SM0011W"), Kind::new("finding.open"));
/// Somebody looks after a finding.
pub(crate) const FINDING_ACKNOWLEDGED: Event =
    (Code::new("SM0012I"), Kind::new("finding.acknowledge"));
/// A finding is done with.
pub(crate) const FINDING_CLOSED: Event = (Code::new("SM0013I"), Kind::new("finding.close"));
/// A sink did not take records for a minute.
pub(crate) const SINK_BEHIND: Event = (Code::new("SM0021W"), Kind::new("sink.behind"));
/// A sink that had fallen behind takes records again.
pub(crate) const SINK_CAUGHT_UP: Event = (Code::new("SM0022I"), Kind::new("sink.caught_up"));

/// Code, kind and meaning of each event that a log writes about itself, for catalogues.
pub const LOG_EVENTS: &[(Code, Kind, &str)] = &[
    about(CHAIN_OPEN, "A segment of the log begins; the first line has the name of the chain."),
    about(LOG_RECOVERED, "An unfinished end, as a crash leaves it, was set aside."),
    about(LOG_CLOCK, "The machine was started anew, or its wall clock was set."),
    about(CHAIN_SEAL, "A segment ends; another one follows."),
    about(LOG_KEY, "From here on another key signs."),
    about(LOG_UNSIGNED, "The log could not be signed; told once until it can."),
    about(LOG_PRUNED, "The retention removed the oldest segments."),
    about(FINDING_OPENED, "A rule found something."),
    about(FINDING_ACKNOWLEDGED, "Somebody looks after a finding."),
    about(FINDING_CLOSED, "A finding is done with."),
    about(SINK_BEHIND, "A receiver took no records for a minute."),
    about(SINK_CAUGHT_UP, "A receiver that had fallen behind takes records again."),
];

const fn about((code, kind): Event, meaning: &'static str) -> (Code, Kind, &'static str) {
    (code, kind, meaning)
}

/// Whether a sealed line is of a kind; quick, and right because `code` and `type` come first.
pub(crate) fn mentions(line: &[u8], (code, kind): Event) -> bool {
    // No stamp is shorter than forty bytes or much longer than a hundred.
    let start = line.get(40.min(line.len())..line.len().min(160)).unwrap_or_default();
    let found = start.windows(8).position(|bytes| bytes == b"\"code\":\"");
    let rest = found.and_then(|place| start.get(place + 8..)).unwrap_or_default();
    let rest = rest.strip_prefix(code.as_str().as_bytes());
    let rest = rest.and_then(|rest| rest.strip_prefix(b"\",\"type\":\""));
    let rest = rest.and_then(|rest| rest.strip_prefix(kind.as_str().as_bytes()));
    rest.is_some_and(|rest| rest.starts_with(b"\""))
}

/// What stands before a segment.
pub(crate) struct Before<'a> {
    pub(crate) size: u64,
    pub(crate) hash: &'a Hash,
    /// Absent in the first segment.
    pub(crate) fold: Option<&'a Fold>,
}

pub(crate) fn chain_open(
    chain: &ChainId,
    before: &Before<'_>,
    keys: &[Value],
    host: &Host,
) -> Draft {
    let (code, kind) = CHAIN_OPEN;
    let mut draft = Draft::new(code, kind)
        .with("chain", chain.id())
        .with("prev", hash(before.hash))
        .with("size", before.size)
        .with("keys", Value::list(keys.iter().cloned()))
        .with("program", host.program)
        .with("version", host.version);
    if let Some(fold) = before.fold {
        draft = draft.with("tree", Value::list(fold.tree.to_hex().iter().map(|node| id(node))));
        if let Some(epoch) = &fold.epoch {
            draft = draft
                .with("epoch", epoch.number)
                .with("key", id(&epoch.key))
                .with("epoch_from", epoch.from);
        }
    }
    if let Some(name) = &host.name {
        draft = draft.with("host", name.clone());
    }
    for (name, id) in [("boot", &host.boot), ("build", &host.build), ("policy", &host.policy)] {
        if let Some(id) = id {
            draft = draft.with(name, id.clone());
        }
    }
    draft
}

/// `kept` is the file that holds the bytes now.
pub(crate) fn log_recovered(bytes: u64, sha256: &Hash, kept: &str) -> Draft {
    let (code, kind) = LOG_RECOVERED;
    Draft::new(code, kind)
        .with("bytes", bytes)
        .with("sha256", hash(sha256))
        .with("kept", Text::external(kept))
}

/// `step` is how far the wall clock moved against the boot-time clock, in microseconds.
pub(crate) fn log_clock(boot: Option<&Id>, step: i64) -> Draft {
    let (code, kind) = LOG_CLOCK;
    let draft = Draft::new(code, kind).with("step_us", step);
    match boot {
        Some(boot) => draft.with("boot", boot.clone()),
        None => draft,
    }
}

pub(crate) fn chain_seal() -> Draft {
    let (code, kind) = CHAIN_SEAL;
    Draft::new(code, kind)
}

/// `key` is the public key, in hex.
pub(crate) fn log_key(epoch: u32, key: &str) -> Draft {
    let (code, kind) = LOG_KEY;
    Draft::new(code, kind).with("epoch", epoch).with("key", id(key))
}

pub(crate) fn log_unsigned(reason: Text) -> Draft {
    let (code, kind) = LOG_UNSIGNED;
    Draft::new(code, kind).reason(reason)
}

/// `first` is the first line that was removed, `next` the opening of the first segment kept.
pub(crate) fn log_pruned(first: u64, next: &Opening) -> Draft {
    let (code, kind) = LOG_PRUNED;
    Draft::new(code, kind)
        .with("from", first)
        .with("to", next.size)
        .with("head", hash(&next.previous))
        .with("root", id(&hex(&next.fold.tree.root())))
}

/// `last` is the last record that was read for the sink.
#[cfg(feature = "export")]
pub(crate) fn sink_behind(name: &Pseudonym, last: u64, reason: Text) -> Draft {
    let (code, kind) = SINK_BEHIND;
    Draft::new(code, kind).reason(reason).with("sink", name.clone()).with("last", last)
}

#[cfg(feature = "export")]
pub(crate) fn sink_caught_up(name: &Pseudonym) -> Draft {
    let (code, kind) = SINK_CAUGHT_UP;
    Draft::new(code, kind).with("sink", name.clone())
}

/// Whether the export has written a record itself; it is told to no sink, so that the export does
/// not feed itself.
#[cfg(feature = "export")]
pub(crate) fn is_of_export(entry: &Entry) -> bool {
    [SINK_BEHIND, SINK_CAUGHT_UP].iter().any(|(code, _)| entry.code() == code.as_str())
}

fn hash(hash: &Hash) -> Id {
    id(hash.as_str())
}

fn id(digits: &str) -> Id {
    Id::new(digits).expect("64 hex digits are an identifier")
}
