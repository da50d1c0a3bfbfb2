//! No secret gets out, whatever is run and however much is logged.

use crate::bench::{Bench, CANARY, MASTER_KEY, Ran, files};

#[tokio::test]
async fn no_secret_is_in_any_output_or_file() {
    let mut bench = Bench::new().await;
    bench.set("LOG_LEVEL", "trace");
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    bench.set("SPOTIFY_CLIENT_SECRET", bench.sim.client_secret());
    let mut ran = vec![bench.sign_in(&["--profile", "work"]).await];

    let mut pasted = bench.login(&["--paste", "--profile", "work"]).await.unwrap();
    let redirect = bench.sim.approve(&pasted.address).await.unwrap();
    pasted.paste(&redirect.location().replace("state=", "state=x")).await;
    pasted.until("no sign-in waits").await;
    pasted.paste(redirect.location()).await;
    pasted.paste(redirect.location()).await;
    ran.push(pasted.finish().await);

    bench.sim.fault(spotify_sim::Fault::answer(500, "text/html", "canary-page").operation("token"));
    let failing = bench.login(&["--profile", "work"]).await.unwrap();
    drop(bench.sim.approve(&failing.address).await.unwrap().follow().await);
    ran.push(failing.finish().await);

    for arguments in [
        &["status", "--profile", "work"][..],
        &["profiles", "--json"],
        &["create-profile", "home"],
        &["audit", "all", "1000"],
        &["audit", "--json"],
        &["alerts"],
        &["enable-keychain"],
        &["disable-keychain", "--to", "file"],
        &["revoke", "work", "--yes"],
    ] {
        ran.push(bench.admin(arguments).await);
    }

    let mut secrets: Vec<_> =
        bench.sim.issued_secrets().into_iter().map(|secret| secret.value).collect();
    assert!(secrets.len() >= 6, "{secrets:?}");
    secrets.extend([CANARY.to_owned(), MASTER_KEY.to_owned()]);
    for Ran { stdout, stderr, .. } in &ran {
        for secret in &secrets {
            assert!(
                !stdout.contains(secret) && !stderr.contains(secret),
                "{secret}: {stdout}{stderr}"
            );
        }
    }
    for path in files(&bench.home()) {
        let bytes = std::fs::read(&path).unwrap();
        for secret in &secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{} holds {secret}", path.display());
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn no_other_program_may_read_the_memory_of_the_process() {
    let bench = Bench::new().await;
    let waiting = bench.login(&["--key-source", "file"]).await.unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", waiting.id()));
    // A process that can't be looked into belongs to root, unless the test is run by root.
    if let Ok(limits) = limits {
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    }
    waiting.interrupt();
    waiting.finish().await.expect(3);
}
