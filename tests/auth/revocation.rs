//! Taking access away.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use spotify_auth::ProfileId;
use spotify_auth::rotation::BearerError;
use spotify_auth::session::{
    Eraser, KeyChoice, OpenError, ProfileError, RegistryError, Session, Status,
};
use spotify_auth::sign_in::SignInError;
use spotify_sim::{Fault, Rotation, Service};

use crate::bench::{Bench, copy_directory, desk, files};

#[tokio::test]
async fn a_running_program_refuses_at_once_when_another_revokes() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    tokens.bearer(None).await.unwrap();

    let admin = bench.open().unwrap();
    let revoked = admin.revoke(Some(profile.name())).unwrap();
    assert!(!revoked.again);
    assert_eq!(revoked.erased(), 1);
    assert!(revoked.is_complete());

    let error = tokens.bearer(None).await.unwrap_err();
    assert!(matches!(error, BearerError::Revoked), "{error:?}");
    assert!(matches!(profile.status().unwrap(), Status::Revoked { .. }));
    assert_eq!(bench.logged("SM1202I"), 2, "intent and outcome");
    assert_eq!(bench.logged("SM1104E"), 1, "the use afterwards");
}

#[tokio::test]
async fn revoking_again_is_no_error_and_erases_nothing_more() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let first = session.revoke(Some(profile.name())).unwrap();
    let second = session.revoke(Some(profile.name())).unwrap();
    assert!(second.again);
    assert_eq!(second.erased(), 0);
    assert_eq!(second.at, first.at);
    assert_eq!(second.entry, first.entry);
}

#[tokio::test]
async fn a_sign_in_under_way_does_not_bring_a_revoked_profile_back() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    session.revoke(Some(profile.name())).unwrap();
    let error = desk.complete(redirect.location()).await.unwrap_err();
    assert!(matches!(error, SignInError::Store(_)), "{error:?}");
    assert!(matches!(profile.status().unwrap(), Status::Revoked { .. }));
}

#[tokio::test]
async fn a_name_is_free_again_after_revocation_but_the_old_profile_stays_dead() {
    let bench = Bench::new().await;
    let (session, old) = bench.signed_in().await;
    assert!(matches!(
        session.create_profile(old.name()),
        Err(OpenError::Registry(RegistryError::Exists(_)))
    ));
    session.revoke(Some(old.name())).unwrap();
    assert!(matches!(
        session.profile(Some(old.name())).unwrap().tokens(),
        Err(ProfileError::Revoked { .. })
    ));
    let new = session.create_profile(old.name()).unwrap();
    assert_ne!(new.id(), old.id());
    bench.sign_in(&new).await.unwrap();
    assert!(matches!(
        session.profile(Some(old.name())).unwrap().status().unwrap(),
        Status::SignedIn(_)
    ));
    assert!(matches!(old.status().unwrap(), Status::Revoked { .. }));
    assert_eq!(session.profiles().unwrap().len(), 2);
}

#[tokio::test]
async fn an_unknown_profile_is_named() {
    let bench = Bench::new().await;
    let session = bench.create();
    let error = session.profile(Some(&"nobody".parse().unwrap())).unwrap_err().to_string();
    assert!(error.contains("`nobody`") && error.contains("create-profile"), "{error}");
}

#[tokio::test]
async fn a_refresh_under_way_does_not_bring_a_revoked_profile_back() {
    for rotation in [Rotation::Never, Rotation::Always] {
        let bench = Bench::new().await;
        bench.sim.set_rotation(rotation);
        let (session, profile) = bench.signed_in().await;
        let tokens = profile.tokens().unwrap();
        bench.advance(Duration::from_hours(1));
        let slow = Fault::delay(Duration::from_millis(100));
        bench.sim.fault(slow.on(Service::Accounts).path("/api/token"));
        let (outcome, ()) = tokio::join!(tokens.bearer(None), async {
            while bench.sim.count("token") < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert!(session.revoke(Some(profile.name())).unwrap().is_complete());
        });
        assert!(matches!(outcome, Err(BearerError::Revoked)), "{outcome:?}");
        tokens.settled().await;
        assert!(!tokens.is_degraded());
        assert!(matches!(tokens.bearer(None).await, Err(BearerError::Revoked)));
        let left = records(&bench.home.path().join("vault/subjects"));
        assert_eq!(left, 2, "the list of profiles, the log's key; nothing of the profile");
    }
}

#[tokio::test]
async fn an_older_copy_of_the_vault_does_not_bring_a_revoked_profile_back() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let (vault, copy) = (bench.home.path().join("vault"), bench.home.path().join("copy"));
    copy_directory(&vault, &copy);
    let tokens = profile.tokens().unwrap();
    session.revoke(Some(profile.name())).unwrap();
    std::fs::remove_dir_all(&vault).unwrap();
    copy_directory(&copy, &vault);

    // A program that runs refuses before anything of the copy is read.
    assert!(matches!(tokens.bearer(None).await, Err(BearerError::Revoked)));
    let session = bench.open().unwrap();
    let again = session.profile(Some(profile.name())).unwrap();
    assert!(matches!(again.status().unwrap(), Status::Revoked { .. }));
    assert!(matches!(again.tokens(), Err(ProfileError::Revoked { .. })));
    assert_eq!(bench.logged("SM1207E"), 1, "that it was there again");
    assert_eq!(records(&vault.join("subjects")), 2, "and was erased again");
    session.create_profile(profile.name()).unwrap();
}

