//! What is kept between a question and the call that brings the answer.
//!
//! The client holds a ticket of 128 random bits. It is good once, for some minutes, and for the same
//! call with the same arguments: what was answered for one call says nothing about another.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use spotify_auth::Entropy;
use tokio::time::Instant;

use super::confirming::Stage;

/// How long a person has for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);
/// The most tickets at the same time; the oldest go first.
const MOST: usize = 64;

/// The tickets that are out.
#[derive(Debug, Default)]
pub(crate) struct Tickets(Mutex<BTreeMap<String, Kept>>);

/// The exact call that a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exactly([u8; 32]);

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct State {
    /// How far asking the person to agree is.
    pub(crate) stage: Stage,
    /// What the act keeps.
    pub(crate) of_act: Option<Value>,
}

#[derive(Debug)]
struct Kept {
    call: Exactly,
    issued: Instant,
    state: State,
}

impl Exactly {
    /// Names a call by what is called and the arguments.
    pub(crate) fn of(name: &str, arguments: &Map<String, Value>) -> Self {
        let text = serde_json::to_vec(&(name, arguments)).unwrap_or_default();
        Self(Sha256::digest(text).into())
    }
}

impl Tickets {
    /// Issues a ticket.
    pub(crate) fn issue(&self, entropy: &Entropy, call: Exactly, state: State) -> String {
        let ticket = format!("{:032x}", u128::from_be_bytes(*entropy.bytes::<16>()));
        let mut kept = self.kept();
        kept.retain(|_, kept| kept.issued.elapsed() < PATIENCE);
        if kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, kept)| kept.issued);
            if let Some(oldest) = oldest.map(|(ticket, _)| ticket.clone()) {
                kept.remove(&oldest);
            }
        }
        kept.insert(ticket.clone(), Kept { call, issued: Instant::now(), state });
        ticket
    }

    /// Takes a ticket back: what was kept, if it is good for this call.
    pub(crate) fn redeem(&self, ticket: &str, call: Exactly) -> Option<State> {
        let kept = self.kept().remove(ticket)?;
        (kept.call == call && kept.issued.elapsed() < PATIENCE).then_some(kept.state)
    }

    /// Tickets have no invariant that a panic elsewhere could have broken.
    fn kept(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use spotify_auth::session::Context;

    use super::*;

    fn entropy() -> Entropy {
        Context::system("tests", "0.0.0", None).entropy
    }

    fn kept() -> State {
        State { stage: Stage::Asked, of_act: Some(json!("kept")) }
    }

    fn call(arguments: Value) -> Exactly {
        let Value::Object(arguments) = arguments else { panic!("an object") };
        Exactly::of("tool", &arguments)
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_is_good_once_for_its_call_and_for_some_minutes() {
        let (tickets, entropy) = (Tickets::default(), entropy());
        let this = call(json!({ "a": [1, 2] }));
        let issue = || tickets.issue(&entropy, this, kept());

        let ticket = issue();
        assert_eq!(tickets.redeem(&ticket, this), Some(kept()));
        assert_eq!(tickets.redeem(&ticket, this), None, "used up");
        for other in [json!({ "a": [1, 3] }), json!({ "a": [1, 2], "b": null }), json!({})] {
            let ticket = issue();
            assert_eq!(tickets.redeem(&ticket, call(other)), None);
            assert_eq!(tickets.redeem(&ticket, this), None, "a wrong use is a use");
        }
        assert_eq!(tickets.redeem(&ticket.replace(['0', '1'], "2"), this), None);
        let ticket = issue();
        tokio::time::advance(PATIENCE).await;
        assert_eq!(tickets.redeem(&ticket, this), None, "too late");
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_ticket_gives_way_when_there_are_too_many() {
        let (tickets, entropy) = (Tickets::default(), entropy());
        let this = call(json!({}));
        let mut issued = Vec::new();
        for _ in 0..=MOST {
            issued.push(tickets.issue(&entropy, this, State::default()));
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        let good: Vec<bool> =
            issued.iter().map(|ticket| tickets.redeem(ticket, this).is_some()).collect();
        assert!(!good[0] && good[1..].iter().all(|good| *good));
    }
}
