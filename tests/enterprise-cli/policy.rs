//! `policy show` and `policy set`.

use serde_json::json;

use crate::bench::Bench;

#[tokio::test]
async fn a_policy_changes_in_the_named_parts_and_stays_in_the_others() {
    let bench = Bench::signed_in().await;
    let set = |arguments: &'static [&'static str]| {
        let bench = &bench;
        async move { bench.admin(&[&["policy", "set", "work"], arguments].concat()).await }
    };
    set(&["--sign-in-every", "90d", "--environment", "production"]).await.expect(0);
    set(&["--renew-tokens-after", "10m"]).await.expect(0).shows(&["10m", "90d", "production"]);
    set(&["--destructive", "forbid", "--writes", "confirm"]).await.expect(0);
    let shown = bench.admin(&["policy", "show", "work", "--json"]).await.json();
    assert_eq!(
        shown,
        json!({
            "profile": "work",
            "renew_tokens_after": 600,
            "renew_keys_after": null,
            "sign_in_every": 90 * 24 * 60 * 60,
            "rotation": "any",
            "environment": "production",
            "destructive": "forbid",
            "writes": "confirm",
        })
    );
    let again = bench.admin(&["policy", "set", "work", "--sign-in-every", "90d", "--json"]).await;
    assert_eq!(again.expect(0).json()["changed"], json!(false));
    set(&["--sign-in-every", "off"]).await.expect(0);
    let shown = bench.admin(&["policy", "show", "work", "--json"]).await.json();
    assert_eq!(shown["sign_in_every"], json!(null));
    let changes = bench.records().iter().filter(|entry| entry.code() == "SM1205I").count();
    assert_eq!(changes, 10, "an intent and an outcome for each of five");
}

#[tokio::test]
async fn a_policy_that_nobody_could_live_with_is_refused() {
    let bench = Bench::signed_in().await;
    for (rule, age) in
        [("--sign-in-every", "1m"), ("--renew-tokens-after", "1s"), ("--renew-keys-after", "1s")]
    {
        let ran = bench.admin(&["policy", "set", "work", rule, age, "--json"]).await;
        ran.expect(2);
        assert_eq!(ran.error_code(), "policy");
    }
    bench.admin(&["policy", "set", "work"]).await.expect(2);
    bench.admin(&["policy", "set", "work", "--environment", "prod"]).await.expect(2);
    bench.admin(&["policy", "set", "work", "--rotation", "sometimes"]).await.expect(2);
    bench.admin(&["policy", "set", "work", "--sign-in-every", "soon"]).await.expect(2);
    bench.admin(&["policy", "set", "work", "--writes", "ask"]).await.expect(2);
    bench.admin(&["policy", "show", "nobody"]).await.expect(5);
}
