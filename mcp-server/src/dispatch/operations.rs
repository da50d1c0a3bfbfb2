//! What a call did at the Web API: which operations it tried, and how a playlist grew or shrank.
//!
//! The client reports each request to one hook; the task that a call runs in has the list that the
//! report belongs to.

use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    static TRIED: Tried;
}

/// The operations that a call tried.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tried(Arc<Mutex<List>>);

#[derive(Debug, Default)]
struct List {
    operations: Vec<&'static str>,
    requests: u64,
    items: Option<(u64, u64)>,
}

impl Tried {
    /// Runs a future, and collects what it reports.
    pub(super) async fn collect<F: Future>(&self, future: F) -> F::Output {
        TRIED.scope(self.clone(), future).await
    }

    /// Returns the operations, each once, in the order in which they were first tried.
    pub(super) fn operations(&self) -> Vec<&'static str> {
        self.with(|list| list.operations.clone())
    }

    /// Returns how many requests there were.
    pub(super) fn requests(&self) -> u64 {
        self.with(|list| list.requests)
    }

    /// Returns how many entries the playlist that was changed had and has, where that is known.
    pub(super) fn items(&self) -> Option<(u64, u64)> {
        self.with(|list| list.items)
    }

    fn add(&self, operation: &'static str) {
        self.with(|list| {
            list.requests += 1;
            if !list.operations.contains(&operation) {
                list.operations.push(operation);
            }
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut List) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reports a request of the call that is running in this task, if any is.
pub(crate) fn note(operation: &'static str) {
    // Outside of a call nobody asks for it.
    TRIED.try_with(|tried| tried.add(operation)).ok();
}

/// Reports how many entries the playlist that the call changes had and has.
pub(crate) fn counted(before: u64, after: u64) {
    TRIED.try_with(|tried| tried.with(|list| list.items = Some((before, after)))).ok();
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn reports_belong_to_the_call_that_made_them() {
        let (first, second) = (Tried::default(), Tried::default());
        let work = |name: &'static str| async move {
            note(name);
            tokio::task::yield_now().await;
            note("both");
            note(name);
        };
        tokio::join!(first.collect(work("one")), second.collect(work("two")));
        note("nobody");
        assert_eq!((first.operations(), first.requests()), (vec!["one", "both"], 3));
        assert_eq!((second.operations(), second.requests()), (vec!["two", "both"], 3));
    }

    #[tokio::test]
    async fn a_report_made_while_a_call_is_dropped_is_not_lost() {
        struct Late;
        impl Drop for Late {
            fn drop(&mut self) {
                note("late");
            }
        }
        let tried = Tried::default();
        let call = tried.collect(async {
            let _late = Late;
            std::future::pending::<()>().await;
        });
        assert!(call.now_or_never().is_none());
        assert_eq!(tried.operations(), ["late"]);
    }
}
