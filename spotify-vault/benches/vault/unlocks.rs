//! What it costs to fetch a vault's key from each source and to open the vault with it.
//!
//! The keychain is a GNOME keyring in a D-Bus session of its own, the token one of `SoftHSM2`.
//! Each is measured by another process, which finds them in its environment.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rand_core::UnwrapErr;
use secrecy::SecretString;
use spotify_vault::pkcs11::Token;
use spotify_vault::{KdfParams, Keychain, SealedVault, Unlock, key_file};

use super::{key, line, options, timed};

/// Where Debian's `SoftHSM2` is.
const SOFTHSM: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// Unlocks an empty keyring, which its first password makes, then becomes the command.
const IN_KEYRING: &str = "printf bench | gnome-keyring-daemon --daemonize --unlock \
    --components=secrets >/dev/null && exec \"$0\"";

pub(crate) fn measure(root: &Path) {
    let path = root.join("key");
    let made = key_file::create(&path, &mut UnwrapErr(getrandom::SysRng)).unwrap();
    drop(made);
    let from_file = || Unlock::KeyFile { path: path.clone(), key: key_file::read(&path).unwrap() };
    let passphrase = || Unlock::Passphrase("correct horse battery staple".into());
    let base = unlock("32 bytes: environment, descriptor", &root.join("bytes"), None, &key);
    let base = Some((base, "32 bytes", f64::INFINITY));
    unlock("key file", &root.join("file"), base, &from_file);
    unlock("passphrase", &root.join("passphrase"), base, &passphrase);
    keychain(&root.join("keychain"));
    token(&root.join("token"));
}

/// Makes a vault and opens it often, with a key that is fetched each time.
fn unlock(
    name: &str,
    dir: &Path,
    base: Option<(Duration, &str, f64)>,
    fetch: &dyn Fn() -> Unlock,
) -> Duration {
    let options = || options().kdf(KdfParams::DEFAULT);
    let (_, _code) = SealedVault::create(dir, &fetch(), options()).unwrap();
    let took = timed(20, |_| drop(SealedVault::open(dir, &fetch(), options()).unwrap()));
    line(&format!("unlock by {name}"), took, base);
    took
}

/// Measures the source whose service a program started for this process.
pub(crate) fn by_another(root: &Path) {
    if std::env::var_os("SOFTHSM2_CONF").is_none() {
        let keychain = Keychain::new("spotify-vault-bench");
        let key = spotify_vault::MasterKey::generate(&mut UnwrapErr(getrandom::SysRng));
        // The service answers some moments after it was started.
        let is_there = || keychain.probe().is_ok();
        assert!((0..100).any(|_| is_there() || pause()), "no keyring came up");
        keychain.store("bench", &key).unwrap();
        unlock("OS keychain", &root.join("vault"), None, &|| keychain.unlock("bench").unwrap());
        return;
    }
    let pin = SecretString::from("1234");
    let token = Token::new(Path::new(SOFTHSM), "bench", "bench");
    token.make_key(&pin).unwrap();
    let made = token.lock(&pin, &mut UnwrapErr(getrandom::SysRng)).unwrap();
    let Unlock::Pkcs11 { sealed, .. } = made else { unreachable!("a token locked it") };
    let fetch = || token.unlock(&sealed.sealed, &pin).unwrap();
    unlock("PKCS#11 token", &root.join("vault"), None, &fetch);
}

fn pause() -> bool {
    std::thread::sleep(Duration::from_millis(100));
    false
}

fn keychain(root: &Path) {
    std::fs::create_dir(root).unwrap();
    let mut command = Command::new("dbus-run-session");
    command.args(["--", "sh", "-c", IN_KEYRING]).arg(std::env::current_exe().unwrap());
    command.env("VAULT_BENCH_UNLOCK", root).env("HOME", root);
    for of_the_users_session in ["XDG_DATA_HOME", "XDG_RUNTIME_DIR", "SOFTHSM2_CONF", "DISPLAY"] {
        command.env_remove(of_the_users_session);
    }
    run("OS keychain", "dbus-daemon and gnome-keyring", &mut command);
}

fn token(root: &Path) {
    std::fs::create_dir(root).unwrap();
    let config = root.join("softhsm2.conf");
    let text = format!("directories.tokendir = {}\nlog.level = ERROR\n", root.display());
    std::fs::write(&config, text).unwrap();
    let made = Command::new("softhsm2-util")
        .args(["--init-token", "--free", "--label", "bench", "--so-pin", "12345678"])
        .args(["--pin", "1234"])
        .env("SOFTHSM2_CONF", &config)
        .output();
    if !made.is_ok_and(|made| made.status.success()) {
        return not_measured("PKCS#11 token", "softhsm2");
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env("VAULT_BENCH_UNLOCK", root).env("SOFTHSM2_CONF", config);
    run("PKCS#11 token", "softhsm2", &mut command);
}

/// Passes on what another process measured; what its services print is nobody's concern.
fn run(name: &str, debian: &str, command: &mut Command) {
    match command.stderr(Stdio::null()).output() {
        Ok(output) if output.status.success() => {
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines().filter(|line| line.starts_with("unlock")).for_each(|it| println!("{it}"));
        }
        _ => not_measured(name, debian),
    }
}

fn not_measured(name: &str, debian: &str) {
    println!("unlock by {name:<42} NOT MEASURED: it needs {debian} (Debian's names)");
}
