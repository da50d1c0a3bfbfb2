//! The events that a log writes about itself.

use crate::draft::Draft;
#[cfg(feature = "export")]
use crate::entry::Entry;
use crate::entry::Opening;
use crate::event::Label;
use crate::fold::Fold;
use crate::line::{ChainId, Hash, hex};
use crate::log::Host;
use crate::text::{Id, Pseudonym, Text};

crate::events! {
    /// What a log writes about itself.
    pub enum LogEvent {
        CHAIN_OPEN = "SM0001I" "chain.open" {
            /// A segment of the log begins; the first line has the name of the chain.
            Opened {
                /// The chain.
                chain: Id,
                /// The hash of the line before, or the chain's genesis.
                prev: Id,
                /// How many lines stand before.
                size: u64,
                /// The names of the keys for references.
                keys: Vec<Pseudonym>,
                /// The program that writes.
                program: &'static str,
                /// Its version.
                version: &'static str,
                /// The nodes of the tree over the lines before; absent in the first segment.
                tree: Option<Vec<Id>>,
                /// The epoch of the key that signs.
                epoch: Option<u64>,
                /// That key, in public form.
                key: Option<Id>,
                /// The record that names it.
                epoch_from: Option<u64>,
                /// Whether no key before introduced it; absent where one did.
                renewed: Option<bool>,
                /// The machine.
                host: Option<Text>,
                /// What tells one start of the machine from the next.
                boot: Option<Id>,
                /// What tells one build of the program from others.
                build: Option<Id>,
                /// The hash of the policy in force.
                policy: Option<Id>,
            }
        }
        LOG_RECOVERED = "SM0002W" "log.recovered" {
            /// An unfinished end, as a crash leaves it, was set aside.
            Recovered {
                /// How long it was.
                bytes: u64,
                /// The hash of these bytes.
                sha256: Id,
                /// The file that holds them now.
                kept: Text,
            }
        }
        LOG_CLOCK = "SM0003W" "log.clock" {
            /// The machine was started anew, or its wall clock was set.
            ClockSet {
                /// How far the wall clock moved against the boot-time clock.
                step_us: i64,
                /// What tells this start of the machine from others.
                boot: Option<Id>,
            }
        }
        CHAIN_SEAL = "SM0004I" "chain.seal" {
            /// A segment ends; another one follows.
            Sealed {}
        }
        LOG_KEY = "SM0005I" "log.key" {
            /// From here on another key signs.
            KeyNamed {
                /// Counts the keys.
                epoch: u32,
                /// The key, in public form.
                key: Id,
            }
        }
        LOG_UNSIGNED = "SM0006E" "log.unsigned" {
            /// The log could not be signed; told once until it can.
            Unsigned {}
        }
        LOG_PRUNED = "SM0007I" "log.pruned" {
            /// The retention removed the oldest segments.
            Pruned {
                /// The first record that was removed.
                from: u64,
                /// The last one.
                to: u64,
                /// The hash of the last one.
                head: Id,
                /// The root of the tree up to it.
                root: Id,
            }
        }
        LOG_RENEWED = "SM0008E" "log.renewed" {
            /// From here on another key signs that no key before it introduced: those are lost. From
            /// the log alone nobody can tell whether what came before is as it was; an anchor can.
            KeyRenewed {
                /// Counts the keys.
                epoch: u32,
                /// The key, in public form.
                key: Id,
            }
        }
        SINK_BEHIND = "SM0021W" "sink.behind" {
            /// A receiver took no records for a minute.
            SinkBehind {
                /// The receiver.
                sink: Pseudonym,
                /// The last record that was read for it.
                last: u64,
            }
        }
        SINK_CAUGHT_UP = "SM0022I" "sink.caught_up" {
            /// A receiver that had fallen behind takes records again.
            SinkCaughtUp {
                /// The receiver.
                sink: Pseudonym,
            }
        }
    }
}

/// Whether a sealed line is of a kind; quick, and right because `code` and `type` come first.
pub(crate) fn mentions(line: &[u8], Label { code, kind }: Label) -> bool {
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
    keys: &[Pseudonym],
    host: &Host,
) -> Draft {
    let epoch = before.fold.and_then(|fold| fold.epoch.as_ref());
    let tree = |fold: &Fold| fold.tree.to_hex().iter().map(|node| id(node)).collect();
    LogEvent::Opened {
        chain: chain.id(),
        prev: hash(before.hash),
        size: before.size,
        keys: keys.to_vec(),
        program: host.program,
        version: host.version,
        tree: before.fold.map(tree),
        epoch: epoch.map(|epoch| epoch.number),
        key: epoch.map(|epoch| id(&epoch.key)),
        epoch_from: epoch.map(|epoch| epoch.from),
        renewed: epoch.is_some_and(|epoch| epoch.renewed).then_some(true),
        host: host.name.clone(),
        boot: host.boot.clone(),
        build: host.build.clone(),
        policy: host.policy.clone(),
    }
    .draft()
}

/// `kept` is the file that holds the bytes now.
pub(crate) fn log_recovered(bytes: u64, sha256: &Hash, kept: &str) -> Draft {
    LogEvent::Recovered { bytes, sha256: hash(sha256), kept: Text::external(kept) }.draft()
}

/// `key` is the public key, in hex.
pub(crate) fn log_key(epoch: u32, key: &str) -> Draft {
    LogEvent::KeyNamed { epoch, key: id(key) }.draft()
}

/// `key` is the public key, in hex.
pub(crate) fn log_renewed(epoch: u32, key: &str) -> Draft {
    LogEvent::KeyRenewed { epoch, key: id(key) }.draft()
}

/// `from` is the first line that was removed, `next` the opening of the first segment kept.
pub(crate) fn log_pruned(from: u64, next: &Opening) -> Draft {
    let (head, root) = (hash(&next.previous), id(&hex(&next.fold.tree.root())));
    LogEvent::Pruned { from, to: next.size, head, root }.draft()
}

/// Whether the export has written a record itself; it is told to no sink, so that the export does
/// not feed itself.
#[cfg(feature = "export")]
pub(crate) fn is_of_export(entry: &Entry) -> bool {
    SINK_BEHIND.is(entry) || SINK_CAUGHT_UP.is(entry)
}

fn hash(hash: &Hash) -> Id {
    id(hash.as_str())
}

fn id(digits: &str) -> Id {
    Id::new(digits).expect("64 hex digits are an identifier")
}
