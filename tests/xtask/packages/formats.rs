//! Archive, Debian package, bundle, list of components, notices, signature.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::release::{self, SETTINGS, release, shake_hands, succeed};

/// Where a component is.
#[expect(clippy::disallowed_methods, reason = "the variables are how the runner tells it")]
fn told(variable: &str) -> PathBuf {
    std::env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set")).into()
}

fn mcpb() -> Command {
    let mut command = Command::new(told("SPOTIFY_TEST_NODE"));
    command.arg(told("SPOTIFY_TEST_MCPB"));
    command
}

#[test]
fn the_archive_holds_programs_pages_units_and_licences() {
    let listed = succeed(Command::new("tar").arg("-tzf").arg(release().file(".tar.gz")));
    for file in [
        "/bin/spotify-mcp",
        "/bin/spotify-admin",
        "/share/man/man1/spotify-mcp.1.gz",
        "/share/man/man1/spotify-admin-vault-rotate.1.gz",
        "/share/bash-completion/completions/spotify-admin",
        "/share/zsh/vendor-completions/_spotify-mcp",
        "/share/fish/vendor_completions.d/spotify-admin.fish",
        "/share/doc/spotify-mcp/copyright",
        "/share/doc/spotify-mcp/THIRD-PARTY-NOTICES.txt",
        "/lib/systemd/system/spotify-mcp.socket",
    ] {
        assert!(listed.lines().any(|line| line.ends_with(file)), "{file} is not in\n{listed}");
    }
}

#[test]
fn the_debian_package_belongs_to_root_and_names_its_libraries() {
    let package = release().file(".deb");
    let listed = succeed(Command::new("dpkg-deb").arg("--contents").arg(&package));
    assert!(listed.lines().all(|line| line.contains(" root/root ")), "{listed}");
    let depends = succeed(Command::new("dpkg-deb").arg("--field").arg(&package).arg("Depends"));
    assert!(depends.contains("libc6 (>= ") && depends.contains("ca-certificates"), "{depends}");
    let page = release().unpacked().join("usr/share/man/man1/spotify-admin-vault.1.gz");
    let shown = succeed(Command::new("man").arg("--local-file").arg(page));
    assert!(shown.contains("spotify-admin") && shown.contains("rotate"), "{shown}");
}

#[test]
fn the_bundle_is_valid_and_its_server_answers() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = release().file(".mcpb");
    succeed(mcpb().arg("unpack").arg(bundle).arg(folder.path()));
    let manifest = folder.path().join("manifest.json");
    succeed(mcpb().arg("validate").arg(&manifest));
    let manifest: Value = serde_json::from_slice(&fs::read(manifest).unwrap()).unwrap();
    let text = |pointer: &str| manifest.pointer(pointer).unwrap().as_str().unwrap();
    // As a client fills it in: the folder, and what the person chose.
    let command = text("/server/mcp_config/command");
    let command = command.replace("${__dirname}", &folder.path().to_string_lossy());
    let mut server = Command::new(command);
    for argument in manifest.pointer("/server/mcp_config/args").unwrap().as_array().unwrap() {
        let profile = text("/user_config/profile/default");
        let argument = argument.as_str().unwrap().replace("${user_config.profile}", profile);
        assert!(!argument.contains("${"), "{argument}");
        server.arg(argument);
    }
    let home = tempfile::tempdir().unwrap();
    shake_hands(server.envs(SETTINGS).env("SPOTIFY_MCP_HOME", home.path()));
}

#[test]
fn a_bundle_with_a_wrong_manifest_is_not_valid() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = folder.path().join("manifest.json");
    fs::File::create(&manifest).unwrap();
    fs::copy(release().out().join("SHA256SUMS"), &manifest).unwrap();
    assert!(!mcpb().arg("validate").arg(&manifest).output().unwrap().status.success());
}

