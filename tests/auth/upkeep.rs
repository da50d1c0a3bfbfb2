//! What an operator does with the vault as a whole.

use std::fs;

use secrecy::SecretString;
use spotify_auth::Policy;
use spotify_auth::session::{OpenError, Session, Status};
use spotify_vault::backup::{BackupKey, BackupLock, Older};
use spotify_vault::{Rotation, VaultError};

use crate::bench::{Bench, copy_directory};

fn passphrase() -> SecretString {
    SecretString::from("correct horse battery")
}

fn quiet() -> impl FnMut(spotify_vault::Progress) {
    |_| ()
}

#[tokio::test]
async fn data_keys_are_rotated_under_a_living_grant_and_that_is_logged() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    for rotation in [Rotation::NextWrite, Rotation::Sweep, Rotation::Compromised] {
        session.rotate_keys(rotation, &mut quiet()).unwrap();
    }
    assert!(session.sweep_keys(&mut quiet()).unwrap().is_complete());
    let status = session.vault_status(&mut quiet()).unwrap();
    assert_eq!((status.terms.len(), status.damaged.len()), (1, 0));
    assert!(session.verify_vault(&mut quiet()).unwrap().is_sound());
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));
    // Four intents, three terms, three sweeps.
    assert_eq!(bench.logged("SM1309I"), 10);
}

#[tokio::test]
async fn a_backup_is_put_back_where_the_vault_was_lost() {
    let bench = Bench::new().await;
    let (session, _) = bench.signed_in().await;
    let file = bench.home.path().join("backup.age");
    let lock = BackupLock::Passphrase(passphrase());
    let made = session.back_up(&file, &lock, &mut quiet()).unwrap();
    assert!(made.records >= 2, "the grant and the list of profiles");
    drop(session);
    fs::remove_dir_all(bench.home.path().join("vault")).unwrap();
    let key = BackupKey::Passphrase(passphrase());
    let (settings, context) = (bench.settings(), bench.context());
    let (session, restored) =
        Session::restore(settings, context, (&file, &key), None, Older::Refuse, &mut quiet())
            .unwrap();
    assert_eq!((restored.restored, restored.older.len()), (made.records, 0));
    let profile = session.profile(Some(&"work".parse().unwrap())).unwrap();
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));
    profile.tokens().unwrap().bearer(None).await.unwrap();
    assert_eq!((bench.logged("SM1310I"), bench.logged("SM1311I")), (2, 2));
}

#[tokio::test]
async fn a_record_that_the_log_knows_newer_is_left_out_of_a_restore_unless_that_is_asked_for() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let file = bench.home.path().join("backup.age");
    session.back_up(&file, &BackupLock::Passphrase(passphrase()), &mut quiet()).unwrap();
    bench.advance(std::time::Duration::from_hours(2));
    profile.tokens().unwrap().bearer(None).await.unwrap();
    drop((session, profile));
    fs::remove_dir_all(bench.home.path().join("vault")).unwrap();
    let key = BackupKey::Passphrase(passphrase());
    let restore = |older| {
        let (settings, context) = (bench.settings(), bench.context());
        Session::restore(settings, context, (&file, &key), None, older, &mut quiet()).unwrap()
    };
    let (session, restored) = restore(Older::Refuse);
    assert_eq!(restored.older.len(), 1, "the grant was renewed since");
    let profile = session.profile(Some(&"work".parse().unwrap())).unwrap();
    assert_eq!(profile.status().unwrap(), Status::NotSignedIn);
    let (session, restored) = restore(Older::Accept);
    assert_eq!(restored.older.len(), 1);
    let profile = session.profile(Some(&"work".parse().unwrap())).unwrap();
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));
}

#[tokio::test]
async fn a_profile_that_was_revoked_since_the_backup_stays_dead() {
    let bench = Bench::new().await;
    let (session, _) = bench.signed_in().await;
    let name = "work".parse().unwrap();
    let file = bench.home.path().join("backup.age");
    session.back_up(&file, &BackupLock::Passphrase(passphrase()), &mut quiet()).unwrap();
    session.revoke(Some(&name)).unwrap();
    drop(session);
    fs::remove_dir_all(bench.home.path().join("vault")).unwrap();
    let key = BackupKey::Passphrase(passphrase());
    let (settings, context) = (bench.settings(), bench.context());
    let (session, _) =
        Session::restore(settings, context, (&file, &key), None, Older::Accept, &mut quiet())
            .unwrap();
    let profile = session.profile(Some(&name)).unwrap();
    assert!(matches!(profile.status().unwrap(), Status::Revoked { .. }));
    assert_eq!(bench.logged("SM1207E"), 1, "what came back was erased again");
}

#[tokio::test]
async fn a_vault_moves_to_another_directory_and_the_settings_name_it() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let to = bench.home.path().join("elsewhere");
    let (settings, context) = (bench.settings(), bench.context());
    let (moved, migrated) = Session::migrate(settings, context, &to, &mut quiet()).unwrap();
    assert!(migrated.copied >= 2 && migrated.copied == migrated.erased, "{migrated:?}");
    assert_eq!(moved.settings().vault_dir(), to);
    // A program that has the old place open is refused, and so is one that starts there.
    let error = profile.status().unwrap_err();
    assert!(format!("{error:?}").contains("Moved"), "{error:?}");
    let error = bench.open().unwrap_err();
    assert!(matches!(error, OpenError::Vault(VaultError::Moved { .. })), "{error:?}");
    drop(session);
    bench.set("SPOTIFY_MCP_VAULT", to.to_str().unwrap());
    let profile = bench.open().unwrap().profile(Some(&"work".parse().unwrap())).unwrap();
    profile.tokens().unwrap().bearer(None).await.unwrap();
    assert_eq!(bench.logged("SM1312I"), 2);
}

#[tokio::test]
async fn a_move_that_has_not_arrived_is_given_up() {
    let bench = Bench::new().await;
    let (_session, _) = bench.signed_in().await;
    // Another vault stands in the way, so the move ends before it began.
    let to = bench.home.path().join("elsewhere");
    let other = Bench::new().await;
    drop(other.create());
    copy_directory(&other.home.path().join("vault"), &to);
    let (settings, context) = (bench.settings(), bench.context());
    let error = Session::migrate(settings, context, &to, &mut quiet()).unwrap_err();
    assert!(matches!(error, OpenError::Vault(VaultError::AlreadyExists { .. })), "{error:?}");
    bench.open().unwrap();
    fs::remove_dir_all(&to).unwrap();
    fs::create_dir(&to).unwrap();
    make_private(&to);
    Session::cancel_migration(&bench.settings(), &bench.context(), &to).unwrap();
    bench.open().unwrap();
}

#[tokio::test]
async fn a_policy_outlives_a_restart() {
    let bench = Bench::new().await;
    let (session, _) = bench.signed_in().await;
    let name = "work".parse().unwrap();
    let policy = Policy { environment: "staging".parse().unwrap(), ..Policy::default() };
    session.set_policy(Some(&name), policy.clone()).unwrap();
    let again = bench.open().unwrap().profile(Some(&name)).unwrap();
    assert_eq!(again.policy().unwrap(), policy);
}

#[cfg(unix)]
fn make_private(directory: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(not(unix))]
fn make_private(_: &std::path::Path) {}
