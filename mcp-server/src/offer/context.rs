//! What an act may use of the request that it answers.

use std::sync::Arc;

use rmcp::{
    RoleServer,
    model::{ClientCapabilities, InputResponses, ProtocolVersion},
    service::RequestContext,
};
use serde_json::Value;
use tokio::time::Instant;

use super::{progress::Progress, questions};
use crate::dispatch::{confirming::Stage, tickets::State};

/// The side of a call that faces the client.
#[derive(Debug, Clone, Default)]
pub struct Context {
    progress: Progress,
    request: Option<Arc<RequestContext<RoleServer>>>,
    answers: Arc<InputResponses>,
    state: State,
}

impl Context {
    /// Takes what a request says about its client.
    pub(crate) fn of(request: RequestContext<RoleServer>) -> Self {
        let token = request.meta.get_progress_token();
        let progress = token.map(|token| Progress::new(request.peer.clone(), token));
        Self {
            progress: progress.unwrap_or_default(),
            request: Some(Arc::new(request)),
            ..Self::default()
        }
    }

    /// Adds what the client answered, and what was kept for that.
    pub(crate) fn answered(self, answers: InputResponses, state: State) -> Self {
        Self { answers: Arc::new(answers), state, ..self }
    }

    /// Tells the client how far the call is, if it asked for that: `done` of `total` steps.
    ///
    /// Steps that are no more than before, and those that come too soon after the last one that was
    /// told, are passed over; the end of all steps is not.
    pub async fn progress(&self, done: u32, total: u32, message: &str) {
        self.progress.tell(done, total, message).await;
    }

    /// Returns when the call came further last, if it ever said so.
    pub(crate) fn moved(&self) -> Option<Instant> {
        self.progress.moved()
    }

    /// Ends what may be told: the answer is on its way.
    pub(crate) fn end(&self) {
        self.progress.end();
    }

    /// Returns the answer to a question, as the client sent it: nobody has checked it.
    pub fn answer(&self, key: &str) -> Option<&Value> {
        self.answers.get(key)
    }

    /// Returns what was kept when the questions were asked.
    pub const fn state(&self) -> Option<&Value> {
        self.state.of_act.as_ref()
    }

    /// Returns how far asking the person to agree is.
    pub(crate) const fn stage(&self) -> Stage {
        self.state.stage
    }

    /// Returns what the client says it can do.
    pub fn capabilities(&self) -> ClientCapabilities {
        let request = self.request.as_ref();
        request.and_then(|request| request.client_capabilities()).unwrap_or_default()
    }

    /// Whether the person can be asked to fill in a form.
    pub fn takes_forms(&self) -> bool {
        questions::takes_forms(&self.capabilities())
    }

    /// Whether questions are results and answers come with a second call, as since 2026-07-28.
    pub(crate) fn in_rounds(&self) -> bool {
        let version = self.request.as_ref().and_then(|request| request.protocol_version());
        version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28)
    }

    /// Returns the request itself.
    pub fn request(&self) -> Option<&RequestContext<RoleServer>> {
        self.request.as_deref()
    }
}
