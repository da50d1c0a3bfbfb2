//! `GET /me`.

use serde_json::json;

use super::{
    Answer, Cx, Done,
    render::{images, put},
};

/// `get-current-users-profile`
pub(super) fn profile(cx: &mut Cx<'_>) -> Answer {
    let id = cx.user()?;
    let user = cx.world.users.get(id).ok_or(super::Refusal::NotFound)?;
    let view = cx.view();
    let mut object = view.owner(id);
    put(&mut object, "account_id", user.account_id.clone());
    put(&mut object, "images", images(id));
    if view.regime.has_old_fields() {
        put(&mut object, "followers", json!({ "href": null, "total": 3 }));
        if cx.need("user-read-private").is_ok() {
            put(&mut object, "country", user.country.clone());
            put(&mut object, "product", if user.premium { "premium" } else { "free" });
            let explicit = json!({ "filter_enabled": false, "filter_locked": false });
            put(&mut object, "explicit_content", explicit);
        }
        if cx.need("user-read-email").is_ok() {
            put(&mut object, "email", format!("{}@example.com", user.account_id));
        }
    }
    Ok(Done::ok(object))
}
