//! Subscriptions: a client is told when a resource has changed.
//!
//! Spotify tells nobody about changes, so what is watched is read every [`EVERY`], through the door as
//! any other call. How far a track has come is no change. Each read counts towards the app's quota,
//! so there are few watches.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;
use rmcp::{
    ErrorData, Peer, RoleServer,
    model::{ResourceContents, ResourceUpdatedNotificationParam},
    service::{SubscriptionContext, SubscriptionSink},
};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Server;
use crate::{
    dispatch::{Caller, Door},
    offer::{Context, Offer, Reply, resources::URI},
};

/// How often a watched resource is read.
const EVERY: Duration = Duration::from_secs(30);
/// The most watches of a server at the same time.
pub(crate) const MOST: usize = 8;

/// What one client watches; it ends with the client.
#[derive(Default)]
pub(super) struct Watches(Mutex<BTreeMap<String, DropGuard>>);

impl fmt::Debug for Watches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watches")
    }
}

impl Watches {
    /// The map has no invariant that a panic elsewhere could have broken.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, DropGuard>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Server {
    /// Begins to tell a client of an earlier protocol version about changes.
    pub(super) fn subscribe_to(&self, uri: &str, peer: Peer<RoleServer>) -> Result<(), ErrorData> {
        if !self.offer.watched.iter().any(|watched| watched == uri) {
            let problem = "there is no such resource, or nobody is told about its changes";
            return Err(ErrorData::resource_not_found(problem, Some(data(uri))));
        }
        let mut watches = self.watches.lock();
        if watches.contains_key(uri) {
            return Ok(());
        }
        let Some(watch) = Watch::begin(&self.door, &self.offer, uri) else {
            return Err(too_many());
        };
        let ended = CancellationToken::new();
        watches.insert(uri.to_owned(), ended.clone().drop_guard());
        drop(watches);
        self.door.run(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = watch.tell(Listener::Client(peer)) => {}
            }
        });
        Ok(())
    }

    /// Ends that.
    pub(super) fn unsubscribe_from(&self, uri: &str) {
        self.watches.lock().remove(uri);
    }

    /// Tells a client about changes until it cancels the request.
    pub(super) async fn tell(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let uris = context.accepted().resource_subscriptions.clone().unwrap_or_default();
        let watches: Option<Vec<_>> =
            uris.iter().map(|uri| Watch::begin(&self.door, &self.offer, uri)).collect();
        let telling = watches
            .ok_or_else(too_many)?
            .into_iter()
            .map(|watch| watch.tell(Listener::Request(context.sink().clone())));
        tokio::select! {
            // Also where nothing is watched: an end would only make the client listen again.
            () = context.cancelled() => {}
            () = async { join_all(telling).await; std::future::pending().await } => {}
        }
        Ok(())
    }
}

/// Whom a change is told.
enum Listener {
    /// A client up to 2025-11-25.
    Client(Peer<RoleServer>),
    /// A request that listens, as since 2026-07-28.
    Request(SubscriptionSink),
}

impl Listener {
    /// Tells a change; whether there still is somebody to tell it to.
    async fn told(&self, uri: &str) -> bool {
        match self {
            Self::Client(peer) => {
                let change = ResourceUpdatedNotificationParam::new(uri);
                peer.notify_resource_updated(change).await.is_ok()
            }
            Self::Request(sink) => sink.notify_resource_updated(uri).await.is_ok(),
        }
    }
}

fn too_many() -> ErrorData {
    ErrorData::invalid_request(format!("at most {MOST} resources are watched at a time"), None)
}

/// What an error says about a resource.
pub(super) fn data(uri: &str) -> serde_json::Value {
    serde_json::json!({ URI: uri })
}

/// One watched resource.
struct Watch {
    door: Arc<Door>,
    offer: Arc<Offer>,
    uri: String,
    _place: tokio::sync::OwnedSemaphorePermit,
}

impl Watch {
    /// Takes a place, if one is free.
    fn begin(door: &Arc<Door>, offer: &Arc<Offer>, uri: &str) -> Option<Self> {
        let place = door.place_to_watch()?;
        let (door, offer) = (Arc::clone(door), Arc::clone(offer));
        Some(Self { door, offer, uri: uri.to_owned(), _place: place })
    }

    /// Reads again and again, and tells each change until nobody listens.
    async fn tell(self, listener: Listener) {
        let mut last = self.read().await;
        loop {
            tokio::time::sleep(EVERY).await;
            let Some(now) = self.read().await else { continue };
            let changed = last.as_ref().is_some_and(|last| *last != now);
            if changed && !listener.told(&self.uri).await {
                return;
            }
            last = Some(now);
        }
    }

    /// Reads; `None` where that fails.
    async fn read(&self) -> Option<Vec<String>> {
        let resource =
            self.offer.resources.iter().find(|resource| resource.listed.uri == self.uri)?;
        let caller = Caller {
            agent: None,
            cancelled: CancellationToken::new(),
            context: Context::default(),
        };
        let arguments = [(URI.to_owned(), self.uri.clone().into())].into_iter().collect();
        let answer = self.door.call(resource, &arguments, &caller).await;
        let Ok(Reply::Done(read)) = answer.result else { return None };
        Some(read.contents.iter().flat_map(lines).collect())
    }
}

/// Returns what counts as a change.
fn lines(contents: &ResourceContents) -> Vec<String> {
    match contents {
        ResourceContents::TextResourceContents { text, .. } => {
            let counts = |line: &&str| !line.trim_start().starts_with("position");
            text.lines().filter(counts).map(str::to_owned).collect()
        }
        ResourceContents::BlobResourceContents { blob, .. } => vec![blob.clone()],
        _ => Vec::new(),
    }
}
