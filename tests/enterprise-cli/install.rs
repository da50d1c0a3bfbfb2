//! Putting the server into the configuration of AI clients, and taking it out again: on files as
//! their owners have them.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::bench::{Bench, Ran, write_private};

/// A user's home directory with the files of all clients.
struct Home {
    bench: Bench,
    directory: TempDir,
}

/// A client, its file in the home directory, and what its owner has in it.
struct Sample {
    client: &'static str,
    path: &'static str,
    text: &'static str,
    /// The list, empty, that stays where there was none before.
    list: &'static str,
}

const SAMPLES: [Sample; 8] = [
    Sample {
        client: "claude-desktop",
        path: ".config/Claude/claude_desktop_config.json",
        text: include_str!("clients/claude-desktop.json"),
        list: "",
    },
    Sample {
        client: "claude-code",
        path: ".claude.json",
        text: include_str!("clients/claude-code.json"),
        list: "",
    },
    Sample {
        client: "cursor",
        path: ".cursor/mcp.json",
        text: include_str!("clients/cursor.json"),
        list: "",
    },
    Sample {
        client: "vscode",
        path: ".config/Code/User/mcp.json",
        text: include_str!("clients/vscode.json"),
        list: "",
    },
    Sample {
        client: "windsurf",
        path: ".codeium/windsurf/mcp_config.json",
        text: include_str!("clients/windsurf.json"),
        list: "",
    },
    Sample {
        client: "zed",
        path: ".config/zed/settings.json",
        text: include_str!("clients/zed.json"),
        list: "\n  \"context_servers\": {},",
    },
    Sample {
        client: "codex",
        path: ".codex/config.toml",
        text: include_str!("clients/codex.toml"),
        list: "",
    },
    Sample {
        client: "gemini-cli",
        path: ".gemini/settings.json",
        text: include_str!("clients/gemini-cli.json"),
        list: ",\n  \"mcpServers\": {}",
    },
];

impl Home {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut bench = Bench::new().await;
        bench.set("HOME", directory.path().to_str().unwrap());
        Self { bench, directory }
    }

    async fn with(sample: &Sample) -> Self {
        let home = Self::new().await;
        home.write(sample.path, sample.text);
        home
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        write_private(&path, text);
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// Installs with a server that lies in the usual place of programs.
    async fn install(&self, arguments: &[&str]) -> Ran {
        let server = self.path("bin/spotify-mcp");
        if !server.exists() {
            self.write("bin/spotify-mcp", "");
        }
        let server = ["--server", server.to_str().unwrap()];
        self.bench.admin(&[&["install"], arguments, &server].concat()).await
    }

    /// What differs, without the paths of this run.
    fn plain(&self, text: &str) -> String {
        let text = text.replace(self.bench.home().to_str().unwrap(), "[installation]");
        let home = self.directory.path().canonicalize().unwrap();
        text.replace(home.to_str().unwrap(), "[home]")
    }
}

#[tokio::test]
async fn only_the_entry_is_put_into_each_clients_file_and_uninstall_takes_just_that_out() {
    for sample in &SAMPLES {
        let home = Home::with(sample).await;
        let ran = home.install(&[sample.client, "--json"]).await;
        ran.expect(0);
        let json = ran.json();
        let difference = json["difference"].as_str().unwrap();
        insta::with_settings!({ description => sample.client }, {
            insta::assert_snapshot!(format!("install_{}", sample.client), home.plain(difference));
        });
        let backup = Path::new(json["backup"].as_str().unwrap());
        assert_eq!(std::fs::read_to_string(backup).unwrap(), sample.text, "{}", sample.client);
        assert_ne!(home.read(sample.path), sample.text);

        let again = home.install(&[sample.client, "--json"]).await;
        again.expect(0);
        assert_eq!(again.json()["changed"], false, "{}", sample.client);

        home.bench.admin(&["uninstall", sample.client]).await.expect(0);
        let rest = home.read(sample.path).replacen(sample.list, "", 1);
        assert_eq!(rest, sample.text, "{}", sample.client);
    }
}

