//! Pending sign-ins: begun by a person or an AI client, completed by the browser's redirect or by
//! what a person pasted.
//!
//! State and verifier stay here. A sign-in waits five minutes at most, there are at most three,
//! and each is used once. Room for the grant is reserved before the code is spent, and the grant is
//! sealed before anybody is told that the sign-in worked.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::app::{App, RedirectPolicy};
use crate::blocking::{blocking, note};
use crate::endpoint::TokenEndpoint;
use crate::grant::{Grant, Record, after};
use crate::loopback::{Loopback, OnRedirect, Page};
use crate::oauth::{AuthorizeUrl, Redirect, Request, parse_redirect};
use crate::secret::{AuthorizationCode, State};
use crate::store::{Event, Events, TokenStore};
use crate::{Clock, Entropy, ScopeSet};

mod error;

pub use error::SignInError;

/// How long a sign-in waits for its answer.
pub const WAIT: Duration = Duration::from_mins(5);
/// How many sign-ins may wait at once; one more ends the oldest.
pub const PENDING_MAX: usize = 3;
/// How often sign-ins that nobody answered are looked for.
const SWEEP: Duration = Duration::from_mins(1);
/// How long another process may hold the profile's record.
const LEASE_WAIT: Duration = Duration::from_secs(25);

/// Where a profile's sign-ins begin and end.
#[derive(Clone)]
pub struct SignIns(Arc<Desk>);

/// What a desk needs.
pub struct Parts {
    /// The app to sign in to.
    pub app: App,
    /// How the answer comes back.
    pub redirect: RedirectPolicy,
    /// What is asked for.
    pub scopes: ScopeSet,
    /// Where codes are exchanged.
    pub endpoint: TokenEndpoint,
    /// Where the grant is kept.
    pub store: Arc<dyn TokenStore>,
    /// Who is told.
    pub events: Arc<dyn Events>,
    /// The time.
    pub clock: Clock,
    /// Randomness for state and verifier.
    pub entropy: Entropy,
}

/// A sign-in that waits for the person.
#[derive(Debug)]
pub struct Begun {
    /// The address to open in a browser.
    pub url: AuthorizeUrl,
    /// Whether this program takes the answer by itself. If not, the person pastes it.
    pub listening: bool,
    /// When the sign-in ends unanswered.
    pub ends_at: Timestamp,
    outcome: watch::Receiver<Option<Result<SignedIn, SignInError>>>,
}

/// A sign-in that worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// What was granted.
    pub scopes: ScopeSet,
    /// What was asked for, but not granted.
    pub missing: ScopeSet,
    /// When the person must sign in again.
    pub deadline: Timestamp,
}

struct Desk {
    parts: Parts,
    waiting: Mutex<Waiting>,
    tasks: TaskTracker,
    pages: TaskTracker,
}

#[derive(Default)]
struct Waiting {
    pending: Vec<Pending>,
    listener: Option<Loopback>,
    /// Whether a task looks for sign-ins whose time is over.
    swept: bool,
}

struct Pending {
    request: Request,
    ends_at: Timestamp,
    outcome: watch::Sender<Option<Result<SignedIn, SignInError>>>,
}

