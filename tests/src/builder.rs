//! The settings of a simulator.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    accounts::{
        app::{App, DEFAULT_CLIENT_ID},
        authorize::Decision,
        grants::{ACCESS_TOKEN_LIFE, Grants, Rotation},
        user::User,
    },
    api::irregular::Irregularity,
    catalogue::Catalogue,
    clock::Clock,
    faults::Faults,
    libraries::Libraries,
    playlists::Playlists,
    random::Random,
    regime::Regime,
    secrets::{SecretKind, Secrets},
    simulator::Simulator,
    traffic::Traffic,
    usage::Usage,
    world::World,
};

/// Configures a [`Simulator`].
#[derive(Debug, Default)]
#[must_use]
pub struct Builder {
    app: AppSettings,
    apps: Vec<App>,
    users: Vec<User>,
    seed: u64,
    saved_tracks: usize,
    latency: Duration,
    etags: bool,
    rotation: Rotation,
    access_token_life: Option<Duration>,
    consent: Option<Decision>,
    clock: Option<Clock>,
    irregularities: BTreeSet<Irregularity>,
    usage: Usage,
    token_prefix: String,
    accounts_port: u16,
    api_port: u16,
}

/// What is said about the default app.
#[derive(Debug, Default)]
struct AppSettings {
    regime: Regime,
    client_secret: Option<String>,
    redirect_uris: Vec<String>,
    owner_without_premium: bool,
}

impl Builder {
    /// Sets the regime of the default app; [`Regime::DevRestricted`] unless set.
    pub const fn regime(mut self, regime: Regime) -> Self {
        self.app.regime = regime;
        self
    }

    /// Sets the seed of the catalogue and of all made-up ids and tokens; 0 unless set.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Lets the default user have this many saved tracks; none unless set.
    ///
    /// They are all different, each saved a minute before the one above it; the catalogue grows
    /// until there are enough.
    pub const fn saved_tracks(mut self, tracks: usize) -> Self {
        self.saved_tracks = tracks;
        self
    }

    /// Sets what happens to refresh tokens when they are used; [`Rotation::Never`] unless set.
    pub const fn rotation(mut self, rotation: Rotation) -> Self {
        self.rotation = rotation;
        self
    }

    /// Sets how long an access token lives, in whole seconds; an hour unless set.
    pub const fn access_token_life(mut self, life: Duration) -> Self {
        self.access_token_life = Some(life);
        self
    }

    /// Answers every authorization request at once, as the default user, without a page.
    pub const fn consent(mut self, decision: Decision) -> Self {
        self.consent = Some(decision);
        self
    }

    /// Sets the instant at which the clock stands; 2026-11-02T09:00:00Z unless set.
    pub fn start_at(self, now: Timestamp) -> Self {
        self.clock(Clock::fixed(now))
    }

