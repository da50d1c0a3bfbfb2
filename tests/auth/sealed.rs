//! What an installation keeps, where, and who may open it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use secrecy::SecretString;
use spotify_auth::session::{
    AskSecret, Context, KeyChoice, OpenError, ProfileError, Session, SettingsFile,
};
use spotify_vault::{KdfParams, KeySource, VaultError};

use crate::bench::{Bench, files, write_private};

#[tokio::test]
async fn no_file_holds_a_secret_or_a_profile_name_in_clear() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_CLIENT_SECRET", &bench.sim.client_secret());
    let session = bench.create();
    let profile = session.create_profile(&"canary-profile".parse().unwrap()).unwrap();
    bench.sign_in(&profile).await.unwrap();
    let secrets = bench.sim.issued_secrets();
    assert!(secrets.len() >= 4, "access token, refresh token, code, verifier, client secret");
    for (path, bytes) in files(bench.home.path()) {
        for needle in secrets.iter().map(|secret| secret.value.as_str()).chain(["canary-profile"]) {
            let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!found, "{path} holds a secret or a name");
        }
        assert!(!path.contains("canary-profile"));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new().await;
    let (_session, _profile) = bench.signed_in().await;
    for (path, _) in files(bench.home.path()) {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{path} has mode {mode:o}");
    }
}

#[tokio::test]
async fn a_wrong_key_opens_nothing_and_is_logged() {
    let bench = Bench::new().await;
    bench.create();
    bench.set("SPOTIFY_MCP_MASTER_KEY", "zMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzMzAE=");
    let error = bench.open().unwrap_err();
    assert!(matches!(error, OpenError::Vault(VaultError::WrongKey { .. })), "{error:?}");
    assert_eq!(bench.logged("SM1303E"), 1);

    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    assert!(matches!(bench.open().unwrap_err(), OpenError::NoMasterKey));
    assert_eq!(bench.logged("SM1303E"), 2);
}

#[tokio::test]
async fn the_key_source_is_pinned_and_a_second_one_is_an_error() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    let (session, _) = Session::create(bench.settings(), bench.context(), KeyChoice::File).unwrap();
    assert!(matches!(session.key_source().unwrap(), KeySource::KeyFile { .. }));
    drop(session);
    bench.open().unwrap();
    bench.set("SPOTIFY_MCP_MASTER_KEY", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE=");
    assert!(matches!(bench.open().unwrap_err(), OpenError::OtherKeySource { .. }));
}

#[tokio::test]
async fn the_key_moves_from_the_environment_to_a_file_to_a_passphrase() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let name = profile.name().clone();
    session.rekey(KeyChoice::File).unwrap();
    let key_file = bench.home.path().join("vault.key");
    assert!(key_file.exists());
    drop(session);

    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    let cheap = |context: Context| Context { kdf: KdfParams::MINIMUM, ..context };
    let session = Session::open(bench.settings(), cheap(bench.context())).unwrap();
    session.rekey(KeyChoice::Passphrase(SecretString::from("correct horse battery"))).unwrap();
    assert!(!key_file.exists(), "the old key is removed");
    drop(session);

    assert!(matches!(bench.open().unwrap_err(), OpenError::NobodyToAsk));
    let file = bench.home.path().join("passphrase");
    write_private(&file, b"correct horse battery\n");
    bench.set("SPOTIFY_MCP_PASSPHRASE_FILE", file.to_str().unwrap());
    let session = bench.open().unwrap();
    session.profile(Some(&name)).unwrap().tokens().unwrap().bearer(None).await.unwrap();
}

#[tokio::test]
async fn there_is_no_vault_before_someone_made_one() {
    let bench = Bench::new().await;
    assert!(!Session::exists(&bench.settings()).unwrap());
    let error = bench.open().unwrap_err();
    assert!(matches!(error, OpenError::NoVault { .. }));
    assert!(error.to_string().contains("spotify-admin login"));
    bench.create();
    let again =
        Session::create(bench.settings(), bench.context(), KeyChoice::Environment).unwrap_err();
    assert!(matches!(again, OpenError::VaultExists { .. }), "{again:?}");
}

#[tokio::test]
async fn an_app_that_differs_from_the_sealed_one_is_an_error() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let name = profile.name().clone();
    bench.set("SPOTIFY_CLIENT_ID", "another-app");
    let profile = bench.open().unwrap().profile(Some(&name)).unwrap();
    let error = profile.tokens().unwrap_err();
    assert!(
        matches!(error, ProfileError::OtherApp { variable: "SPOTIFY_CLIENT_ID", .. }),
        "{error:?}"
    );
    // Without any configured app the sealed one serves.
    bench.set("SPOTIFY_CLIENT_ID", "");
    let profile = bench.open().unwrap().profile(Some(&name)).unwrap();
    profile.tokens().unwrap().bearer(None).await.unwrap();
}

