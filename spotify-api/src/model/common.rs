//! Small objects that many answers share.

use super::{macros::model, open::open_enum};

model! {
    /// A picture.
    pub struct Image {
        /// Where the picture is.
        pub url: Option<String>,
        /// Height in pixels, if Spotify knows it.
        pub height: Option<u32>,
        /// Width in pixels, if Spotify knows it.
        pub width: Option<u32>,
    }
}

model! {
    /// Links to the resource for people.
    pub struct ExternalUrls {
        /// The resource's page on `open.spotify.com`.
        pub spotify: Option<String>,
    }
}

model! {
    /// Numbers that identify a recording outside of Spotify.
    pub struct ExternalIds {
        /// International Standard Recording Code.
        pub isrc: Option<String>,
        /// International Article Number.
        pub ean: Option<String>,
        /// Universal Product Code.
        pub upc: Option<String>,
        /// Spotify's own number, seen on episodes in disguise.
        pub spotify: Option<String>,
    }
}

model! {
    /// How many people follow.
    pub struct Followers {
        /// The number of followers.
        pub total: Option<u64>,
        /// Always null.
        pub href: Option<String>,
    }
}

model! {
    /// Why something cannot be played.
    pub struct Restriction {
        /// The reason, if one is given.
        pub reason: Option<RestrictionReason>,
    }
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
