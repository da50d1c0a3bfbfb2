//! Ids that are opaque texts and name no resource with a URI.

use std::{fmt, str::FromStr};

use super::{LONGEST, ParseIdError, text_serde};

macro_rules! opaque_ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        ///
        /// Any non-empty text that can stand in a path as one segment; `Display` gives it back.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Returns the id as Spotify wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                check(text).map(|()| Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        text_serde!($name);
    )+};
}

opaque_ids! {
    /// The id of a category: a word like `party`, or 22 characters like `0JQ5DAqbMKFQ00XGBls6ym`.
    CategoryId;
    /// The id of a device that plays; it may change from one session of the device to the next.
    DeviceId;
}

fn check(text: &str) -> Result<(), ParseIdError> {
    if text.is_empty() {
        return Err(ParseIdError::Empty);
    }
    if text.len() > LONGEST {
        return Err(ParseIdError::TooLong);
    }
    // URL parsers drop dot segments even when they are percent-encoded.
    if matches!(text, "." | "..") || text.chars().any(char::is_control) {
        return Err(ParseIdError::Unusable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_ids_are_words_or_look_like_base62_and_come_back_as_they_were() {
        for text in ["party", "0JQ5DAqbMKFQ00XGBls6ym", "hip-hop", "j pop"] {
            assert_eq!(text.parse::<CategoryId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn ids_that_would_change_a_path_are_refused() {
        assert_eq!("".parse::<CategoryId>(), Err(ParseIdError::Empty));
        assert_eq!("..".parse::<CategoryId>(), Err(ParseIdError::Unusable));
        assert_eq!("a\nb".parse::<DeviceId>(), Err(ParseIdError::Unusable));
        assert_eq!("a".repeat(5000).parse::<DeviceId>(), Err(ParseIdError::TooLong));
    }
}
