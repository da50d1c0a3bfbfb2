//! Secrets in a settings file, and the seal of the file.

use spotify_vault::{FileSeal, SecretBytes, SecretSetting, SettingError, Vault as _, VaultError};

use crate::support::{Home, environment, options, overwrite, put_private};

fn secret(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn is_unfit<T>(result: &Result<T, VaultError>) -> bool {
    matches!(result, Err(VaultError::Setting(SettingError::Unfit { .. })))
}

#[test]
fn a_sealed_setting_opens_under_its_own_name_in_its_own_vault_alone() {
    let (home, other) = (Home::new(), Home::with(&environment(1), options(5)));
    for value in ["", "canary-client-secret", &"long".repeat(1000)] {
        let text = home.vault.seal_setting("client_secret", &secret(value)).unwrap();
        assert!(text.starts_with("sealed:v1:") && !text.contains("canary"));
        let opened = home.vault.open_setting("client_secret", &text).unwrap();
        assert!(opened.matches(value.as_bytes()));
        let opened = home.open(&environment(1)).unwrap().open_setting("client_secret", &text);
        assert!(opened.unwrap().matches(value.as_bytes()));
        assert!(is_unfit(&home.vault.open_setting("webhook_secret", &text)));
        assert!(is_unfit(&other.vault.open_setting("client_secret", &text)));
    }
    let twice = || home.vault.seal_setting("client_secret", &secret("same")).unwrap();
    assert_ne!(twice(), twice());
    assert_eq!(twice().len(), home.vault.seal_setting("x", &secret("other")).unwrap().len());
}

#[test]
fn any_changed_character_of_a_sealed_setting_is_refused() {
    let home = Home::new();
    let text = home.vault.seal_setting("name", &secret("value")).unwrap();
    for at in 0..text.len() {
        let mut changed = text.clone();
        let letter = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
        changed.replace_range(at..=at, letter);
        assert!(is_unfit(&home.vault.open_setting("name", &changed)), "{at}");
    }
    for cut in [0, 10, 40, text.len() - 1].map(|len| text.get(..len).unwrap()) {
        assert!(is_unfit(&home.vault.open_setting("name", cut)), "{cut}");
    }
}

#[test]
fn a_secret_setting_in_clear_is_refused_without_showing_it() {
    for text in ["canary-token", "", "file:", "sealed:", "sealed:v2:AAAA", "https://canary"] {
        let error = SecretSetting::parse(text).unwrap_err();
        assert_eq!(error, SettingError::Clear, "{text}");
        assert!(!error.to_string().contains("canary"));
    }
    for text in ["vault:", "vault:No Field", "fd:", "fd:x"] {
        assert_eq!(SecretSetting::parse(text), Err(SettingError::Reference), "{text}");
    }
}

#[test]
fn each_reference_leads_to_its_value() {
    let home = Home::new();
    let vault = Some(&home.vault);
    let fetch = |text: &str| SecretSetting::parse(text).unwrap().fetch("name", vault);
    let field = spotify_vault::Field::from_static("client-secret");
    home.vault.write(&SecretSetting::subject(), &field, &secret("in the vault")).unwrap();
    assert!(fetch("vault:client-secret").unwrap().matches(b"in the vault"));
    let sealed = home.vault.seal_setting("name", &secret("sealed")).unwrap();
    assert!(fetch(&sealed).unwrap().matches(b"sealed"));
    let path = home.root.path().join("secret");
    put_private(&path, b"in a file\r\n");
    let file = format!("file:{}", path.display());
    assert!(fetch(&file).unwrap().matches(b"in a file"));
    assert!(SecretSetting::parse(&file).unwrap().fetch("name", None).is_ok());

    let absent = |result| matches!(result, Err(VaultError::Setting(SettingError::Absent { .. })));
    assert!(absent(fetch("vault:other")));
    assert!(absent(fetch("file:/nonexistent/secret")));
    for needs_vault in ["vault:client-secret", &sealed] {
        let locked = SecretSetting::parse(needs_vault).unwrap().fetch("name", None);
        assert!(matches!(locked, Err(VaultError::Setting(SettingError::Locked { .. }))));
    }
}

#[cfg(unix)]
#[test]
fn a_setting_comes_on_a_descriptor_and_from_no_file_that_others_read() {
    use std::io::Write as _;
    use std::os::fd::IntoRawFd as _;
    use std::os::unix::fs::PermissionsExt as _;

    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(b"on a pipe\n").unwrap();
    drop(writer);
    rustix::io::fcntl_setfd(&reader, rustix::io::FdFlags::empty()).unwrap();
    let setting = SecretSetting::parse(&format!("fd:{}", reader.into_raw_fd())).unwrap();
    assert!(setting.fetch("name", None).unwrap().matches(b"on a pipe"));
    assert!(setting.fetch("name", None).is_err(), "it is read once");

    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("secret");
    put_private(&path, b"value");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = SecretSetting::File(path).fetch("name", None);
    assert!(matches!(refused, Err(VaultError::Permission { .. })), "{refused:?}");
}

#[test]
fn a_sealed_settings_file_is_refused_once_it_changes() {
    let home = Home::new();
    let file = b"environment = \"production\"\nport = 8443\n";
    assert_eq!(home.vault.check_file(file).unwrap(), FileSeal::Open);
    home.vault.seal_file(file).unwrap();
    let opened = home.open(&environment(1)).unwrap();
    assert_eq!(opened.check_file(file).unwrap(), FileSeal::Intact);
    for bit in 0..file.len() * 8 {
        let mut changed = file.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        let refused = opened.check_file(&changed);
        let is_changed = matches!(refused, Err(VaultError::Setting(SettingError::Changed)));
        assert!(is_changed, "bit {bit}");
    }
    for changed in [b"".as_slice(), &file[..10], &[file.as_slice(), b"\n"].concat()] {
        assert!(opened.check_file(changed).is_err());
    }
    home.vault.rekey(&environment(1), &environment(2)).unwrap();
    assert!(opened.check_file(b"other").is_err(), "the seal outlives a rekey");
    opened.seal_file(b"other").unwrap();
    assert_eq!(home.vault.check_file(b"other").unwrap(), FileSeal::Intact);
    opened.unseal_file().unwrap();
    assert_eq!(home.vault.check_file(b"anything").unwrap(), FileSeal::Open);
}

/// It stands in the header: without the vault's key nobody takes it away or makes one.
#[test]
fn the_seal_of_the_settings_can_neither_be_removed_nor_forged() {
    let home = Home::new();
    home.vault.seal_file(b"sealed").unwrap();
    let path = home.dir().join("vault.hdr");
    let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
    let (before, rest) = text.split_once(r#","settings":"#).unwrap();
    let removed = format!("{before}{}", rest.split_once('"').unwrap().1.split_once('"').unwrap().1);
    for changed in [removed, text.replace(r#""settings":""#, r#""settings":"0"#)] {
        overwrite(&path, changed.as_bytes());
        let refused = home.open(&environment(1));
        assert!(matches!(refused, Err(VaultError::Integrity { .. })), "{refused:?}");
    }
}
