//! One suite that every store runs, below the vault: each change is one conditional operation.

use std::sync::Arc;
use std::time::Duration;

use spotify_vault::store::{Expected, KeyChange, SealedStore, SubjectFiles};
use spotify_vault::{
    DirStore, Generation, RecordId, SealedVault, SecretBytes, SubjectId, Vault as _, VaultError,
};

use crate::memory::MemoryStore;
use crate::support::{JOURNAL, TOKENS, environment, options, subject};

const NOW: Duration = Duration::ZERO;
const ABSENT: Expected<'_> = Expected::Generation(Generation::ABSENT);

/// A store with a vault that has two records of one subject.
struct Case {
    store: Arc<dyn SealedStore>,
    vault: SealedVault,
    s: SubjectId,
    record: RecordId,
}

impl Case {
    fn new(store: Arc<dyn SealedStore>) -> Self {
        let made = SealedVault::create_in(Arc::clone(&store), &environment(1), options(1));
        let (vault, _) = made.unwrap();
        for field in [&TOKENS, &JOURNAL] {
            let value = SecretBytes::from(field.as_str().as_bytes().to_vec());
            vault.write(&subject("s"), field, &value).unwrap();
        }
        let (s, record) =
            (vault.subject_id(&subject("s")), vault.record_id(&subject("s"), &TOKENS));
        Self { store, vault, s, record }
    }

    fn header(&self) -> Vec<u8> {
        self.store.header().unwrap().unwrap()
    }

    fn sealed(&self) -> Vec<u8> {
        self.store.record(self.s, self.record).unwrap().unwrap()
    }

    fn put(&self, expected: Expected<'_>, sealed: &[u8]) -> Result<(), VaultError> {
        self.store.lock(self.s, self.record, NOW)?.put(expected, sealed)
    }
}

fn is_changed<T>(result: &Result<T, VaultError>) -> bool {
    matches!(result, Err(VaultError::HeaderChanged))
}

fn conforms(make: impl Fn() -> Arc<dyn SealedStore>) {
    an_empty_store_has_nothing(make().as_ref());
    let checks: [fn(&Case); 9] = [
        the_header_changes_only_from_what_is_expected,
        a_key_is_added_once_and_only_under_the_header_that_is_known,
        keys_are_replaced_only_from_what_is_expected,
        a_key_is_dropped_only_when_no_record_states_it,
        a_record_is_put_only_in_the_place_of_what_is_expected,
        a_lock_excludes_others,
        all_of_a_subject_is_what_its_parts_are,
        a_destroyed_subject_takes_nothing_and_keeps_its_first_tombstone,
        a_vault_that_moves_gives_out_whole_subjects_alone,
    ];
    for check in checks {
        check(&Case::new(make()));
    }
    whole_subjects_are_taken_over_until_there_is_a_header(make().as_ref(), &Case::new(make()));
}

#[test]
fn a_directory_conforms() {
    let root = tempfile::tempdir().unwrap();
    let count = std::cell::Cell::new(0);
    conforms(|| {
        count.set(count.get() + 1);
        Arc::new(DirStore::create(&root.path().join(count.get().to_string())).unwrap())
    });
}

#[test]
fn a_store_in_memory_conforms() {
    conforms(|| Arc::new(MemoryStore::default()));
}

fn an_empty_store_has_nothing(store: &dyn SealedStore) {
    assert_eq!(store.header().unwrap(), None);
    let id = SubjectId::from_bytes([7; 16]);
    assert!(store.records(id).unwrap().is_empty());
    assert!(store.key_numbers(id).unwrap().is_empty());
}

fn the_header_changes_only_from_what_is_expected(case: &Case) {
    let header = case.header();
    assert!(is_changed(&case.store.put_header(None, b"other")));
    assert!(is_changed(&case.store.put_header(Some(b"other"), b"new")));
    assert_eq!(case.header(), header);
    case.store.put_header(Some(&header), &header).unwrap();
}

fn a_key_is_added_once_and_only_under_the_header_that_is_known(case: &Case) {
    let (key, header) = (case.store.key(case.s, 1).unwrap().unwrap(), case.header());
    assert!(is_changed(&case.store.add_key(b"other", case.s, 2, &key)));
    assert!(!case.store.add_key(&header, case.s, 1, b"other").unwrap());
    assert_eq!(case.store.key_numbers(case.s).unwrap(), [1]);
    assert!(case.store.add_key(&header, case.s, 2, &key).unwrap());
    assert_eq!(case.store.key_numbers(case.s).unwrap(), [1, 2]);
    assert_eq!(case.store.key(case.s, 1).unwrap().unwrap(), key);
}

fn keys_are_replaced_only_from_what_is_expected(case: &Case) {
    case.vault.write(&subject("t"), &TOKENS, &SecretBytes::from(vec![1])).unwrap();
    let t = case.vault.subject_id(&subject("t"));
    let key = |id| case.store.key(id, 1).unwrap().unwrap();
    let change = |subject, expected: Vec<u8>| {
        let key = vec![0x5a; expected.len()];
        KeyChange { subject, number: 1, expected, key }
    };
    let changes = [change(case.s, key(case.s)), change(t, vec![0; 112])];
    assert!(is_changed(&case.store.replace_keys(b"other", &changes)));
    let replaced = case.store.replace_keys(&case.header(), &changes).unwrap();
    assert_eq!(replaced, [true, false]);
    assert_eq!(key(case.s), vec![0x5a; 112]);
    assert_ne!(key(t), vec![0x5a; 112]);
}

