//! What completions were made of lately: a letter that is typed must not cost a request.
//!
//! It is in memory only, for seconds, one result for each source, and forgotten with a revocation.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rmcp::model::CallToolResult;
use tokio::time::Instant;

/// How long a result is good for.
const KEPT: Duration = Duration::from_secs(15);

/// Results by the tools that gave them.
#[derive(Default)]
pub(crate) struct Suggestions(Mutex<BTreeMap<&'static str, Kept>>);

struct Kept {
    since: Instant,
    result: Arc<CallToolResult>,
}

impl Suggestions {
    /// Returns what a tool gave some seconds ago.
    pub(crate) fn of(&self, tool: &'static str) -> Option<Arc<CallToolResult>> {
        let kept = self.lock();
        let kept = kept.get(tool).filter(|kept| kept.since.elapsed() < KEPT)?;
        Some(Arc::clone(&kept.result))
    }

    /// Keeps what a tool gives.
    pub(crate) fn keep(&self, tool: &'static str, result: CallToolResult) -> Arc<CallToolResult> {
        let result = Arc::new(result);
        let kept = Kept { since: Instant::now(), result: Arc::clone(&result) };
        self.lock().insert(tool, kept);
        result
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    /// What is kept has no invariant that a panic elsewhere could have broken.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_result_is_good_for_seconds_and_until_it_is_forgotten() {
        let suggestions = Suggestions::default();
        assert_eq!(suggestions.of("a"), None);
        let kept = suggestions.keep("a", CallToolResult::success(Vec::new()));
        assert_eq!((suggestions.of("a"), suggestions.of("b")), (Some(Arc::clone(&kept)), None));
        suggestions.forget();
        assert_eq!(suggestions.of("a"), None);
        suggestions.keep("a", CallToolResult::success(Vec::new()));
        tokio::time::advance(KEPT).await;
        assert_eq!(suggestions.of("a"), None);
    }
}
