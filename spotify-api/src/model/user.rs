//! Users.

use super::{ExternalUrls, Followers, Image, macros::model};
use crate::id::{SpotifyUri, UserId};

model! {
    /// Somebody's public profile.
    pub struct User {
        /// The id.
        pub id: Option<UserId>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// The name to show.
        pub display_name: Option<String>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Followers.
        pub followers: Option<Followers>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `user`.
        "type" => pub kind: Option<String>,
    }
}

model! {
    /// The profile of the person who signed in.
    pub struct CurrentUser {
        /// The id.
        pub id: Option<UserId>,
        /// The URI.
        pub uri: Option<SpotifyUri>,
        /// A public id that never changes, since May 2026; Spotify asks to link accounts by it.
        pub account_id: Option<String>,
        /// The name to show.
        pub display_name: Option<String>,
        /// The e-mail address, with `user-read-email`; not sent to restricted apps.
        pub email: Option<String>,
        /// The country, with `user-read-private`; not sent to restricted apps.
        pub country: Option<String>,
        /// The subscription, with `user-read-private`; not sent to restricted apps.
        pub product: Option<String>,
        /// Followers; not sent to restricted apps.
        pub followers: Option<Followers>,
        /// Settings for explicit content; not sent to restricted apps.
        pub explicit_content: Option<ExplicitContent>,
        /// Pictures, the largest first.
        pub images: Vec<Image>,
        /// Links for people.
        pub external_urls: Option<ExternalUrls>,
        /// The day of birth, with a scope that is no longer given; undocumented.
        pub birthdate: Option<String>,
        /// The resource's address in the Web API.
        pub href: Option<String>,
        /// What kind of object this is: `user`.
        "type" => pub kind: Option<String>,
    }
}

model! {
    /// Settings for explicit content.
    pub struct ExplicitContent {
        /// Whether explicit content is not played.
        pub filter_enabled: Option<bool>,
        /// Whether the setting cannot be changed.
        pub filter_locked: Option<bool>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n36_a_profile_may_have_little_more_than_an_id() {
        let me: CurrentUser = serde_json::from_str(
            r#"{"id":"jané#1","display_name":null,"followers":{"total":null},"images":null}"#,
        )
        .unwrap();
        assert_eq!(me.id.unwrap().as_str(), "jané#1");
        assert_eq!((me.email, me.display_name), (None, None));
        let nobody: CurrentUser = serde_json::from_str(r#"{"id":""}"#).unwrap();
        assert_eq!(nobody.id, None);
    }

    #[test]
    fn n21_a_user_with_an_empty_id_has_none() {
        let user: User = serde_json::from_str(r#"{"id":"","uri":"spotify:user:"}"#).unwrap();
        assert_eq!((user.id, user.uri), (None, None));
    }
}