fn a_key_is_dropped_only_when_no_record_states_it(case: &Case) {
    let key = case.store.key(case.s, 1).unwrap().unwrap();
    case.store.add_key(&case.header(), case.s, 2, &key).unwrap();
    assert!(!case.store.drop_key(case.s, 1).unwrap());
    assert!(case.store.drop_key(case.s, 2).unwrap());
    assert_eq!(case.store.key_numbers(case.s).unwrap(), [1]);
}

fn a_record_is_put_only_in_the_place_of_what_is_expected(case: &Case) {
    let sealed = case.sealed();
    let changed = |result| matches!(result, Err(VaultError::RecordChanged { .. }));
    assert!(changed(case.put(ABSENT, &sealed)));
    assert!(changed(case.put(Expected::Generation(Generation::new(2)), &sealed)));
    assert!(changed(case.put(Expected::Bytes(b"other"), &sealed)));
    case.put(Expected::Generation(Generation::new(1)), &sealed).unwrap();
    case.put(Expected::Bytes(&sealed), &sealed).unwrap();
    let mut foreign = sealed.clone();
    foreign[8..12].copy_from_slice(&9_u32.to_be_bytes());
    let refused = case.put(Expected::Bytes(&sealed), &foreign);
    assert!(matches!(refused, Err(VaultError::KeyChanged { .. })), "{refused:?}");
    assert_eq!(case.sealed(), sealed);
}

fn a_lock_excludes_others(case: &Case) {
    let held = case.store.lock(case.s, case.record, NOW).unwrap();
    let busy = case.store.lock(case.s, case.record, NOW).err().unwrap();
    assert!(matches!(busy, VaultError::Busy { .. }));
    drop(held);
    assert!(case.store.lock(case.s, case.record, NOW).is_ok());
}

fn all_of_a_subject_is_what_its_parts_are(case: &Case) {
    let all = case.store.all_of(case.s).unwrap();
    let records = case.store.records(case.s).unwrap();
    assert_eq!(all.records.iter().map(|(record, _)| *record).collect::<Vec<_>>(), records);
    assert!(records.is_sorted() && records.len() == 2);
    assert_eq!(all.keys, [(1, case.store.key(case.s, 1).unwrap().unwrap())]);
    assert_eq!(all.tombstone, None);
}

fn a_destroyed_subject_takes_nothing_and_keeps_its_first_tombstone(case: &Case) {
    let (sealed, header) = (case.sealed(), case.header());
    let mut held = case.store.lock(case.s, case.record, NOW).unwrap();
    let first = case.store.destroy(case.s, b"first").unwrap();
    assert_eq!((first.newly, first.records), (true, 2));
    let again = case.store.destroy(case.s, b"second").unwrap();
    assert_eq!((again.newly, again.records), (false, 0));
    assert_eq!(case.store.tombstone(case.s).unwrap().unwrap(), b"first");
    let dead = |result: Result<(), VaultError>| matches!(result, Err(VaultError::Destroyed { .. }));
    assert!(dead(held.put(ABSENT, &sealed)));
    assert!(dead(held.prepare(10_000)));
    assert!(dead(case.store.lock(case.s, case.record, NOW).map(drop)));
    assert!(dead(case.store.add_key(&header, case.s, 3, b"key").map(drop)));
    let all = case.store.all_of(case.s).unwrap();
    assert_eq!((all.keys.len(), all.records.len()), (0, 0));
    assert!(case.store.subjects().unwrap().contains(&case.s), "it is still listed");
}

fn a_vault_that_moves_gives_out_whole_subjects_alone(case: &Case) {
    let header = case.header();
    assert!(matches!(case.store.erase(case.s), Err(VaultError::AlreadyExists { .. })));
    let sealed = case.sealed();
    let mut held = case.store.lock(case.s, case.record, NOW).unwrap();
    let text = String::from_utf8(header.clone()).unwrap();
    let moved = text.replacen('{', r#"{"moved_to":"elsewhere","#, 1).into_bytes();
    case.store.put_header(Some(&header), &moved).unwrap();
    let refused = |result: Result<(), VaultError>| {
        assert!(matches!(result, Err(VaultError::Moved { .. })), "{result:?}");
    };
    refused(held.put(Expected::Bytes(&sealed), &sealed));
    drop(held);
    refused(case.store.lock(case.s, case.record, NOW).map(drop));
    refused(case.store.destroy(case.s, b"mark").map(drop));
    refused(case.store.drop_key(case.s, 1).map(drop));
    refused(case.store.tombstone(case.s).map(drop));
    let all = case.store.all_of(case.s).unwrap();
    assert_eq!((all.keys.len(), all.records.len()), (1, 2));
    assert_eq!(case.store.subjects().unwrap(), [case.s]);
    case.store.erase(case.s).unwrap();
    assert_eq!(case.store.all_of(case.s).unwrap(), SubjectFiles::default());
}

fn whole_subjects_are_taken_over_until_there_is_a_header(store: &dyn SealedStore, from: &Case) {
    let files = from.store.all_of(from.s).unwrap();
    let half = SubjectFiles { records: Vec::new(), keys: vec![(9, vec![1])], tombstone: None };
    for import in [&half, &files] {
        store.import(from.s, import).unwrap();
        assert_eq!(&store.all_of(from.s).unwrap(), import, "nothing of an earlier one is left");
    }
    assert_eq!(store.subjects().unwrap(), [from.s]);
    store.put_header(None, &from.header()).unwrap();
    assert!(matches!(store.import(from.s, &half), Err(VaultError::AlreadyExists { .. })));
    assert_eq!(store.all_of(from.s).unwrap(), files);
}
