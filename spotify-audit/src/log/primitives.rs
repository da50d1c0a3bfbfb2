//! What group commit waits with; a test that explores interleavings puts its own in this place.

pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
