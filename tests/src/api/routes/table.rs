//! The operations that the simulator has, one row each.

use super::{
    Answer,
    Availability::{self, Closed2024, Everyone, Removed2026},
    Cx, Needs, Route,
};
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

const fn row(
    availability: Availability,
    method: &'static str,
    path: &'static str,
    operation_id: &'static str,
    needs: Needs,
    handler: fn(&mut Cx<'_>) -> Answer,
) -> Route {
    Route { method, path, operation_id, availability, needs, handler }
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
    row(Everyone, "GET", "/me", "get-current-users-profile", Needs::User(&[]), me::profile),
    row(Everyone, "GET", "/search", "search", Needs::Token, search::search),

    row(Everyone, "GET", "/tracks/{id}", "get-track", Needs::Token, items::one::<Tracks>),
    row(Removed2026, "GET", "/tracks", "get-several-tracks", Needs::Token, items::several::<Tracks>),
    row(Everyone, "GET", "/albums/{id}", "get-an-album", Needs::Token, items::one::<Albums>),
    row(Removed2026, "GET", "/albums", "get-multiple-albums", Needs::Token, items::several::<Albums>),
    row(Everyone, "GET", "/albums/{id}/tracks", "get-an-albums-tracks", Needs::Token, albums::tracks),
    row(Everyone, "GET", "/artists/{id}", "get-an-artist", Needs::Token, items::one::<Artists>),
    row(Removed2026, "GET", "/artists", "get-multiple-artists", Needs::Token, items::several::<Artists>),
    row(Everyone, "GET", "/artists/{id}/albums", "get-an-artists-albums", Needs::Token, artists::albums),
    row(Removed2026, "GET", "/artists/{id}/top-tracks", "get-an-artists-top-tracks", Needs::Token, artists::top_tracks),

    row(Closed2024, "GET", "/artists/{id}/related-artists", "get-an-artists-related-artists", Needs::Token, artists::related),
    row(Closed2024, "GET", "/audio-features", "get-several-audio-features", Needs::Token, audio::several_features),
    row(Closed2024, "GET", "/audio-features/{id}", "get-audio-features", Needs::Token, audio::features),
    row(Closed2024, "GET", "/audio-analysis/{id}", "get-audio-analysis", Needs::Token, audio::analysis),
    row(Closed2024, "GET", "/recommendations", "get-recommendations", Needs::Token, recommendations::list),
    row(Closed2024, "GET", "/recommendations/available-genre-seeds", "get-recommendation-genres", Needs::Token, recommendations::genres),

    row(Closed2024, "GET", "/browse/featured-playlists", "get-featured-playlists", Needs::Token, browse::featured_playlists),
    row(Removed2026, "GET", "/browse/new-releases", "get-new-releases", Needs::Token, browse::new_releases),
    row(Removed2026, "GET", "/browse/categories", "get-categories", Needs::Token, browse::categories),
    row(Removed2026, "GET", "/browse/categories/{category_id}", "get-a-category", Needs::Token, browse::category),
    row(Closed2024, "GET", "/browse/categories/{category_id}/playlists", "get-a-categories-playlists", Needs::Token, browse::category_playlists),
    row(Removed2026, "GET", "/markets", "get-available-markets", Needs::Token, browse::markets),
    row(Removed2026, "GET", "/users/{user_id}", "get-users-profile", Needs::Token, users::profile),
    row(Everyone, "GET", "/me/top/{type}", "get-users-top-artists-and-tracks", Needs::User(&["user-top-read"]), top::list),

    row(Everyone, "GET", "/shows/{id}", "get-a-show", Needs::Token, items::one::<Shows>),
    row(Removed2026, "GET", "/shows", "get-multiple-shows", Needs::Token, items::several::<Shows>),
    row(Everyone, "GET", "/shows/{id}/episodes", "get-a-shows-episodes", Needs::Token, shows::episodes),
    row(Everyone, "GET", "/episodes/{id}", "get-an-episode", Needs::Token, items::one::<Episodes>),
    row(Removed2026, "GET", "/episodes", "get-multiple-episodes", Needs::Token, items::several::<Episodes>),
    row(Everyone, "GET", "/audiobooks/{id}", "get-an-audiobook", Needs::Token, items::one::<Audiobooks>),
    row(Removed2026, "GET", "/audiobooks", "get-multiple-audiobooks", Needs::Token, items::several::<Audiobooks>),
    row(Everyone, "GET", "/audiobooks/{id}/chapters", "get-audiobook-chapters", Needs::Token, audiobooks::chapters),
    row(Everyone, "GET", "/chapters/{id}", "get-a-chapter", Needs::Token, items::one::<Chapters>),
    row(Removed2026, "GET", "/chapters", "get-several-chapters", Needs::Token, items::several::<Chapters>),

    row(Everyone, "GET", "/me/playlists", "get-a-list-of-current-users-playlists", READS_PLAYLISTS, playlists::mine),
    row(Everyone, "POST", "/me/playlists", "create-playlist", CHANGES_PLAYLISTS, playlists::create),
    row(Removed2026, "GET", "/users/{user_id}/playlists", "get-list-users-playlists", READS_PLAYLISTS, playlists::of_user),
    row(Removed2026, "POST", "/users/{user_id}/playlists", "create-playlist-for-user", CHANGES_PLAYLISTS, playlists::create_for_user),
    row(Everyone, "GET", "/playlists/{playlist_id}", "get-playlist", Needs::Token, playlists::one),
    row(Everyone, "PUT", "/playlists/{playlist_id}", "change-playlist-details", CHANGES_PLAYLISTS, playlists::change),

    row(Everyone, "GET", "/playlists/{playlist_id}/images", "get-playlist-cover", Needs::Token, images::cover),
    row(Everyone, "PUT", "/playlists/{playlist_id}/images", "upload-custom-playlist-cover", CHANGES_PLAYLISTS, images::upload),

    row(Everyone, "GET", "/playlists/{playlist_id}/items", "get-playlists-items", Needs::User(&[]), playlist_items::list_items),
    row(Everyone, "POST", "/playlists/{playlist_id}/items", "add-items-to-playlist", CHANGES_PLAYLISTS, playlist_items::add),
    row(Everyone, "PUT", "/playlists/{playlist_id}/items", "reorder-or-replace-playlists-items", CHANGES_PLAYLISTS, playlist_items::reorder_or_replace),
    row(Everyone, "DELETE", "/playlists/{playlist_id}/items", "remove-items-playlist", CHANGES_PLAYLISTS, playlist_items::remove_items),
    row(Removed2026, "GET", "/playlists/{playlist_id}/tracks", "get-playlists-tracks", Needs::Token, playlist_items::list_tracks),
    row(Removed2026, "POST", "/playlists/{playlist_id}/tracks", "add-tracks-to-playlist", CHANGES_PLAYLISTS, playlist_items::add),
    row(Removed2026, "PUT", "/playlists/{playlist_id}/tracks", "reorder-or-replace-playlists-tracks", CHANGES_PLAYLISTS, playlist_items::reorder_or_replace),
    row(Removed2026, "DELETE", "/playlists/{playlist_id}/tracks", "remove-tracks-playlist", CHANGES_PLAYLISTS, playlist_items::remove_tracks),
    row(Removed2026, "PUT", "/playlists/{playlist_id}/followers", "follow-playlist", CHANGES_PLAYLISTS, followers::follow),
    row(Removed2026, "DELETE", "/playlists/{playlist_id}/followers", "unfollow-playlist", CHANGES_PLAYLISTS, followers::unfollow),
    row(Removed2026, "GET", "/playlists/{playlist_id}/followers/contains", "check-if-user-follows-playlist", Needs::User(&[]), followers::contains),

    row(Everyone, "PUT", "/me/library", "save-library-items", Needs::User(library::MODIFY), library::save),
    row(Everyone, "DELETE", "/me/library", "remove-library-items", Needs::User(library::MODIFY), library::remove),
    row(Everyone, "GET", "/me/library/contains", "check-library-contains", Needs::User(library::READ), library::contains),

    row(Everyone, "GET", "/me/albums", "get-users-saved-albums", READS_LIBRARY, saved::list::<Albums>),
    row(Removed2026, "PUT", "/me/albums", "save-albums-user", CHANGES_LIBRARY, saved::save::<Albums>),
    row(Removed2026, "DELETE", "/me/albums", "remove-albums-user", CHANGES_LIBRARY, saved::remove::<Albums>),
    row(Removed2026, "GET", "/me/albums/contains", "check-users-saved-albums", READS_LIBRARY, saved::contains::<Albums>),
    row(Everyone, "GET", "/me/audiobooks", "get-users-saved-audiobooks", READS_LIBRARY, saved::list::<Audiobooks>),
    row(Removed2026, "PUT", "/me/audiobooks", "save-audiobooks-user", CHANGES_LIBRARY, saved::save::<Audiobooks>),
    row(Removed2026, "DELETE", "/me/audiobooks", "remove-audiobooks-user", CHANGES_LIBRARY, saved::remove::<Audiobooks>),
    row(Removed2026, "GET", "/me/audiobooks/contains", "check-users-saved-audiobooks", READS_LIBRARY, saved::contains::<Audiobooks>),
    row(Everyone, "GET", "/me/episodes", "get-users-saved-episodes", READS_LIBRARY, saved::list::<Episodes>),
    row(Removed2026, "PUT", "/me/episodes", "save-episodes-user", CHANGES_LIBRARY, saved::save::<Episodes>),
    row(Removed2026, "DELETE", "/me/episodes", "remove-episodes-user", CHANGES_LIBRARY, saved::remove::<Episodes>),
    row(Removed2026, "GET", "/me/episodes/contains", "check-users-saved-episodes", READS_LIBRARY, saved::contains::<Episodes>),
    row(Everyone, "GET", "/me/shows", "get-users-saved-shows", READS_LIBRARY, saved::list::<Shows>),
    row(Removed2026, "PUT", "/me/shows", "save-shows-user", CHANGES_LIBRARY, saved::save::<Shows>),
    row(Removed2026, "DELETE", "/me/shows", "remove-shows-user", CHANGES_LIBRARY, saved::remove::<Shows>),
    row(Removed2026, "GET", "/me/shows/contains", "check-users-saved-shows", READS_LIBRARY, saved::contains::<Shows>),
    row(Everyone, "GET", "/me/tracks", "get-users-saved-tracks", READS_LIBRARY, saved::list::<Tracks>),
    row(Removed2026, "PUT", "/me/tracks", "save-tracks-user", CHANGES_LIBRARY, saved::save::<Tracks>),
    row(Removed2026, "DELETE", "/me/tracks", "remove-tracks-user", CHANGES_LIBRARY, saved::remove::<Tracks>),
    row(Removed2026, "GET", "/me/tracks/contains", "check-users-saved-tracks", READS_LIBRARY, saved::contains::<Tracks>),

    row(Everyone, "GET", "/me/player", "get-information-about-the-users-current-playback", READS_PLAYBACK, reading::state),
    row(Everyone, "PUT", "/me/player", "transfer-a-users-playback", CONTROLS_PLAYBACK, player::transfer),
    row(Everyone, "GET", "/me/player/devices", "get-a-users-available-devices", READS_PLAYBACK, reading::devices),
    row(Everyone, "GET", "/me/player/currently-playing", "get-the-users-currently-playing-track", READS_CURRENT, reading::currently_playing),
    row(Everyone, "GET", "/me/player/recently-played", "get-recently-played", Needs::User(&["user-read-recently-played"]), reading::recently_played),
    row(Everyone, "GET", "/me/player/queue", "get-queue", READS_CURRENT, reading::queue),
    row(Everyone, "POST", "/me/player/queue", "add-to-queue", CONTROLS_PLAYBACK, player::enqueue),
    row(Everyone, "PUT", "/me/player/play", "start-a-users-playback", CONTROLS_PLAYBACK, player::play),
    row(Everyone, "PUT", "/me/player/pause", "pause-a-users-playback", CONTROLS_PLAYBACK, player::pause),
    row(Everyone, "POST", "/me/player/next", "skip-users-playback-to-next-track", CONTROLS_PLAYBACK, player::next),
    row(Everyone, "POST", "/me/player/previous", "skip-users-playback-to-previous-track", CONTROLS_PLAYBACK, player::previous),
    row(Everyone, "PUT", "/me/player/seek", "seek-to-position-in-currently-playing-track", CONTROLS_PLAYBACK, player::seek),
    row(Everyone, "PUT", "/me/player/repeat", "set-repeat-mode-on-users-playback", CONTROLS_PLAYBACK, player::repeat),
    row(Everyone, "PUT", "/me/player/shuffle", "toggle-shuffle-for-users-playback", CONTROLS_PLAYBACK, player::shuffle),
    row(Everyone, "PUT", "/me/player/volume", "set-volume-for-users-playback", CONTROLS_PLAYBACK, player::volume),

    row(Everyone, "GET", "/me/following", "get-followed", READS_FOLLOWING, following::list),
    row(Removed2026, "PUT", "/me/following", "follow-artists-users", CHANGES_FOLLOWING, following::follow),
    row(Removed2026, "DELETE", "/me/following", "unfollow-artists-users", CHANGES_FOLLOWING, following::unfollow),
    row(Removed2026, "GET", "/me/following/contains", "check-current-user-follows", READS_FOLLOWING, following::contains),
];
