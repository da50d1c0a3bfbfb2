//! The operations that the simulator has, one row each.

use super::{
    Answer, Cx, Refusal, albums, artists, library, me, playlist_items, playlists, search, tracks,
};

/// One operation of the Web API.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path below `/v1`, with parameters in braces, as Spotify's reference writes it.
    pub path: &'static str,
    /// The operation id of Spotify's reference.
    pub operation_id: &'static str,
    /// Whether apps under [`crate::Regime::DevRestricted`] get 403 `Forbidden`.
    pub removed_in_restricted: bool,
    pub(super) needs: Needs,
    pub(super) handler: fn(&mut Cx<'_>) -> Answer,
}

/// What a token must allow before the operation looks closer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Needs {
    /// Any token, also one from client credentials.
    Token,
    /// A user's token with one of these scopes, or with none if there are none.
    User(&'static [&'static str]),
}

/// Returns all operations that the simulator has.
pub fn routes() -> &'static [Route] {
    ROUTES
}

/// A route and what stands for its parameters.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) route: &'static Route,
    pub(super) parameters: Vec<String>,
}

/// Finds the route of a request whose decoded path starts with `v1`.
pub(super) fn find(method: &str, segments: &[String]) -> Result<Found, Refusal> {
    let Some((base, rest)) = segments.split_first() else { return Err(Refusal::UnknownPath) };
    if base != "v1" {
        return Err(Refusal::UnknownPath);
    }
    let mut known_path = false;
    for route in ROUTES {
        if let Some(parameters) = parameters(route.path, rest) {
            if route.method == method {
                return Ok(Found { route, parameters });
            }
            known_path = true;
        }
    }
    Err(if known_path { Refusal::WrongMethod } else { Refusal::UnknownPath })
}

/// Returns the operation id of a request, if it has one.
pub(crate) fn operation(method: &str, segments: &[String]) -> Option<&'static str> {
    find(method, segments).ok().map(|found| found.route.operation_id)
}

fn parameters(template: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut parameters = Vec::new();
    let mut given = segments.iter();
    for part in template.split('/').filter(|part| !part.is_empty()) {
        let segment = given.next()?;
        if part.starts_with('{') {
            parameters.push(segment.clone());
        } else if part != segment {
            return None;
        }
    }
    given.next().is_none().then_some(parameters)
}

const fn kept(
    method: &'static str,
    path: &'static str,
    operation_id: &'static str,
    needs: Needs,
    handler: fn(&mut Cx<'_>) -> Answer,
) -> Route {
    Route { method, path, operation_id, removed_in_restricted: false, needs, handler }
}

const fn removed(
    method: &'static str,
    path: &'static str,
    operation_id: &'static str,
    needs: Needs,
    handler: fn(&mut Cx<'_>) -> Answer,
) -> Route {
    Route { removed_in_restricted: true, ..kept(method, path, operation_id, needs, handler) }
}

const CHANGES_PLAYLISTS: Needs =
    Needs::User(&["playlist-modify-public", "playlist-modify-private"]);
const READS_PLAYLISTS: Needs = Needs::User(&["playlist-read-private"]);

// Routes with fixed segments come before those with a parameter in the same place.
#[rustfmt::skip]
const ROUTES: &[Route] = &[
    kept("GET", "/me", "get-current-users-profile", Needs::User(&[]), me::profile),
    kept("GET", "/search", "search", Needs::Token, search::search),

    kept("GET", "/tracks/{id}", "get-track", Needs::Token, tracks::one),
    removed("GET", "/tracks", "get-several-tracks", Needs::Token, tracks::several),
    kept("GET", "/albums/{id}", "get-an-album", Needs::Token, albums::one),
    removed("GET", "/albums", "get-multiple-albums", Needs::Token, albums::several),
    kept("GET", "/albums/{id}/tracks", "get-an-albums-tracks", Needs::Token, albums::tracks),
    kept("GET", "/artists/{id}", "get-an-artist", Needs::Token, artists::one),
    removed("GET", "/artists", "get-multiple-artists", Needs::Token, artists::several),
    kept("GET", "/artists/{id}/albums", "get-an-artists-albums", Needs::Token, artists::albums),
    removed("GET", "/artists/{id}/top-tracks", "get-an-artists-top-tracks", Needs::Token, artists::top_tracks),

    kept("GET", "/me/playlists", "get-a-list-of-current-users-playlists", READS_PLAYLISTS, playlists::mine),
    kept("POST", "/me/playlists", "create-playlist", CHANGES_PLAYLISTS, playlists::create),
    removed("GET", "/users/{user_id}/playlists", "get-list-users-playlists", READS_PLAYLISTS, playlists::of_user),
    removed("POST", "/users/{user_id}/playlists", "create-playlist-for-user", CHANGES_PLAYLISTS, playlists::create_for_user),
    kept("GET", "/playlists/{playlist_id}", "get-playlist", Needs::Token, playlists::one),
    kept("PUT", "/playlists/{playlist_id}", "change-playlist-details", CHANGES_PLAYLISTS, playlists::change),

    kept("GET", "/playlists/{playlist_id}/items", "get-playlists-items", Needs::User(&[]), playlist_items::list_items),
    kept("POST", "/playlists/{playlist_id}/items", "add-items-to-playlist", CHANGES_PLAYLISTS, playlist_items::add),
    kept("PUT", "/playlists/{playlist_id}/items", "reorder-or-replace-playlists-items", CHANGES_PLAYLISTS, playlist_items::reorder_or_replace),
    kept("DELETE", "/playlists/{playlist_id}/items", "remove-items-playlist", CHANGES_PLAYLISTS, playlist_items::remove_items),
    removed("GET", "/playlists/{playlist_id}/tracks", "get-playlists-tracks", Needs::Token, playlist_items::list_tracks),
    removed("POST", "/playlists/{playlist_id}/tracks", "add-tracks-to-playlist", CHANGES_PLAYLISTS, playlist_items::add),
    removed("PUT", "/playlists/{playlist_id}/tracks", "reorder-or-replace-playlists-tracks", CHANGES_PLAYLISTS, playlist_items::reorder_or_replace),
    removed("DELETE", "/playlists/{playlist_id}/tracks", "remove-tracks-playlist", CHANGES_PLAYLISTS, playlist_items::remove_tracks),

    kept("PUT", "/me/library", "save-library-items", Needs::User(library::MODIFY), library::save),
    kept("DELETE", "/me/library", "remove-library-items", Needs::User(library::MODIFY), library::remove),
    kept("GET", "/me/library/contains", "check-library-contains", Needs::User(library::READ), library::contains),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_operation_stands_twice_in_the_table() {
        let ids: BTreeSet<_> = ROUTES.iter().map(|route| route.operation_id).collect();
        let places: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
        assert_eq!((ids.len(), places.len()), (ROUTES.len(), ROUTES.len()));
    }

    #[test]
    fn every_route_is_found_by_its_own_path() {
        for route in ROUTES {
            let path: Vec<_> = format!("v1{}", route.path).split('/').map(str::to_owned).collect();
            assert_eq!(operation(route.method, &path), Some(route.operation_id));
        }
    }

    #[test]
    fn another_method_and_another_path_are_told_apart() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(find("PATCH", &path("v1/me")).unwrap_err(), Refusal::WrongMethod);
        assert_eq!(find("GET", &path("v1/you")).unwrap_err(), Refusal::UnknownPath);
        assert_eq!(find("GET", &path("v2/me")).unwrap_err(), Refusal::UnknownPath);
    }
}
