//! Events: each belongs to a family that is declared once, with codes, fields and meanings.

use crate::draft::Draft;
use crate::entry::Entry;
use crate::value::{Field, Shape, Value};
use crate::vocabulary::{Code, Kind, Stage};

/// Declares a family of events: one enum, the label of each code, and what a catalogue says.
///
/// Several events may share a code: an act has one `as Intent` and one `as Outcome`. A field that
/// some records lack is an `Option`.
///
/// ```
/// spotify_audit::events! {
///     /// What happens to doors.
///     pub enum DoorEvent {
///         DOOR_OPENED = "EX0001I" "door.open" {
///             /// Somebody is about to open a door.
///             Opening as Intent {}
///             /// A door was opened.
///             Opened as Outcome {
///                 /// How wide, in millimetres.
///                 wide_mm: u32,
///             }
///         }
///     }
/// }
/// # fn main() {
/// use spotify_audit::Event as _;
/// let draft = DoorEvent::Opened { wide_mm: 800 }.draft();
/// assert_eq!(DOOR_OPENED.code.as_str(), "EX0001I");
/// assert_eq!(DoorEvent::ALL[1].fields[0].name, "wide_mm");
/// # }
/// ```
///
/// No field takes a string that may hold a secret (see [`Field`]):
/// ```compile_fail,E0277
/// spotify_audit::events! {
///     /// What happens to keys.
///     pub enum KeyEvent {
///         KEY_MADE = "EX0002I" "key.make" {
///             /// Somebody made a key.
///             Made {
///                 /// The key.
///                 key: secrecy::SecretString,
///             }
///         }
///     }
/// }
/// ```
#[macro_export]
macro_rules! events {
    ($(#[$about:meta])* $vis:vis enum $family:ident {
        $($label:ident = $code:literal $kind:literal {
            $(
                $(#[doc = $meaning:literal])+
                $event:ident $(as $stage:ident)? {
                    $($(#[doc = $note:literal])+ $field:ident: $type:ty,)*
                }
            )+
        })+
    }) => {
        $(
            #[doc = concat!("`", $code, "`, `", $kind, "`.")]
            $vis const $label: $crate::Label = $crate::Label {
                code: $crate::Code::new($code),
                kind: $crate::Kind::new($kind),
            };
        )+

        $(#[$about])*
        #[derive(Clone, Debug)]
        $vis enum $family {
            $($(
                $(#[doc = $meaning])+
                $event { $($(#[doc = $note])+ $field: $type,)* },
            )+)+
        }

        impl $family {
            /// Begins the record of the event.
            $vis fn draft(self) -> $crate::Draft {
                $crate::Draft::of(self)
            }
        }

        impl $crate::Event for $family {
            const ALL: &'static [$crate::Declared] = &[$($(
                $crate::__declared! {
                    $label ($($stage)?) ($($meaning)+) $($field: $type = ($($note)+),)*
                },
            )+)+];

            fn declared(&self) -> &'static $crate::Declared {
                match self {$($(
                    Self::$event { .. } => const {
                        &$crate::__declared! {
                            $label ($($stage)?) ($($meaning)+) $($field: $type = ($($note)+),)*
                        }
                    },
                )+)+}
            }

            fn fields(self, to: &mut $crate::Fields) {
                match self {$($(
                    Self::$event { $($field),* } => {
                        $(to.put(stringify!($field), $field);)*
                    }
                )+)+}
                // A family whose events have no fields.
                let _ = to;
            }
        }
    };
}

/// What is declared of one event.
#[doc(hidden)]
#[macro_export]
macro_rules! __declared {
    ($label:ident ($($stage:ident)?) ($($meaning:literal)+)
        $($field:ident: $type:ty = ($($note:literal)+),)*) => {
        $crate::Declared {
            label: $label,
            stage: $crate::__stage!($($stage)?),
            meaning: concat!($($meaning),+),
            fields: &[$($crate::DeclaredField {
                name: stringify!($field),
                meaning: concat!($($note),+),
                shape: <$type as $crate::Field>::SHAPE,
                is_optional: <$type as $crate::Field>::IS_OPTIONAL,
            },)*],
        }
    };
}

/// The stage of an event, if it has one.
#[doc(hidden)]
#[macro_export]
macro_rules! __stage {
    () => {
        None
    };
    ($stage:ident) => {
        Some($crate::Stage::$stage)
    };
}

/// An event of a family. [`events!`](crate::events!) implements it.
pub trait Event {
    /// What is declared of each event of the family, in the order of the declaration.
    const ALL: &'static [Declared];

    /// Returns what is declared of the event.
    fn declared(&self) -> &'static Declared;

    /// Adds its own fields, in the order of the declaration.
    fn fields(self, to: &mut Fields);
}

/// What tells events apart in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The stable code; its last letter is the severity.
    pub code: Code,
    /// The kind, in words.
    pub kind: Kind,
}

/// What a family declares of one event.
#[derive(Clone, Copy, Debug)]
pub struct Declared {
    /// Its code and kind.
    pub label: Label,
    /// Whether it announces an act or reports its end.
    pub stage: Option<Stage>,
    /// What it says; a space may stand before.
    pub meaning: &'static str,
    /// Its own fields, in the order in which they stand in the log.
    pub fields: &'static [DeclaredField],
}

/// What a family declares of one field.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredField {
    /// Its name: lower-case words joined by `_`, with the unit last.
    pub name: &'static str,
    /// What it says; a space may stand before.
    pub meaning: &'static str,
    /// What a reader finds there.
    pub shape: Shape,
    /// Whether records may lack it.
    pub is_optional: bool,
}

/// The fields of an event, as they will stand in the log.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub(crate) Vec<(&'static str, Value)>);

impl Label {
    /// Whether a record is of this event.
    pub fn is(&self, entry: &Entry) -> bool {
        entry.code() == self.code.as_str()
    }

    /// Returns the family: the first word of the kind.
    pub fn family(&self) -> &'static str {
        self.kind.as_str().split('.').next().unwrap_or_default()
    }
}

impl Fields {
    /// Adds a field after the others; nothing when it is `None`.
    pub fn put(&mut self, name: &'static str, field: impl Field) {
        self.0.extend(field.value().map(|value| (name, value)));
    }
}

impl<E: Event> From<E> for Draft {
    fn from(event: E) -> Self {
        Self::of(event)
    }
}
