//! Every example of a help text is run, as it stands there, by a shell.

use std::path::Path;

use tokio::process::Command;

use crate::bench::{Bench, Ran};

/// Each example, what has to be done before it, and what it ends with where nobody sits at a terminal.
const EXAMPLES: &[(&str, &[&[&str]], i32)] = &[
    ("spotify-admin install --list", &[], 0),
    ("spotify-admin install claude-desktop", &[], 0),
    ("spotify-admin install cursor --profile work --read-only --dry-run", &[], 0),
    ("spotify-admin import ~/spotify-mcp --dry-run", &[], 0),
    ("spotify-admin import ~/spotify-mcp/.cache --profile home", &[], 0),
    (
        "spotify-admin import ~/spotify-mcp --erase --yes",
        &[&["create-profile", "spare"], &["default-profile", "spare"]],
        0,
    ),
    // The one profile has not said that it read the policy; nobody started a server's program.
    ("spotify-admin doctor", &[&["default-profile", "work"]], 10),
    ("spotify-admin doctor --offline --fix", &[], 10),
    ("spotify-admin doctor --profile work --json", &[], 10),
    ("spotify-admin status", &[], 0),
    ("spotify-admin status --profile work --check || notify-send 'Spotify wants you'", &[], 0),
    ("spotify-admin rename-profile work office", &[], 0),
    (
        "spotify-admin rename-profile work office --reason 'the company moved'",
        &[&["rename-profile", "office", "work"]],
        0,
    ),
    ("spotify-admin remove-profile work --dry-run", &[&["rename-profile", "office", "work"]], 0),
    ("spotify-admin remove-profile work --yes --reason 'left the team'", &[], 0),
    ("spotify-admin vault generate-key --out master.key", &[], 0),
    ("export SPOTIFY_MCP_MASTER_KEY=\"$(spotify-admin vault generate-key)\"", &[], 0),
    ("spotify-admin man | man -l -", &[], 0),
    ("spotify-admin man vault rotate | man -l -", &[], 0),
    (
        "spotify-admin completions bash > ~/.local/share/bash-completion/completions/spotify-admin",
        &[],
        0,
    ),
    ("spotify-admin completions fish > ~/.config/fish/completions/spotify-admin.fish", &[], 0),
];

/// What asks for a sign-in with an app of one's own: the tests of `setup` and `login` do it.
const ELSEWHERE: [&str; 5] = [
    "spotify-admin setup",
    "spotify-admin setup --client-id ID --client cursor",
    "spotify-admin setup --non-interactive --client-id ID --policy-read",
    "spotify-admin login --qr --no-browser",
    "spotify-admin login --profile work --toolsets playback,playlists",
];

#[test]
fn every_example_is_tried() {
    let tried: Vec<_> = EXAMPLES.iter().map(|(example, _, _)| *example).chain(ELSEWHERE).collect();
    for example in examples(&enterprise_cli::command()) {
        assert!(tried.contains(&example.as_str()), "{example} is not tried here");
    }
}

#[tokio::test]
async fn examples_do_what_their_help_says() {
    let mut bench = Bench::signed_in().await;
    let user = bench.home().with_file_name("user");
    let programs = user.join("bin");
    for directory in [
        "bin",
        "spotify-mcp",
        ".cursor",
        ".local/share/bash-completion/completions",
        ".config/fish/completions",
    ] {
        std::fs::create_dir_all(user.join(directory)).unwrap();
    }
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_spotify-admin"), programs.join("spotify-admin"))
        .unwrap();
    for other in ["man", "notify-send"] {
        script(&bench, &format!("user/bin/{other}"), "#!/bin/sh\ncat > /dev/null\n");
    }
    let tokens = bench.sim.grant_all();
    bench.private_file(
        "user/spotify-mcp/.cache",
        &format!(r#"{{"refresh_token":"{}"}}"#, tokens.refresh_token),
    );
    bench.set("HOME", user.to_str().unwrap());
    bench.set("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    bench.admin(&["default-profile", "work"]).await.expect(0);
    let mut wrong = Vec::new();
    for (example, before, code) in EXAMPLES {
        for command in *before {
            bench.admin(command).await.expect(0);
        }
        let ran = run(&bench, example, &user).await;
        if ran.code != *code {
            wrong.push(format!("{example}: {ran:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs a line as a person types it.
async fn run(bench: &Bench, line: &str, directory: &Path) -> Ran {
    let mut shell: Command = bench.command_of("/bin/sh");
    shell.args(["-c", line]).current_dir(directory);
    Ran::of(shell.output().await.unwrap())
}

fn script(bench: &Bench, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = bench.private_file(name, text);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
}

/// Returns the examples of all help texts.
fn examples(command: &clap::Command) -> Vec<String> {
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let own = help.split_once("Examples:").map(|(_, after)| after.to_owned()).unwrap_or_default();
    let own = own.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    own.chain(command.get_subcommands().flat_map(examples)).collect()
}
