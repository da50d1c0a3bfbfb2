//! The covers of playlists.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{COVER, SET_COVER};
use crate::{Client, Error, answer::Done, id::PlaylistId, model::Image};

/// A JPEG picture that is small enough for a playlist's cover.
#[derive(Clone, PartialEq, Eq)]
pub struct Cover(String);

impl Cover {
    /// Takes the bytes of a JPEG file of at most 192 KiB, which are 256 KiB on the way to Spotify
    /// (`developer.spotify.com/documentation/web-api/reference/upload-custom-playlist-cover`).
    ///
    /// # Errors
    /// The bytes do not begin as a JPEG file does, or are too many.
    pub fn jpeg(bytes: &[u8]) -> Result<Self, CoverError> {
        if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            return Err(CoverError::NotJpeg);
        }
        let base64 = BASE64_STANDARD.encode(bytes);
        if base64.len() > MOST { Err(CoverError::TooLarge) } else { Ok(Self(base64)) }
    }
}

impl fmt::Debug for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cover({} bytes of base64)", self.0.len())
    }
}

/// Why a picture cannot be a playlist's cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoverError {
    /// It is no JPEG file.
    #[error("read a cover: it must be a JPEG file")]
    NotJpeg,
    /// It is too large.
    #[error("read a cover: it must have at most 192 KiB")]
    TooLarge,
}

/// How many bytes of base64 Spotify takes.
const MOST: usize = 256 * 1024;

impl Client {
    /// Lists the sizes of a playlist's cover, the largest first. Operation: [`COVER`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn playlist_cover(&self, id: PlaylistId) -> Result<Vec<Image>, Error> {
        self.call(COVER.request(&[id.as_str()])?).await
    }

    /// Sets a playlist's cover. Spotify takes a while to show it, and limits how often this may be
    /// done apart from all else. Operation: [`SET_COVER`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_playlist_cover(&self, id: PlaylistId, cover: &Cover) -> Result<(), Error> {
        let request = SET_COVER.request(&[id.as_str()])?.jpeg(cover.0.clone());
        self.call(request).await.map(|Done| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cover_is_a_jpeg_of_a_size_that_spotify_takes() {
        let jpeg =
            |bytes: usize| [&[0xff, 0xd8, 0xff, 0xe0], vec![0; bytes - 4].as_slice()].concat();
        assert!(Cover::jpeg(&jpeg(192 * 1024)).is_ok());
        assert_eq!(Cover::jpeg(&jpeg(192 * 1024 + 1)), Err(CoverError::TooLarge));
        assert_eq!(Cover::jpeg(b"\x89PNG\r\n\x1a\n"), Err(CoverError::NotJpeg));
        assert_eq!(Cover::jpeg(b""), Err(CoverError::NotJpeg));
    }
}
