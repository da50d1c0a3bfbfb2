//! Records have the fields that the catalogue names, and no others.

use std::time::Duration;

use spotify_auth::session::events::FAMILIES;
use spotify_sim::DEFAULT_USER;

use crate::bench::Bench;

#[tokio::test]
async fn every_record_of_a_profile_s_life_has_the_fields_that_the_catalogue_names() {
    let bench = Bench::new().await;
    let (session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.advance(Duration::from_hours(2));
    tokens.bearer(None).await.unwrap();
    session.suspend(Some(profile.name())).unwrap();
    tokens.bearer(None).await.unwrap_err();
    session.resume(Some(profile.name())).unwrap();
    session.set_policy(Some(profile.name()), spotify_auth::Policy::default()).unwrap();
    bench.sim.remove_app(DEFAULT_USER);
    bench.advance(Duration::from_hours(2));
    tokens.bearer(None).await.unwrap_err();
    session.revoke(Some(profile.name())).unwrap();
    tokens.bearer(None).await.unwrap_err();
    drop(session);
    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    bench.open().unwrap_err();

    let mut codes = std::collections::BTreeSet::new();
    for record in bench.log() {
        codes.insert(record.code().to_owned());
        let mut declared = FAMILIES.iter().copied().flatten();
        let fits = declared.any(|event| {
            let names: Vec<_> = event.fields.iter().map(|field| field.name).collect();
            event.label.is(&record)
                && event.label.kind.as_str() == record.kind()
                && event.stage == record.stage()
                && record.all_data().keys().all(|name| names.contains(&name.as_str()))
                && event
                    .fields
                    .iter()
                    .all(|field| field.is_optional || record.data(field.name).is_some())
        });
        assert!(fits, "{}", record.line());
    }
    assert!(codes.len() >= 14, "{codes:?}");
}
