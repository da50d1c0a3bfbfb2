//! The program as a process: how it starts, stops, and what it writes where.

use serde_json::{Value, json};
use spotify_sim::Simulator;

use crate::{
    bench::Bench,
    client::{LATEST, VERSIONS},
};

#[tokio::test]
async fn the_end_of_the_input_ends_the_program_in_order() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (client, child) = bench.child(&[], &[]);
        let mut client = client.begin(version).await;
        client.ok("get_playlists", json!({})).await;
        assert_eq!(client.close().await, Vec::<Value>::new());
        assert_eq!(child.ended().await, (Some(0), String::new()));
    }
    let (mut client, child) = bench.child(&[], &[]);
    client.close().await;
    assert_eq!(child.ended().await.0, Some(0));
    let ends: Vec<_> =
        bench.log().into_iter().filter(|entry| entry.kind().starts_with("server.")).collect();
    assert_eq!(ends.len(), 8);
    assert!(ends.iter().skip(1).step_by(2).all(|end| end.reason() == Some("closed")));
}

#[tokio::test]
async fn the_start_warns_until_somebody_has_read_spotifys_policy() {
    let bench = Bench::usual().await;
    let (mut client, child) = bench.child(&[], &[("SPOTIFY_MCP_DEVELOPER_POLICY", "")]);
    client.close().await;
    let (code, said) = child.ended().await;
    assert_eq!(code, Some(0));
    assert!(said.contains("III.14") && said.contains("`spotify-admin setup`"), "{said}");
}

#[tokio::test]
async fn an_answer_that_is_due_is_given_although_the_input_has_ended() {
    let bench = Bench::usual().await;
    let (client, child) = bench.child(&[], &[]);
    let mut client = client.begin("2025-11-25").await;
    let id = client.ask("tools/call", json!({ "name": "get_playlists", "arguments": {} })).await;
    let left = client.close().await;
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0]["id"], &left[0]["result"]["isError"]), (&id.into(), &false.into()));
    assert_eq!(child.ended().await.0, Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_stops_the_program_in_order() {
    for signal in ["TERM", "INT"] {
        let bench = Bench::usual().await;
        let (client, child) = bench.child(&[], &[]);
        let mut client = client.begin(LATEST).await;
        client.ok("get_auth_status", json!({})).await;
        let process = child.0.id().unwrap().to_string();
        let sent =
            tokio::process::Command::new("kill").args(["-s", signal, &process]).status().await;
        assert!(sent.unwrap().success());
        assert_eq!(child.ended().await, (Some(0), String::new()), "{signal}");
        let last = bench.log().pop().unwrap();
        assert_eq!((last.kind(), last.reason()), ("server.stop", Some("stopped")));
    }
}

#[tokio::test]
async fn what_is_wrong_at_the_start_is_said_on_standard_error_and_nothing_on_standard_output() {
    let bench = Bench::usual().await;
    for (arguments, environment, said) in [
        (&["--profile", "nobody"][..], &[][..], "`nobody`"),
        (&[], &[("SPOTIFY_MCP_MASTER_KEY", "x")], "SPOTIFY_MCP_MASTER_KEY"),
        (&[], &[("LOG_LEVEL", "loud")], "LOG_LEVEL"),
        (&[], &[("SPOTIFY_MCP_HOME", "/nonexistent/of/tests")], "spotify-admin login"),
        (&[], &[("SPOTIFY_MCP_PROFILE", "No Name")], "SPOTIFY_MCP_PROFILE"),
        (&["--profile", "No Name"], &[], "profile name"),
    ] {
        let (mut client, child) = bench.child(arguments, environment);
        assert_eq!(client.receive().await, None, "{said}");
        let (code, errors) = child.ended().await;
        assert!(matches!(code, Some(1 | 2)), "{said}: {code:?}");
        assert!(errors.contains(said), "{said} is not in\n{errors}");
    }
}

#[tokio::test]
async fn no_secret_reaches_standard_output_or_error_at_the_most_verbose_level() {
    let bench = Bench::new(Simulator::builder().token_prefix("canary")).await;
    let (client, child) = bench.child(&[], &[("LOG_LEVEL", "trace"), ("RUST_LOG", "trace")]);
    let mut client = client.begin("2025-11-25").await;
    let begun = client.ok("get_auth_url", json!({})).await;
    let redirect = bench.sim.approve(begun["url"].as_str().unwrap()).await.unwrap();
    let code = redirect.code().unwrap();
    // A pasted code in every wrong place, then in the right one.
    client.fails("authenticate", json!({ "redirect": format!("{code} {code}") })).await;
    client.fails("authenticate", json!({ "code": code })).await;
    client.fails("authenticate", json!({ "redirect": [redirect.location()] })).await;
    client.line(&format!("{{\"redirect\":\"{code}\"")).await;
    client.line(&format!("{{\"redirect\":\"{code}\"}}")).await;
    client.request("tools/call", json!({ "name": 7, "arguments": { "redirect": code } })).await;
    client.ok("authenticate", json!({ "redirect": redirect.location() })).await;
    client.ok("search_tracks", json!({ "query": "night" })).await;
    bench.sim.expire_access_tokens();
    client.call("get_playlists", json!({})).await;
    client.close().await;
    let received = client.received.concat();
    let (_, errors) = child.ended().await;
    assert!(errors.contains("request to the Web API"), "the level is verbose:\n{errors}");
    let secrets = bench.sim.issued_secrets();
    assert!(secrets.len() >= 4);
    for secret in secrets {
        assert!(!received.contains(&secret.value), "{:?} on standard output", secret.kind);
        assert!(!errors.contains(&secret.value), "{:?} on standard error\n{errors}", secret.kind);
        let log: String = bench.log().iter().map(|entry| entry.line().to_owned()).collect();
        assert!(!log.contains(&secret.value), "{:?} in the audit log", secret.kind);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_process_is_closed_to_debuggers_and_core_files() {
    let bench = Bench::usual().await;
    let (client, child) = bench.child(&[], &[]);
    let mut client = client.begin(LATEST).await;
    client.ok("get_auth_status", json!({})).await;
    let directory = std::path::PathBuf::from(format!("/proc/{}", child.0.id().unwrap()));
    let limits = std::fs::read_to_string(directory.join("limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
}

#[tokio::test]
async fn the_help_says_how_to_start_and_the_version_is_told() {
    let bench = Bench::new(Simulator::builder()).await;
    for (argument, said) in
        [("--help", "spotify-admin login"), ("--version", env!("CARGO_PKG_VERSION"))]
    {
        let program = env!("CARGO_BIN_EXE_spotify-mcp");
        let output = tokio::process::Command::new(program)
            .arg(argument)
            .env_clear()
            .current_dir(bench.home.path())
            .output()
            .await
            .unwrap();
        assert!(output.status.success());
        assert!(String::from_utf8(output.stdout).unwrap().contains(said));
    }
}
