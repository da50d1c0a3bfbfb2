//! Integration tests of spotify-vault.

#[cfg(test)]
mod backends;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod contention;
#[cfg(unix)]
#[cfg(test)]
mod storage;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod unlocking;
