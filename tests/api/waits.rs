//! Waits, on a clock that stands still while requests are under way.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{FutureExt as _, future::join_all};
use http::HeaderValue;
use spotify_api::{AuthorizeError, Client, endpoints::search::SearchQuery, id::TrackId};
use spotify_sim::{Fault, Regime};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::Instant,
};

use crate::{server::answer, support::Setup};

/// Lets the clock run by itself for a while, as soon as a 429 was seen.
fn skip_wait(wait: Duration) -> impl Fn(&spotify_api::Attempt) + Send + Sync + 'static {
    move |attempt| {
        if attempt.status == Some(429) {
            tokio::time::pause();
            #[expect(clippy::disallowed_methods, reason = "ends by itself after the wait")]
            drop(tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                tokio::time::resume();
            }));
        }
    }
}

#[tokio::test]
async fn a_request_is_repeated_not_a_moment_before_its_time() {
    let wait = Duration::from_secs(7);
    let setup = Setup::with(Regime::Extended, |builder| builder.observe(skip_wait(wait))).await;
    setup.sim.fault(Fault::rate_limited(wait));
    let started = Instant::now();
    setup.client.search(&SearchQuery::tracks("winter")).await.unwrap();
    assert!(started.elapsed() >= wait);
    assert_eq!(setup.sim.count("search"), 2);
}

#[tokio::test]
async fn requests_of_others_wait_as_well() {
    let wait = Duration::from_secs(7);
    let limited = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&limited);
    let skip = skip_wait(wait);
    let setup = Setup::with(Regime::Extended, |builder| {
        builder.observe(move |attempt| {
            skip(attempt);
            seen.store(true, Ordering::Relaxed);
        })
    })
    .await;
    setup.sim.fault(Fault::rate_limited(wait).operation("search"));
    let started = Instant::now();
    let other = async {
        while !limited.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
        setup.client.me().await.unwrap();
        started.elapsed()
    };
    let query = SearchQuery::tracks("winter");
    let (found, waited) = tokio::join!(setup.client.search(&query), other);
    found.unwrap();
    assert!(waited >= wait, "{waited:?}");
    assert_eq!(setup.sim.count("get-current-users-profile"), 1);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let setup = Setup::with(Regime::Extended, |b| b.deadline(Duration::from_secs(3))).await;
    setup.sim.fault(Fault::rate_limited(Duration::from_secs(7)));
    let started = Instant::now();
    let error = setup.client.me().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn no_more_requests_are_under_way_than_allowed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let authorize = |_: Option<&HeaderValue>| async {
        Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer x"))
    };
    let client = Client::builder(base, authorize).concurrency(2).build().unwrap();
    let calls = join_all((0..6).map(|number| {
        let id: TrackId = format!("{number:022}").parse().unwrap();
        client.track(id)
    }));
    let server = async {
        let (mut waiting, mut most) = (Vec::new(), 0);
        let mut answered = 0;
        while answered < 6 {
            waiting.push(listener.accept().await.unwrap().0);
            // Whoever is allowed to come as well comes before anybody is answered.
            for _ in 0..1000 {
                tokio::task::yield_now().await;
                while let Some(Ok((stream, _))) = listener.accept().now_or_never() {
                    waiting.push(stream);
                }
            }
            most = most.max(waiting.len());
            for stream in waiting.drain(..) {
                reply(stream).await;
                answered += 1;
            }
        }
        most
    };
    let (results, most) = tokio::join!(calls, server);
    assert!(results.into_iter().all(|result| result.is_ok()));
    assert_eq!(most, 2);
}

async fn reply(mut stream: TcpStream) {
    let mut request = [0; 4096];
    assert!(stream.read(&mut request).await.unwrap() > 0);
    stream.write_all(&answer("200 OK", "", br#"{"name":"x"}"#)).await.unwrap();
    stream.shutdown().await.unwrap();
}
