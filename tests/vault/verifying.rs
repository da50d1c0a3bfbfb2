//! Looking at everything, and comparing it with what is known from elsewhere.

use spotify_vault::{Generation, Progress, SecretBytes, Vault as _, VaultError};

use crate::support::{Home, JOURNAL, TOKENS, overwrite, subject};

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn quiet(_: Progress) {}

#[test]
fn every_damaged_record_and_key_is_named_and_the_others_are_counted() {
    let home = Home::new();
    for who in ["a", "b", "c"] {
        home.vault.write(&subject(who), &TOKENS, &value(who)).unwrap();
        home.vault.write(&subject(who), &JOURNAL, &value(who)).unwrap();
    }
    home.vault.destroy(&subject("c")).unwrap();
    let sound = home.vault.verify(&mut quiet).unwrap();
    assert_eq!((sound.records, sound.destroyed, sound.is_sound()), (4, 1, true));

    let (record, key) =
        (home.vault.record_id(&subject("a"), &TOKENS), home.vault.subject_id(&subject("b")));
    overwrite(&home.file(&format!("{record}.rec")), b"damaged");
    overwrite(&home.file(&format!("{key}/1.key")), &[0; 112]);
    let found = home.vault.verify(&mut quiet).unwrap();
    assert_eq!((found.records, found.destroyed), (1, 1));
    assert_eq!(found.damaged.len(), 4, "a record, a key and its two records: {found:?}");
    assert!(found.damaged.iter().any(|text| text.contains(&record.to_string())));
    assert!(found.damaged.iter().any(|text| text.contains(&format!("key of subject {key}"))));
    assert_eq!(home.vault.status(&mut quiet).unwrap().damaged.len(), 4);
}

#[test]
fn a_restored_old_file_shows_against_the_newest_known_generations() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("1")).unwrap();
    home.vault.write(&s, &JOURNAL, &value("1")).unwrap();
    let path = home.file(&format!("{}.rec", home.vault.record_id(&s, &TOKENS)));
    let old = std::fs::read(&path).unwrap();
    let mut known = home.vault.generations().unwrap();
    home.vault.write(&s, &TOKENS, &value("2")).unwrap();
    known.extend(home.vault.generations().unwrap());
    let check = || home.vault.verify_against(known.clone(), &mut quiet).unwrap();
    assert!(check().is_sound(), "a record may be named more than once");

    overwrite(&path, &old);
    let [older] = check().older[..] else { panic!("{:?}", check()) };
    assert_eq!(older.record, home.vault.record_id(&s, &TOKENS));
    assert_eq!((older.here, older.known), (Generation::new(1), Generation::new(2)));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(check().missing, [older.record]);
    home.vault.write(&s, &TOKENS, &value("again")).unwrap();
    assert_eq!(check().older.len(), 1, "written anew, it counts from one");

    home.vault.write(&s, &JOURNAL, &value("2")).unwrap();
    let newer = check().newer;
    assert_eq!((newer.len(), newer[0].here.get()), (1, 2));
}

#[test]
fn an_outage_is_an_error_and_not_damage() {
    let home = Home::new();
    home.vault.write(&subject("s"), &TOKENS, &value("v")).unwrap();
    std::fs::remove_dir_all(home.dir()).unwrap();
    let failed = home.vault.verify(&mut quiet);
    assert!(matches!(failed, Err(VaultError::NotFound { .. })), "{failed:?}");
}
