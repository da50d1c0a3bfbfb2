//! How a command can end: one table, which the help and the guides print.

use std::process::ExitCode;

use spotify_audit::Status;

macro_rules! exits {
    ($($name:ident = $code:literal $word:literal $meaning:literal;)+) => {
        /// How a command ends.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Exit {
            $(#[doc = $meaning] $name,)+
        }

        impl Exit {
            /// All of them, by their codes.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the exit code of the process.
            pub const fn code(self) -> u8 {
                match self { $(Self::$name => $code,)+ }
            }

            /// Returns the name, as scripts and guides call it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Says when a command ends so.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }
        }
    };
}

exits! {
    Success = 0 "success" "Done; signed in; nothing found; the log is intact";
    Failure = 1 "failure" "Something failed; the message says what";
    Usage = 2 "usage" "The command line or a setting is wrong; with `alerts`: it could not look";
    NeedsSignIn = 3 "needs_sign_in" "Nobody is signed in, or the sign-in did not work";
    Locked = 4 "locked" "The vault could not be unlocked";
    NotFound = 5 "not_found" "There is no such profile, vault, log or record";
    Refused = 6 "refused" "Not done: a rule forbids it, or nobody confirmed it";
    Findings = 10 "findings" "With `alerts`, `doctor` and `status --check`: there is something to look at";
    ChainBroken = 20 "chain_broken" "With `audit verify` and `status --check`: a record was changed, moved or forged";
    BadSignature = 21 "bad_signature" "With `audit verify`: a signature is bad, or is for other records";
    AnchorMismatch = 22 "anchor_mismatch" "With `audit verify`: the log is not the one that was saved elsewhere";
    Gap = 23 "gap" "With `audit verify`: records are missing";
    TornTail = 24 "torn_tail" "With `audit verify`: the last record is unfinished";
    ClockAnomaly = 25 "clock_anomaly" "With `audit verify`: the clock went back; the chain is whole";
    VaultDiffers = 26 "vault_differs" "With `audit verify --against-vault`: a sealed record is not the one that the log knows";
    Damaged = 30 "damaged" "With `vault status` and `vault verify`: something does not open";
}

impl From<Status> for Exit {
    fn from(status: Status) -> Self {
        match status {
            Status::Intact => Self::Success,
            Status::ChainBroken => Self::ChainBroken,
            Status::BadSignature => Self::BadSignature,
            Status::AnchorMismatch => Self::AnchorMismatch,
            Status::Gap => Self::Gap,
            Status::TornTail => Self::TornTail,
            Status::ClockAnomaly => Self::ClockAnomaly,
            _ => Self::Failure,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_name_is_its_own_and_they_are_in_order() {
        assert!(Exit::ALL.is_sorted_by_key(|exit| exit.code()));
        for pair in Exit::ALL.windows(2) {
            assert!(pair[0].code() < pair[1].code());
            assert_ne!(pair[0].name(), pair[1].name());
        }
    }

    #[test]
    fn every_verdict_on_a_log_has_the_exit_code_that_the_log_documents() {
        for status in Status::ALL {
            assert_eq!(Exit::from(*status).code(), status.exit_code(), "{status:?}");
        }
    }
}
