//! The open vault: what does not open, whether keys are too old, whether an old copy was put back.

use super::{Check, Checked, Code, Finding};
use crate::session::error::with_causes;
use crate::session::{OpenError, Session};

/// Looks at an open vault.
pub fn vault(session: &Session) -> Checked {
    let status = match session.vault_status(&mut |_| ()) {
        Ok(status) => status,
        Err(OpenError::ReadOnly) => {
            return Checked::skipped(Check::Vault, "the grant stands in the environment");
        }
        Err(error) => {
            let finding = Finding::new(Code::VaultUnreadable, with_causes(&error));
            return Checked::new(Check::Vault, "it opened, and can't be read", vec![finding]);
        }
    };
    let mut findings: Vec<_> =
        status.damaged.iter().map(|damage| Finding::new(Code::VaultDamaged, damage)).collect();
    if status.is_rotating() {
        findings.push(Finding::new(Code::RotationUnfinished, Code::RotationUnfinished.meaning()));
    } else if status.is_due() {
        findings.push(Finding::new(Code::RotationDue, Code::RotationDue.meaning()));
    }
    // Damage has been told; a log that can't be read is told of elsewhere.
    if let Ok(compared) = session.compare_with_log() {
        let count = compared.older.len() + compared.newer.len() + compared.missing.len();
        if count > 0 {
            findings.push(Finding::new(Code::VaultDiffers, format!("{count} records differ")));
        }
    }
    let seen = format!("opens with {}; {} subjects", status.pin, status.subjects);
    Checked::new(Check::Vault, seen, findings)
}
