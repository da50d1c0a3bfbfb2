//! Integration tests of spotify-vault.

#[cfg(test)]
mod backends;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod support;
#[cfg(test)]
mod unlocking;
