//! The arguments of an operation.

/// An argument in the query or in the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Argument {
    /// Its name in the request.
    pub name: &'static str,
    /// Whether Spotify refuses a request without it.
    pub required: bool,
    /// How many ids or URIs it takes at most, where it takes several.
    pub most: Option<usize>,
}

impl Argument {
    /// Takes at most this many ids or URIs.
    pub(crate) const fn most(self, most: usize) -> Self {
        Self { most: Some(most), ..self }
    }
}

/// An argument that a request cannot go without.
pub(crate) const fn required(name: &'static str) -> Argument {
    Argument { name, required: true, most: None }
}

/// An argument that may be left out.
pub(crate) const fn optional(name: &'static str) -> Argument {
    Argument { name, required: false, most: None }
}

/// For which market to answer; see [`crate::Client::in_market`].
pub(crate) const MARKET: Argument = optional("market");
/// In which language to answer; see [`crate::Client::in_language`].
pub(crate) const LOCALE: Argument = optional("locale");
/// Which device is meant; see [`crate::Client::on_device`].
pub(crate) const DEVICE: Argument = optional("device_id");
/// Which kinds of things may stand in a playlist or be played.
pub(crate) const TYPES: Argument = optional("additional_types");

/// What a request carries besides its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Body {
    /// Nothing.
    Empty,
    /// A JSON object with these fields.
    Json(&'static [Argument]),
    /// A JPEG picture in base64.
    Jpeg,
}
