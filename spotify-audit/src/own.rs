//! The events that a log writes about itself.

use crate::draft::Draft;
use crate::line::{ChainId, Hash};
use crate::log::Host;
use crate::text::{Id, Text};
use crate::value::Value;
use crate::vocabulary::{Code, Kind};

/// The first line of a log.
pub(crate) const CHAIN_OPEN: (Code, Kind) = (Code::new("SM0001I"), Kind::new("chain.open"));
/// An unfinished end was set aside.
pub(crate) const LOG_RECOVERED: (Code, Kind) = (Code::new("SM0002W"), Kind::new("log.recovered"));
/// The machine was started anew, or its wall clock was set.
pub(crate) const LOG_CLOCK: (Code, Kind) = (Code::new("SM0003W"), Kind::new("log.clock"));

/// Code and kind of each event that a log writes about itself, for catalogues.
pub const LOG_EVENTS: &[(Code, Kind)] = &[CHAIN_OPEN, LOG_RECOVERED, LOG_CLOCK];

pub(crate) fn chain_open(chain: &ChainId, keys: Vec<Value>, host: &Host) -> Draft {
    let (code, kind) = CHAIN_OPEN;
    let mut draft = Draft::new(code, kind)
        .with("chain", chain.id())
        .with("prev", hash(&chain.genesis()))
        .with("size", 0)
        .with("keys", Value::list(keys))
        .with("program", host.program)
        .with("version", host.version);
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

fn hash(hash: &Hash) -> Id {
    Id::new(hash.as_str()).expect("64 hex digits are an identifier")
}
