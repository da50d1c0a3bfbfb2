//! What the fields of an event may hold.

use std::time::Duration;

use jiff::Timestamp;

use crate::json;
use crate::keys::Reference;
use crate::privacy::Personal;
use crate::text::{Id, Pseudonym, Text};

/// What can stand in a field of an event.
///
/// It is implemented for types that hold no secret: truth values, integers, times, identifiers,
/// text written in the source, cleaned text ([`Text::external`]), keyed [`Reference`]s, and lists
/// of these. `None` leaves the field out. There is no way in for an owned string or for bytes, and
/// none for a secret:
///
/// ```compile_fail,E0277
/// spotify_audit::Fields::default().put("token", String::from("BQD…"));
/// ```
/// ```compile_fail,E0277
/// spotify_audit::Fields::default().put("token", secrecy::SecretString::from("BQD…"));
/// ```
/// ```compile_fail,E0597
/// let token = String::from("BQD…");
/// spotify_audit::Fields::default().put("token", token.as_str());
/// ```
/// ```compile_fail,E0308
/// let value = spotify_audit::Text::external(&secrecy::SecretString::from("BQD…"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't stand in the audit log",
    label = "may be a secret, or text that nobody has cleaned",
    note = "use `Text::external` for text from outside, and `Log::reference` for a secret"
)]
pub trait Field {
    /// What a reader finds there.
    const SHAPE: Shape;
    /// Whether the field may be left out.
    const IS_OPTIONAL: bool = false;

    /// Returns the value, or `None` to leave the field out.
    fn value(self) -> Option<Value>;
}

/// What a reader finds in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Signed,
    /// A whole number, not below zero.
    Unsigned,
    /// A time in UTC with six digits of a second.
    Time,
    /// A cleaned text.
    Text,
    /// A [`Pseudonym`].
    Pseudonym,
    /// An [`Id`].
    Id,
    /// A [`Reference`] to a secret.
    Reference,
    /// A [`Personal`] text, encrypted.
    Personal,
    /// Several of a kind.
    List(&'static Self),
}

/// The value of a field, made by [`Field::value`].
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

macro_rules! fields {
    ($($type:ty => $shape:ident,)+) => {
        $(impl Field for $type {
            const SHAPE: Shape = Shape::$shape;

            fn value(self) -> Option<Value> {
                Some(Value(Inner::$shape(self.into())))
            }
        })+
    };
}

fields! {
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
impl Field for Duration {
    const SHAPE: Shape = Shape::Unsigned;

    fn value(self) -> Option<Value> {
        self.as_micros().try_into().unwrap_or(u64::MAX).value()
    }
}

impl<T: Field> Field for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);

    fn value(self) -> Option<Value> {
        Some(Value(Inner::List(self.into_iter().filter_map(T::value).collect())))
    }
}

impl<T: Field> Field for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const IS_OPTIONAL: bool = true;

    fn value(self) -> Option<Value> {
        self.and_then(T::value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(field: impl Field) -> String {
        let mut out = Vec::new();
        field.value().unwrap().render(&mut out);
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
        assert_eq!(rendered(vec![1_u32, 2]), "[1,2]");
        assert_eq!(rendered(Vec::<bool>::new()), "[]");
        assert_eq!(rendered(Some(3)), "3");
        assert_eq!(None::<Text>.value(), None);
    }
}
