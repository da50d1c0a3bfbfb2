//! How a model is declared.

/// Declares a model: its fields as they stand in an answer.
macro_rules! model {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident $(<$part:ident>)? {
            $($(#[$field_meta:meta])* $($key:literal =>)? $vis:vis $field:ident: $type:ty,)*
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        #[non_exhaustive]
        pub struct $name $(<$part>)? {
            $($(#[$field_meta])* $(#[serde(rename = $key)])? $vis $field: $type,)*
        }
    )+};
}
pub(crate) use model;
