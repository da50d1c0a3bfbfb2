//! URI templates: those of RFC 6570, level 1, whose variables stand between fixed texts.

use serde_json::{Map, Value};

/// The longest URI that is looked at, in bytes.
const LONGEST: usize = 512;

/// Returns the variables of a URI, if it is one of the template.
pub(crate) fn matched(template: &str, uri: &str) -> Option<Map<String, Value>> {
    if uri.len() > LONGEST {
        return None;
    }
    let mut variables = Map::new();
    let mut pieces = template.split('{');
    let mut rest = uri.strip_prefix(pieces.next()?)?;
    for piece in pieces {
        let (name, fixed) = piece.split_once('}')?;
        let end = if fixed.is_empty() { rest.len() } else { rest.find(fixed)? };
        let (value, after) = rest.split_at_checked(end)?;
        if value.is_empty() || value.contains(['/', ':', '?', '#']) {
            return None;
        }
        variables.insert(name.to_owned(), value.into());
        rest = after.strip_prefix(fixed)?;
    }
    rest.is_empty().then_some(variables)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_uri_is_of_a_template_as_a_whole_or_not_at_all() {
        let matches = |template: &str, uri: &str| matched(template, uri).map(Value::Object);
        for (template, uri, variables) in [
            ("spotify:album:{id}", "spotify:album:abc", Some(json!({ "id": "abc" }))),
            ("test://{a}/data/{b}", "test://1/data/2", Some(json!({ "a": "1", "b": "2" }))),
            ("test://{a}/data", "test://1/data", Some(json!({ "a": "1" }))),
            ("test://{a}/data", "test://1/data/more", None),
            ("test://{a}/data", "test:///data", None),
            ("spotify:album:{id}", "spotify:album:", None),
            ("spotify:album:{id}", "spotify:album:a:b", None),
            ("spotify:album:{id}", "spotify:albums:a", None),
            ("spotify:album:{id}", "", None),
            ("fixed", "fixed", Some(json!({}))),
        ] {
            assert_eq!(matches(template, uri), variables, "{template} {uri}");
        }
        assert_eq!(matches("x:{y}", &format!("x:{}", "a".repeat(LONGEST))), None);
    }
}
