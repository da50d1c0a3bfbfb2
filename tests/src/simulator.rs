//! A running simulator and what its owner can do with it besides sending requests.

use std::{
    io,
    sync::{Arc, MutexGuard},
    time::Duration,
};

use tokio::sync::watch;
use url::Url;

use crate::{
    accounts::{
        app::DEFAULT_CLIENT_ID, authorize::Decision, grants::Rotation, scope, user::DEFAULT_USER,
    },
    api::irregular::Irregularity,
    browser::{self, Redirect},
    builder::Builder,
    clock::Clock,
    faults::Fault,
    journal::{Request, Service},
    listener::Loopback,
    player::{Device, Player},
    playlists::Content,
    regime::Regime,
    secrets::IssuedSecret,
    server::{Shared, serve},
    world::World,
};

/// A local Spotify on two loopback ports, which ends when it is dropped.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
    accounts_url: String,
    api_url: String,
    /// Ends both servers when it goes away.
    _stop: watch::Sender<()>,
}

/// An access token and its refresh token, issued without the detour through a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tokens {
    /// The bearer token of the Web API.
    pub access_token: String,
    /// The refresh token, good without a client secret.
    pub refresh_token: String,
}

impl Simulator {
    /// Starts to configure a simulator.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) async fn start(mut world: World, accounts: u16, api: u16) -> io::Result<Self> {
        let accounts = Loopback::bind(accounts).await?;
        let api = Loopback::bind(api).await?;
        let accounts_url = format!("http://{}", accounts.address()?);
        let api_url = format!("http://{}/v1", api.address()?);
        world.api_url.clone_from(&api_url);
        let shared = Arc::new(Shared::new(world));
        let (stop, stopped) = watch::channel(());
        for (listener, service) in [(accounts, Service::Accounts), (api, Service::Api)] {
            let server = serve(listener, service, Arc::clone(&shared), stopped.clone());
            #[expect(
                clippy::disallowed_methods,
                reason = "the servers end with the simulator: `_stop` tells them to"
            )]
            drop(tokio::spawn(server));
        }
        Ok(Self { shared, accounts_url, api_url, _stop: stop })
    }

    /// Returns the base URL of the accounts service, without a slash at its end.
    pub fn accounts_url(&self) -> &str {
        &self.accounts_url
    }

    /// Returns the base URL of the Web API, `/v1` included, without a slash at its end.
    pub fn api_url(&self) -> &str {
        &self.api_url
    }

    /// Returns the client id of the default app.
    pub const fn client_id(&self) -> &'static str {
        DEFAULT_CLIENT_ID
    }

    /// Returns the client secret of the default app.
    pub fn client_secret(&self) -> String {
        let world = self.world();
        world.apps.get(DEFAULT_CLIENT_ID).map(|app| app.client_secret.clone()).unwrap_or_default()
    }

    /// Returns the redirect URIs of the default app.
    pub fn redirect_uris(&self) -> Vec<String> {
        let world = self.world();
        world.apps.get(DEFAULT_CLIENT_ID).map(|app| app.redirect_uris.clone()).unwrap_or_default()
    }

    /// Returns the regime of the default app.
    pub fn regime(&self) -> Regime {
        self.world().apps.get(DEFAULT_CLIENT_ID).map(|app| app.regime).unwrap_or_default()
    }

    // Time.

    /// Returns the simulator's clock, which all its clones share.
    pub fn clock(&self) -> Clock {
        self.world().clock.clone()
    }

    /// Moves the clock forward.
    ///
    /// Access tokens end after an hour, refresh tokens six months after the authorization.
    pub fn advance(&self, by: Duration) {
        self.world().clock.advance(by);
    }

    // People.

    /// Approves an authorization request as the default user, as a browser would.
    ///
    /// # Errors
    ///
    /// With the text of the page that a browser would show when the client or its redirect URI is
    /// wrong. Every other problem is in the [`Redirect`], as it is for a real client.
    pub async fn approve(&self, authorize_url: &str) -> Result<Redirect, String> {
        self.decide(DEFAULT_USER, authorize_url, Decision::Approve).await
    }

    /// Approves an authorization request as a certain user.
    ///
    /// # Errors
    ///
    /// As [`Simulator::approve`], and when there is no such user.
    pub async fn approve_as(&self, user: &str, authorize_url: &str) -> Result<Redirect, String> {
        self.decide(user, authorize_url, Decision::Approve).await
    }

    /// Refuses an authorization request.
    ///
    /// # Errors
    ///
    /// As [`Simulator::approve`].
    pub async fn refuse(&self, authorize_url: &str) -> Result<Redirect, String> {
        self.decide(DEFAULT_USER, authorize_url, Decision::Refuse).await
    }

    async fn decide(&self, user: &str, url: &str, decision: Decision) -> Result<Redirect, String> {
        let url = Url::parse(url).map_err(|error| format!("invalid authorize URL: {error}"))?;
        if !url.as_str().starts_with(&format!("{}/authorize?", self.accounts_url)) {
            return Err(format!("not the authorize page: {}{}", url.authority(), url.path()));
        }
        browser::decide(&url, user, decision).await
    }

    /// Issues tokens of the default app to a user, without a browser and without a request.
    ///
    /// # Panics
    ///
    /// When a scope does not exist.
    pub fn grant(&self, user: &str, scopes: &[&str]) -> Tokens {
        self.grant_to(DEFAULT_CLIENT_ID, user, scopes)
    }

    /// Issues tokens with all scopes of the default app to the default user.
    pub fn grant_all(&self) -> Tokens {
        self.grant(DEFAULT_USER, &scope::ALL)
    }

    /// Issues tokens of any app to a user.
    ///
    /// # Panics
    ///
    /// When a scope does not exist.
    pub fn grant_to(&self, client_id: &str, user: &str, scopes: &[&str]) -> Tokens {
        let scopes = scope::parse(&scopes.join(" "), scope::Unknown::Refuse)
            .expect("tests grant scopes that exist");
        let mut world = self.world();
        let now = world.clock.now();
        let grant =
            world.grants.add(client_id.to_owned(), Some(user.to_owned()), scopes, true, now);
        let access_token = world.issue_access_token(grant);
        let refresh_token = world.issue_refresh_token(grant);
        Tokens { access_token, refresh_token }
    }

    /// Lets a user remove all apps on the account page.
    ///
    /// Refresh tokens answer `Refresh token revoked` from now on; access tokens live on until
    /// they expire.
    ///
    /// # Panics
    ///
    /// When there is no such user.
    pub fn remove_app(&self, user: &str) {
        let mut world = self.world();
        assert!(world.users.contains_key(user), "nobody has the account {user:?}");
        world.grants.remove_user(user);
    }

    /// Ends all access tokens now, without moving the clock.
    pub fn expire_access_tokens(&self) {
        let mut world = self.world();
        let now = world.clock.now();
        world.grants.expire_access_tokens(now);
    }

    /// Returns how often a refresh token was used after another one had replaced it.
    pub fn reused_refresh_tokens(&self) -> usize {
        self.world().grants.reused
    }

    /// Sets what happens to refresh tokens when they are used.
    pub fn set_rotation(&self, rotation: Rotation) {
        self.world().rotation = rotation;
    }

    /// Sets whether a user has Premium.
    ///
    /// # Panics
    ///
    /// When there is no such user.
    pub fn set_premium(&self, user: &str, premium: bool) {
        let mut world = self.world();
        world.users.get_mut(user).expect("tests name users that exist").premium = premium;
    }

    /// Sets whether the owner of the default app has Premium.
    pub fn set_owner_premium(&self, premium: bool) {
        if let Some(app) = self.world().apps.get_mut(DEFAULT_CLIENT_ID) {
            app.owner_premium = premium;
        }
    }

    /// Adds a user to the default app's allowlist; false when it has five already.
    pub fn allow(&self, user: &str) -> bool {
        self.world().apps.get_mut(DEFAULT_CLIENT_ID).is_some_and(|app| app.allow(user))
    }

    /// Takes a user off the default app's allowlist.
    pub fn disallow(&self, user: &str) {
        if let Some(app) = self.world().apps.get_mut(DEFAULT_CLIENT_ID) {
            app.allowlist.remove(user);
        }
    }

    /// Gives a user other devices, of which none is active.
    ///
    /// # Panics
    ///
    /// When there is no such user.
    pub fn set_devices(&self, user: &str, devices: Vec<Device>) {
        let mut world = self.world();
        let now = world.clock.now();
        let player = world.players.get_mut(user).expect("tests name users that exist");
        *player = Player::new(devices, now);
    }

    /// Returns the id of a user's device; every user has `Desk` (a computer), `Pocket` (a
    /// smartphone), `Living Room` (a speaker without volume) and `Attic` (restricted).
    pub fn device_id(&self, user: &str, name: &str) -> Option<String> {
        let world = self.world();
        let mut devices = world.players.get(user)?.devices.iter();
        devices.find(|device| device.name == name)?.id.clone()
    }

    // Trouble.

    /// Sets how long the Web API takes for every answer; see [`Builder::latency`].
    pub fn set_latency(&self, latency: Duration) {
        self.world().latency = latency;
    }

    /// Queues something that goes wrong.
    pub fn fault(&self, fault: Fault) {
        self.world().faults.add(fault);
    }

    /// Forgets all faults still to come.
    pub fn clear_faults(&self) {
        self.world().faults.clear();
    }

    /// Turns a kind of irregular answer on or off.
    pub fn set_irregular(&self, irregularity: Irregularity, on: bool) {
        self.world().set_irregular(irregularity, on);
    }

    // What happened.

    /// Returns everything that was asked since the start or [`Simulator::clear_requests`].
    pub fn requests(&self) -> Vec<Request> {
        self.world().journal.clone()
    }

    /// Returns how often an operation was asked for, by its operation id, `token` or `authorize`.
    pub fn count(&self, operation: &str) -> usize {
        let world = self.world();
        world.journal.iter().filter(|request| request.operation == Some(operation)).count()
    }

    /// Returns how many requests the Web API answered at the same time, at the most.
    ///
    /// A request counts until its answer is ready, [`Builder::latency`] included.
    pub fn max_in_flight(&self) -> usize {
        self.world().traffic.most()
    }

    /// Returns how many requests for one operation were answered at the same time, at the most.
    pub fn max_in_flight_of(&self, operation: &str) -> usize {
        self.world().traffic.most_of(operation)
    }

    /// Empties the journal, and forgets how many requests there were at the same time.
    pub fn clear_requests(&self) {
        let mut world = self.world();
        world.journal.clear();
        world.traffic.forget();
    }

    /// Returns every secret that was issued or received so far.
    pub fn issued_secrets(&self) -> Vec<IssuedSecret> {
        self.world().secrets.all()
    }

    /// Returns the URI of a track with exactly this title, the first in the catalogue.
    pub fn track_uri(&self, title: &str) -> Option<String> {
        let world = self.world();
        let track = world.catalogue.tracks.iter().find(|track| track.name == title)?;
        Some(format!("spotify:track:{}", track.id))
    }

    /// Returns the titles in a playlist, in order, or `None` when there is no such playlist.
    pub fn playlist_titles(&self, id: &str) -> Option<Vec<String>> {
        let world = self.world();
        let entries = world.playlists.get(id)?.entries().iter();
        let titles = entries.map(|entry| match &entry.content {
            Content::Track(index) => world.catalogue.track(*index).name.clone(),
            Content::Episode(index) => world.catalogue.episode(*index).name.clone(),
            Content::Local(file) => file.title.clone(),
        });
        Some(titles.collect())
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.shared.world()
    }
}
