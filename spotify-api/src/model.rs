//! What Spotify answers, as it is seen to answer.
//!
//! Fields that were ever seen missing or null are optional, lists keep their null entries, numbers
//! may come as floats, unknown words of an enumeration are kept. Unknown fields are ignored. The
//! texts are as Spotify sent them, which means: as any of its users wrote them. Whoever shows them
//! must treat them as untrusted. The numbers `N01` to `N54` in the tests name the known
//! irregularities of the payloads.

mod album;
mod artist;
mod common;
mod date;
mod entities;
pub(crate) mod lenient;
mod open;
mod playable;
mod playlist;
mod search;
mod show;
mod snapshot;
mod track;
mod user;

pub use self::{
    album::{Album, AlbumType, Copyright},
    artist::Artist,
    common::{ExternalIds, ExternalUrls, Followers, Image, Restriction, RestrictionReason},
    date::{PartialDate, ReleaseDate},
    entities::decode_entities,
    playable::{OtherItem, Playable},
    playlist::{Contents, Playlist, PlaylistContents, PlaylistItem, Reference},
    search::SearchResults,
    show::{Audiobook, Episode, Named, ResumePoint, Show},
    snapshot::{Snapshot, SnapshotId},
    track::{LinkedFrom, Track},
    user::{CurrentUser, ExplicitContent, User},
};
