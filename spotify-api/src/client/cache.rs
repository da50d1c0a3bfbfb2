//! Answers that Spotify allows to be kept, in memory only.
//!
//! What may be kept, for how long, and how it is asked for again is RFC 9111, as
//! `http-cache-semantics` has it for a cache of one person. An answer is found again only by the
//! header value that it was given for: somebody else's sign-in, an ended one and a renewed token
//! find nothing.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Request, Response, StatusCode,
    header::{
        ACCEPT, AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, IF_MODIFIED_SINCE, IF_NONE_MATCH,
        LAST_MODIFIED, PRAGMA, VARY,
    },
};
use http_cache_semantics::{AfterResponse, BeforeRequest, CacheOptions, CachePolicy};
use tokio::time::Instant;
use url::Url;

use crate::endpoint::Endpoint;

/// How much a client keeps of what Spotify allows to be kept.
///
/// The oldest use goes first when there is no more room. An answer of more than a quarter of
/// `bytes` is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSize {
    /// How many bytes at most, with the addresses and headers of the answers.
    pub bytes: usize,
    /// How many answers at most.
    pub entries: usize,
}

impl CacheSize {
    /// Keeps nothing.
    pub const OFF: Self = Self { bytes: 0, entries: 0 };
}

impl Default for CacheSize {
    /// 2 MiB and 256 answers.
    fn default() -> Self {
        Self { bytes: 2 << 20, entries: 256 }
    }
}

/// What is asked for, and with which authorization.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    identity: u64,
    /// Whether a person's changes can change the answer.
    personal: bool,
    url: Arc<str>,
}

pub(super) struct Cache {
    size: CacheSize,
    hasher: RandomState,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    entries: BTreeMap<Key, Entry>,
    bytes: usize,
    uses: u64,
    changes: u64,
}

#[derive(Clone)]
struct Entry {
    kept: Arc<Kept>,
    bytes: usize,
    last_use: u64,
}

struct Kept {
    policy: CachePolicy,
    body: Bytes,
}

/// What the cache knows about a read.
pub(super) enum Lookup {
    /// The answer, still good.
    Fresh(Bytes),
    /// The answer is to be asked for, perhaps with a condition.
    Ask(Ticket),
}

/// Allows to keep the answer of a read, unless something was changed since.
#[derive(Clone)]
pub(super) struct Ticket {
    changes: u64,
    stale: Option<Arc<Kept>>,
    /// Headers that ask whether the answer is still the same.
    pub(super) conditions: HeaderMap,
}

impl Cache {
    pub(super) fn new(size: CacheSize) -> Self {
        let (hasher, started) = (RandomState::new(), Instant::now());
        Self { size, hasher, started, state: Mutex::default() }
    }

    /// Names a read. Of the header value only a keyed hash is remembered.
    pub(super) fn key(&self, header: &HeaderValue, endpoint: &Endpoint, url: &Url) -> Key {
        Key {
            identity: self.hasher.hash_one(header.as_bytes()),
            personal: PERSONAL.iter().any(|part| endpoint.path.starts_with(part)),
            url: url.as_str().into(),
        }
    }

    pub(super) fn look_up(&self, key: &Key) -> Lookup {
        let mut state = self.lock();
        let mut ticket =
            Ticket { changes: state.changes, stale: None, conditions: HeaderMap::new() };
        state.uses += 1;
        let last_use = state.uses;
        let Some(entry) = state.entries.get_mut(key) else { return Lookup::Ask(ticket) };
        entry.last_use = last_use;
        match entry.kept.policy.before_request(&question(), self.now()) {
            BeforeRequest::Fresh(_) => return Lookup::Fresh(entry.kept.body.clone()),
            BeforeRequest::Stale { request, matches: true } => {
                for name in [IF_NONE_MATCH, IF_MODIFIED_SINCE] {
                    if let Some(value) = request.headers.get(&name) {
                        ticket.conditions.insert(name, value.clone());
                    }
                }
                ticket.stale = Some(Arc::clone(&entry.kept));
            }
            BeforeRequest::Stale { .. } => {}
        }
        Lookup::Ask(ticket)
    }

