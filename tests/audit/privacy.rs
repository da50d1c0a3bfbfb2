//! Personal fields are unreadable once their key is gone, and the chain stays whole.

use std::sync::{Arc, Mutex};

use secrecy::SecretBox;
use spotify_audit::{
    Durability, Keys, Log, LogOptions, Pseudonym, Query, Reader, ReferenceKey, Status, SubjectKey,
};

use crate::fixture::{Home, started_with};

/// A vault with the keys of some people.
#[derive(Default)]
struct Vault(Mutex<Vec<(String, Arc<SubjectKey>)>>);

impl Keys for Vault {
    fn reference_key(&self) -> Option<Arc<ReferenceKey>> {
        None
    }

    fn subject_key(&self, subject: &Pseudonym) -> Option<Arc<SubjectKey>> {
        let keys = self.0.lock().unwrap();
        keys.iter().find(|(name, _)| name == subject.as_str()).map(|(_, key)| Arc::clone(key))
    }
}

#[test]
fn erasing_a_subjects_key_leaves_the_chain_whole_and_the_fields_unreadable() {
    let (home, vault) = (Home::new(), Arc::new(Vault::default()));
    let ann = Pseudonym::new("u_ann").unwrap();
    let key = SubjectKey::new("s1", SecretBox::new(Box::new([4; 32]))).unwrap();
    vault.0.lock().unwrap().push(("u_ann".to_owned(), Arc::new(key)));
    let keys = Some(Arc::clone(&vault) as Arc<dyn Keys>);
    let log = Log::open(&home.directory, LogOptions { keys, ..home.options() }).unwrap();
    let address = log.personal(&ann, "ip", "192.0.2.7").unwrap();
    log.append(started_with(None, Some(address)), Durability::Before).unwrap();
    assert!(!home.lines()[1].contains("192.0.2.7"));

    let entry = Reader::open(&home.directory, Query::default()).unwrap().nth(1).unwrap().unwrap();
    let sealed = entry.data("ip").unwrap().as_str().unwrap();
    let read = || vault.subject_key(&ann)?.open("ip", sealed);
    assert_eq!(read().as_deref(), Some("192.0.2.7"));

    vault.0.lock().unwrap().clear();
    assert_eq!(read(), None);
    assert_eq!(log.personal(&ann, "ip", "192.0.2.7"), None, "it does not enter the log in clear");
    assert_eq!(home.verify().status(), Status::Intact);
}
