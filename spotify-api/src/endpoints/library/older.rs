//! The library as it was before 2026: three operations for each kind of thing.

use super::super::{Older, endpoints};
use crate::{
    Error,
    answer::Done,
    endpoint::{MARKET, optional, required},
    id::{AlbumId, AudiobookId, EpisodeId, ShowId, TrackId},
    scope::Scope::{UserLibraryModify, UserLibraryRead},
};

endpoints! {
    /// Saves albums.
    SAVE_ALBUMS: Done = Endpoint::put("/me/albums", "save-albums-user")
        .query(&[optional("ids").most(20)])
        .json(&[optional("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("save-library-items");
    /// Removes albums.
    REMOVE_ALBUMS: Done = Endpoint::delete("/me/albums", "remove-albums-user")
        .query(&[optional("ids").most(20)])
        .json(&[optional("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("remove-library-items");
    /// Tells which albums are saved.
    CONTAINS_ALBUMS: Vec<bool> = Endpoint::get("/me/albums/contains", "check-users-saved-albums")
        .query(&[required("ids").most(20)])
        .scopes(&[UserLibraryRead])
        .replaced_by("check-library-contains");
    /// Saves tracks.
    SAVE_TRACKS: Done = Endpoint::put("/me/tracks", "save-tracks-user")
        .json(&[optional("ids").most(50), optional("timestamped_ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("save-library-items");
    /// Removes tracks.
    REMOVE_TRACKS: Done = Endpoint::delete("/me/tracks", "remove-tracks-user")
        .query(&[required("ids").most(50)])
        .json(&[optional("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("remove-library-items");
    /// Tells which tracks are saved.
    CONTAINS_TRACKS: Vec<bool> = Endpoint::get("/me/tracks/contains", "check-users-saved-tracks")
        .query(&[required("ids").most(50)])
        .scopes(&[UserLibraryRead])
        .replaced_by("check-library-contains");
    /// Saves episodes.
    SAVE_EPISODES: Done = Endpoint::put("/me/episodes", "save-episodes-user")
        .query(&[required("ids").most(50)])
        .json(&[optional("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("save-library-items");
    /// Removes episodes.
    REMOVE_EPISODES: Done = Endpoint::delete("/me/episodes", "remove-episodes-user")
        .query(&[required("ids").most(50)])
        .json(&[optional("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("remove-library-items");
    /// Tells which episodes are saved.
    CONTAINS_EPISODES: Vec<bool> = Endpoint::get("/me/episodes/contains", "check-users-saved-episodes")
        .query(&[required("ids").most(50)])
        .scopes(&[UserLibraryRead])
        .replaced_by("check-library-contains");
    /// Saves shows.
    SAVE_SHOWS: Done = Endpoint::put("/me/shows", "save-shows-user")
        .query(&[required("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("save-library-items");
    /// Removes shows.
    REMOVE_SHOWS: Done = Endpoint::delete("/me/shows", "remove-shows-user")
        .query(&[required("ids").most(50), MARKET])
        .scopes(&[UserLibraryModify])
        .replaced_by("remove-library-items");
    /// Tells which shows are saved.
    CONTAINS_SHOWS: Vec<bool> = Endpoint::get("/me/shows/contains", "check-users-saved-shows")
        .query(&[required("ids").most(50)])
        .scopes(&[UserLibraryRead])
        .replaced_by("check-library-contains");
    /// Saves audiobooks.
    SAVE_AUDIOBOOKS: Done = Endpoint::put("/me/audiobooks", "save-audiobooks-user")
        .query(&[required("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("save-library-items");
    /// Removes audiobooks.
    REMOVE_AUDIOBOOKS: Done = Endpoint::delete("/me/audiobooks", "remove-audiobooks-user")
        .query(&[required("ids").most(50)])
        .scopes(&[UserLibraryModify])
        .replaced_by("remove-library-items");
    /// Tells which audiobooks are saved.
    CONTAINS_AUDIOBOOKS: Vec<bool> = Endpoint::get("/me/audiobooks/contains", "check-users-saved-audiobooks")
        .query(&[required("ids").most(50)])
        .scopes(&[UserLibraryRead])
        .replaced_by("check-library-contains");
}

/// Makes the calls for one kind of thing.
macro_rules! calls {
    ($($id:ty, $what:literal: $save:ident $SAVE:ident, $remove:ident $REMOVE:ident, $contains:ident $CONTAINS:ident;)+) => {
        impl Older<'_> {$(
            #[doc = concat!("Saves ", $what, "; at most 50. Operation: [`", stringify!($SAVE), "`].")]
            ///
            /// # Errors
            /// See [`Error`].
            pub async fn $save(&self, ids: &[$id]) -> Result<(), Error> {
                self.0.call($SAVE.request(&[])?.list("ids", ids)?).await.map(|Done| ())
            }

            #[doc = concat!("Removes ", $what, "; at most 50. Operation: [`", stringify!($REMOVE), "`].")]
            ///
            /// # Errors
            /// See [`Error`].
            pub async fn $remove(&self, ids: &[$id]) -> Result<(), Error> {
                self.0.call($REMOVE.request(&[])?.list("ids", ids)?).await.map(|Done| ())
            }

            #[doc = concat!(
                "Tells for each of the ", $what, ", in the order given, whether it is saved; at most 50, \
                 albums 20. Operation: [`", stringify!($CONTAINS), "`]."
            )]
            ///
            /// # Errors
            /// See [`Error`].
            pub async fn $contains(&self, ids: &[$id]) -> Result<Vec<bool>, Error> {
                self.0.call($CONTAINS.request(&[])?.list("ids", ids)?).await
            }
        )+}
    };
}

calls! {
    AlbumId, "albums": save_albums SAVE_ALBUMS, remove_albums REMOVE_ALBUMS, contains_albums CONTAINS_ALBUMS;
    TrackId, "tracks": save_tracks SAVE_TRACKS, remove_tracks REMOVE_TRACKS, contains_tracks CONTAINS_TRACKS;
    EpisodeId, "episodes": save_episodes SAVE_EPISODES, remove_episodes REMOVE_EPISODES, contains_episodes CONTAINS_EPISODES;
    ShowId, "shows": save_shows SAVE_SHOWS, remove_shows REMOVE_SHOWS, contains_shows CONTAINS_SHOWS;
    AudiobookId, "audiobooks": save_audiobooks SAVE_AUDIOBOOKS, remove_audiobooks REMOVE_AUDIOBOOKS, contains_audiobooks CONTAINS_AUDIOBOOKS;
}
