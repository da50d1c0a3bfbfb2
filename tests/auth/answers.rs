//! Everything that a token endpoint, or the way to it, can answer.

use std::time::Duration;

use futures_util::future::join_all;
use spotify_auth::endpoint::{RENEWALS_MAX, TokenEndpoint, TokenError};
use spotify_auth::grant::Record;
use spotify_auth::origins::Origins;
use spotify_auth::rotation::{BearerError, Class};
use spotify_sim::{Fault, Rotation, Service};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::keeping::{Rig, many};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn every_rotation_keeps_the_grant_alive_and_writes_what_counts() {
    for rotation in Rotation::ALL {
        let rig = Rig::new(rotation).await;
        let first = rig.store.refresh_token().unwrap();
        for _ in 0..3 {
            rig.advance(HOUR);
            rig.tokens.bearer(None).await.unwrap();
        }
        let kept = rig.store.refresh_token().unwrap();
        let replaced = matches!(rotation, Rotation::Always | Rotation::Grace | Rotation::Strict);
        assert_eq!(kept != first, replaced, "{rotation:?}");
        assert_eq!(rig.sim.reused_refresh_tokens(), 0, "{rotation:?}");
    }
}

#[tokio::test]
async fn a_scope_that_is_absent_stays_and_a_reduced_one_counts() {
    for (scope, expected) in [
        ("", "user-read-private"),
        (",\"scope\":\"\"", "user-read-private"),
        (",\"scope\":\"user-read-email\"", "user-read-email"),
    ] {
        let rig = Rig::new(Rotation::Never).await;
        rig.advance(HOUR);
        let body = format!("{{\"access_token\":\"new\",\"expires_in\":3600{scope}}}");
        rig.sim.fault(Fault::answer(200, "application/json", &body).on(Service::Accounts));
        rig.tokens.bearer(None).await.unwrap();
        let stored = spotify_auth::TokenStore::load(&rig.store).unwrap().unwrap();
        let Record::Active(grant) = stored.record else { panic!("active") };
        assert_eq!(grant.scopes.to_string(), expected);
    }
}

#[tokio::test]
async fn a_life_of_zero_or_less_than_zero_does_not_make_a_loop() {
    for life in ["0", "-1", "null", "\"x\"", "1e99"] {
        let rig = Rig::new(Rotation::Never).await;
        rig.advance(HOUR);
        let body = format!("{{\"access_token\":\"new\",\"expires_in\":{life}}}");
        rig.sim.fault(Fault::answer(200, "application/json", &body).on(Service::Accounts));
        for _ in 0..3 {
            rig.tokens.bearer(None).await.unwrap();
        }
        assert_eq!(rig.requests(), 1, "{life}");
    }
}

