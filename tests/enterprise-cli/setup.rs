//! `setup`: what it asks, what it keeps, and what it tells a program that acts for a person.

use crate::bench::Bench;
use crate::terminal_bench::Terminal;

/// An installation of which nothing is there: no app in the environment, no AI client.
async fn clean() -> (Bench, tempfile::TempDir) {
    let mut bench = Bench::new().await;
    bench.unset("SPOTIFY_CLIENT_ID");
    let home = tempfile::tempdir().unwrap();
    bench.set("HOME", home.path().to_str().unwrap());
    (bench, home)
}

fn settings(bench: &Bench) -> String {
    std::fs::read_to_string(bench.home().join("config.toml")).unwrap_or_default()
}

#[tokio::test]
async fn a_person_is_asked_for_the_policy_the_app_and_the_keys_place_and_signs_in() {
    let (bench, _home) = clean().await;
    let mut terminal = Terminal::run(&bench, &["setup"]);
    terminal.until("do you want to go on? [y/N]").await;
    assert!(terminal.seen.contains("ingest Spotify Content into a machine learning or AI model"));
    terminal.answer("yes");
    terminal.until("http://127.0.0.1/callback").await;
    terminal.until("Client id:").await;
    terminal.answer("not an id");
    terminal.until("Client id:").await;
    terminal.answer(bench.sim.client_id());
    terminal.until("No AI client was found on this machine").await;
    terminal.until("Enter for `file`").await;
    terminal.answer("");
    terminal.until("paste the address that it ends at").await;
    bench.approve(&terminal.address()).await;
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0, "{stdout}");
    assert!(
        stdout.contains("Signed in as") && stdout.contains("spotify-admin install"),
        "{stdout}"
    );

    let kept = settings(&bench);
    assert!(kept.contains(bench.sim.client_id()) && kept.contains("developer_policy"), "{kept}");

    let terminal = Terminal::run(&bench, &["setup"]);
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0);
    assert!(stdout.contains("`default` is signed in"), "{stdout}");
    assert_eq!(settings(&bench), kept, "a second run changes nothing");
}

#[tokio::test]
async fn whoever_does_not_go_on_leaves_nothing_behind() {
    let (bench, _home) = clean().await;
    let mut terminal = Terminal::run(&bench, &["setup"]);
    terminal.until("[y/N]").await;
    terminal.answer("");
    terminal.until("nothing was changed").await;
    assert_eq!(terminal.finish().await.0, 6);
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn without_a_terminal_each_run_tells_the_next_step_until_nothing_is_left() {
    let (bench, _home) = clean().await;
    let step = async |arguments: &[&str], code: i32, next: &str| {
        let ran =
            bench.admin(&[&["setup", "--non-interactive", "--json"], arguments].concat()).await;
        ran.expect(code);
        let json = ran.json();
        let command = json["next_step"]["command"].as_str().unwrap().to_owned();
        assert!(command.contains(next), "{json}");
        assert_eq!(json["ready"], false);
    };
    step(&[], 2, "--policy-read").await;
    assert!(!bench.home().exists() || settings(&bench).is_empty());
    step(&["--policy-read"], 2, "--client-id").await;
    step(&["--client-id", bench.sim.client_id()], 3, "spotify-admin login").await;
    bench.sign_in(&["--key-source", "file"]).await;
    step(&[], 0, "spotify-admin install").await;
}

#[tokio::test]
async fn the_rest_of_the_settings_file_stays_and_a_sealed_one_is_not_touched() {
    let (bench, _home) = clean().await;
    std::fs::create_dir(bench.home()).unwrap();
    let before = "# of the team\nprofile = 'work' # for now\n";
    crate::bench::write_private(&bench.home().join("config.toml"), before);
    let id = bench.sim.client_id().to_owned();
    let setup = ["setup", "--non-interactive", "--client-id", &id];
    bench.admin(&setup).await.expect(2);
    assert_eq!(settings(&bench), format!("{before}client_id = \"{id}\"\n"));

    bench.sign_in(&["--key-source", "file"]).await;
    bench.admin(&["settings", "seal"]).await.expect(0);
    let sealed = settings(&bench);
    let ran = bench.admin(&["setup", "--non-interactive", "--policy-read"]).await;
    ran.expect(6).says(&["settings unseal"]);
    assert_eq!(settings(&bench), sealed);
}

#[tokio::test]
async fn another_app_than_that_of_the_environment_is_refused() {
    let (mut bench, _home) = clean().await;
    bench.set("SPOTIFY_CLIENT_ID", "0123456789abcdef0123456789abcdef");
    let ran =
        bench.admin(&["setup", "--non-interactive", "--policy-read", "--client-id", "other"]).await;
    ran.expect(2).says(&["SPOTIFY_CLIENT_ID"]);
    assert!(!bench.home().exists());
}
