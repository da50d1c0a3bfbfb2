//! People, and what they listen to.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::{Operation, optional},
    id::UserId,
    model::{Artist, CurrentUser, TopItem, Track, User},
    scope::Scope::{UserReadEmail, UserReadPrivate, UserTopRead},
};

endpoints! {
    /// Gets the profile of the person who signed in.
    ME: CurrentUser = Endpoint::get("/me", "get-current-users-profile")
        .scopes(&[UserReadEmail, UserReadPrivate]);
    /// Gets what everyone may see of a user.
    USER: User = Endpoint::get("/users/{user_id}", "get-users-profile").removed_2026();
    /// Lists the artists or tracks that the person who signed in listens to most.
    TOP: Page<TopItem> = Endpoint::get("/me/top/{type}", "get-users-top-artists-and-tracks")
        .query(&[optional("time_range")])
        .scopes(&[UserTopRead])
        .pages(20, 50);
}

const TOP_ARTISTS: Operation<Page<Artist>> = Operation::new(TOP.endpoint());
const TOP_TRACKS: Operation<Page<Track>> = Operation::new(TOP.endpoint());

/// Over how long a time listening is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeRange {
    /// About the last four weeks.
    Short,
    /// About the last six months.
    #[default]
    Medium,
    /// About the last year, or longer.
    Long,
}

impl TimeRange {
    /// Returns the range's name in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short_term",
            Self::Medium => "medium_term",
            Self::Long => "long_term",
        }
    }
}

impl Client {
    /// Gets the profile of the person who signed in. Operation: [`ME`].
    ///
    /// The scopes only add fields: the id comes without any.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn me(&self) -> Result<CurrentUser, Error> {
        self.call(ME.request(&[])?).await
    }

    /// Gets what everyone may see of a user. Operation: [`USER`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn user(&self, id: &UserId) -> Result<User, Error> {
        self.call(USER.request(&[id.as_str()])?).await
    }

    /// Lists a page of the artists that the person listens to most; at most 50. Operation: [`TOP`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn top_artists(
        &self,
        range: TimeRange,
        page: PageRequest,
    ) -> Result<Page<Artist>, Error> {
        let request = TOP_ARTISTS.request(&["artists"])?;
        self.page(request.query("time_range", range.as_str()), page).await
    }

    /// Lists a page of the tracks that the person listens to most; at most 50. Operation: [`TOP`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn top_tracks(
        &self,
        range: TimeRange,
        page: PageRequest,
    ) -> Result<Page<Track>, Error> {
        let request = TOP_TRACKS.request(&["tracks"])?;
        self.page(request.query("time_range", range.as_str()), page).await
    }
}
