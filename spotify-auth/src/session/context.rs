//! What a session takes from its surroundings, in one value.

use std::fmt;
use std::io;
use std::sync::Arc;

use secrecy::SecretString;
use spotify_audit::{Actor, ActorKind, BootClock, Host, Id, Pseudonym, Text};
use spotify_vault::KdfParams;

use crate::{Clock, Entropy};

/// What a person is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Asked<'a> {
    /// The vault's passphrase.
    Passphrase,
    /// The PIN of a PKCS#11 token.
    Pin {
        /// The token's label.
        token: &'a str,
    },
}

/// Asks a person for what unlocks the vault.
pub type AskSecret = Arc<dyn Fn(Asked<'_>) -> io::Result<SecretString> + Send + Sync>;

/// The surroundings of a session: time, randomness, who acts, and on which machine.
#[derive(Clone)]
pub struct Context {
    /// The wall clock.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// The time since the machine was started.
    pub boot_clock: BootClock,
    /// Facts for the audit log.
    pub host: Host,
    /// Who acts.
    pub actor: Actor,
    /// How to ask for a passphrase or a PIN; `None` where nobody can be asked.
    pub ask: Option<AskSecret>,
    /// What a passphrase costs to try.
    pub kdf: KdfParams,
}

impl Context {
    /// Takes the machine's clocks, its randomness, and the person whose process this is.
    ///
    /// This is the one place of the library that touches them, and only when a program asks.
    pub fn system(program: &'static str, version: &'static str, ask: Option<AskSecret>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is where the clock comes from")]
        let clock = Clock::new(jiff::Timestamp::now);
        Self {
            clock,
            entropy: Entropy::new(rand_core::UnwrapErr(getrandom::SysRng)),
            boot_clock: system::boot_clock(),
            host: Host {
                name: system::name(),
                boot: system::boot(),
                program,
                version,
                ..Host::default()
            },
            actor: Actor {
                uid: system::user(),
                kind: ActorKind::User,
                client: Some(program.into()),
                agent: None,
            },
            ask,
            kdf: KdfParams::DEFAULT,
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("host", &self.host)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::time::Duration;

    use super::{Arc, BootClock, Id, Pseudonym, Text};

    pub(super) fn boot_clock() -> BootClock {
        Arc::new(|| {
            let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
            Duration::new(
                time.tv_sec.unsigned_abs(),
                u32::try_from(time.tv_nsec).unwrap_or_default(),
            )
        })
    }

    pub(super) fn name() -> Option<Text> {
        rustix::system::uname().nodename().to_str().ok().map(Text::external)
    }

    pub(super) fn boot() -> Option<Id> {
        Id::new(std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?.trim()).ok()
    }

    pub(super) fn user() -> Pseudonym {
        super::user(&format!("os_{}", rustix::process::getuid().as_raw()))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use super::{Arc, BootClock, Id, Pseudonym, Text};

    pub(super) fn boot_clock() -> BootClock {
        // Counts from the program's start: enough to see the wall clock being set back meanwhile.
        #[expect(clippy::disallowed_methods, reason = "this is where the clock comes from")]
        let start = std::time::Instant::now();
        Arc::new(move || start.elapsed())
    }

    pub(super) fn name() -> Option<Text> {
        None
    }

    pub(super) fn boot() -> Option<Id> {
        None
    }

    pub(super) fn user() -> Pseudonym {
        super::user("os_user")
    }
}

fn user(text: &str) -> Pseudonym {
    Pseudonym::new(text).expect("letters, digits and `_` make a pseudonym")
}
