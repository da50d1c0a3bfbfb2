//! The whole state of one simulated Spotify.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;

use crate::{
    accounts::{
        app::App,
        authorize::Decision,
        grants::{GrantId, Grants, Rotation},
        user::{DEFAULT_USER, OTHER_USER, SPOTIFY, User},
    },
    api::irregular::Irregularity,
    catalogue::Catalogue,
    clock::Clock,
    faults::Faults,
    journal::Request,
    kind::Kind,
    libraries::Libraries,
    player::{Device, Player},
    playlists::{Content, LocalFile, Playlist, Playlists},
    random::Random,
    secrets::{SecretKind, Secrets},
    traffic::Traffic,
    usage::Usage,
};

const MINUTE: Duration = Duration::from_mins(1);

/// Everything that requests read and change.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) apps: BTreeMap<String, App>,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) grants: Grants,
    pub(crate) rotation: Rotation,
    pub(crate) access_token_life: Duration,
    /// How users answer without being asked, if they do.
    pub(crate) consent: Option<Decision>,
    pub(crate) playlists: Playlists,
    pub(crate) libraries: Libraries,
    pub(crate) players: BTreeMap<String, Player>,
    pub(crate) irregularities: BTreeSet<Irregularity>,
    pub(crate) faults: Faults,
    pub(crate) usage: Usage,
    pub(crate) journal: Vec<Request>,
    pub(crate) traffic: Traffic,
    /// Whether answers carry validators.
    pub(crate) etags: bool,
    /// How long the Web API takes for each answer.
    pub(crate) latency: Duration,
    pub(crate) secrets: Secrets,
    /// What the text of every issued secret starts with.
    pub(crate) token_prefix: String,
    /// The base URL of the API, `/v1` included.
    pub(crate) api_url: String,
}

impl World {
    /// Makes up a secret and remembers it.
    pub(crate) fn new_secret(&mut self, kind: SecretKind) -> String {
        // The lengths and first letters are those of real ones.
        let (name, start, length) = match kind {
            SecretKind::AccessToken => ("access-", "BQ", 118),
            SecretKind::RefreshToken => ("refresh-", "AQ", 129),
            SecretKind::Code => ("code-", "AQ", 184),
            SecretKind::Verifier | SecretKind::ClientSecret => ("secret-", "", 32),
        };
        let secret = if self.token_prefix.is_empty() {
            format!("{start}{}", self.random.text(length))
        } else {
            format!("{}{name}{}", self.token_prefix, self.random.text(22))
        };
        self.secrets.remember(kind, &secret);
        secret
    }

    pub(crate) fn issue_access_token(&mut self, grant: GrantId) -> String {
        let token = self.new_secret(SecretKind::AccessToken);
        let (now, life) = (self.clock.now(), self.access_token_life);
        self.grants.add_access_token(token.clone(), grant, now, life);
        token
    }

    pub(crate) fn issue_refresh_token(&mut self, grant: GrantId) -> String {
        let token = self.new_secret(SecretKind::RefreshToken);
        self.grants.add_refresh_token(token.clone(), grant);
        token
    }

    /// Adds the playlists that exist from the start.
    pub(crate) fn furnish(&mut self) {
        let now = self.clock.now();
        let players =
            self.users.keys().map(|user| (user.clone(), Player::new(Device::usual(user), now)));
        self.players.extend(players);
        for (owner, name, description, visibility, tracks) in [
            (SPOTIFY, "Harbour Hits", "The songs of the season.", Visibility::Public, 60..110),
            (OTHER_USER, "Otto's Long Drive", "For the road.", Visibility::Public, 200..260),
            (DEFAULT_USER, "Archive", "", Visibility::Public, 1_000..1_230),
            (DEFAULT_USER, "Kitchen Radio", "Cooking & dancing", Visibility::Private, 0..12),
            (DEFAULT_USER, "Morning Run", "Fast ones only.", Visibility::Public, 40..47),
        ] {
            let id = Random::of(&format!("{owner}/{name}")).id();
            let mut playlist = Playlist::new(id, owner.to_owned(), name.to_owned());
            playlist.description = Some(description.to_owned());
            playlist.public = matches!(visibility, Visibility::Public);
            playlist.replace(tracks.map(Content::Track).collect(), owner, now);
            self.playlists.create(playlist);
        }
        let followed = Random::of(&format!("{OTHER_USER}/Otto's Long Drive")).id();
        self.playlists.save(DEFAULT_USER, &followed);
    }

    /// Saves the first tracks of the catalogue for the default user, the first one last.
    pub(crate) fn save_tracks(&mut self, tracks: usize) {
        let now = self.clock.now();
        let mut age = MINUTE.saturating_mul(u32::try_from(tracks).unwrap_or(u32::MAX));
        // The oldest first, which goes to the end of a shelf without moving the others.
        for track in self.catalogue.tracks.iter().take(tracks).rev() {
            let added_at = now.checked_sub(age).unwrap_or(Timestamp::MIN);
            self.libraries.save(DEFAULT_USER, Kind::Track, &track.id, added_at);
            age = age.saturating_sub(MINUTE);
        }
    }

    /// Turns an irregularity on or off; some of them live in the data.
    pub(crate) fn set_irregular(&mut self, irregularity: Irregularity, on: bool) {
        if on {
            self.irregularities.insert(irregularity);
        } else {
            self.irregularities.remove(&irregularity);
        }
        let content = match irregularity {
            Irregularity::LocalTracks => Content::Local(LocalFile {
                artist: "Nachbars Band".to_owned(),
                album: String::new(),
                title: "Demo Tape (Side A)".to_owned(),
                seconds: 188,
            }),
            Irregularity::EpisodeInPlaylist => Content::Episode(0),
            _ => return,
        };
        self.set_odd_entry(content, on);
    }

    /// Puts an entry at the front of the default user's newest own playlist, or takes it out.
    fn set_odd_entry(&mut self, content: Content, on: bool) {
        let now: Timestamp = self.clock.now();
        let id = Random::of(&format!("{DEFAULT_USER}/Morning Run")).id();
        let Some(playlist) = self.playlists.get_mut(&id) else { return };
        let present = playlist.entries().iter().any(|entry| entry.content == content);
        let changed = match (on, present) {
            (true, false) => playlist.add(vec![content], Some(0), DEFAULT_USER, now),
            (false, true) => playlist.remove(&[content], None),
            _ => Ok(()),
        };
        debug_assert_eq!(changed, Ok(()), "position 0 and the present version always exist");
    }
}

#[derive(Debug, Clone, Copy)]
enum Visibility {
    Public,
    Private,
}
