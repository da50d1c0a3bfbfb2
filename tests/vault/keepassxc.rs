//! A second Secret Service: `KeePassXC`, headless, in a D-Bus session of its own.

#[cfg(target_os = "linux")]
#[cfg(test)]
mod session;
#[cfg(test)]
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod support;

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::{Command, Output};
    use std::time::Duration;

    use spotify_vault::{Keychain, KeychainError, SealedVault, Vault as _};

    use crate::session;
    use crate::support::{Home, TOKENS, environment, master_key, options, put, subject};

    const SERVICE: &str = "spotify-vault-test";

    /// A database without entries whose root group is shown to the Secret Service.
    const DATABASE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<KeePassFile><Meta><DatabaseName>test</DatabaseName><CustomData><Item>
<Key>FDO_SECRETS_EXPOSED_GROUP</Key><Value>{01010101-0101-0101-0101-010101010101}</Value>
</Item></CustomData></Meta><Root><Group><UUID>AQEBAQEBAQEBAQEBAQEBAQ==</UUID><Name>Root</Name>
</Group></Root></KeePassFile>"#;

    const SETTINGS: &str = "[General]\nConfigVersion=2\nUpdateCheckMessageShown=true\n\
        [FdoSecrets]\nEnabled=true\nConfirmAccessItem=false\nConfirmDeleteItem=false\n";

    /// Runs a helper test beside an unlocked `KeePassXC`.
    fn beside(test: &str) -> String {
        let dir = tempfile::tempdir().unwrap();
        put(&dir.path().join("db.xml"), DATABASE.as_bytes()).unwrap();
        put(&dir.path().join("settings.ini"), SETTINGS.as_bytes()).unwrap();
        // Some of its starts hang or end with the first write; what is tested here is what follows.
        let prepare = r#"
            cd "$KEEPASSXC_DIR"
            printf 'pw\npw\n' | keepassxc-cli import -p db.xml db.kdbx >/dev/null 2>&1
            works() {
                for _ in 1 2 3 4 5 6 7 8 9 10; do
                    sleep .3
                    printf key | timeout 3 secret-tool store --label=first service first username first \
                        2>/dev/null && return 0
                done
                return 1
            }
            for _ in 1 2 3 4 5; do
                printf 'pw\n' | keepassxc --pw-stdin --config settings.ini --localconfig local.ini \
                    db.kdbx >keepassxc.log 2>&1 &
                echo "$!" >pid
                if works; then break; fi
                kill -KILL "$(cat pid)" || true
            done"#;
        let bus = session::BareBus::new();
        let mut command = session::run(test, &[&bus.option()], prepare);
        // Its own folder for temporary files too: there it looks for another instance.
        command.env("KEEPASSXC_DIR", dir.path()).env("TMPDIR", dir.path());
        let found = session::found(command.env("QT_QPA_PLATFORM", "offscreen"));
        // It outlives its bus. When the test inside has ended it, there is nothing to end.
        drop(kill(dir.path()));
        found
    }

    fn kill(dir: &Path) -> Output {
        let pid = std::fs::read_to_string(dir.join("pid")).unwrap();
        Command::new("kill").args(["-KILL", pid.trim()]).output().unwrap()
    }

    /// It takes its time on a busy machine.
    fn keychain() -> Keychain {
        Keychain::new(SERVICE).limit(Duration::from_secs(30))
    }

    const ROUND_TRIP: &str = "tests::a_helper_keeps_a_key_and_moves_a_vault";

    #[test]
    fn a_helper_keeps_a_key_and_moves_a_vault() {
        if !session::is_helper() {
            return;
        }
        let keychain = keychain();
        keychain.probe().unwrap();
        assert!(keychain.load("kept").unwrap().is_none());
        for fill in [1, 2] {
            keychain.store("kept", &master_key(fill)).unwrap();
            let kept = keychain.load("kept").unwrap().unwrap();
            assert_eq!(kept.expose(), master_key(fill).expose());
        }
        assert!(keychain.delete("kept").unwrap());
        assert!(matches!(keychain.unlock("kept"), Err(KeychainError::Missing { .. })));

        let home = Home::with(&environment(1), options(1));
        home.vault.write(&subject("s"), &TOKENS, &b"v".to_vec().into()).unwrap();
        let account = Keychain::account(home.vault.id());
        keychain.store(&account, &master_key(7)).unwrap();
        home.vault.rekey(&environment(1), &keychain.unlock(&account).unwrap()).unwrap();
        assert!(SealedVault::pinned(&home.dir()).unwrap().is_some());
        let opened = home.open(&keychain.unlock(&account).unwrap()).unwrap();
        assert!(opened.read(&subject("s"), &TOKENS).unwrap().unwrap().value.matches(b"v"));
        println!("found: all of it");
    }

    #[test]
    fn another_secret_service_keeps_a_key_as_well() {
        assert_eq!(beside(ROUND_TRIP), "all of it");
    }

    const KILLED: &str = "tests::a_helper_loses_its_service";

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test outside says where the service is")]
    fn a_helper_loses_its_service() {
        if !session::is_helper() {
            return;
        }
        let keychain = keychain();
        keychain.store("kept", &master_key(1)).unwrap();
        let dir = std::env::var("KEEPASSXC_DIR").unwrap();
        assert!(kill(dir.as_ref()).status.success());
        let after = [keychain.load("kept").map(drop), keychain.load("absent").map(drop)];
        println!("found: {}", session::kinds(after));
    }

    #[test]
    fn another_secret_service_that_ends_is_an_error_and_not_an_absent_key() {
        assert_eq!(beside(KILLED), "NoProvider, NoProvider");
    }
}
