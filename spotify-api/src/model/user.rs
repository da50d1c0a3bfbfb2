//! Users.

use serde::{Deserialize, Serialize};

use super::{ExternalUrls, Followers, Image, lenient};
use crate::id::{SpotifyUri, UserId};

/// Somebody's public profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The id.
    #[serde(default, deserialize_with = "user_id")]
    pub id: Option<UserId>,
    /// The URI.
    #[serde(default, deserialize_with = "lenient::id")]
    pub uri: Option<SpotifyUri>,
    /// The name to show.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Links for people.
    #[serde(default)]
    pub external_urls: Option<ExternalUrls>,
}

/// The profile of the person who signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurrentUser {
    /// The id.
    #[serde(deserialize_with = "required_user_id")]
    pub id: UserId,
    /// The URI.
    #[serde(default, deserialize_with = "lenient::id")]
    pub uri: Option<SpotifyUri>,
    /// A public id that never changes, since May 2026; Spotify asks to link accounts by it.
    #[serde(default)]
    pub account_id: Option<String>,
    /// The name to show.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The e-mail address, with `user-read-email`; not sent to restricted apps.
    #[serde(default)]
    pub email: Option<String>,
    /// The country, with `user-read-private`; not sent to restricted apps.
    #[serde(default)]
    pub country: Option<String>,
    /// The subscription, with `user-read-private`; not sent to restricted apps.
    #[serde(default)]
    pub product: Option<String>,
    /// Followers; not sent to restricted apps.
    #[serde(default)]
    pub followers: Option<Followers>,
    /// Settings for explicit content; not sent to restricted apps.
    #[serde(default)]
    pub explicit_content: Option<ExplicitContent>,
    /// Pictures, the largest first.
    #[serde(default, deserialize_with = "lenient::list")]
    pub images: Vec<Image>,
    /// Links for people.
    #[serde(default)]
    pub external_urls: Option<ExternalUrls>,
}

/// Settings for explicit content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExplicitContent {
    /// Whether explicit content is not played.
    #[serde(default)]
    pub filter_enabled: Option<bool>,
    /// Whether the setting cannot be changed.
    #[serde(default)]
    pub filter_locked: Option<bool>,
}

/// Reads a user id as it stands: a name that looks like a URI is still a name.
fn user_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<UserId>, D::Error> {
    Ok(lenient::text(deserializer)?.and_then(|text| UserId::bare(&text).ok()))
}

fn required_user_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<UserId, D::Error> {
    user_id(deserializer)?.ok_or_else(|| serde::de::Error::custom("no user id, expected a user id"))
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
        assert_eq!(me.id.as_str(), "jané#1");
        assert_eq!((me.email, me.display_name), (None, None));
        assert!(serde_json::from_str::<CurrentUser>(r#"{"id":""}"#).is_err());
    }

    #[test]
    fn n21_a_user_with_an_empty_id_has_none() {
        let user: User = serde_json::from_str(r#"{"id":"","uri":"spotify:user:"}"#).unwrap();
        assert_eq!((user.id, user.uri), (None, None));
    }
}