#[test]
fn the_list_of_components_keeps_to_its_standard_and_names_what_is_linked() {
    let list = release().file(".cdx.json");
    let script = "import sys\n\
        from cyclonedx.schema import SchemaVersion\n\
        from cyclonedx.validation.json import JsonStrictValidator\n\
        error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(open(sys.argv[1]).read())\n\
        sys.exit(str(error).splitlines()[0] if error else 0)\n";
    succeed(Command::new(told("SPOTIFY_TEST_CYCLONEDX")).args(["-c", script]).arg(&list));
    let list: Value = serde_json::from_slice(&fs::read(list).unwrap()).unwrap();
    let components = list.pointer("/components").unwrap().as_array().unwrap();
    let names: Vec<_> = components.iter().map(|one| one["name"].as_str().unwrap()).collect();
    for linked in ["spotify-vault", "chacha20poly1305", "rustls", "rmcp", "aws-lc-sys"] {
        assert!(names.contains(&linked), "{linked}");
    }
    for test_only in ["spotify-sim", "insta", "proptest", "serde_derive"] {
        assert!(!names.contains(&test_only), "{test_only}");
    }
    let of_a_registry = components.iter().filter(|one| one["purl"].is_string());
    assert!(of_a_registry.clone().count() > 100);
    assert!(of_a_registry.clone().all(|one| one["hashes"][0]["content"].is_string()));
}

#[test]
fn notices_name_every_crate_and_hold_the_texts() {
    let notices = release().unpacked().join("usr/share/doc/spotify-mcp/THIRD-PARTY-NOTICES.txt");
    let notices = fs::read_to_string(notices).unwrap();
    let list = fs::read(release().file(".cdx.json")).unwrap();
    let list: Value = serde_json::from_slice(&list).unwrap();
    for component in list.pointer("/components").unwrap().as_array().unwrap() {
        if component["purl"].is_string() {
            let (name, version) = (&component["name"], &component["version"]);
            let line = format!("\n{} {}: ", name.as_str().unwrap(), version.as_str().unwrap());
            assert!(notices.contains(&line), "{line}");
        }
    }
    assert!(notices.contains("Permission is hereby granted, free of charge"));
    assert!(notices.contains("Apache License"));
}

/// A copy of the release that a test may damage.
fn copy(into: &Path) {
    for entry in fs::read_dir(release().out()).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, into.join(path.file_name().unwrap())).unwrap();
    }
}

fn verifies(folder: &Path, key: &Path) -> bool {
    let mut command = Command::new(folder.join("verify.sh"));
    command.arg(key).output().unwrap().status.success()
}

#[test]
fn the_signature_shows_a_changed_file_a_changed_list_and_another_key() {
    let folder = tempfile::tempdir().unwrap();
    copy(folder.path());
    let key = &release().public_key;
    assert!(verifies(folder.path(), key));

    let changed = folder.path().join("Containerfile");
    let list = folder.path().join("SHA256SUMS");
    let (text, sums) = (fs::read(&changed).unwrap(), fs::read_to_string(&list).unwrap());
    replace(&changed, &[text.as_slice(), b"# changed"].concat());
    assert!(!verifies(folder.path(), key), "a changed file");
    // The forger writes the list anew, too.
    let renewed = succeed(
        Command::new("sh")
            .current_dir(folder.path())
            .args(["-c", "cut -c67- SHA256SUMS | xargs sha256sum"]),
    );
    assert_ne!(renewed, sums);
    replace(&list, renewed.as_bytes());
    assert!(!verifies(folder.path(), key), "a changed list");
    replace(&changed, &text);
    replace(&list, sums.as_bytes());
    assert!(verifies(folder.path(), key));

    let elsewhere = tempfile::tempdir().unwrap();
    let (another, _) = release::new_key(elsewhere.path());
    assert!(!verifies(folder.path(), &another), "another key");
}

fn replace(path: &Path, content: &[u8]) {
    let mut file = fs::File::create(path).unwrap();
    std::io::Write::write_all(&mut file, content).unwrap();
}
