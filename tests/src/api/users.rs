//! Users as everybody sees them.

use serde_json::json;

use super::{
    Answer, Cx, Done, Refusal,
    render::{images, put},
};
use crate::accounts::user::SPOTIFY;

/// `get-users-profile`
pub(super) fn profile(cx: &mut Cx<'_>) -> Answer {
    let id = cx.parameter();
    if id != SPOTIFY && !cx.world.users.contains_key(id) {
        return Err(Refusal::NotFound);
    }
    let mut object = cx.view().owner(id);
    put(&mut object, "followers", json!({ "href": null, "total": 3 }));
    put(&mut object, "images", images(id));
    Ok(Done::ok(object))
}
