//! What can be set about the audit log.

use spotify_audit::Retention;

use super::NotAWord;

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
