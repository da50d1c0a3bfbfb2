//! The one door that every call passes, of whatever is on offer.
//!
//! Parse, audit the intent, act under a deadline, map the error, audit the outcome. The records of a
//! change wait for the disk: the intent before the act, the outcome before the result is given out.
//! Those of a read need not, but they are made, too. Without an intent in the log nothing is done.

use std::{panic::AssertUnwindSafe, pin::pin, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use serde_json::{Map, Value};
use spotify_api::id::SpotifyUri;
use spotify_audit::{Durability, Id, Outcome, Text};
use spotify_auth::{
    Clock, Entropy,
    policy::Acts,
    session::{
        Recorder, Session, Status,
        events::{Ended, ToolCall},
    },
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, SetOnce},
    time::Instant,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::{
    confirming::{Confirm, Verdict},
    operations::Tried,
    tickets::{Exactly, State, Tickets},
};
use crate::{
    account::Account,
    failure::{Cause, Circumstances, Code, Failure},
    offer::{Context, Offered, Prepared, Reply},
    server::watching,
    tools::{Effect, call::Call},
};

pub(crate) mod confirming;
pub(crate) mod operations;
pub(crate) mod tickets;

/// How many calls run at the same time; more wait.
const CALLS: usize = 16;
/// How long a call may take without coming further, waiting included.
const DEADLINE: Duration = Duration::from_mins(1);
/// How long a call may take that does come further.
const LONGEST: Duration = Duration::from_mins(10);

/// The door.
#[derive(Debug)]
pub(crate) struct Door {
    account: Arc<Account>,
    recorder: Recorder,
    clock: Clock,
    entropy: Entropy,
    slots: Semaphore,
    running: TaskTracker,
    tickets: Tickets,
    watching: Arc<Semaphore>,
    /// Set when the start stands in the audit log: no call is made before.
    begun: SetOnce<()>,
}

/// Who calls, and how the call can be taken back.
#[derive(Debug)]
pub(crate) struct Caller {
    /// The AI client, as it names itself.
    pub(crate) agent: Option<String>,
    /// Ends when the client takes the call back, or the server stops.
    pub(crate) cancelled: CancellationToken,
    /// How the client is reached during the call.
    pub(crate) context: Context,
}

/// A result, or why there is none.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    pub(crate) result: Result<T, Failure>,
    /// Whether the outcome could not be written to the audit log.
    pub(crate) unrecorded: bool,
}

/// A call whose arguments are in order.
struct Opened {
    record: ToolCall,
    recorder: Recorder,
    effect: Effect,
    instead: &'static str,
    /// Whether a person agreed, if that was wanted.
    confirmed: Option<bool>,
    tried: Tried,
}

impl Door {
    /// Opens a door to an account.
    pub(crate) fn new(session: &Session, account: Arc<Account>, recorder: Recorder) -> Self {
        let context = session.context();
        Self {
            account,
            recorder,
            clock: context.clock.clone(),
            entropy: context.entropy.clone(),
            slots: Semaphore::new(CALLS),
            running: TaskTracker::new(),
            tickets: Tickets::default(),
            watching: Arc::new(Semaphore::new(watching::MOST)),
            begun: SetOnce::new(),
        }
    }