impl SignIns {
    /// Opens a desk.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(Desk {
            parts,
            waiting: Mutex::default(),
            tasks: TaskTracker::new(),
            pages: TaskTracker::new(),
        }))
    }

    /// Begins a sign-in and, where the redirect address allows it, listens for the answer.
    ///
    /// # Errors
    /// The listener may not start, or the audit log may not take the note.
    pub async fn begin(&self) -> Result<Begun, SignInError> {
        let parts = &self.0.parts;
        note(&parts.events, |events| events.note(&Event::SignInStarted)).await??;
        let mut waiting = self.0.waiting.lock().await;
        self.0.expire(&mut waiting).await;
        let redirect = self.0.redirect(&mut waiting).await?;
        let request = Request::new(
            &parts.app,
            parts.endpoint.origins(),
            redirect,
            &parts.scopes,
            &parts.entropy,
        );
        let ends_at = after(parts.clock.now(), WAIT);
        let (sender, outcome) = watch::channel(None);
        let begun = Begun {
            url: request.url.clone(),
            listening: waiting.listener.is_some(),
            ends_at,
            outcome,
        };
        if waiting.pending.len() == PENDING_MAX {
            let oldest = waiting.pending.remove(0);
            self.0.unanswered(vec![oldest], SignInError::Replaced).await;
        }
        waiting.pending.push(Pending { request, ends_at, outcome: sender });
        if !std::mem::replace(&mut waiting.swept, true) {
            self.0.sweep();
        }
        Ok(begun)
    }

    /// Completes a sign-in with a redirect address, its query, or a bare code.
    ///
    /// # Errors
    /// See [`SignInError`]. No error repeats what was given.
    pub async fn complete(&self, text: &str) -> Result<SignedIn, SignInError> {
        complete(&self.0, text).await
    }

    /// Forgets the sign-ins that wait, stops listening, and returns when every exchange under way
    /// has ended and every page was shown. For an orderly end.
    pub async fn close(&self) {
        let waiting = std::mem::take(&mut *self.0.waiting.lock().await);
        self.0.unanswered(waiting.pending, SignInError::Stopped).await;
        drop(waiting.listener);
        for tasks in [&self.0.tasks, &self.0.pages] {
            tasks.close();
            tasks.wait().await;
        }
    }

    /// Returns how many sign-ins wait.
    pub async fn pending(&self) -> usize {
        let mut waiting = self.0.waiting.lock().await;
        self.0.expire(&mut waiting).await;
        waiting.pending.len()
    }
}

impl fmt::Debug for SignIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignIns")
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
    }
}

impl Begun {
    /// Waits for the end of the sign-in.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn finished(mut self) -> Result<SignedIn, SignInError> {
        let outcome =
            self.outcome.wait_for(Option::is_some).await.map_err(|_| SignInError::TimedOut)?;
        outcome.clone().unwrap_or(Err(SignInError::TimedOut))
    }
}

impl Waiting {
    /// Takes out the sign-ins whose time is over, and ends the listener with the last of them.
    fn take_expired(&mut self, now: Timestamp) -> Vec<Pending> {
        let expired = self.pending.extract_if(.., |pending| pending.ends_at <= now).collect();
        if self.pending.is_empty() {
            self.listener = None;
        }
        expired
    }

    /// Takes out the sign-in that `state` belongs to, or the only one when there is no state.
    fn take(&mut self, state: Option<&State>) -> Result<Pending, SignInError> {
        let position = match state {
            Some(state) => self
                .pending
                .iter()
                .position(|pending| pending.request.state.matches(state.expose())),
            None if self.pending.len() > 1 => return Err(SignInError::WhichOne),
            None => (!self.pending.is_empty()).then_some(0),
        };
        Ok(self.pending.remove(position.ok_or(SignInError::NotPending)?))
    }
}

impl Desk {
    async fn redirect(self: &Arc<Self>, waiting: &mut Waiting) -> Result<Url, SignInError> {
        let (registered, any_port) = match &self.parts.redirect {
            RedirectPolicy::PasteOnly(url) => return Ok(url.clone()),
            RedirectPolicy::AnyPort(url) => (url, true),
            RedirectPolicy::Port(url) => (url, false),
        };
        if waiting.listener.is_none() {
            let on_redirect = on_redirect(Arc::downgrade(self));
            waiting.listener =
                Some(Loopback::listen(registered, any_port, on_redirect, &self.pages).await?);
        }
        Ok(waiting.listener.as_ref().map_or(registered, Loopback::redirect).clone())
    }

    /// Ends the sign-ins whose time is over.
    async fn expire(&self, waiting: &mut Waiting) {
        let expired = waiting.take_expired(self.parts.clock.now());
        self.unanswered(expired, SignInError::TimedOut).await;
    }

    /// Tells of sign-ins that nobody answered, first the log and then who waits for them.
    async fn unanswered(&self, ended: Vec<Pending>, error: SignInError) {
        for pending in ended {
            let reason = error.reason();
            let noted = note(&self.parts.events, move |events| {
                events.note(&Event::SignInFailed { reason })
            });
            if !matches!(noted.await, Ok(Ok(()))) {
                tracing::error!(reason, "the end of a sign-in could not be written down");
            }
            pending.outcome.send_replace(Some(Err(error.clone())));
        }
    }

