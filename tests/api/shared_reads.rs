//! Equal reads at the same time are one request.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, StreamExt as _, future::join_all, stream::FuturesUnordered};
use http::HeaderValue;
use proptest::{prelude::*, test_runner::TestRunner};
use spotify_api::{
    Attempt, AuthorizeError, Client, ClientBuilder, Error, Via, endpoints::playlists::NewPlaylist,
    id::TrackId,
};
use tokio::{io::AsyncWriteExt as _, net::TcpListener, sync::Semaphore, task::JoinHandle};

use crate::server::{answer, head};

/// A server whose answers wait until they are let go, one at a time.
struct Gate {
    base: String,
    arrived: Arc<AtomicUsize>,
    permits: Arc<Semaphore>,
    task: JoinHandle<()>,
}

impl Gate {
    async fn answering(answers: Vec<(&'static str, &'static str)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let (arrived, permits) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let (count, opened) = (Arc::clone(&arrived), Arc::clone(&permits));
        #[expect(clippy::disallowed_methods, reason = "ends with the test: see `Drop`")]
        let task = tokio::spawn(async move {
            let mut under_way = FuturesUnordered::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => {
                        let (mut stream, _) = accepted.unwrap();
                        let (count, opened) = (Arc::clone(&count), Arc::clone(&opened));
                        let answers = answers.clone();
                        under_way.push(async move {
                            head(&mut stream).await;
                            let number = count.fetch_add(1, Ordering::SeqCst);
                            let (status, body) = answers[number.min(answers.len() - 1)];
                            let answer = answer(status, "", body.as_bytes());
                            opened.acquire().await.unwrap().forget();
                            stream.write_all(&answer).await.ok();
                            stream.shutdown().await.ok();
                        });
                    }
                    Some(()) = under_way.next() => {}
                }
            }
        });
        Self { base, arrived, permits, task }
    }

    fn builder(&self) -> ClientBuilder {
        let authorize = |_: Option<&HeaderValue>| async {
            Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer a"))
        };
        Client::builder(&self.base, authorize).backoff(Duration::ZERO)
    }

    fn arrived(&self) -> usize {
        self.arrived.load(Ordering::SeqCst)
    }

    async fn wait_for(&self, requests: usize) {
        while self.arrived() < requests {
            tokio::task::yield_now().await;
        }
    }

    fn open(&self) {
        self.permits.add_permits(1);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Gives everybody a turn, often enough that what can happen has happened.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

fn track(number: u32) -> TrackId {
    format!("{number:022}").parse().unwrap()
}

const ONE: (&str, &str) = ("200 OK", r#"{"name":"one"}"#);

#[tokio::test]
async fn equal_reads_share_one_request_and_each_is_reported() {
    let gate = Gate::answering(vec![ONE]).await;
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&attempts);
    let observe = move |attempt: &Attempt| seen.lock().unwrap().push((attempt.via, attempt.status));
    let client = gate.builder().observe(observe).build().unwrap();
    let other = client.clone();
    let callers = join_all([&client, &other, &client].map(|client| client.track(track(1))));
    let (tracks, ()) = tokio::join!(callers, async {
        gate.wait_for(1).await;
        settle().await;
        gate.open();
    });
    assert!(tracks.into_iter().all(|track| track.unwrap().name.as_deref() == Some("one")));
    assert_eq!(gate.arrived(), 1);
    let ok = Some(200);
    let expected = [(Via::Network, ok), (Via::Shared, ok), (Via::Shared, ok)];
    assert_eq!(*attempts.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_caller_that_leaves_takes_nothing_from_the_others() {
    let gate = Gate::answering(vec![ONE]).await;
    let client = gate.builder().build().unwrap();
    let mut first = Box::pin(client.track(track(1)));
    assert!(first.as_mut().now_or_never().is_none());
    let second = client.track(track(1));
    let (second, ()) = tokio::join!(second, async {
        gate.wait_for(1).await;
        drop(first);
        settle().await;
        gate.open();
    });
    assert_eq!(second.unwrap().name.as_deref(), Some("one"));
    assert_eq!(gate.arrived(), 1);
}

#[tokio::test]
async fn two_people_never_share_a_request() {
    let gate = Gate::answering(vec![ONE]).await;
    let (mine, theirs) = (gate.builder().build().unwrap(), gate.builder().build().unwrap());
    let one_client_of_two = {
        let names = Mutex::new(["Bearer b", "Bearer c"].into_iter().cycle());
        let authorize = move |_: Option<&HeaderValue>| {
            let header = names.lock().unwrap().next().unwrap();
            async move { Ok::<_, AuthorizeError>(HeaderValue::from_static(header)) }
        };
        Client::builder(&gate.base, authorize).build().unwrap()
    };
    let clients = [&mine, &theirs, &one_client_of_two, &one_client_of_two];
    let callers = join_all(clients.map(|client| client.track(track(1))));
    let (tracks, ()) = tokio::join!(callers, async {
        for number in 1..=4 {
            gate.wait_for(number).await;
        }
        (0..4).for_each(|_| gate.open());
    });
    assert!(tracks.into_iter().all(|track| track.is_ok()));
}

#[tokio::test]
async fn an_error_is_shared_like_an_answer_and_the_next_call_asks_again() {
    let not_found = ("404 Not Found", r#"{"error":{"status":404,"message":"no"}}"#);
    let gate = Gate::answering(vec![not_found, ONE]).await;
    let client = gate.builder().build().unwrap();
    let callers = join_all((0..3).map(|_| client.track(track(1))));
    let (tracks, ()) = tokio::join!(callers, async {
        gate.wait_for(1).await;
        settle().await;
        gate.open();
    });
    for track in tracks {
        assert!(matches!(track.unwrap_err(), Error::NotFound { .. }));
    }
    gate.open();
    assert_eq!(client.track(track(1)).await.unwrap().name.as_deref(), Some("one"));
    assert_eq!(gate.arrived(), 2);
}

#[tokio::test]
async fn a_read_after_a_change_does_not_get_the_answer_of_one_before_it() {
    let answers = vec![
        ("200 OK", r#"{"name":"before"}"#),
        ("201 Created", r#"{"id":null}"#),
        ("200 OK", r#"{"name":"after"}"#),
    ];
    let gate = Gate::answering(answers).await;
    let client = gate.builder().build().unwrap();
    let mut early = Box::pin(client.track(track(1)));
    assert!(early.as_mut().now_or_never().is_none());
    let new = NewPlaylist::private("x");
    let mut change = Box::pin(client.create_playlist(&new));
    let both = async {
        tokio::select! {
            _ = &mut early => panic!("nobody let it go"),
            () = gate.wait_for(1) => {}
        }
        tokio::select! {
            _ = &mut change => panic!("nobody let it go"),
            () = gate.wait_for(2) => {}
        }
        // A change of which nobody knows the end is one as well.
        drop(change);
        let late = client.track(track(1));
        tokio::join!(early, late, async {
            gate.wait_for(3).await;
            (0..3).for_each(|_| gate.open());
        })
    };
    let (early, late, ()) = both.await;
    assert_eq!(early.unwrap().name.as_deref(), Some("before"));
    assert_eq!(late.unwrap().name.as_deref(), Some("after"));
}

/// Callers of a few tracks that give up at random moments: whoever stays gets the right answer,
/// and afterwards no place is taken and nothing is under way.
#[test]
fn callers_that_give_up_at_random_leave_no_trace() {
    let mut runner = TestRunner::new(ProptestConfig::with_cases(24));
    let callers = proptest::collection::vec((0_u32..3, proptest::option::of(0_u32..60)), 1..40);
    runner
        .run(&callers, |callers| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(stress(callers));
            Ok(())
        })
        .unwrap();
}

async fn stress(callers: Vec<(u32, Option<u32>)>) {
    let server = crate::server::Server::script(
        |builder| builder.concurrency(2),
        |_, request| {
            // Who has given up may have sent nothing.
            let path = request.split(' ').nth(1).unwrap_or_default();
            answer("200 OK", "", format!(r#"{{"name":"{path}"}}"#).as_bytes())
        },
    )
    .await;
    let client = &server.client;
    let calls = callers.into_iter().map(|(number, gives_up)| async move {
        let call = client.track(track(number));
        let Some(turns) = gives_up else {
            let name = call.await.unwrap().name.unwrap();
            assert_eq!(name, format!("/v1/tracks/{number:022}"));
            return;
        };
        let patience = async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            result = call => assert!(result.is_ok()),
            () = patience => {}
        }
    });
    join_all(calls).await;
    // Both places are free again: two different reads at the same time come through.
    let (one, two) = tokio::join!(client.track(track(8)), client.track(track(9)));
    assert!(one.is_ok() && two.is_ok());
    assert!(format!("{:?}", client.app_limits()).contains("free: 2"));
}