    /// Calls a thing on offer.
    pub(crate) async fn call<L, T: 'static>(
        &self,
        offered: &Offered<L, T>,
        arguments: &Map<String, Value>,
        caller: &Caller,
    ) -> Answer<Reply<T>> {
        let started = Instant::now();
        let _running = self.running.token();
        self.begun.wait().await;
        let mut opened = self.open(offered, caller.agent.as_deref());
        let prepared = match offered.prepare(arguments.clone()) {
            Ok(prepared) => prepared,
            Err(problems) => {
                let meant = texts(arguments).find_map(|text| self.account.meant(text));
                let failure = Failure::arguments(&problems).meaning(meant.as_deref());
                return opened.close(Err(failure), Outcome::Refused, started).await;
            }
        };
        opened.record.targets = targets(&prepared.targets);
        let confirm = match self.allowed(offered.effect, offered.confirm).await {
            Ok(confirm) => confirm,
            Err(failure) => return opened.close(Err(failure), Outcome::Refused, started).await,
        };
        match confirming::judge(confirm, offered.name, arguments, &caller.context) {
            Verdict::Act(confirmed) => {
                opened.confirmed = confirmed;
                self.prepared(opened, prepared, caller, started).await
            }
            Verdict::Ask(questions) => {
                opened.close(Ok(Reply::Ask(questions)), Outcome::Refused, started).await
            }
            Verdict::Refuse(failure) => opened.close(Err(failure), Outcome::Refused, started).await,
        }
    }

    /// Lets calls pass: the start stands in the audit log.
    pub(crate) fn begin(&self) {
        // Setting it twice changes nothing.
        self.begun.set(()).ok();
    }

    /// Keeps something until the same call comes again with answers; returns the ticket for it.
    pub(crate) fn issue(&self, call: Exactly, state: State) -> String {
        self.tickets.issue(&self.entropy, call, state)
    }

    /// Takes a ticket back, if it is good for this call.
    pub(crate) fn redeem(&self, ticket: &str, call: Exactly) -> Option<State> {
        self.tickets.redeem(ticket, call)
    }

    /// Returns a place for a watch, if one is free.
    pub(crate) fn place_to_watch(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.watching).try_acquire_owned().ok()
    }

    /// Runs something beside the calls; `settled` waits for it.
    pub(crate) fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        drop(self.running.spawn(work));
    }

    /// Waits until every call has written its outcome and nothing is under way for the account.
    pub(crate) async fn settled(&self) {
        self.running.close();
        self.running.wait().await;
        self.account.close().await;
    }

    /// Tells when a person has to agree to a change, by the operator's policy for the profile, too;
    /// running servers follow it at the next call.
    async fn allowed(&self, effect: Effect, confirm: Confirm) -> Result<Confirm, Failure> {
        let acts = match effect {
            Effect::Read | Effect::Auth => return Ok(confirm),
            Effect::Write | Effect::Destructive => {
                let policy = self.account.policy().await;
                let policy = policy.map_err(|error| Failure::of_account(&error))?;
                if effect == Effect::Write { policy.writes } else { policy.of_destructive() }
            }
        };
        match acts {
            Acts::Usual => Ok(confirm),
            Acts::Confirm => Ok(Confirm::Always),
            Acts::Forbid => Err(Failure::forbidden_by_policy()),
        }
    }

    fn open<L, T>(&self, offered: &Offered<L, T>, agent: Option<&str>) -> Opened {
        let recorder = match agent {
            Some(agent) => self.recorder.with_agent(Text::external(agent)),
            None => self.recorder.clone(),
        };
        let request = format!("r_{:032x}", u128::from_be_bytes(*self.entropy.bytes::<16>()));
        let Offered { name, effect, instead, .. } = *offered;
        let record = ToolCall {
            tool: name,
            class: effect.as_str(),
            request: Id::new(&request).expect("letters and digits make an identifier"),
            targets: Vec::new(),
        };
        Opened { record, recorder, effect, instead, confirmed: None, tried: Tried::default() }
    }

    async fn prepared<T>(
        &self,
        opened: Opened,
        prepared: Prepared<T>,
        caller: &Caller,
        started: Instant,
    ) -> Answer<Reply<T>> {
        let subject = prepared.targets.first().map(SpotifyUri::to_string);
        let Caller { cancelled, context, .. } = caller;
        let limits = Limits { cancelled, context, started, effect: opened.effect };
        let call = Call {
            account: Arc::clone(&self.account),
            clock: self.clock.clone(),
            context: context.clone(),
        };
        let acting = || (prepared.act)(call);
        let result = self.act(&opened, acting, subject.as_deref(), &limits).await;
        context.end();
        let outcome = opened.outcome(&result);
        opened.close(result, outcome, started).await
    }

    async fn act<T, F: Future<Output = Result<Reply<T>, Cause>>>(
        &self,
        opened: &Opened,
        acting: impl FnOnce() -> F,
        subject: Option<&str>,
        limits: &Limits<'_>,
    ) -> Result<Reply<T>, Failure> {
        let slot = limits.within(self.slots.acquire()).await?;
        let _slot = slot.map_err(|_| Failure::internal())?;
        // Nothing interrupts this: the intent stands in the log before the outcome, always.
        if !opened.announce().await {
            return Err(Failure::audit());
        }
        let acting = AssertUnwindSafe(acting()).catch_unwind();
        match limits.within(opened.tried.collect(acting)).await? {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(cause)) => Err(self.explain(&cause, subject, opened).await),
            Err(_) => Err(Failure::internal()),
        }
    }

    async fn explain(&self, cause: &Cause, subject: Option<&str>, opened: &Opened) -> Failure {
        tracing::info!(tool = opened.record.tool, error = %chain(cause), "a tool call failed");
        let granted = match cause {
            Cause::Api(error) if !error.missing_scopes().is_empty() => {
                match self.account.status().await {
                    Ok(Status::SignedIn(status)) => Some(status.scopes),
                    _ => None,
                }
            }
            _ => None,
        };
        Failure::of(
            cause,
            &Circumstances {
                now: self.clock.now(),
                subject,
                changes: !opened.effect.is_read(),
                granted: granted.as_ref(),
                instead: opened.instead,
            },
        )
    }
}

