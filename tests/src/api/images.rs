//! The cover of a playlist.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    Answer, Cx, Done, Refusal,
    playlists::{editable, visible},
};

/// The most characters of base64 that a body may have: 256 KB.
const MAX_BODY: usize = 256 * 1_024;
/// How every JPEG file starts.
const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];

/// `get-playlist-cover`
pub(super) fn cover(cx: &mut Cx<'_>) -> Answer {
    let playlist = visible(cx)?;
    let cover: Value = cx.view().cover(playlist);
    Ok(Done::ok(cover))
}

/// `upload-custom-playlist-cover`
pub(super) fn upload(cx: &mut Cx<'_>) -> Answer {
    cx.need("ugc-image-upload")?;
    if cx.call.header("content-type") != Some("image/jpeg") {
        return Err(Refusal::BadRequest("Content-Type must be image/jpeg".to_owned()));
    }
    if cx.call.body.len() > MAX_BODY {
        return Err(Refusal::TooLarge);
    }
    let image = STANDARD.decode(cx.call.body.trim_ascii()).ok();
    let image = image.filter(|image| image.starts_with(&JPEG));
    let image = image.ok_or_else(|| Refusal::BadRequest("Invalid image".to_owned()))?;
    editable(cx)?.cover = Some(URL_SAFE_NO_PAD.encode(Sha256::digest(image)));
    Ok(Done::accepted())
}
