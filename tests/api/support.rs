//! A simulator, a client of it, and what the client reported.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use http::HeaderValue;
use spotify_api::{Attempt, AuthorizeError, Client, ClientBuilder, Regime, id::SpotifyUri};
use spotify_sim::Simulator;

pub(crate) const SIM_REGIMES: [spotify_sim::Regime; 3] = [
    spotify_sim::Regime::Extended,
    spotify_sim::Regime::DevLegacy,
    spotify_sim::Regime::DevRestricted,
];

pub(crate) struct Setup {
    pub(crate) sim: Arc<Simulator>,
    pub(crate) client: Client,
    attempts: Arc<Mutex<Vec<Attempt>>>,
    renewals: Arc<AtomicU32>,
}

impl Setup {
    /// A simulator in a regime, and a client that has to find out which.
    pub(crate) async fn in_regime(regime: spotify_sim::Regime) -> Self {
        Self::with(regime, |builder| builder).await
    }

    pub(crate) async fn with(
        regime: spotify_sim::Regime,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let sim = Simulator::builder().regime(regime).seed(7).start().await;
        Self::of(sim, settings)
    }

    pub(crate) fn of(
        sim: Simulator,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let sim = Arc::new(sim);
        let attempts = Arc::new(Mutex::new(Vec::new()));
        let renewals = Arc::new(AtomicU32::new(0));
        let token = Arc::new(Mutex::new(sim.grant_all().access_token));
        let authorize = {
            let (sim, renewals) = (Arc::clone(&sim), Arc::clone(&renewals));
            move |refused: Option<&HeaderValue>| {
                let mut token = token.lock().unwrap();
                if refused.is_some_and(|refused| *refused == *bearer(&token)) {
                    renewals.fetch_add(1, Ordering::Relaxed);
                    *token = sim.grant_all().access_token;
                }
                let header = bearer(&token).parse().unwrap();
                async move { Ok::<HeaderValue, AuthorizeError>(header) }
            }
        };
        let seen = Arc::clone(&attempts);
        let builder = Client::builder(sim.api_url(), authorize)
            .jitter(|_| Duration::ZERO)
            .backoff(Duration::ZERO)
            .observe(move |attempt| seen.lock().unwrap().push(*attempt));
        let client = settings(builder).build().unwrap();
        Self { sim, client, attempts, renewals }
    }

    /// The statuses that the client saw for an operation, in order; 0 for no answer.
    pub(crate) fn statuses(&self, operation: &str) -> Vec<u16> {
        let attempts = self.attempts.lock().unwrap();
        let of_operation = attempts.iter().filter(|attempt| attempt.operation == operation);
        of_operation.map(|attempt| attempt.status.unwrap_or(0)).collect()
    }

    pub(crate) fn attempts(&self) -> Vec<Attempt> {
        self.attempts.lock().unwrap().clone()
    }

    pub(crate) fn renewals(&self) -> u32 {
        self.renewals.load(Ordering::Relaxed)
    }

    pub(crate) fn track(&self, title: &str) -> SpotifyUri {
        self.sim.track_uri(title).unwrap().parse().unwrap()
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The client's name of the simulator's regime.
pub(crate) fn same(regime: spotify_sim::Regime) -> Regime {
    regime.to_string().parse().unwrap()
}