#[tokio::test]
async fn a_vault_whose_key_is_lost_can_be_revoked_by_the_profile_s_id() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    let (session, code) =
        Session::create(bench.settings(), bench.context(), KeyChoice::File).unwrap();
    let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
    bench.sign_in(&profile).await.unwrap();
    let tokens = profile.tokens().unwrap();
    tokens.bearer(None).await.unwrap();
    std::fs::remove_file(bench.home.path().join("vault.key")).unwrap();
    bench.open().unwrap_err();

    let revoked =
        Session::revoke_locked(&bench.settings(), &bench.context(), profile.id()).unwrap();
    assert!(revoked.is_complete() && !revoked.again, "{revoked:?}");
    assert_eq!(revoked.erased(), 1);
    assert!(matches!(tokens.bearer(None).await, Err(BearerError::Revoked)));
    assert_eq!(bench.logged("SM1202I"), 2, "intent and outcome");
    let again = Session::revoke_locked(&bench.settings(), &bench.context(), profile.id()).unwrap();
    assert!(again.again && again.at == revoked.at);

    // With the recovery code the list of profiles agrees.
    drop(session);
    let session =
        Session::recover(bench.settings(), bench.context(), code, KeyChoice::File).unwrap();
    let profile = session.profile(Some(profile.name())).unwrap();
    assert!(matches!(profile.status().unwrap(), Status::Revoked { .. }));
}

#[tokio::test]
async fn an_id_that_the_log_does_not_know_is_revoked_and_what_is_left_is_told() {
    let bench = Bench::new().await;
    bench.create();
    let id: ProfileId = "p_00112233445566778899aabbccddeeff".parse().unwrap();
    let revoked = Session::revoke_locked(&bench.settings(), &bench.context(), &id).unwrap();
    assert!(!revoked.is_complete());
    assert!(revoked.copies[0].erased.as_ref().unwrap_err().contains("next opening"));
    assert_eq!(bench.logged("SM1206E"), 1);
}

#[derive(Default)]
struct Cache {
    asked: Mutex<Vec<ProfileId>>,
    broken: bool,
}

impl Eraser for Cache {
    fn place(&self) -> &'static str {
        if self.broken { "broken cache" } else { "cache" }
    }

    fn erase(&self, profile: &ProfileId) -> Result<usize, Box<dyn Error + Send + Sync>> {
        self.asked.lock().unwrap().push(profile.clone());
        if self.broken { Err("it is held open".into()) } else { Ok(7) }
    }
}

#[tokio::test]
async fn every_copy_is_erased_and_each_that_is_left_is_told() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let broken = Arc::new(Cache { broken: true, ..Cache::default() });
    let working = Arc::new(Cache::default());
    session.add_eraser(Arc::<Cache>::clone(&broken));
    session.add_eraser(Arc::<Cache>::clone(&working));
    let revoked = session.revoke(Some(profile.name())).unwrap();
    assert!(!revoked.is_complete());
    let left: Vec<_> = revoked.copies.iter().filter(|copy| copy.erased.is_err()).collect();
    assert_eq!((left.len(), left[0].place), (1, "broken cache"));
    assert_eq!(revoked.erased(), 1 + 7);
    assert_eq!(*working.asked.lock().unwrap(), [profile.id().clone()]);
    assert!(matches!(profile.status().unwrap(), Status::Revoked { .. }));
    assert_eq!(bench.logged("SM1206E"), 1);
}

#[tokio::test]
async fn an_idle_program_learns_of_a_revocation_within_half_a_second_and_erases_what_it_keeps() {
    let bench = Bench::new().await;
    let (session, profile) = bench.with_profile();
    let cache = Arc::new(Cache::default());
    session.add_eraser(Arc::<Cache>::clone(&cache));
    let watch = session.watch(&profile);
    tokio::time::pause();
    let looking = watch.revoked();
    tokio::pin!(looking);
    let long = tokio::time::timeout(Duration::from_mins(1), &mut looking).await;
    assert!(long.is_err(), "nothing happens while nothing was revoked");

    bench.open().unwrap().revoke(Some(profile.name())).unwrap();
    let before = tokio::time::Instant::now();
    let copies = looking.await;
    assert!(before.elapsed() <= Duration::from_millis(501), "{:?}", before.elapsed());
    assert_eq!((copies.len(), copies[0].place), (1, "cache"));
    assert_eq!(*cache.asked.lock().unwrap(), [profile.id().clone()]);
    assert_eq!(bench.logged("SM1208I"), 1);
}

#[tokio::test]
async fn revoking_one_profile_leaves_the_other_as_it_is_to_the_byte() {
    let bench = Bench::new().await;
    let (session, first) = bench.signed_in().await;
    let before = files(&bench.home.path().join("vault/subjects"));
    let second = session.create_profile(&"second".parse().unwrap()).unwrap();
    bench.sign_in(&second).await.unwrap();
    session.revoke(Some(second.name())).unwrap();
    let after = files(&bench.home.path().join("vault/subjects"));
    let changed = before.iter().filter(|file| !after.contains(file)).count();
    assert_eq!(changed, 1, "the list of profiles");
    first.tokens().unwrap().bearer(None).await.unwrap();
}

fn records(directory: &Path) -> usize {
    files(directory)
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|end| end == "rec"))
        .count()
}
