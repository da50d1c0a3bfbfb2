//! Whom the person who signed in follows, and who follows a playlist.
//!
//! [`Client::save`], [`Client::unsave`] and [`Client::saved`] follow, unfollow and tell, by URI.

use super::{Older, endpoints};
use crate::{
    Client, Error,
    answer::Done,
    endpoint::{optional, required},
    id::{ArtistId, PlaylistId, UserId},
    model::{Artist, FollowedArtists},
    page::{CursorPage, Cursors},
    scope::Scope::{PlaylistModifyPrivate, PlaylistModifyPublic, UserFollowModify, UserFollowRead},
    stream::CursorRequest,
};

endpoints! {
    /// Lists the artists that the person who signed in follows.
    FOLLOWED: FollowedArtists = Endpoint::get("/me/following", "get-followed")
        .query(&[required("type")])
        .scopes(&[UserFollowRead])
        .cursor_pages(20, 50, &[optional("after")]);
    /// Follows artists or users.
    FOLLOW: Done = Endpoint::put("/me/following", "follow-artists-users")
        .query(&[required("type"), required("ids").most(50)])
        .json(&[required("ids").most(50)])
        .scopes(&[UserFollowModify])
        .replaced_by("save-library-items")
        .success(&[204]);
    /// Unfollows artists or users.
    UNFOLLOW: Done = Endpoint::delete("/me/following", "unfollow-artists-users")
        .query(&[required("type"), required("ids").most(50)])
        .json(&[optional("ids").most(50)])
        .scopes(&[UserFollowModify])
        .replaced_by("remove-library-items")
        .success(&[204]);
    /// Tells which artists or users the person who signed in follows.
    FOLLOWS: Vec<bool> = Endpoint::get("/me/following/contains", "check-current-user-follows")
        .query(&[required("type"), required("ids").most(50)])
        .scopes(&[UserFollowRead])
        .replaced_by("check-library-contains");
    /// Follows a playlist.
    FOLLOW_PLAYLIST: Done = Endpoint::put("/playlists/{playlist_id}/followers", "follow-playlist")
        .json(&[optional("public")])
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .replaced_by("save-library-items");
    /// Unfollows a playlist.
    UNFOLLOW_PLAYLIST: Done =
        Endpoint::delete("/playlists/{playlist_id}/followers", "unfollow-playlist")
        .scopes(&[PlaylistModifyPrivate, PlaylistModifyPublic])
        .replaced_by("remove-library-items");
    /// Tells whether the person who signed in follows a playlist.
    FOLLOWS_PLAYLIST: Vec<bool> = Endpoint::get(
        "/playlists/{playlist_id}/followers/contains",
        "check-if-user-follows-playlist"
    )
        .query(&[optional("ids").most(1)])
        .replaced_by("check-library-contains");
}

/// Which page of the followed artists to ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowedRequest {
    /// How many artists; `None` leaves it to Spotify.
    pub limit: Option<u32>,
    /// The last artist of the page before; `None` for the first page.
    pub after: Option<ArtistId>,
}

impl CursorRequest for FollowedRequest {
    fn largest() -> Self {
        Self { limit: Some(u32::MAX), after: None }
    }

    fn next(&self, cursors: &Cursors) -> Option<Self> {
        let after = cursors.after.as_deref()?.parse().ok()?;
        Some(Self { limit: self.limit, after: Some(after) })
    }
}

impl Client {
    /// Lists a page of the artists that the person who signed in follows; at most 50. Operation:
    /// [`FOLLOWED`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn followed_artists(
        &self,
        page: FollowedRequest,
    ) -> Result<CursorPage<Artist>, Error> {
        let request =
            FOLLOWED.request(&[])?.query("type", "artist").query_opt("after", page.after.as_ref());
        self.cursor_page_in(request, page.limit, "artists", |answer| answer.artists).await
    }
}

impl Older<'_> {
    /// Follows artists; at most 50. Operation: [`FOLLOW`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn follow_artists(&self, ids: &[ArtistId]) -> Result<(), Error> {
        let request = FOLLOW.request(&[])?.query("type", "artist").list("ids", ids)?;
        self.0.call(request).await.map(|Done| ())
    }

    /// Follows users; at most 50. Operation: [`FOLLOW`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn follow_users(&self, ids: &[UserId]) -> Result<(), Error> {
        let request = FOLLOW.request(&[])?.query("type", "user").list("ids", ids)?;
        self.0.call(request).await.map(|Done| ())
    }

    /// Unfollows artists; at most 50. Operation: [`UNFOLLOW`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn unfollow_artists(&self, ids: &[ArtistId]) -> Result<(), Error> {
        let request = UNFOLLOW.request(&[])?.query("type", "artist").list("ids", ids)?;
        self.0.call(request).await.map(|Done| ())
    }

    /// Unfollows users; at most 50. Operation: [`UNFOLLOW`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn unfollow_users(&self, ids: &[UserId]) -> Result<(), Error> {
        let request = UNFOLLOW.request(&[])?.query("type", "user").list("ids", ids)?;
        self.0.call(request).await.map(|Done| ())
    }

    /// Tells for each artist, in the order given, whether the person follows it; at most 50.
    /// Operation: [`FOLLOWS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn follows_artists(&self, ids: &[ArtistId]) -> Result<Vec<bool>, Error> {
        self.0.call(FOLLOWS.request(&[])?.query("type", "artist").list("ids", ids)?).await
    }

    /// Tells for each user, in the order given, whether the person follows them; at most 50.
    /// Operation: [`FOLLOWS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn follows_users(&self, ids: &[UserId]) -> Result<Vec<bool>, Error> {
        self.0.call(FOLLOWS.request(&[])?.query("type", "user").list("ids", ids)?).await
    }

    /// Follows a playlist, publicly. Operation: [`FOLLOW_PLAYLIST`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn follow_playlist(&self, id: PlaylistId) -> Result<(), Error> {
        self.0.call(FOLLOW_PLAYLIST.request(&[id.as_str()])?).await.map(|Done| ())
    }

    /// Unfollows a playlist. Operation: [`UNFOLLOW_PLAYLIST`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn unfollow_playlist(&self, id: PlaylistId) -> Result<(), Error> {
        self.0.call(UNFOLLOW_PLAYLIST.request(&[id.as_str()])?).await.map(|Done| ())
    }

    /// Tells whether the person follows a playlist. Operation: [`FOLLOWS_PLAYLIST`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn follows_playlist(&self, id: PlaylistId) -> Result<bool, Error> {
        let follows = self.0.call(FOLLOWS_PLAYLIST.request(&[id.as_str()])?).await?;
        Ok(follows.first().is_some_and(|follows| *follows))
    }
}
