//! What can be set about the audit log.

use std::fmt;
use std::str::FromStr;

use spotify_audit::{Durability, Retention};

use super::NotAWord;

/// What becomes of an act whose record can't be written, as on a full disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unwritten {
    /// It is refused, or counts as failed.
    #[default]
    Refuse,
    /// It goes on. The program says so each time, and the log has how many records are missing as
    /// soon as it takes records again.
    Continue,
}

impl Unwritten {
    /// Returns the word of the settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Continue => "continue",
        }
    }
}

impl fmt::Display for Unwritten {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Unwritten {
    type Err = NotAWord;

    fn from_str(text: &str) -> Result<Self, NotAWord> {
        match text {
            "refuse" => Ok(Self::Refuse),
            "continue" => Ok(Self::Continue),
            _ => Err(NotAWord("`refuse` and `continue`")),
        }
    }
}

/// What becomes of an act whose record can't be written, by when the record has to be on the disk.
/// The default refuses everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnFailure {
    /// For the record ahead of an act that changes something.
    pub before: Unwritten,
    /// For the record of how such an act ended, and of what a program did.
    pub after: Unwritten,
    /// For the records of acts that only read.
    pub later: Unwritten,
}

impl OnFailure {
    /// Returns what is set for a record that has to be so durable.
    pub const fn of(&self, durability: Durability) -> Unwritten {
        match durability {
            Durability::Before => self.before,
            Durability::After => self.after,
            Durability::Async => self.later,
        }
    }
}

/// Reads how long records are kept.
pub(super) fn retention(text: &str) -> Result<Retention, NotAWord> {
    Ok(match text {
        "security" => Retention::security(),
        "pci" => Retention::pci(),
        "hipaa" => Retention::hipaa(),
        "sox" => Retention::sox(),
        "hold" => Retention { hold: true, ..Retention::security() },
        _ => return Err(NotAWord("`security`, `pci`, `hipaa`, `sox` and `hold`")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_removes_nothing_and_no_other_word_is_taken() {
        assert!(retention("hold").unwrap().hold);
        assert_eq!(retention("sox"), Ok(Retention::sox()));
        retention("forever").unwrap_err();
    }
}