    /// Keeps a successful answer, if Spotify allows it and nothing was changed since the question.
    pub(super) fn keep(&self, key: &Key, ticket: &Ticket, headers: &HeaderMap, body: &Bytes) {
        let kept = self.policy(headers).map(|policy| {
            // A copy, for the bytes may be a part of a larger buffer.
            Kept { policy, body: Bytes::copy_from_slice(body) }
        });
        self.put(key, ticket, kept);
    }

    /// Takes the kept answer after Spotify said that it is still the same (304).
    pub(super) fn renew(&self, key: &Key, ticket: &Ticket, headers: &HeaderMap) -> Option<Bytes> {
        let stale = ticket.stale.as_ref()?;
        let mut answer = Response::new(());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        *answer.headers_mut() = relevant(headers);
        let body = stale.body.clone();
        let renewed = match stale.policy.after_response(&question(), &answer, self.now()) {
            AfterResponse::NotModified(policy, _) => Some(Kept { policy, body: body.clone() }),
            // Without the validator nobody knows for how long it is the same: just now it is.
            AfterResponse::Modified(..) => None,
        };
        self.put(key, ticket, renewed);
        Some(body)
    }

    /// Forgets the answer to a read that is refused now.
    pub(super) fn forget(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Forgets what a change may have changed: all but the objects of the catalogue. Answers that
    /// are under way are not kept.
    pub(super) fn changed(&self) {
        let mut state = self.lock();
        state.changes += 1;
        let personal: Vec<Key> = state.entries.keys().filter(|key| key.personal).cloned().collect();
        for key in personal {
            state.remove(&key);
        }
    }

    fn policy(&self, headers: &HeaderMap) -> Option<CachePolicy> {
        let told = [CACHE_CONTROL, ETAG, EXPIRES, LAST_MODIFIED];
        if self.size.bytes == 0 || !told.iter().any(|name| headers.contains_key(name)) {
            return None;
        }
        let mut answer = Response::new(());
        *answer.headers_mut() = relevant(headers);
        let (question, now) = (question(), self.now());
        let policy = CachePolicy::new_options(&question, &answer, now, OPTIONS);
        let asked_again = headers.contains_key(ETAG) || headers.contains_key(LAST_MODIFIED);
        let useful = asked_again || !policy.is_stale(now);
        (policy.is_storable() && useful).then_some(policy)
    }

    fn put(&self, key: &Key, ticket: &Ticket, kept: Option<Kept>) {
        let mut state = self.lock();
        state.remove(key);
        let Some(kept) = kept.filter(|_| state.changes == ticket.changes) else { return };
        let bytes = OVERHEAD + 2 * key.url.len() + kept.body.len();
        if bytes > self.size.bytes / 4 {
            return;
        }
        state.bytes += bytes;
        state.uses += 1;
        let entry = Entry { kept: Arc::new(kept), bytes, last_use: state.uses };
        state.entries.insert(key.clone(), entry);
        while state.bytes > self.size.bytes || state.entries.len() > self.size.entries {
            let oldest = state.entries.iter().min_by_key(|(_, entry)| entry.last_use);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else { return };
            state.remove(&oldest);
        }
    }

    /// A time that only goes forward. Freshness is a difference of times, so its beginning does
    /// not matter.
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + BEGINNING + self.started.elapsed()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.bytes;
        }
    }
}