#[tokio::test]
async fn a_grant_is_sent_nowhere_but_where_it_came_from() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let name = profile.name().clone();
    let elsewhere = Bench::new().await;
    bench.set("SPOTIFY_ACCOUNTS_URL", elsewhere.sim.accounts_url());
    bench.set("SPOTIFY_API_URL", elsewhere.sim.api_url());
    let profile = bench.open().unwrap().profile(Some(&name)).unwrap();
    assert!(matches!(profile.tokens(), Err(ProfileError::Origin(_))));
    assert!(elsewhere.sim.requests().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn a_damaged_record_is_an_error_and_the_others_stay_usable() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let other = session.create_profile(&"other".parse().unwrap()).unwrap();
    let before: Vec<_> = files(&bench.home.path().join("vault/subjects"));
    bench.sign_in(&other).await.unwrap();
    let known: Vec<_> = before.into_iter().map(|(path, _)| path).collect();
    for (path, mut bytes) in files(&bench.home.path().join("vault/subjects")) {
        if !known.contains(&path) && Path::new(&path).extension().is_some_and(|end| end == "rec") {
            let last = bytes.len() - 1;
            bytes[last] ^= 1;
            write_private(Path::new(&path), &bytes);
        }
    }
    let error = other.status().unwrap_err();
    assert!(matches!(error, ProfileError::Store { .. }), "{error:?}");
    profile.tokens().unwrap().bearer(None).await.unwrap();
}

#[tokio::test]
async fn a_passphrase_is_asked_for_once_when_the_key_moves() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let context = || {
        let counter = Arc::clone(&counter);
        let ask: AskSecret = Arc::new(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(SecretString::from("correct horse battery"))
        });
        let kdf = KdfParams::MINIMUM;
        Context { kdf, ask: Some(ask), ..bench.context() }
    };
    let choice = KeyChoice::Passphrase(SecretString::from("correct horse battery"));
    Session::create(bench.settings(), context(), choice).unwrap();
    let session = Session::open(bench.settings(), context()).unwrap();
    session.rekey(KeyChoice::File).unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    drop(session);
    bench.open().unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_home_directory_that_others_may_write_to_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new().await;
    bench.create();
    let mode = |mode| {
        fs::set_permissions(bench.home.path(), fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o770);
    let error = bench.open().unwrap_err();
    assert!(matches!(error, OpenError::Home { .. }) && error.to_string().contains("chmod"));
    assert!(Session::log(&bench.settings(), &bench.context()).is_err());
    mode(0o700);
    bench.open().unwrap();
}

#[tokio::test]
async fn a_secret_setting_is_sealed_for_its_name_and_vault() {
    let bench = Bench::new().await;
    let session = bench.create();
    let secret = bench.sim.client_secret();
    let value = || secret.as_bytes().to_vec().into();
    let sealed = session.seal_setting("client_secret", &value()).unwrap();
    let other = session.seal_setting("another", &value()).unwrap();
    let config = bench.home.path().join("config.toml");
    let write =
        |text: &str| write_private(&config, format!("client_secret = '{text}'\n").as_bytes());
    write(&sealed);
    let session = bench.open().unwrap();
    assert!(session.settings().app.as_ref().unwrap().secret.as_ref().unwrap().matches(&secret));
    write(&other);
    let error = bench.open().unwrap_err().to_string();
    assert!(error.contains("SPOTIFY_CLIENT_SECRET") && !error.contains(&secret), "{error}");
}

#[tokio::test]
async fn a_sealed_settings_file_that_was_changed_is_refused_at_the_start_and_logged() {
    let bench = Bench::new().await;
    bench.create();
    let config = bench.home.path().join("config.toml");
    write_private(&config, b"log_level = 'info'\n");
    bench.open_as(SettingsFile::Seal).unwrap();
    bench.open().unwrap();
    for changed in [&b"log_level = 'debug'\n"[..], b""] {
        write_private(&config, changed);
        let error = bench.open().unwrap_err();
        assert!(matches!(error, OpenError::Vault(VaultError::Setting(_))), "{error:?}");
    }
    fs::remove_file(&config).unwrap();
    bench.open().unwrap_err();
    assert_eq!(bench.logged("SM1308E"), 3);
    write_private(&config, b"log_level = 'warn'\n");
    bench.open().unwrap_err();
    bench.open_as(SettingsFile::Seal).unwrap();
    bench.open().unwrap();
    write_private(&config, b"log_level = 'debug'\n");
    bench.open_as(SettingsFile::Unseal).unwrap();
    bench.open().unwrap();
    assert_eq!(bench.logged("SM1307I"), 3);
}

#[tokio::test]
async fn a_name_that_is_easily_taken_for_another_is_refused() {
    let bench = Bench::new().await;
    let (session, _profile) = bench.with_profile();
    let error = session.create_profile(&"w0rk".parse().unwrap()).unwrap_err().to_string();
    assert!(error.contains("`w0rk`") && error.contains("`work`"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_credential_of_the_service_manager_opens_the_vault() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    bench.set("CREDENTIALS_DIRECTORY", bench.home.path().to_str().unwrap());
    let path = bench.home.path().join("spotify-mcp-master-key");
    write_private(&path, crate::bench::MASTER_KEY.as_bytes());
    let choice = KeyChoice::Credential;
    let (session, _) = Session::create(bench.settings(), bench.context(), choice).unwrap();
    assert!(matches!(session.key_source().unwrap(), KeySource::Credential { .. }));
    drop(session);
    bench.open().unwrap();
    bench.set("SPOTIFY_MCP_MASTER_KEY_FD", "77");
    assert!(matches!(bench.open(), Err(OpenError::OtherKeySource { .. })));
}