#[tokio::test]
async fn every_fault_of_the_server_is_survived_or_handed_on_and_nothing_is_erased() {
    let large = "x".repeat(300 * 1024);
    for (fault, recovers) in [
        (Fault::server_error(500), true),
        (Fault::html_error(502), true),
        (Fault::server_error(503).times(2), true),
        (Fault::rate_limited(Duration::ZERO), true),
        (Fault::drop_before(), true),
        (Fault::drop_after(), true),
        (Fault::truncate(), true),
        (Fault::answer(200, "text/html", "<html></html>"), true),
        (Fault::answer(200, "application/json", "{}"), true),
        (Fault::answer(200, "application/json", &large), true),
        (Fault::rate_limited(HOUR), false),
    ] {
        let rig = Rig::new(Rotation::Never).await;
        rig.advance(HOUR);
        let name = format!("{fault:?}").chars().take(80).collect::<String>();
        rig.sim.fault(fault.on(Service::Accounts).path("/api/token"));
        let outcome = rig.tokens.bearer(None).await;
        assert_eq!(outcome.is_ok(), recovers, "{name}: {outcome:?}");
        assert!(rig.store.refresh_token().is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_server_that_stays_down_is_left_alone_for_a_while() {
    let rig = Rig::new(Rotation::Never).await;
    rig.advance(HOUR);
    rig.sim.fault(Fault::server_error(503).on(Service::Accounts).times(100));
    for _ in 0..20 {
        let error = rig.tokens.bearer(None).await.unwrap_err();
        assert!(matches!(error.class(), Class::Transient(_)), "{error:?}");
    }
    // One refresh of four requests; a clock that stands still shows no end of the pause.
    assert_eq!(rig.requests(), 4);
    rig.sim.clear_faults();
    rig.advance(Duration::from_mins(1));
    rig.tokens.bearer(None).await.unwrap();
}

#[tokio::test]
async fn a_living_token_is_served_while_spotify_is_down() {
    let rig = Rig::new(Rotation::Never).await;
    let old = rig.tokens.bearer(None).await.unwrap();
    rig.advance(Duration::from_mins(57));
    rig.sim.fault(Fault::server_error(503).on(Service::Accounts).times(100));
    for _ in 0..5 {
        assert_eq!(rig.tokens.bearer(None).await.unwrap(), old);
    }
    rig.tokens.settled().await;
    assert_eq!(rig.requests(), 4, "one refresh in the background");
}

/// Asks an address that `serve` answers at, with the app's token.
async fn asked_at(origin: &str) -> TokenError {
    let url = |text: &str| text.parse().unwrap();
    let origins = Origins::loopback(url(origin), url(origin)).unwrap();
    let endpoint = TokenEndpoint::new(origins).unwrap();
    let secret = Some(spotify_auth::secret::ClientSecret::new("secret"));
    let app = spotify_auth::app::App { id: "app".parse().unwrap(), secret };
    endpoint.client_credentials(&app).await.unwrap_err()
}

#[tokio::test]
async fn an_address_that_nobody_serves_was_not_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = asked_at(&origin).await;
    assert!(matches!(error, TokenError::NotSent(_)), "{error:?}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_connection_that_is_reset_or_speaks_something_else_has_no_known_outcome() {
    for answer in [&b""[..], b"\x15\x03\x01\x00\x02\x02\x28", b"SSH-2.0-x\r\n"] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let serve = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 2048];
            assert!(stream.read(&mut request).await.unwrap() > 0);
            stream.write_all(answer).await.unwrap();
        };
        let (error, ()) = tokio::join!(asked_at(&origin), serve);
        assert!(matches!(error, TokenError::Unknown(_)), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_never_comes_has_no_known_outcome_and_an_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 2048];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        // From here on time passes by itself.
        tokio::time::pause();
        stream
    };
    let asked = tokio::time::Instant::now();
    let (error, _stream) = tokio::join!(asked_at(&origin), serve);
    assert!(matches!(error, TokenError::Unknown("no answer came in time")), "{error:?}");
    assert!(asked.elapsed() <= Duration::from_secs(21));
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_and_costs_a_grant_only_where_reuse_is_punished()
{
    for (rotation, survives) in
        [(Rotation::Never, true), (Rotation::Grace, true), (Rotation::Strict, false)]
    {
        let rig = Rig::new(rotation).await;
        rig.advance(HOUR);
        rig.sim.fault(Fault::drop_after().on(Service::Accounts).path("/api/token"));
        let outcome = rig.tokens.bearer(None).await;
        assert_eq!(outcome.is_ok(), survives, "{rotation:?}: {outcome:?}");
        assert_eq!(rig.sim.reused_refresh_tokens(), usize::from(!survives), "{rotation:?}");
        if !survives {
            assert!(matches!(outcome, Err(BearerError::Ended(_))));
            rig.tokens.bearer(None).await.unwrap_err();
            assert_eq!(rig.requests(), 2, "and no storm after it");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tokens_that_end_together_are_renewed_a_few_at_a_time() {
    let (sim, sources) = many(200).await;
    let slow = Fault::delay(Duration::from_millis(10)).times(200);
    sim.fault(slow.on(Service::Accounts).path("/api/token"));
    sim.advance(HOUR);
    let outcomes = join_all(sources.iter().map(|source| source.bearer(None))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert_eq!(sim.count("token"), sources.len());
    let at_once = sim.max_in_flight_of("token");
    assert!((2..=RENEWALS_MAX).contains(&at_once), "{at_once} at once");
}
