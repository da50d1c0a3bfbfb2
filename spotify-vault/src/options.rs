//! What a vault takes from its surroundings.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rand_core::CryptoRng;

use crate::class::{Class, Classes};
use crate::error::VaultError;
use crate::name::{Field, VaultId};
use crate::observer::Observer;

/// Time, randomness and who is told, for [`SealedVault`](crate::SealedVault).
pub struct Options {
    pub(crate) rng: Box<dyn CryptoRng + Send>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) kdf: KdfParams,
    pub(crate) vault_id: Option<VaultId>,
    pub(crate) classes: Classes,
}

impl Options {
    /// Takes a cryptographic generator and a clock.
    pub fn new(
        rng: impl CryptoRng + Send + 'static,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Self {
        Self {
            rng: Box::new(rng),
            clock: Arc::new(clock),
            observer: None,
            kdf: KdfParams::DEFAULT,
            vault_id: None,
            classes: Classes::default(),
        }
    }

    /// Names who is told of reads, writes, key work and refusals.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.observer = Some(observer);
        self
    }

    /// Sets the cost of deriving a key from a passphrase, for slots that are made from now on.
    #[must_use]
    pub fn kdf(mut self, kdf: KdfParams) -> Self {
        self.kdf = kdf;
        self
    }

    /// Sets the class of a field. A field that is not named is [`Class::Restricted`].
    #[must_use]
    pub fn class(mut self, field: Field, class: Class) -> Self {
        self.classes.set(field, class);
        self
    }

    /// Fixes the id of a vault to create, for a key that must be filed under it beforehand (see
    /// [`Keychain::account`](crate::Keychain::account)). Without it the id is drawn.
    #[must_use]
    pub fn vault_id(mut self, id: VaultId) -> Self {
        self.vault_id = Some(id);
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("kdf", &self.kdf)
            .field("vault_id", &self.vault_id)
            .field("observed", &self.observer.is_some())
            .finish_non_exhaustive()
    }
}

/// The cost of Argon2id (RFC 9106), version 0x13.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfParams {
    /// 64 MiB, 3 passes, 1 lane: about a tenth of a second.
    pub const DEFAULT: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// The least cost that a vault accepts: 19 MiB, 1 pass, 1 lane. For tests.
    pub const MINIMUM: Self = Self { memory_kib: 19 * 1024, passes: 1, lanes: 1 };

    /// Checks a cost: 19 MiB to 1 GiB, 1 to 16 passes, 1 to 8 lanes.
    ///
    /// # Errors
    /// [`VaultError::KdfBounds`] when a parameter is outside.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, VaultError> {
        let within = |parameter, found, least, most| {
            if (least..=most).contains(&found) {
                Ok(())
            } else {
                Err(VaultError::KdfBounds { parameter, found, least, most })
            }
        };
        within("memory in KiB", memory_kib, 19 * 1024, 1024 * 1024)?;
        within("passes", passes, 1, 16)?;
        within("lanes", lanes, 1, 8)?;
        Ok(Self { memory_kib, passes, lanes })
    }

    /// Returns the memory in KiB.
    pub fn memory_kib(self) -> u32 {
        self.memory_kib
    }

    /// Returns the number of passes.
    pub fn passes(self) -> u32 {
        self.passes
    }

    /// Returns the number of lanes.
    pub fn lanes(self) -> u32 {
        self.lanes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constants_are_within_the_bounds() {
        for params in [KdfParams::DEFAULT, KdfParams::MINIMUM] {
            let checked = KdfParams::new(params.memory_kib, params.passes, params.lanes);
            assert_eq!(checked.unwrap(), params);
        }
    }

    #[test]
    fn a_cost_outside_the_bounds_is_refused() {
        let outside = [
            (19 * 1024 - 1, 1, 1),
            (1024 * 1024 + 1, 1, 1),
            (u32::MAX, 1, 1),
            (65536, 0, 1),
            (65536, 17, 1),
            (65536, 3, 0),
            (65536, 3, 9),
        ];
        for (memory, passes, lanes) in outside {
            let result = KdfParams::new(memory, passes, lanes);
            assert!(
                matches!(result, Err(VaultError::KdfBounds { .. })),
                "{memory} {passes} {lanes}"
            );
        }
    }
}
