//! A real PKCS#11 token: `SoftHSM2`, with a fresh token for each test.
//!
//! `VAULT_PKCS11_MODULE` names the library, else Debian's.

#[cfg(test)]
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod support;

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::process::Command;

    use secrecy::SecretString;
    use spotify_vault::pkcs11::{Token, TokenError};
    use spotify_vault::{KeySource, MasterKey, SealedVault, Unlock, Vault as _, VaultError};

    use crate::support::{Home, SeededRng, TOKENS, environment, options, put, subject};

    /// The name of the tests that processes with a token of their own run.
    const INSIDE: &str = "VAULT_PKCS11_INSIDE";

    fn module() -> PathBuf {
        #[expect(clippy::disallowed_methods, reason = "the test run says which library")]
        std::env::var_os("VAULT_PKCS11_MODULE")
            .unwrap_or_else(|| "/usr/lib/softhsm/libsofthsm2.so".into())
            .into()
    }

    fn pin(text: &str) -> SecretString {
        SecretString::from(text)
    }

    fn token(label: &str) -> Token {
        Token::new(&module(), "vault-test", label)
    }

    /// Runs the test of this name again in a process whose token is new. `SoftHSM2` reads its
    /// settings from the environment, which a process can't change for itself.
    #[expect(clippy::disallowed_methods, reason = "tells the process inside from the one outside")]
    fn inside(name: &str) -> bool {
        if std::env::var_os(INSIDE).is_some() {
            return true;
        }
        let dir = tempfile::tempdir().unwrap();
        let (tokens, config) = (dir.path().join("tokens"), dir.path().join("softhsm2.conf"));
        std::fs::create_dir(&tokens).unwrap();
        let text = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            tokens.display()
        );
        put(&config, text.as_bytes()).unwrap();
        let made = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "vault-test"])
            .args(["--so-pin", "12345678", "--pin", "1234"])
            .env("SOFTHSM2_CONF", &config)
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        let ran = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("tests::{name}"), "--nocapture"])
            .env("SOFTHSM2_CONF", &config)
            .env(INSIDE, "1")
            .status()
            .unwrap();
        assert!(ran.success(), "{name}");
        false
    }

    #[test]
    fn a_vault_pinned_to_a_token_opens_with_it_and_moves_on() {
        if !inside("a_vault_pinned_to_a_token_opens_with_it_and_moves_on") {
            return;
        }
        let token = token("kek");
        token.make_key(&pin("1234")).unwrap();
        let home =
            Home::with(&token.lock(&pin("1234"), &mut SeededRng::new(1)).unwrap(), options(1));
        home.vault.write(&subject("s"), &TOKENS, &b"v".to_vec().into()).unwrap();
        let pinned = SealedVault::pinned(&home.dir()).unwrap().unwrap();
        let KeySource::Pkcs11(sealed) = pinned else { panic!("{pinned:?}") };
        let token = Token::of(&sealed);
        let unlock = || token.unlock(&sealed.sealed, &pin("1234")).unwrap();
        let opened = home.open(&unlock()).unwrap();
        assert!(opened.read(&subject("s"), &TOKENS).unwrap().unwrap().value.matches(b"v"));
        opened.rekey(&unlock(), &environment(1)).unwrap();
        assert!(matches!(home.open(&unlock()), Err(VaultError::WrongKeySource { .. })));
        home.vault.rekey(&environment(1), &unlock()).unwrap();
        assert!(home.open(&unlock()).is_ok(), "and back");
    }

    #[test]
    fn each_failure_of_a_token_has_its_own_error() {
        if !inside("each_failure_of_a_token_has_its_own_error") {
            return;
        }
        let (token, other) = (token("kek"), token("other"));
        let right = pin("1234");
        let mut rng = SeededRng::new(1);
        let none = token.lock(&right, &mut rng).unwrap_err();
        assert!(matches!(none, TokenError::NoKey { .. }), "{none:?}");
        token.make_key(&right).unwrap();
        assert!(matches!(token.make_key(&right), Err(TokenError::Exists { .. })));
        other.make_key(&right).unwrap();

        let Unlock::Pkcs11 { sealed, key } = token.lock(&right, &mut rng).unwrap() else {
            panic!("another kind of key")
        };
        let sealed = sealed.sealed;
        let pin_error = token.unlock(&sealed, &pin("9999")).unwrap_err();
        assert!(matches!(pin_error, TokenError::Pin { .. }), "{pin_error:?}");
        let swapped = other.unlock(&sealed, &right).unwrap_err();
        assert!(matches!(swapped, TokenError::Unfit), "{swapped:?}");
        for (at, _) in sealed.char_indices().step_by(7) {
            let mut changed = sealed.clone();
            let letter = if changed.as_bytes()[at] == b'A' { "B" } else { "A" };
            changed.replace_range(at..=at, letter);
            let error = token.unlock(&changed, &right).unwrap_err();
            assert!(matches!(error, TokenError::Unfit), "{at}: {error:?}");
        }
        let opened = token.unlock(&sealed, &right).unwrap();
        let Unlock::Pkcs11 { key: again, .. } = opened else { panic!("another kind of key") };
        assert_eq!(MasterKey::expose(&key), again.expose(), "the session is usable after refusals");

        let absent = Token::new(&module(), "no-such-token", "kek").unlock(&sealed, &right);
        assert!(matches!(absent, Err(TokenError::NoToken { .. })), "{absent:?}");
        let missing = Token::new("/nonexistent/library.so".as_ref(), "vault-test", "kek");
        let missing = missing.unlock(&sealed, &right);
        assert!(matches!(missing, Err(TokenError::Module { .. })), "{missing:?}");
    }

    #[test]
    fn the_key_of_a_token_cannot_be_read_out_of_it() {
        use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
        use cryptoki::object::{Attribute, AttributeType};
        use cryptoki::session::UserType;

        if !inside("the_key_of_a_token_cannot_be_read_out_of_it") {
            return;
        }
        token("kek").make_key(&pin("1234")).unwrap();
        let context = Pkcs11::new(module()).unwrap();
        context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
        let slot = context.get_slots_with_token().unwrap().into_iter().find(|slot| {
            context.get_token_info(*slot).is_ok_and(|info| info.label() == "vault-test")
        });
        let session = context.open_ro_session(slot.unwrap()).unwrap();
        session.login(UserType::User, Some(&pin("1234"))).unwrap();
        let found = session.find_objects(&[Attribute::Label(b"kek".to_vec())]).unwrap();
        let asked = [
            AttributeType::Sensitive,
            AttributeType::AlwaysSensitive,
            AttributeType::NeverExtractable,
            AttributeType::Local,
        ];
        let told = session.get_attributes(found[0], &asked).unwrap();
        let yes = [
            Attribute::Sensitive(true),
            Attribute::AlwaysSensitive(true),
            Attribute::NeverExtractable(true),
            Attribute::Local(true),
        ];
        assert_eq!(told, yes);
        let value = session.get_attributes(found[0], &[AttributeType::Value]);
        assert!(!value.is_ok_and(|found| !found.is_empty()), "its bytes stay inside");
    }
}
