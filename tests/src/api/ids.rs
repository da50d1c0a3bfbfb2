//! The ids that a request names, in its query or its body.

use serde_json::Value;

use super::{Cx, Refusal};
use crate::random::is_id;

/// Reads the query parameter `ids`; an id that nothing has gives null or false in the answer.
pub(super) fn in_query(cx: &Cx<'_>, max: usize) -> Result<Vec<String>, Refusal> {
    let ids = split(cx).ok_or(Refusal::MissingField("ids"))?;
    checked(ids, max)
}

/// Reads the query parameter `ids`, or else the body's field of that name; a bare array is
/// understood as well.
///
/// The query wins, as the reference says.
pub(super) fn in_query_or_body(
    cx: &Cx<'_>,
    max: usize,
    max_in_body: usize,
) -> Result<Vec<String>, Refusal> {
    match split(cx) {
        Some(ids) => checked(ids, max),
        None => checked(in_body(&cx.call.body)?, max_in_body),
    }
}

fn split(cx: &Cx<'_>) -> Option<Vec<String>> {
    let text = cx.call.parameter("ids").filter(|text| !text.is_empty())?;
    Some(text.split(',').map(str::to_owned).collect())
}

fn in_body(body: &[u8]) -> Result<Vec<String>, Refusal> {
    let missing = Refusal::MissingField("ids");
    let ids = match serde_json::from_slice(body) {
        Ok(Value::Array(ids)) => ids,
        Ok(Value::Object(mut fields)) => match fields.remove("ids") {
            Some(Value::Array(ids)) => ids,
            _ => return Err(missing),
        },
        _ => return Err(missing),
    };
    let texts = ids.into_iter().map(|id| match id {
        Value::String(id) => Some(id),
        _ => None,
    });
    texts.collect::<Option<Vec<_>>>().filter(|ids| !ids.is_empty()).ok_or(missing)
}

fn checked(ids: Vec<String>, max: usize) -> Result<Vec<String>, Refusal> {
    if ids.len() > max { Err(Refusal::TooManyIds) } else { Ok(ids) }
}

/// Refuses what cannot be a Spotify id.
pub(super) fn well_formed(ids: Vec<String>) -> Result<Vec<String>, Refusal> {
    if ids.iter().all(|id| is_id(id)) { Ok(ids) } else { Err(Refusal::InvalidId) }
}