#[tokio::test]
async fn a_dry_run_shows_the_difference_and_changes_nothing() {
    let sample = &SAMPLES[0];
    let home = Home::with(sample).await;
    let ran = home
        .install(&[
            sample.client,
            "--read-only",
            "--allow-unconfirmed",
            "--toolsets",
            "catalogue,playback",
            "--dry-run",
        ])
        .await;
    ran.expect(0);
    insta::assert_snapshot!("install_dry_run", home.plain(&ran.stdout));
    assert_eq!(home.read(sample.path), sample.text);
    let files = std::fs::read_dir(home.path(".config/Claude")).unwrap();
    assert_eq!(files.count(), 1, "a dry run leaves no copy");
    assert!(!ran.stdout.contains("a secret of another server"));
}

#[tokio::test]
async fn a_client_without_a_file_gets_one() {
    let home = Home::new().await;
    for sample in &SAMPLES {
        home.install(&[sample.client]).await.expect(0);
        let listed = home.bench.admin(&["install", "--list", "--json"]).await;
        let listed = listed.json();
        let row = listed.as_array().unwrap().iter().find(|row| row["client"] == sample.client);
        assert_eq!(row.unwrap()["installed"], true, "{}", sample.client);
    }
    let listed = home.bench.admin(&["install", "--list"]).await;
    insta::assert_snapshot!(
        "install_list",
        listed.stdout.replace(home.directory.path().to_str().unwrap(), "~")
    );
}

#[tokio::test]
async fn an_entry_of_another_server_stays_until_it_is_taken_over_by_name() {
    let home = Home::new().await;
    let other = r#"{"mcpServers":{"spotify":{"command":"uvx","args":["spotify-mcp-server"]}}}"#;
    home.write(".cursor/mcp.json", other);
    let ran = home.install(&["cursor"]).await;
    ran.expect(6);
    assert!(ran.stderr.contains("`uvx`") && ran.stderr.contains("`--replace`"), "{}", ran.stderr);
    home.bench.admin(&["uninstall", "cursor"]).await.expect(6);
    assert_eq!(home.read(".cursor/mcp.json"), other);
    home.install(&["cursor", "--name", "music"]).await.expect(0);
    home.install(&["cursor", "--replace"]).await.expect(0);
    assert!(!home.read(".cursor/mcp.json").contains("uvx"));
}

#[tokio::test]
async fn a_file_that_is_no_list_of_servers_is_left_alone_and_said_to_be_so() {
    let home = Home::new().await;
    let wrong = [
        ("cursor", ".cursor/mcp.json", "{\"mcpServers\": {", "line 1"),
        ("cursor", ".cursor/mcp.json", "[]", "`mcpServers`"),
        ("cursor", ".cursor/mcp.json", "{\"mcpServers\": 3}", "`mcpServers`"),
        ("codex", ".codex/config.toml", "model = ", "line 1"),
        ("codex", ".codex/config.toml", "mcp_servers = 3", "`mcp_servers`"),
    ];
    for (client, path, text, word) in wrong {
        home.write(path, text);
        let ran = home.install(&[client]).await;
        ran.expect(1);
        assert!(ran.stderr.contains(word) && ran.stderr.contains(path), "{}", ran.stderr);
        assert_eq!(home.read(path), text);
    }
}

#[tokio::test]
async fn what_is_not_installed_can_not_be_taken_out() {
    let home = Home::with(&SAMPLES[2]).await;
    let ran = home.bench.admin(&["uninstall", "cursor"]).await;
    ran.expect(5);
    assert!(ran.stderr.contains("no entry `spotify`"), "{}", ran.stderr);
    let ran = home.bench.admin(&["install", "cursor", "--server", "/nonexistent"]).await;
    ran.expect(2);
}
