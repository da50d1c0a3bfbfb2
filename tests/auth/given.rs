//! A grant that the program was started with: containers without a vault.

use std::time::Duration;

use spotify_auth::Policy;
use spotify_auth::rotation::BearerError;
use spotify_auth::session::{OpenError, ProfileError, Status};
use spotify_sim::{DEFAULT_USER, Rotation};

use crate::bench::{Bench, files, write_private};

const HOUR: Duration = Duration::from_hours(1);

async fn given(rotation: Rotation) -> Bench {
    let bench = Bench::new().await;
    bench.sim.set_rotation(rotation);
    let tokens = bench.sim.grant(DEFAULT_USER, &["user-read-private"]);
    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    bench.set("SPOTIFY_REFRESH_TOKEN", &tokens.refresh_token);
    bench
}

#[tokio::test]
async fn a_given_grant_serves_without_a_vault_and_nothing_of_it_is_written() {
    let bench = given(Rotation::Never).await;
    let session = bench.open().unwrap();
    let profile = session.profile(None).unwrap();
    let tokens = profile.tokens().unwrap();
    let first = tokens.bearer(None).await.unwrap();
    assert_eq!(tokens.bearer(None).await.unwrap(), first);
    bench.advance(HOUR);
    tokens.bearer(None).await.unwrap();
    let Status::SignedIn(status) = profile.status().unwrap() else { panic!("signed in") };
    assert_eq!(status.scopes.to_string(), "user-read-private");
    assert!(!bench.home.path().join("vault").exists());
    for (path, bytes) in files(bench.home.path()) {
        for secret in bench.sim.issued_secrets() {
            let text = secret.value.as_bytes();
            assert!(!bytes.windows(text.len()).any(|part| part == text), "{path}");
        }
    }
    assert_eq!(bench.logged("SM1109W"), 0, "nothing was replaced");
    let again = bench.open().unwrap().profile(None).unwrap();
    assert_eq!(again.id(), profile.id(), "the same at each start");
}

#[tokio::test]
async fn a_replaced_token_that_could_not_be_kept_is_told() {
    let bench = given(Rotation::Always).await;
    let tokens = bench.open().unwrap().profile(None).unwrap().tokens().unwrap();
    tokens.bearer(None).await.unwrap();
    assert_eq!(bench.logged("SM1109W"), 1);
    bench.advance(HOUR);
    tokens.bearer(None).await.unwrap();
    // The next start has only the spent one.
    let tokens = bench.open().unwrap().profile(None).unwrap().tokens().unwrap();
    assert!(matches!(tokens.bearer(None).await, Err(BearerError::Ended(_))));
}

#[tokio::test]
async fn nothing_of_a_given_grant_can_be_changed_here_but_it_can_be_revoked() {
    let bench = given(Rotation::Never).await;
    let session = bench.open().unwrap();
    let profile = session.profile(None).unwrap();
    let tokens = profile.tokens().unwrap();
    let scopes = "user-read-private".parse().unwrap();
    assert!(matches!(profile.sign_ins(scopes), Err(ProfileError::Given)));
    assert!(matches!(session.suspend(None), Err(OpenError::ReadOnly)));
    assert!(matches!(session.set_policy(None, Policy::default()), Err(OpenError::ReadOnly)));
    assert!(matches!(session.create_profile(&"x".parse().unwrap()), Err(OpenError::ReadOnly)));
    let revoked = session.revoke(None).unwrap();
    assert!(!revoked.is_complete());
    assert!(revoked.copies[0].erased.as_ref().unwrap_err().contains("SPOTIFY_REFRESH_TOKEN"));
    assert!(matches!(tokens.bearer(None).await, Err(BearerError::Revoked)));
    let tokens = bench.open().unwrap().profile(None).unwrap().tokens();
    assert!(tokens.is_err(), "and at the next start");
}

#[tokio::test]
async fn a_given_grant_and_a_vault_are_one_too_many() {
    let bench = Bench::new().await;
    bench.create();
    bench.set("SPOTIFY_REFRESH_TOKEN", "x");
    assert!(matches!(bench.open(), Err(OpenError::GivenAndVault { .. })));
}

#[tokio::test]
async fn secrets_come_from_files_and_an_unsafe_or_absent_file_is_a_problem() {
    let bench = given(Rotation::Never).await;
    let token = bench.extra.lock().unwrap()["SPOTIFY_REFRESH_TOKEN"].clone();
    bench.set("SPOTIFY_REFRESH_TOKEN", "");
    let path = bench.home.path().join("token");
    write_private(&path, format!("{token}\n").as_bytes());
    bench.set("SPOTIFY_REFRESH_TOKEN_FILE", path.to_str().unwrap());
    let tokens = bench.open().unwrap().profile(None).unwrap().tokens().unwrap();
    tokens.bearer(None).await.unwrap();

    std::fs::remove_file(&path).unwrap();
    let text = bench.try_settings().unwrap_err().to_string();
    assert!(text.contains("SPOTIFY_REFRESH_TOKEN"), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        write_private(&path, token.as_bytes());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let text = bench.try_settings().unwrap_err().to_string();
        assert!(text.contains("SPOTIFY_REFRESH_TOKEN") && !text.contains(&token), "{text}");
    }
}
