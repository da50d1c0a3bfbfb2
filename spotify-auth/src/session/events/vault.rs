//! The vault and its keys, and the sealed settings.

use spotify_audit::{Id, events};

events! {
    /// What happens to the vault. A key source is one word; a path or account stays out of the log.
    pub enum VaultEvent {
        VAULT_CREATED = "SM1301I" "vault.create" {
            /// A vault was made and its key source pinned.
            Created {
                /// Where its key lives.
                key_source: &'static str,
            }
        }
        VAULT_OPENED = "SM1302I" "vault.open" {
            /// The vault was unlocked.
            Opened {
                /// Where its key lives.
                key_source: &'static str,
            }
        }
        VAULT_REFUSED = "SM1303E" "vault.open" {
            /// The vault could not be made, unlocked or given another key.
            Refused {
                /// Where its key lives.
                key_source: Option<&'static str>,
                /// Whether the log could be signed.
                signed: Option<bool>,
                /// Whether something was changed or damaged outside.
                damaged: Option<bool>,
            }
        }
        VAULT_REKEYED = "SM1304I" "vault.rekey" {
            /// The vault's key source is being changed.
            Rekeying as Intent {
                /// Where its key lives.
                from: &'static str,
            }
            /// The vault's key source was changed.
            Rekeyed as Outcome {
                /// Where its key lived.
                from: &'static str,
                /// Where it lives now.
                to: &'static str,
                /// Counts the changes of the vault's header.
                epoch: u64,
            }
        }
        VAULT_WRITTEN = "SM1305I" "vault.write" {
            /// A record was sealed.
            Written {
                /// How often it was written.
                generation: u64,
                /// The record.
                record: Option<Id>,
                /// What it holds.
                field: Option<Id>,
            }
        }
        RECORD_REFUSED = "SM1306E" "vault.refuse" {
            /// The vault refused a record or an act on it.
            RecordRefused {
                /// Whether something was changed or damaged outside.
                damaged: Option<bool>,
            }
        }
        KEYS_ROTATED = "SM1309I" "vault.rotate" {
            /// Data keys are being rotated.
            Rotating as Intent {}
            /// A new term of data keys began.
            Rotated as Outcome {
                /// The new term.
                term: u32,
                /// Whether an older key may be known to others.
                compromised: bool,
                /// Counts the changes of the vault's header.
                epoch: u64,
            }
            /// What older data keys sealed was moved.
            Swept as Outcome {
                /// The term that it was moved to.
                term: u32,
                /// How many records were moved by their keys alone.
                moved: u64,
                /// How many records got new keys.
                renewed: u64,
                /// How many records were sealed anew.
                rewritten: u64,
                /// How many records could not be moved.
                skipped: u64,
                /// How many records older terms still hold.
                left: u64,
            }
            /// Data keys could not be rotated.
            NotRotated as Outcome {}
        }
        BACKED_UP = "SM1310I" "vault.backup" {
            /// A backup of the vault is being made.
            BackingUp as Intent {}
            /// A backup was made and read back.
            BackedUp as Outcome {
                /// How many records it holds.
                records: u64,
                /// How many erased subjects it names.
                destroyed: u64,
            }
            /// A backup could not be made.
            NotBackedUp as Outcome {}
        }
        RESTORED = "SM1311I" "vault.restore" {
            /// A backup is being put back.
            Restoring as Intent {}
            /// A backup was put back.
            Restored as Outcome {
                /// How many records were put back.
                restored: u64,
                /// How many newer ones were kept.
                kept: u64,
                /// How many of erased subjects were left out.
                dead: u64,
                /// How many are older than the log says they were.
                older: u64,
            }
            /// A backup could not be put back.
            NotRestored as Outcome {}
        }
        VAULT_MOVED = "SM1312I" "vault.move" {
            /// The vault is being moved to another place.
            Moving as Intent {}
            /// The vault was moved to another place, or could not be.
            Moved as Outcome {}
        }
    }
}

events! {
    /// What happens to the sealed settings.
    pub enum ConfigurationEvent {
        SETTINGS_SEALED = "SM1307I" "settings.seal" {
            /// The settings file was sealed, or its seal given up.
            Sealed {
                /// Whether it is sealed now.
                sealed: bool,
                /// Counts the changes of the vault's header.
                epoch: u64,
            }
        }
        SETTINGS_CHANGED = "SM1308E" "settings.refuse" {
            /// The sealed settings file was changed, or a sealed setting does not fit; the program
            /// did not start.
            Refused {
                /// Whether something was changed or damaged outside.
                damaged: Option<bool>,
            }
        }
    }
}
