//! The calls that something newer has replaced.

use crate::Client;

/// The calls of operations that Spotify replaced in February 2026 and keeps for older apps.
///
/// The calls of [`Client`] use them by themselves where the newer ones are missing. They answer
/// [`crate::Error::Removed`] where the app does not have them.
#[derive(Debug, Clone, Copy)]
pub struct Older<'a>(pub(crate) &'a Client);

impl Client {
    /// Gives access to the operations that newer ones have replaced.
    pub const fn older(&self) -> Older<'_> {
        Older(self)
    }
}
