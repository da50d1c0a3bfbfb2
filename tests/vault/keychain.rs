//! A real Secret Service: gnome-keyring in a D-Bus session of its own, unlocked.
//!
//! Run inside `dbus-run-session` with the login collection unlocked (as `cargo xtask test` does),
//! one test at a time. Each other state of the service is a helper process of this binary.

#[cfg(test)]
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod support;

#[cfg(target_os = "linux")]
#[cfg(test)]
mod session;

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Output, Stdio};
    use std::time::{Duration, Instant};

    use spotify_vault::{
        KeySource, Keychain, KeychainError, SealedVault, Unlock, Vault as _, key_file,
    };

    use crate::session;
    use crate::support::{Home, SeededRng, TOKENS, master_key, options, passphrase, subject};

    const SERVICE: &str = "spotify-vault-test";

    fn run(command: &mut Command) -> Output {
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {errors}");
        output
    }

    #[test]
    fn the_keychain_keeps_what_is_written() {
        let keychain = Keychain::new(SERVICE);
        keychain.probe().unwrap();
        assert!(keychain.load("kept").unwrap().is_none());
        keychain.store("kept", &master_key(1)).unwrap();
        assert_eq!(keychain.load("kept").unwrap().unwrap().expose(), master_key(1).expose());
        keychain.store("kept", &master_key(2)).unwrap();
        assert_eq!(keychain.load("kept").unwrap().unwrap().expose(), master_key(2).expose());
        assert!(keychain.delete("kept").unwrap());
        assert!(!keychain.delete("kept").unwrap());
        assert!(keychain.load("kept").unwrap().is_none());
        assert!(matches!(keychain.unlock("kept"), Err(KeychainError::Missing { .. })));
    }

    #[test]
    fn secret_tool_reads_the_same_item() {
        let keychain = Keychain::new(SERVICE);
        keychain.store("shared", &master_key(3)).unwrap();
        let lookup = ["lookup", "service", SERVICE, "username", "shared"];
        let output = run(Command::new("secret-tool").args(lookup));
        assert_eq!(output.stdout, master_key(3).expose_base64().as_bytes());
        assert!(keychain.delete("shared").unwrap());
    }

    #[test]
    fn two_items_of_one_name_are_ambiguous() {
        let keychain = Keychain::new(SERVICE);
        let item = ["service", SERVICE, "username", "twice"];
        for extra in ["one", "other"] {
            let mut child = Command::new("secret-tool")
                .args(["store", "--label=twice"])
                .args(item)
                .args(["extra", extra])
                .stdin(Stdio::piped())
                .spawn()
                .unwrap();
            let key = master_key(1).expose_base64();
            child.stdin.take().unwrap().write_all(key.as_bytes()).unwrap();
            assert!(child.wait().unwrap().success());
        }
        let found = keychain.load("twice");
        assert!(matches!(found, Err(KeychainError::Ambiguous { count: 2 })), "{found:?}");
        let stored = keychain.store("twice", &master_key(2));
        assert!(matches!(stored, Err(KeychainError::Ambiguous { count: 2 })), "{stored:?}");
        run(Command::new("secret-tool").arg("clear").args(item));
    }

    #[test]
    fn a_vault_moves_from_a_key_file_into_the_keychain_and_on_to_a_passphrase() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("key");
        let key = key_file::create(&path, &mut SeededRng::new(1)).unwrap();
        let home = Home::with(&Unlock::KeyFile { path: path.clone(), key }, options(1));
        home.vault.write(&subject("s"), &TOKENS, &b"v".to_vec().into()).unwrap();

        let keychain = Keychain::new(SERVICE);
        let account = Keychain::account(home.vault.id());
        keychain.store(&account, &master_key(7)).unwrap();
        let from = Unlock::KeyFile { path: path.clone(), key: key_file::read(&path).unwrap() };
        home.vault.rekey(&from, &keychain.unlock(&account).unwrap()).unwrap();

        let pin = SealedVault::pinned(&home.dir()).unwrap().unwrap();
        let KeySource::Keychain { service, account } = pin else { panic!("{pin:?}") };
        let keychain = Keychain::new(service);
        let opened = home.open(&keychain.unlock(&account).unwrap()).unwrap();
        assert!(opened.read(&subject("s"), &TOKENS).unwrap().unwrap().value.matches(b"v"));
        assert!(home.open(&from).is_err(), "the key file is out");

        let unlock = keychain.unlock(&account).unwrap();
        opened.rekey(&unlock, &passphrase("correct horse")).unwrap();
        assert!(keychain.delete(&account).unwrap());
        let opened = home.open(&passphrase("correct horse")).unwrap();
        assert!(opened.read(&subject("s"), &TOKENS).unwrap().unwrap().value.matches(b"v"));
    }

    /// The name of the test that helper processes run.
    const HELPER: &str = "tests::what_a_helper_process_finds";

    fn in_session(options: &[&str], prepare: &str) -> String {
        session::found(&mut session::run(HELPER, options, prepare))
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a helper process; the limit is of real time")]
    fn what_a_helper_process_finds() {
        if !session::is_helper() {
            return;
        }
        let keychain = Keychain::new(SERVICE);
        let start = Instant::now();
        let found = [keychain.load("locked").map(|_| ()), keychain.probe()];
        assert!(start.elapsed() < Duration::from_secs(10), "two calls, each cut off after 3 s");
        println!("found: {}", session::kinds(found));
    }

    #[test]
    fn without_a_bus_every_call_says_so() {
        let empty = tempfile::tempdir().unwrap();
        let mut helper = session::helper(HELPER);
        helper.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", empty.path());
        assert_eq!(session::found(&mut helper), "NoBus, NoBus");
    }

    #[test]
    fn without_a_provider_every_call_says_so() {
        let bus = session::BareBus::new();
        assert_eq!(in_session(&[&bus.option()], ""), "NoProvider, NoProvider");
    }

    #[test]
    fn without_a_collection_nothing_is_believed_absent() {
        let prepare = "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1";
        let found = in_session(&[], prepare);
        assert_eq!(found, "NoDefaultCollection, NoDefaultCollection");
    }

    #[test]
    fn a_locked_collection_is_locked() {
        let prepare = r#"
            printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
            tries=0
            until printf key | secret-tool store --label=locked service spotify-vault-test username locked 2>/dev/null; do
                tries=$((tries + 1)); test "$tries" -lt 50; sleep .1
            done
            dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
                org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null"#;
        assert_eq!(in_session(&[], prepare), "Locked, Locked");
    }

    /// The name of the test that runs while its service is killed.
    const KILLED: &str = "tests::what_a_helper_process_finds_when_its_service_ends";

    #[test]
    fn what_a_helper_process_finds_when_its_service_ends() {
        if !session::is_helper() {
            return;
        }
        let keychain = Keychain::new(SERVICE);
        keychain.store("kept", &master_key(1)).unwrap();
        assert!(keychain.load("kept").unwrap().is_some());
        #[expect(clippy::disallowed_methods, reason = "the test outside says where the service is")]
        let home = std::env::var("HOME").unwrap();
        let pid = std::fs::read_to_string(format!("{home}/daemon.pid")).unwrap();
        run(Command::new("kill").args(["-KILL", pid.trim()]));
        let after = [keychain.load("kept").map(drop), keychain.load("absent").map(drop)];
        println!("found: {}", session::kinds(after));
    }

    #[test]
    fn a_service_that_ends_in_the_middle_is_an_error_and_not_an_absent_key() {
        let bus = session::BareBus::new();
        let prepare = r#"
            printf test | gnome-keyring-daemon --unlock --components=secrets --foreground >/dev/null 2>&1 &
            echo "$!" >"$HOME/daemon.pid"
            tries=0
            until printf key | secret-tool store --label=x service x username x 2>/dev/null; do
                tries=$((tries + 1)); test "$tries" -lt 50; sleep .1
            done"#;
        let found = session::found(&mut session::run(KILLED, &[&bus.option()], prepare));
        assert_eq!(found, "NoProvider, NoProvider");
    }
}
