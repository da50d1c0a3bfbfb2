//! Small objects that many answers share.

use serde::{Deserialize, Serialize};

use super::{lenient, open::open_enum};

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Image {
    /// Where the picture is.
    pub url: String,
    /// Height in pixels, if Spotify knows it.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub height: Option<u32>,
    /// Width in pixels, if Spotify knows it.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub width: Option<u32>,
}

/// Links to the resource for people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExternalUrls {
    /// The resource's page on `open.spotify.com`.
    #[serde(default)]
    pub spotify: Option<String>,
}

/// Numbers that identify a recording outside of Spotify.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExternalIds {
    /// International Standard Recording Code.
    #[serde(default)]
    pub isrc: Option<String>,
    /// International Article Number.
    #[serde(default)]
    pub ean: Option<String>,
    /// Universal Product Code.
    #[serde(default)]
    pub upc: Option<String>,
    /// Spotify's own number, seen on episodes in disguise.
    #[serde(default)]
    pub spotify: Option<String>,
}

/// How many people follow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Followers {
    /// The number of followers.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub total: Option<u64>,
}

/// Why something cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Restriction {
    /// The reason, if one is given.
    #[serde(default, deserialize_with = "lenient::id")]
    pub reason: Option<RestrictionReason>,
}

open_enum! {
    /// The reason of a restriction.
    RestrictionReason {
        /// Not available in the listener's market.
        Market = "market",
        /// Not available in the listener's subscription.
        Product = "product",
        /// Explicit, and the listener's account does not play explicit content.
        Explicit = "explicit",
        /// To be paid for.
        PaymentRequired = "payment_required",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n11_a_pictures_size_may_be_null() {
        let image: Image =
            serde_json::from_str(r#"{"url":"https://i.test/1","height":null,"width":640.0}"#)
                .unwrap();
        assert_eq!((image.height, image.width), (None, Some(640)));
    }

    #[test]
    fn n30_an_unknown_restriction_keeps_its_word() {
        let reason = |json| serde_json::from_str::<Restriction>(json).unwrap().reason;
        assert_eq!(
            reason(r#"{"reason":"payment_required"}"#),
            Some(RestrictionReason::PaymentRequired)
        );
        assert_eq!(
            reason(r#"{"reason":"Moon"}"#),
            Some(RestrictionReason::Other("Moon".to_owned()))
        );
        assert_eq!(reason("{}"), None);
    }

    #[test]
    fn n36_followers_may_be_unknown() {
        let followers: Followers = serde_json::from_str(r#"{"href":null,"total":null}"#).unwrap();
        assert_eq!(followers.total, None);
    }
}
