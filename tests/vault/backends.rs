//! Every backend, through the same suite.

use std::sync::Arc;

use jiff::Timestamp;
use spotify_vault::{EnvironmentVault, SealedVault, Vault as _};

use crate::conformance;
use crate::memory::MemoryStore;
use crate::support::{Home, TOKENS, environment, options, passphrase, subject};

#[test]
fn the_sealed_vault_conforms() {
    conformance::writable(&Home::new().vault);
}

#[test]
fn the_sealed_vault_conforms_after_it_was_opened_anew() {
    let home = Home::with(&passphrase("correct horse"), options(7));
    conformance::writable(&home.open(&passphrase("correct horse")).unwrap());
}

#[test]
fn the_sealed_vault_conforms_in_another_store() {
    let store = Arc::new(MemoryStore::default());
    let (vault, _) = SealedVault::create_in(store, &environment(1), options(1)).unwrap();
    conformance::writable(&vault);
}

#[test]
fn the_longest_value_is_kept() {
    let (home, s) = (Home::new(), subject("s"));
    let value = vec![0x5a; 4 * 1024 * 1024];
    home.vault.write(&s, &TOKENS, &value.clone().into()).unwrap();
    assert!(home.vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(&value));
}

#[test]
fn the_environment_conforms() {
    let value = b"given".to_vec().into();
    let values = [(subject("s"), TOKENS, value)];
    conformance::read_only(&EnvironmentVault::new(Timestamp::UNIX_EPOCH, values));
}