/// What ends a call before it ends by itself.
struct Limits<'a> {
    cancelled: &'a CancellationToken,
    context: &'a Context,
    started: Instant,
    effect: Effect,
}

impl Limits<'_> {
    async fn within<F: Future>(&self, future: F) -> Result<F::Output, Failure> {
        let mut future = pin!(future);
        loop {
            let end = self.end();
            tokio::select! {
                biased;
                () = self.cancelled.cancelled() => return Err(Failure::cancelled()),
                output = tokio::time::timeout_at(end, &mut future) => match output {
                    Ok(output) => return Ok(output),
                    // It came further in the meantime.
                    Err(_) if self.end() > end => {}
                    Err(_) => return Err(Failure::deadline(end - self.started, self.effect)),
                }
            }
        }
    }

    /// Returns when the call is given up, as far as it has come.
    fn end(&self) -> Instant {
        let moved = self.context.moved().unwrap_or(self.started).max(self.started);
        (moved + DEADLINE).min(self.started + LONGEST)
    }
}

impl Opened {
    /// Writes down what is about to be done.
    async fn announce(&self) -> bool {
        let durability = if self.effect.is_read() { Durability::Async } else { Durability::Before };
        let intent = self.record.intent(self.confirmed);
        let written = self.recorder.record(intent, durability).await;
        written
            .inspect_err(
                |error| tracing::error!(error = %chain(error), "the audit log refuses an intent"),
            )
            .is_ok()
    }

    /// Tells how the act ended, for the log.
    fn outcome<T>(&self, result: &Result<Reply<T>, Failure>) -> Outcome {
        match result {
            Ok(Reply::Done(_)) => Outcome::Ok,
            // An act that asks has done nothing.
            Ok(Reply::Ask(_)) => Outcome::Refused,
            Err(failure) if failure.is_ambiguous() => Outcome::Unknown,
            Err(failure) => match failure.code {
                // Nobody knows how far a change came that ended in the middle.
                Code::Internal if !self.effect.is_read() => Outcome::Unknown,
                Code::Cancelled if !self.effect.is_read() && self.tried.requests() > 0 => {
                    Outcome::Unknown
                }
                Code::Cancelled | Code::Audit | Code::Revoked | Code::Suspended => Outcome::Refused,
                _ => Outcome::Failed,
            },
        }
    }

    /// Writes down how the act ended.
    async fn close<T>(
        self,
        result: Result<Reply<T>, Failure>,
        outcome: Outcome,
        started: Instant,
    ) -> Answer<Reply<T>> {
        let reason = match &result {
            Ok(Reply::Done(_)) => None,
            Ok(Reply::Ask(_)) => Some("input_required"),
            Err(failure) => Some(failure.code.as_str()),
        };
        let record = self.record.outcome(Ended {
            outcome,
            reason,
            operations: self.tried.operations(),
            requests: self.tried.requests(),
            items: self.tried.items(),
            took: started.elapsed(),
        });
        let durability = if self.effect.is_read() { Durability::Async } else { Durability::After };
        let written = self.recorder.record(record, durability).await;
        let unrecorded = written
            .inspect_err(
                |error| tracing::error!(error = %chain(error), "the audit log refuses an outcome"),
            )
            .is_err();
        Answer { result, unrecorded }
    }
}

/// Returns the texts among arguments, those in lists included.
fn texts(arguments: &Map<String, Value>) -> impl Iterator<Item = &str> {
    let lists = arguments.values().map(|value| match value {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    });
    lists.flatten().filter_map(Value::as_str)
}

/// Returns the identifiers of what a call is about; a local file's URI is none.
fn targets(uris: &[SpotifyUri]) -> Vec<Id> {
    uris.iter().filter_map(|uri| Id::new(&uri.to_string()).ok()).collect()
}

/// Writes an error and what lies behind it. None of them holds a secret.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests;
