//! A key on a descriptor that the program inherits: a pipe, a memory file, an open file.
//!
//! It is the cleanest way for a supervisor: no file that stays, no variable that children inherit.
//! The text is that of a key file. It is read once and the descriptor is closed.

use std::fs::File;
use std::os::fd::{FromRawFd as _, OwnedFd};
use std::sync::{Mutex, PoisonError};

use rustix::fd::BorrowedFd;
use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};

use crate::error::VaultError;
use crate::fs;
use crate::key_source::MasterKey;

/// The longest text that is looked at.
const MAX_LEN: usize = 128;

/// The first descriptor that is not one of the three standard streams.
const FIRST: i32 = 3;

/// Held while a number is looked at and marked, so that of two callers one gets it.
static TURN: Mutex<()> = Mutex::new(());

/// Takes an inherited descriptor over by its number. Each number can be taken once.
///
/// # Errors
/// [`VaultError::Descriptor`] when the number is a standard stream's, is not open, or was opened by
/// this program itself.
#[expect(unsafe_code, reason = "a number that the supervisor gave becomes an owned descriptor")]
pub fn adopt(number: i32) -> Result<OwnedFd, VaultError> {
    let refuse = |problem| VaultError::Descriptor { number, problem };
    if number < FIRST {
        return Err(refuse("it is a standard stream"));
    }
    let _one_at_a_time = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: borrowed for two calls that only look at and set its flags; on a closed number they
    // give EBADF.
    let borrowed = unsafe { BorrowedFd::borrow_raw(number) };
    let flags = fcntl_getfd(borrowed).map_err(|_| refuse("it is not open"))?;
    // Whatever survived the start of this program had no such flag, and all that Rust opens has it.
    if flags.contains(FdFlags::CLOEXEC) {
        return Err(refuse("it was not inherited, or was read before"));
    }
    fcntl_setfd(borrowed, flags | FdFlags::CLOEXEC).map_err(|_| refuse("it is not open"))?;
    // SAFETY: it is open, and nothing in this program owns it: it was inherited and is marked now,
    // so that it is not taken twice.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Reads the key to the end of the descriptor and closes it.
///
/// # Errors
/// [`VaultError::DescriptorRead`]; [`VaultError::Key`] when it is not the base64 of 32 bytes.
pub fn read(descriptor: OwnedFd) -> Result<MasterKey, VaultError> {
    let bytes = fs::read_all(File::from(descriptor), MAX_LEN)
        .map_err(|source| VaultError::DescriptorRead { source })?;
    Ok(MasterKey::from_line(&bytes)?)
}
