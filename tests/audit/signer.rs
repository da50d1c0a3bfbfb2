//! Signing keys that a test chooses, and logs that are signed.

use std::sync::{Arc, Mutex};

use secrecy::SecretBox;
use spotify_audit::{EpochKey, Keys, Log, LogOptions, ReferenceKey, Rotation};

use crate::fixture::Home;

/// Keys that a test puts in and takes out.
#[derive(Default)]
pub(crate) struct Signer(Mutex<Option<Arc<EpochKey>>>);

impl Keys for Signer {
    fn reference_key(&self) -> Option<Arc<ReferenceKey>> {
        None
    }

    fn signer(&self) -> Option<Arc<EpochKey>> {
        self.0.lock().unwrap().clone()
    }
}

impl Signer {
    pub(crate) fn new(epoch: u32) -> Arc<Self> {
        let signer = Arc::new(Self::default());
        signer.set(epoch);
        signer
    }

    pub(crate) fn set(&self, epoch: u32) {
        self.put(key(epoch));
    }

    pub(crate) fn put(&self, key: EpochKey) {
        *self.0.lock().unwrap() = Some(Arc::new(key));
    }
}

pub(crate) fn key(epoch: u32) -> EpochKey {
    EpochKey::new(epoch, &SecretBox::new(Box::new([u8::try_from(epoch).unwrap(); 32])))
}

pub(crate) fn open(home: &Home, signer: &Arc<Signer>, rotation: Rotation) -> Log {
    let keys = Some(Arc::clone(signer) as Arc<dyn Keys>);
    Log::open(&home.directory, LogOptions { keys, rotation, ..home.options() }).unwrap()
}

pub(crate) const SMALL: Rotation =
    Rotation { bytes: 4096, age: std::time::Duration::from_hours(24) };