/// The read as far as `Vary` can speak of it. The authorization and the address are in the key,
/// and every read sends the same of everything else.
fn question() -> Request<()> {
    let mut request = Request::new(());
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// The headers that say what may be kept.
fn relevant(headers: &HeaderMap) -> HeaderMap {
    let mut relevant = HeaderMap::new();
    for name in [AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, LAST_MODIFIED, PRAGMA, VARY] {
        // `Expires` is an age only together with `Date`: there is no clock here to compare with.
        if name == EXPIRES && !headers.contains_key(DATE) {
            continue;
        }
        for value in headers.get_all(&name) {
            relevant.append(&name, value.clone());
        }
    }
    relevant
}

/// The paths below which a person's changes are seen. Elsewhere is the catalogue.
const PERSONAL: [&str; 3] = ["/me", "/playlists", "/users"];

const OPTIONS: CacheOptions = CacheOptions {
    shared: false,
    // Spotify says so if something may be kept; nothing is guessed.
    cache_heuristic: 0.0,
    immutable_min_time_to_live: Duration::ZERO,
    ignore_cargo_cult: false,
};

/// About what an entry takes besides its body and its address.
const OVERHEAD: usize = 1024;

const BEGINNING: Duration = Duration::from_hours(24 * 365);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::{playlists::PLAYLIST, tracks::TRACK};

    fn cache(bytes: usize, entries: usize) -> Cache {
        Cache::new(CacheSize { bytes, entries })
    }

    fn key(cache: &Cache, who: &'static str, endpoint: &Endpoint, url: &str) -> Key {
        let url = format!("https://api.spotify.com/v1/{url}").parse().unwrap();
        cache.key(&HeaderValue::from_static(who), endpoint, &url)
    }

    fn track(cache: &Cache, url: &str) -> Key {
        key(cache, "Bearer a", TRACK.endpoint(), url)
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn ticket(cache: &Cache, key: &Key) -> Ticket {
        match cache.look_up(key) {
            Lookup::Ask(ticket) => ticket,
            Lookup::Fresh(body) => panic!("{body:?} is kept"),
        }
    }

    fn keep(cache: &Cache, key: &Key, lines: &[(&'static str, &'static str)], body: &'static str) {
        let ticket = ticket(cache, key);
        cache.keep(key, &ticket, &headers(lines), &Bytes::from_static(body.as_bytes()));
    }

    fn fresh(cache: &Cache, key: &Key) -> Option<Bytes> {
        match cache.look_up(key) {
            Lookup::Fresh(body) => Some(body),
            Lookup::Ask(_) => None,
        }
    }

    const MINUTE: &[(&str, &str)] = &[("cache-control", "private, max-age=60")];

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_kept_as_long_as_spotify_says() {
        let cache = cache(100_000, 10);
        let key = track(&cache, "tracks/1");
        let aged = [("cache-control", "max-age=60"), ("age", "50")];
        for (lines, seconds) in [(MINUTE, 60), (&aged, 10)] {
            keep(&cache, &key, lines, "1");
            tokio::time::advance(Duration::from_secs(seconds - 1)).await;
            assert_eq!(fresh(&cache, &key).as_deref(), Some(b"1".as_slice()));
            tokio::time::advance(Duration::from_secs(1)).await;
            assert_eq!(fresh(&cache, &key), None);
            assert!(ticket(&cache, &key).conditions.is_empty());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_spotify_does_not_allow_to_keep_is_not_kept() {
        let cache = cache(100_000, 10);
        let key = track(&cache, "tracks/1");
        let date = ("date", "Sat, 21 Nov 2026 12:00:00 GMT");
        for lines in [
            &[][..],
            &[("cache-control", "no-store, max-age=60")],
            &[("cache-control", "no-cache, max-age=60")],
            &[("cache-control", "max-age=60"), ("vary", "*")],
            &[("cache-control", "max-age=x")],
            &[("pragma", "no-cache"), ("expires", "Sat, 21 Nov 2099 12:01:00 GMT"), date],
            &[("expires", "Sat, 21 Nov 2099 12:00:00 GMT")],
            &[("expires", "0"), date],
            &[("last-modified", "Sat, 21 Nov 2020 12:00:00 GMT"), date],
        ] {
            keep(&cache, &key, lines, "1");
            assert_eq!(fresh(&cache, &key), None, "{lines:?}");
        }
        let expires = [("expires", "Sat, 21 Nov 2026 12:01:00 GMT"), date];
        keep(&cache, &key, &expires, "1");
        assert!(fresh(&cache, &key).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_kept_answer_is_asked_for_on_condition_and_renewed() {
        let cache = cache(100_000, 10);
        let key = track(&cache, "tracks/1");
        let lines = [("cache-control", "max-age=5"), ("etag", "W/\"a\"")];
        keep(&cache, &key, &lines, "1");
        tokio::time::advance(Duration::from_secs(5)).await;
        let asked = ticket(&cache, &key);
        assert_eq!(asked.conditions, headers(&[("if-none-match", "W/\"a\"")]));
        let body = cache.renew(&key, &asked, &headers(&lines)).unwrap();
        assert_eq!((body.as_ref(), fresh(&cache, &key).is_some()), (b"1".as_slice(), true));
        tokio::time::advance(Duration::from_secs(5)).await;
        // Without its validator an answer is the same just once.
        let asked = ticket(&cache, &key);
        assert!(cache.renew(&key, &asked, &HeaderMap::new()).is_some());
        assert!(ticket(&cache, &key).conditions.is_empty());
        assert!(cache.renew(&key, &ticket(&cache, &key), &HeaderMap::new()).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_found_only_with_the_authorization_it_was_given_for() {
        let cache = cache(100_000, 10);
        let mine = key(&cache, "Bearer a", TRACK.endpoint(), "tracks/1");
        keep(&cache, &mine, MINUTE, "mine");
        let theirs = key(&cache, "Bearer b", TRACK.endpoint(), "tracks/1");
        assert_eq!(fresh(&cache, &theirs), None);
        assert!(fresh(&cache, &mine).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_forgets_what_is_personal_also_what_is_under_way() {
        let cache = cache(100_000, 10);
        let catalogue = track(&cache, "tracks/1");
        let playlist = key(&cache, "Bearer a", PLAYLIST.endpoint(), "playlists/1");
        keep(&cache, &catalogue, MINUTE, "1");
        keep(&cache, &playlist, MINUTE, "1");
        cache.changed();
        assert!(fresh(&cache, &catalogue).is_some());
        let asked = ticket(&cache, &playlist);
        cache.changed();
        cache.keep(&playlist, &asked, &headers(MINUTE), &Bytes::from_static(b"old"));
        assert_eq!(fresh(&cache, &playlist), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_use_makes_room_and_large_answers_are_not_kept() {
        let cache = cache(100_000, 2);
        let keys = ["tracks/1", "tracks/2", "tracks/3"].map(|url| track(&cache, url));
        keep(&cache, &keys[0], MINUTE, "1");
        keep(&cache, &keys[1], MINUTE, "2");
        assert!(fresh(&cache, &keys[0]).is_some());
        keep(&cache, &keys[2], MINUTE, "3");
        let there = keys.each_ref().map(|key| fresh(&cache, key).is_some());
        assert_eq!(there, [true, false, true]);
        let large = Bytes::from(vec![b'x'; 30_000]);
        let asked = ticket(&cache, &keys[1]);
        cache.keep(&keys[1], &asked, &headers(MINUTE), &large);
        assert_eq!(fresh(&cache, &keys[1]), None);
        for number in 0..100 {
            let key = track(&cache, &format!("tracks/{number}"));
            let asked = ticket(&cache, &key);
            cache.keep(&key, &asked, &headers(MINUTE), &large.slice(..20_000));
            assert!(cache.lock().bytes <= 100_000);
        }
        assert!(cache.lock().entries.len() <= 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cache_of_no_size_keeps_nothing() {
        let cache = Cache::new(CacheSize::OFF);
        let key = track(&cache, "tracks/1");
        keep(&cache, &key, MINUTE, "1");
        assert_eq!(fresh(&cache, &key), None);
    }
}
