//! What the fields of an event family may hold.

use std::time::Duration;

use jiff::Timestamp;

use crate::json;
use crate::keys::Reference;
use crate::privacy::Personal;
use crate::text::{Id, Pseudonym, Text};

/// The value of a field that belongs to one family of events.
///
/// It is made only from types that hold no secret: truth values, integers, times, identifiers,
/// text written in the source, cleaned text ([`Text::external`]) and keyed [`Reference`]s.
/// There is no way in for an owned string or for bytes, and none for a secret:
///
/// ```compile_fail,E0277
/// let value = spotify_audit::Value::from(String::from("BQD…"));
/// ```
/// ```compile_fail,E0277
/// let value = spotify_audit::Value::from(secrecy::SecretString::from("BQD…"));
/// ```
/// ```compile_fail,E0597
/// let token = String::from("BQD…");
/// let value = spotify_audit::Value::from(token.as_str());
/// ```
/// ```compile_fail,E0308
/// let value = spotify_audit::Text::external(&secrecy::SecretString::from("BQD…"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value(Inner);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Inner {
    Bool(bool),
    Signed(i64),
    Unsigned(u64),
    Time(Timestamp),
    Text(Text),
    Pseudonym(Pseudonym),
    Id(Id),
    Reference(Reference),
    Personal(Personal),
    List(Vec<Value>),
}

impl Value {
    /// Makes a list.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self(Inner::List(items.into_iter().map(Into::into).collect()))
    }

    pub(crate) fn render(&self, out: &mut Vec<u8>) {
        match &self.0 {
            Inner::Bool(value) => json::display(out, value),
            Inner::Signed(value) => json::display(out, value),
            Inner::Unsigned(value) => json::display(out, value),
            Inner::Time(time) => json::display(out, format_args!("\"{time:.6}\"")),
            Inner::Text(text) => json::string(out, text.as_str()),
            Inner::Pseudonym(name) => json::string(out, name.as_str()),
            Inner::Id(id) => json::string(out, id.as_str()),
            Inner::Personal(personal) => json::string(out, personal.as_str()),
            Inner::Reference(reference) => json::string(out, reference.as_str()),
            Inner::List(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    item.render(out);
                }
                out.push(b']');
            }
        }
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident,)+) => {
        $(impl From<$type> for Value {
            fn from(value: $type) -> Self {
                Self(Inner::$variant(value.into()))
            }
        })+
    };
}

from! {
    bool => Bool,
    i32 => Signed,
    i64 => Signed,
    u8 => Unsigned,
    u16 => Unsigned,
    u32 => Unsigned,
    u64 => Unsigned,
    Timestamp => Time,
    &'static str => Text,
    Text => Text,
    Pseudonym => Pseudonym,
    Id => Id,
    Reference => Reference,
    Personal => Personal,
}

/// Whole microseconds; the field's name ends in `_us`.
impl From<Duration> for Value {
    fn from(duration: Duration) -> Self {
        Self(Inner::Unsigned(duration.as_micros().try_into().unwrap_or(u64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(value: impl Into<Value>) -> String {
        let mut out = Vec::new();
        value.into().render(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn values_are_plain_json() {
        assert_eq!(rendered(true), "true");
        assert_eq!(rendered(-7), "-7");
        assert_eq!(rendered(u64::MAX), "18446744073709551615");
        assert_eq!(rendered(Duration::from_millis(3)), "3000");
        assert_eq!(rendered(Timestamp::UNIX_EPOCH), "\"1970-01-01T00:00:00.000000Z\"");
        assert_eq!(rendered("a \"word\""), "\"a \\\"word\\\"\"");
        assert_eq!(rendered(Text::external("a\nb")), "\"a\u{fffd}b\"");
        assert_eq!(rendered(Value::list([1_u32, 2])), "[1,2]");
        assert_eq!(rendered(Value::list::<Value>([])), "[]");
    }
}
