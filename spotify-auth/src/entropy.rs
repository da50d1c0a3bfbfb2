//! Randomness as an argument.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand_core::{CryptoRng, TryCryptoRng, TryRng};
use zeroize::Zeroizing;

/// A shared source of cryptographic randomness.
///
/// A program passes the operating system's generator; a test may pass one with a fixed seed.
#[derive(Clone)]
pub struct Entropy(Arc<Mutex<dyn CryptoRng + Send>>);

impl Entropy {
    /// Wraps a cryptographic generator.
    pub fn new(rng: impl CryptoRng + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(rng)))
    }

    /// Returns `N` random bytes, wiped when dropped.
    pub fn bytes<const N: usize>(&self) -> Zeroizing<[u8; N]> {
        let mut bytes = Zeroizing::new([0; N]);
        self.with(|rng| rng.fill_bytes(bytes.as_mut_slice()));
        bytes
    }

    /// Returns 256 random bits in unpadded base64url (43 characters), wiped when dropped.
    pub fn token(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.bytes::<32>().as_slice()))
    }

    /// Returns a number in `0..bound`, evenly enough for jitter; 0 when `bound` is 0.
    pub fn below(&self, bound: u64) -> u64 {
        self.with(rand_core::Rng::next_u64).checked_rem(bound).unwrap_or(0)
    }

    fn with<T>(&self, draw: impl FnOnce(&mut (dyn CryptoRng + Send + 'static)) -> T) -> T {
        // A generator has no invariant that a panic elsewhere could have broken.
        draw(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy")
    }
}

impl TryRng for Entropy {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.with(rand_core::Rng::next_u32))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.with(rand_core::Rng::next_u64))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        self.with(|rng| rng.fill_bytes(destination));
        Ok(())
    }
}

impl TryCryptoRng for Entropy {}
