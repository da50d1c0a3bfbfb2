//! Users.

use super::endpoints;
use crate::{
    Client, Error,
    endpoint::Endpoint,
    model::CurrentUser,
    scope::Scope::{UserReadEmail, UserReadPrivate},
};

endpoints! {
    /// Gets the profile of the person who signed in.
    ME: CurrentUser = Endpoint::get("/me", "get-current-users-profile")
        .scopes(&[UserReadEmail, UserReadPrivate]);
}

impl Client {
    /// Gets the profile of the person who signed in.
    ///
    /// The scopes only add fields: the id comes without any.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn me(&self) -> Result<CurrentUser, Error> {
        self.call(ME.request(&[])?).await
    }
}