    /// Uses this clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Registers a further redirect URI of the default app.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.app.redirect_uris.push(uri.into());
        self
    }

    /// Sets the client secret of the default app.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.app.client_secret = Some(secret.into());
        self
    }

    /// Sets whether the owner of the default app has Premium.
    pub const fn owner_premium(mut self, premium: bool) -> Self {
        self.app.owner_without_premium = !premium;
        self
    }

    /// Registers a further app, perhaps under another regime.
    pub fn app(mut self, app: App) -> Self {
        self.apps.push(app);
        self
    }

    /// Adds a user, or replaces one that every simulator has.
    pub fn user(mut self, user: User) -> Self {
        self.users.push(user);
        self
    }

    /// Lets every issued code, token and generated client secret start with this text, so that a
    /// leak can be searched for.
    pub fn token_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.token_prefix = prefix.into();
        self
    }

    /// Turns a kind of irregular answer on.
    pub fn irregular(mut self, irregularity: Irregularity) -> Self {
        self.irregularities.insert(irregularity);
        self
    }

    /// Limits each app to this many calls in a rolling window of 30 seconds; no limit unless set.
    pub const fn rate_limit(mut self, calls: usize) -> Self {
        self.usage.window = Some(calls);
        self
    }

    /// Closes an operation's bucket for a day after this many calls by apps in Development Mode;
    /// no quota unless set.
    pub const fn quota(mut self, calls: u64) -> Self {
        self.usage.quota = Some(calls);
        self
    }

    /// Lets the Web API take this long for every answer; no time unless set.
    ///
    /// The wait is real, or as real as the run time's clock. What a request changes is changed
    /// before the wait.
    pub const fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Lets what is no user's own carry `ETag` and `Cache-Control`, and answers 304 to clients that
    /// have it.
    ///
    /// Spotify documents this, and clients have hardly ever seen it, so it is off unless asked for.
    pub const fn etags(mut self) -> Self {
        self.etags = true;
        self
    }

    /// Sets the ports; 0, the default, means a free one.
    pub const fn ports(mut self, accounts: u16, api: u16) -> Self {
        self.accounts_port = accounts;
        self.api_port = api;
        self
    }

    /// Starts the simulator on the current run time.
    ///
    /// # Panics
    ///
    /// When it cannot listen on 127.0.0.1; see [`Builder::try_start`].
    pub async fn start(self) -> Simulator {
        self.try_start().await.expect("a simulator can listen on loopback ports")
    }

    /// Starts the simulator on the current run time.
    ///
    /// # Errors
    ///
    /// When a port is taken, or loopback is not to be had.
    pub async fn try_start(self) -> io::Result<Simulator> {
        let (accounts, api) = (self.accounts_port, self.api_port);
        Simulator::start(self.world(), accounts, api).await
    }

    fn world(self) -> World {
        let mut users: BTreeMap<_, _> = BTreeMap::new();
        for user in User::usual().into_iter().chain(self.users) {
            users.insert(user.id.clone(), user);
        }
        let mut world = World {
            clock: self.clock.unwrap_or_else(|| Clock::fixed(Clock::START)),
            // Another stream than the catalogue's, or ids would repeat.
            random: Random::of(&format!("world of seed {}", self.seed)),
            catalogue: Catalogue::of_seed(self.seed, self.saved_tracks),
            apps: BTreeMap::new(),
            users,
            grants: Grants::default(),
            rotation: self.rotation,
            access_token_life: self.access_token_life.unwrap_or(ACCESS_TOKEN_LIFE),
            consent: self.consent,
            playlists: Playlists::default(),
            libraries: Libraries::default(),
            players: BTreeMap::new(),
            irregularities: BTreeSet::new(),
            faults: Faults::default(),
            usage: self.usage,
            journal: Vec::new(),
            traffic: Traffic::default(),
            etags: self.etags,
            latency: self.latency,
            secrets: Secrets::default(),
            token_prefix: self.token_prefix,
            api_url: String::new(),
        };
        for app in std::iter::once(self.app.build()).chain(self.apps) {
            register(&mut world, app);
        }
        world.furnish();
        world.save_tracks(self.saved_tracks);
        for irregularity in self.irregularities {
            world.set_irregular(irregularity, true);
        }
        world
    }
}

impl AppSettings {
    fn build(self) -> App {
        let mut app = App::new(DEFAULT_CLIENT_ID, self.regime)
            .owner_premium(!self.owner_without_premium)
            .client_secret(self.client_secret.unwrap_or_default());
        for uri in self.redirect_uris {
            app = app.redirect_uri(uri);
        }
        app
    }
}

fn register(world: &mut World, mut app: App) {
    if app.client_secret.is_empty() {
        app.client_secret = world.new_secret(SecretKind::ClientSecret);
    }
    world.secrets.remember(SecretKind::ClientSecret, &app.client_secret);
    for user in world.users.values().filter(|user| user.allowlisted) {
        // The sixth and later users stay off the list, as they would in the dashboard.
        let _listed: bool = app.allow(&user.id);
    }
    world.apps.insert(app.client_id.clone(), app);
}
