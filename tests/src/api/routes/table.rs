//! The operations that the simulator has, one row each.

use super::{Answer, Availability, Cx, Needs, Route};
use crate::api::{
    albums::{self, Albums},
    artists::{self, Artists},
    audio,
    audiobooks::{self, Audiobooks},
    browse,
    chapters::Chapters,
    episodes::Episodes,
    followers, following, images, items, library, me,
    player::{self, reading},
    playlist_items, playlists, recommendations, saved, search,
    shows::{self, Shows},
    top,
    tracks::Tracks,
    users,
};

const fn kept(
    method: &'static str,
    path: &'static str,
    operation_id: &'static str,
    needs: Needs,
    handler: fn(&mut Cx<'_>) -> Answer,
) -> Route {
    Route { method, path, operation_id, availability: Availability::Everyone, needs, handler }
}

const fn removed(
    method: &'static str,
    path: &'static str,
    operation_id: &'static str,
    needs: Needs,
    handler: fn(&mut Cx<'_>) -> Answer,
) -> Route {
    Route {
        availability: Availability::Removed2026,
        ..kept(method, path, operation_id, needs, handler)
    }
}

const fn closed(
    method: &'static str,
    path: &'static str,
    operation_id: &'static str,
    needs: Needs,
    handler: fn(&mut Cx<'_>) -> Answer,
) -> Route {
    Route {
        availability: Availability::Closed2024,
        ..kept(method, path, operation_id, needs, handler)
    }
}

const CHANGES_FOLLOWING: Needs = Needs::User(&["user-follow-modify"]);
const CHANGES_LIBRARY: Needs = Needs::User(&["user-library-modify"]);
const CHANGES_PLAYLISTS: Needs =
    Needs::User(&["playlist-modify-public", "playlist-modify-private"]);
const CONTROLS_PLAYBACK: Needs = Needs::User(&["user-modify-playback-state"]);
const READS_CURRENT: Needs = Needs::User(&["user-read-currently-playing"]);
const READS_FOLLOWING: Needs = Needs::User(&["user-follow-read"]);
const READS_LIBRARY: Needs = Needs::User(&["user-library-read"]);
const READS_PLAYBACK: Needs = Needs::User(&["user-read-playback-state"]);
const READS_PLAYLISTS: Needs = Needs::User(&["playlist-read-private"]);

// Routes with fixed segments come before those with a parameter in the same place.
#[rustfmt::skip]
pub(super) const ROUTES: &[Route] = &[
    kept("GET", "/me", "get-current-users-profile", Needs::User(&[]), me::profile),
    kept("GET", "/search", "search", Needs::Token, search::search),

    kept("GET", "/tracks/{id}", "get-track", Needs::Token, items::one::<Tracks>),
    removed("GET", "/tracks", "get-several-tracks", Needs::Token, items::several::<Tracks>),
    kept("GET", "/albums/{id}", "get-an-album", Needs::Token, items::one::<Albums>),
    removed("GET", "/albums", "get-multiple-albums", Needs::Token, items::several::<Albums>),
    kept("GET", "/albums/{id}/tracks", "get-an-albums-tracks", Needs::Token, albums::tracks),
    kept("GET", "/artists/{id}", "get-an-artist", Needs::Token, items::one::<Artists>),
    removed("GET", "/artists", "get-multiple-artists", Needs::Token, items::several::<Artists>),
    kept("GET", "/artists/{id}/albums", "get-an-artists-albums", Needs::Token, artists::albums),
    removed("GET", "/artists/{id}/top-tracks", "get-an-artists-top-tracks", Needs::Token, artists::top_tracks),

    closed("GET", "/artists/{id}/related-artists", "get-an-artists-related-artists", Needs::Token, artists::related),
    closed("GET", "/audio-features", "get-several-audio-features", Needs::Token, audio::several_features),
    closed("GET", "/audio-features/{id}", "get-audio-features", Needs::Token, audio::features),
    closed("GET", "/audio-analysis/{id}", "get-audio-analysis", Needs::Token, audio::analysis),
    closed("GET", "/recommendations", "get-recommendations", Needs::Token, recommendations::list),
    closed("GET", "/recommendations/available-genre-seeds", "get-recommendation-genres", Needs::Token, recommendations::genres),

    closed("GET", "/browse/featured-playlists", "get-featured-playlists", Needs::Token, browse::featured_playlists),
    removed("GET", "/browse/new-releases", "get-new-releases", Needs::Token, browse::new_releases),
    removed("GET", "/browse/categories", "get-categories", Needs::Token, browse::categories),
    removed("GET", "/browse/categories/{category_id}", "get-a-category", Needs::Token, browse::category),
    closed("GET", "/browse/categories/{category_id}/playlists", "get-a-categories-playlists", Needs::Token, browse::category_playlists),
    removed("GET", "/markets", "get-available-markets", Needs::Token, browse::markets),
    removed("GET", "/users/{user_id}", "get-users-profile", Needs::Token, users::profile),
    kept("GET", "/me/top/{type}", "get-users-top-artists-and-tracks", Needs::User(&["user-top-read"]), top::list),

    kept("GET", "/shows/{id}", "get-a-show", Needs::Token, items::one::<Shows>),
    removed("GET", "/shows", "get-multiple-shows", Needs::Token, items::several::<Shows>),
    kept("GET", "/shows/{id}/episodes", "get-a-shows-episodes", Needs::Token, shows::episodes),
    kept("GET", "/episodes/{id}", "get-an-episode", Needs::Token, items::one::<Episodes>),
    removed("GET", "/episodes", "get-multiple-episodes", Needs::Token, items::several::<Episodes>),
    kept("GET", "/audiobooks/{id}", "get-an-audiobook", Needs::Token, items::one::<Audiobooks>),
    removed("GET", "/audiobooks", "get-multiple-audiobooks", Needs::Token, items::several::<Audiobooks>),
    kept("GET", "/audiobooks/{id}/chapters", "get-audiobook-chapters", Needs::Token, audiobooks::chapters),
    kept("GET", "/chapters/{id}", "get-a-chapter", Needs::Token, items::one::<Chapters>),
    removed("GET", "/chapters", "get-several-chapters", Needs::Token, items::several::<Chapters>),

    kept("GET", "/me/playlists", "get-a-list-of-current-users-playlists", READS_PLAYLISTS, playlists::mine),
    kept("POST", "/me/playlists", "create-playlist", CHANGES_PLAYLISTS, playlists::create),
    removed("GET", "/users/{user_id}/playlists", "get-list-users-playlists", READS_PLAYLISTS, playlists::of_user),
    removed("POST", "/users/{user_id}/playlists", "create-playlist-for-user", CHANGES_PLAYLISTS, playlists::create_for_user),
    kept("GET", "/playlists/{playlist_id}", "get-playlist", Needs::Token, playlists::one),
    kept("PUT", "/playlists/{playlist_id}", "change-playlist-details", CHANGES_PLAYLISTS, playlists::change),

    kept("GET", "/playlists/{playlist_id}/images", "get-playlist-cover", Needs::Token, images::cover),
    kept("PUT", "/playlists/{playlist_id}/images", "upload-custom-playlist-cover", CHANGES_PLAYLISTS, images::upload),

    kept("GET", "/playlists/{playlist_id}/items", "get-playlists-items", Needs::User(&[]), playlist_items::list_items),
    kept("POST", "/playlists/{playlist_id}/items", "add-items-to-playlist", CHANGES_PLAYLISTS, playlist_items::add),
    kept("PUT", "/playlists/{playlist_id}/items", "reorder-or-replace-playlists-items", CHANGES_PLAYLISTS, playlist_items::reorder_or_replace),
    kept("DELETE", "/playlists/{playlist_id}/items", "remove-items-playlist", CHANGES_PLAYLISTS, playlist_items::remove_items),
    removed("GET", "/playlists/{playlist_id}/tracks", "get-playlists-tracks", Needs::Token, playlist_items::list_tracks),
    removed("POST", "/playlists/{playlist_id}/tracks", "add-tracks-to-playlist", CHANGES_PLAYLISTS, playlist_items::add),
    removed("PUT", "/playlists/{playlist_id}/tracks", "reorder-or-replace-playlists-tracks", CHANGES_PLAYLISTS, playlist_items::reorder_or_replace),
    removed("DELETE", "/playlists/{playlist_id}/tracks", "remove-tracks-playlist", CHANGES_PLAYLISTS, playlist_items::remove_tracks),
    removed("PUT", "/playlists/{playlist_id}/followers", "follow-playlist", CHANGES_PLAYLISTS, followers::follow),
    removed("DELETE", "/playlists/{playlist_id}/followers", "unfollow-playlist", CHANGES_PLAYLISTS, followers::unfollow),
    removed("GET", "/playlists/{playlist_id}/followers/contains", "check-if-user-follows-playlist", Needs::User(&[]), followers::contains),

    kept("PUT", "/me/library", "save-library-items", Needs::User(library::MODIFY), library::save),
    kept("DELETE", "/me/library", "remove-library-items", Needs::User(library::MODIFY), library::remove),
    kept("GET", "/me/library/contains", "check-library-contains", Needs::User(library::READ), library::contains),

    kept("GET", "/me/albums", "get-users-saved-albums", READS_LIBRARY, saved::list::<Albums>),
    removed("PUT", "/me/albums", "save-albums-user", CHANGES_LIBRARY, saved::save::<Albums>),
    removed("DELETE", "/me/albums", "remove-albums-user", CHANGES_LIBRARY, saved::remove::<Albums>),
    removed("GET", "/me/albums/contains", "check-users-saved-albums", READS_LIBRARY, saved::contains::<Albums>),
    kept("GET", "/me/audiobooks", "get-users-saved-audiobooks", READS_LIBRARY, saved::list::<Audiobooks>),
    removed("PUT", "/me/audiobooks", "save-audiobooks-user", CHANGES_LIBRARY, saved::save::<Audiobooks>),
    removed("DELETE", "/me/audiobooks", "remove-audiobooks-user", CHANGES_LIBRARY, saved::remove::<Audiobooks>),
    removed("GET", "/me/audiobooks/contains", "check-users-saved-audiobooks", READS_LIBRARY, saved::contains::<Audiobooks>),
    kept("GET", "/me/episodes", "get-users-saved-episodes", READS_LIBRARY, saved::list::<Episodes>),
    removed("PUT", "/me/episodes", "save-episodes-user", CHANGES_LIBRARY, saved::save::<Episodes>),
    removed("DELETE", "/me/episodes", "remove-episodes-user", CHANGES_LIBRARY, saved::remove::<Episodes>),
    removed("GET", "/me/episodes/contains", "check-users-saved-episodes", READS_LIBRARY, saved::contains::<Episodes>),
    kept("GET", "/me/shows", "get-users-saved-shows", READS_LIBRARY, saved::list::<Shows>),
    removed("PUT", "/me/shows", "save-shows-user", CHANGES_LIBRARY, saved::save::<Shows>),
    removed("DELETE", "/me/shows", "remove-shows-user", CHANGES_LIBRARY, saved::remove::<Shows>),
    removed("GET", "/me/shows/contains", "check-users-saved-shows", READS_LIBRARY, saved::contains::<Shows>),
    kept("GET", "/me/tracks", "get-users-saved-tracks", READS_LIBRARY, saved::list::<Tracks>),
    removed("PUT", "/me/tracks", "save-tracks-user", CHANGES_LIBRARY, saved::save::<Tracks>),
    removed("DELETE", "/me/tracks", "remove-tracks-user", CHANGES_LIBRARY, saved::remove::<Tracks>),
    removed("GET", "/me/tracks/contains", "check-users-saved-tracks", READS_LIBRARY, saved::contains::<Tracks>),

    kept("GET", "/me/player", "get-information-about-the-users-current-playback", READS_PLAYBACK, reading::state),
    kept("PUT", "/me/player", "transfer-a-users-playback", CONTROLS_PLAYBACK, player::transfer),
    kept("GET", "/me/player/devices", "get-a-users-available-devices", READS_PLAYBACK, reading::devices),
    kept("GET", "/me/player/currently-playing", "get-the-users-currently-playing-track", READS_CURRENT, reading::currently_playing),
    kept("GET", "/me/player/recently-played", "get-recently-played", Needs::User(&["user-read-recently-played"]), reading::recently_played),
    kept("GET", "/me/player/queue", "get-queue", READS_CURRENT, reading::queue),
    kept("POST", "/me/player/queue", "add-to-queue", CONTROLS_PLAYBACK, player::enqueue),
    kept("PUT", "/me/player/play", "start-a-users-playback", CONTROLS_PLAYBACK, player::play),
    kept("PUT", "/me/player/pause", "pause-a-users-playback", CONTROLS_PLAYBACK, player::pause),
    kept("POST", "/me/player/next", "skip-users-playback-to-next-track", CONTROLS_PLAYBACK, player::next),
    kept("POST", "/me/player/previous", "skip-users-playback-to-previous-track", CONTROLS_PLAYBACK, player::previous),
    kept("PUT", "/me/player/seek", "seek-to-position-in-currently-playing-track", CONTROLS_PLAYBACK, player::seek),
    kept("PUT", "/me/player/repeat", "set-repeat-mode-on-users-playback", CONTROLS_PLAYBACK, player::repeat),
    kept("PUT", "/me/player/shuffle", "toggle-shuffle-for-users-playback", CONTROLS_PLAYBACK, player::shuffle),
    kept("PUT", "/me/player/volume", "set-volume-for-users-playback", CONTROLS_PLAYBACK, player::volume),

    kept("GET", "/me/following", "get-followed", READS_FOLLOWING, following::list),
    removed("PUT", "/me/following", "follow-artists-users", CHANGES_FOLLOWING, following::follow),
    removed("DELETE", "/me/following", "unfollow-artists-users", CHANGES_FOLLOWING, following::unfollow),
    removed("GET", "/me/following/contains", "check-current-user-follows", READS_FOLLOWING, following::contains),
];
