//! The one way out for a recovery code.

use serde::{Serialize, Serializer};
use spotify_vault::RecoveryCode;

/// A recovery code on its way to the person, which happens once.
pub(crate) struct ShownOnce<'a>(pub(crate) &'a RecoveryCode);

impl Serialize for ShownOnce<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.expose())
    }
}