    /// Looks each minute for what nobody answered, as long as something waits, so that the
    /// listener's port is given back and the log tells of it.
    fn sweep(self: &Arc<Self>) {
        let desk = Arc::downgrade(self);
        // Nobody waits for it: it only holds a weak reference.
        TaskTracker::new().spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                let Some(desk) = desk.upgrade() else { return };
                let mut waiting = desk.waiting.lock().await;
                desk.expire(&mut waiting).await;
                if waiting.pending.is_empty() {
                    waiting.swept = false;
                    return;
                }
            }
        });
    }
}

fn on_redirect(desk: Weak<Desk>) -> OnRedirect {
    Arc::new(move |target| {
        let desk = desk.clone();
        Box::pin(async move {
            let outcome = match desk.upgrade() {
                Some(desk) => complete(&desk, &target).await,
                None => Err(SignInError::NotPending),
            };
            page(&outcome)
        })
    })
}

fn page(outcome: &Result<SignedIn, SignInError>) -> Page {
    match outcome {
        Ok(signed_in) => Page {
            success: true,
            title: "You are signed in to Spotify".to_owned(),
            text: format!(
                "You can close this page. Spotify will ask you to sign in again by {}.",
                signed_in.deadline.strftime("%-d %B %Y")
            ),
        },
        Err(error) => Page {
            success: false,
            title: "The sign-in did not work".to_owned(),
            text: format!("{}.", capitalised(&error.to_string())),
        },
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

async fn complete(desk: &Arc<Desk>, text: &str) -> Result<SignedIn, SignInError> {
    let redirect = parse_redirect(text)?;
    let (state, answer) = match redirect {
        Redirect::Approved { code, state } => (state, Ok(code)),
        Redirect::Refused { state, reason } => (state, Err(reason)),
    };
    let pending = {
        let mut waiting = desk.waiting.lock().await;
        desk.expire(&mut waiting).await;
        waiting.take(state.as_ref())?
    };
    let worker = Arc::clone(desk);
    // Once begun, the exchange ends by itself: a browser that closes the connection loses nothing.
    let task = desk.tasks.spawn(async move {
        let outcome = match answer {
            Ok(code) => exchange(&worker, &pending.request, &code).await,
            Err(reason) => Err(SignInError::Refused(reason)),
        };
        let noted = match &outcome {
            Ok(_) => Ok(()),
            Err(error) => {
                let reason = error.reason();
                Ok(note(&worker.parts.events, move |events| {
                    events.note(&Event::SignInFailed { reason })
                })
                .await??)
            }
        };
        let outcome = noted.and(outcome);
        pending.outcome.send_replace(Some(outcome.clone()));
        worker.expire(&mut *worker.waiting.lock().await).await;
        outcome
    });
    task.await.unwrap_or(Err(SignInError::Stopped))
}

async fn exchange(
    desk: &Arc<Desk>,
    request: &Request,
    code: &AuthorizationCode,
) -> Result<SignedIn, SignInError> {
    let parts = &desk.parts;
    let store = Arc::clone(&parts.store);
    let lease = blocking(move || {
        let mut lease = store.lease(LEASE_WAIT)?;
        lease.prepare().map(|()| lease)
    })
    .await??;
    let started = Instant::now();
    let asked_at = parts.clock.now();
    let answer =
        parts.endpoint.exchange(&parts.app, code, &request.verifier, &request.redirect).await?;
    let refresh = answer.refresh.ok_or(SignInError::NoRefreshToken)?;
    let scopes = answer.scopes.unwrap_or_else(|| parts.scopes.clone());
    let grant = Grant {
        access: answer.access,
        refresh,
        scopes: scopes.clone(),
        obtained_at: asked_at,
        expires_at: after(asked_at, answer.life),
        authorized_at: asked_at,
        rotated_at: None,
        marked: None,
        app: parts.app.duplicate(),
        origins: parts.endpoint.origins().clone(),
    };
    let deadline = grant.deadline();
    let events = Arc::clone(&parts.events);
    blocking(move || {
        let mut lease = lease;
        let record = Record::Active(grant);
        let generation = lease.commit(&record)?;
        let Record::Active(grant) = &record else { return Ok(()) };
        events.note(&Event::SignedIn { grant, generation, took: started.elapsed() })?;
        Ok::<(), SignInError>(())
    })
    .await??;
    Ok(SignedIn { missing: parts.scopes.missing_from(&scopes), scopes, deadline })
}
