//! A request that runs whether or not somebody looks at it.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::task::JoinHandle;

/// A future that runs by itself and ends when it is dropped.
///
/// A page that is read ahead holds one of the client's places for requests. Were it driven only
/// while somebody polls the stream, a caller that makes a call for each entry would wait for that
/// place forever.
#[derive(Debug)]
pub(super) struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    pub(super) fn new(future: impl Future<Output = T> + Send + 'static) -> Self {
        #[expect(clippy::disallowed_methods, reason = "ends with its owner, see `drop`")]
        Self(tokio::spawn(future))
    }
}

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        match ready!(Pin::new(&mut self.0).poll(cx)) {
            Ok(value) => Poll::Ready(value),
            // Nobody else can stop it, save the run time when it ends.
            Err(error) if error.is_cancelled() => Poll::Pending,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
