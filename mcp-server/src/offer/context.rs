//! What an act may use of the request that it answers.

use rmcp::{RoleServer, service::RequestContext};

use super::progress::Progress;

/// The side of a call that faces the client.
#[derive(Debug, Clone, Default)]
pub struct Context {
    progress: Progress,
}

impl Context {
    /// Takes what a request says about its client.
    pub(crate) fn of(request: &RequestContext<RoleServer>) -> Self {
        let token = request.meta.get_progress_token();
        let progress = token.map(|token| Progress::new(request.peer.clone(), token));
        Self { progress: progress.unwrap_or_default() }
    }

    /// Tells the client how far the call is, if it asked for that: `done` of `total` steps.
    ///
    /// Steps that are no more than before, and those that come too soon after the last one that was
    /// told, are passed over; the end of all steps is not.
    pub async fn progress(&self, done: u32, total: u32, message: &str) {
        self.progress.tell(done, total, message).await;
    }

    /// Ends what may be told: the answer is on its way.
    pub(crate) fn end(&self) {
        self.progress.end();
    }
}
