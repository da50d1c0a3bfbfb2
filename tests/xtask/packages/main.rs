//! What is released does what it says: each package with the tools of those who will use it.
//!
//! The programs are those of the tests, without their debug information: how they are built for a
//! release is `cargo xtask dist`'s own part, which checks what it builds.

#[cfg(test)]
mod container;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod release;
#[cfg(test)]
mod units;
