//! Integration tests of spotify-vault.

#[cfg(test)]
mod backends;
#[cfg(test)]
mod backups;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod contention;
#[cfg(unix)]
#[cfg(test)]
mod crashing;
#[cfg(test)]
mod fault_list;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod interleaving;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod migrating;
#[cfg(unix)]
#[cfg(test)]
mod redo;
#[cfg(test)]
mod rotating;
#[cfg(test)]
mod settings;
#[cfg(unix)]
#[cfg(test)]
mod storage;
#[cfg(test)]
mod stores;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tampering;
#[cfg(test)]
mod unlocking;
#[cfg(test)]
mod vectors;
#[cfg(unix)]
#[cfg(test)]
mod verbs;
#[cfg(test)]
mod verifying;
