//! What a program keeps sealed with a profile.

use spotify_auth::session::ProfileError;
use spotify_auth::store::StoreError;

use crate::bench::Bench;

#[tokio::test]
async fn a_programs_record_is_sealed_with_the_profile_and_erased_with_it() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    assert_eq!(profile.read_record("notes").unwrap(), None);
    profile
        .update_record("notes", |before| {
            assert_eq!(before, None);
            b"canary-of-the-record".to_vec()
        })
        .unwrap();
    profile.update_record("notes", |before| [before.unwrap(), b", twice"].concat()).unwrap();
    assert_eq!(profile.read_record("notes").unwrap().unwrap(), b"canary-of-the-record, twice");
    assert_eq!(profile.read_record("other").unwrap(), None);
    assert!(matches!(profile.read_record("No Name"), Err(ProfileError::Store { .. })));

    session.suspend(Some(profile.name())).unwrap();
    let suspended = |result: Result<_, ProfileError>| {
        matches!(result, Err(ProfileError::Store { source: StoreError::Suspended, .. }))
    };
    assert!(suspended(profile.read_record("notes").map(drop)));
    assert!(suspended(profile.update_record("notes", |_| Vec::new())));
    session.resume(Some(profile.name())).unwrap();

    let revoked = session.revoke(Some(profile.name())).unwrap();
    assert!(revoked.is_complete() && revoked.erased() >= 2, "{revoked:?}");
    let gone = profile.read_record("notes");
    assert!(
        matches!(gone, Err(ProfileError::Store { source: StoreError::Revoked, .. })),
        "{gone:?}"
    );
}
