//! Secrets sealed at rest, one record per subject and field.
//!
//! A [`Vault`] keeps small secrets (a token set, an undo journal) for opaque subjects. The backend
//! to use is [`SealedVault`]: a directory of sealed records, each under a fresh key, below a key
//! that a person's passphrase, a key file, the environment or the operating system's keychain
//! holds. It rotates its keys, moves to other stores, tells its status, and verifies itself.
//! [`EnvironmentVault`] serves values that a container was started with, read-only.
//!
//! - [`vault`]: the trait that every backend implements, with its leases.
//! - [`sealed`]: the sealed vault, format v1 (`docs/format.md`).
//! - [`environment`]: the read-only vault of given values.
//! - [`key_source`], [`key_file`], [`key_descriptor`], [`keychain`]: where the key comes from.
//! - `backup` (feature `backup`): encrypted copies, and putting them back.
//! - `pkcs11` (feature `pkcs11`): a hardware token that seals the key.
//! - [`settings`]: secrets in a settings file, and the seal of the file.
//! - [`migrate`](mod@migrate): moving a vault to another store.
//! - [`store`]: what a sealed vault needs from the place that keeps its bytes.
//! - [`observer`]: who is told of reads, writes, key work and refusals.
//!
//! | feature | what it adds | what it brings |
//! | --- | --- | --- |
//! | `backup` | encrypted copies | the crate age, which draws randomness of its own |
//! | `pkcs11` | keys that a PKCS#11 token seals | the crate cryptoki, which loads the token's library |
//! | `failpoints` | changes to the file system that fail, for tests | nothing |
//!
//! No feature is on by default, and none changes what is there without it.
//!
//! What it leaves to others: the meaning of a field, the audit log, and the choice of key source.
//! Nothing here reads the environment, the clock or a home directory; time and randomness come in
//! through [`Options`]. Every call blocks (files, key derivation, the keychain), so asynchronous
//! code calls from a blocking thread.
//!
//! ```
//! use spotify_vault::{Field, MasterKey, Options, SealedVault, SecretBytes, Subject, Unlock, Vault as _};
//!
//! # let home = tempfile::tempdir()?;
//! # let rng = || rand_core::UnwrapErr(getrandom::SysRng);
//! const TOKENS: Field = Field::from_static("tokens");
//! let key = Unlock::Environment(MasterKey::generate(&mut rng()));
//! let options = || Options::new(rng(), || jiff::Timestamp::UNIX_EPOCH);
//! let (vault, recovery) = SealedVault::create(&home.path().join("vault"), &key, options())?;
//! // Show `recovery.expose()` to the person once; it opens the vault when the key is lost.
//!
//! let subject = Subject::new("profile-1")?;
//! vault.write(&subject, &TOKENS, &SecretBytes::from(b"a secret".to_vec()))?;
//! let opened = vault.read(&subject, &TOKENS)?.ok_or("just written")?;
//! assert_eq!(opened.value.expose(), b"a secret");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "backup")]
pub mod backup;
pub mod class;
pub mod environment;
pub mod error;
#[cfg(feature = "failpoints")]
pub mod failpoint;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(unix)]
pub mod key_descriptor;
pub mod key_file;
pub mod key_source;
pub mod keychain;
pub mod migrate;
pub mod name;
pub mod observer;
pub mod options;
#[cfg(feature = "pkcs11")]
pub mod pkcs11;
pub mod progress;
pub mod recovery;
pub mod sealed;
pub mod secret;
pub mod settings;
pub mod store;
pub mod vault;

mod crypto;
mod fs;
mod header;
mod hex;
mod record;
mod slot;
mod subject_key;
mod tombstone;
mod wire;
mod worker;

pub use class::{Class, Suite};
pub use environment::EnvironmentVault;
pub use error::{ErrorKind, VaultError};
pub use key_source::{KeySource, MasterKey, TokenKey, Unlock};
pub use keychain::{Keychain, KeychainError};
pub use name::{Field, Generation, RecordId, Subject, SubjectId, VaultId};
pub use observer::{Event, Observer};
pub use options::{KdfParams, Options};
pub use progress::{Progress, Watch};
pub use recovery::RecoveryCode;
pub use sealed::SealedVault;
pub use sealed::rotation::{Rotation, Swept};
pub use sealed::status::Status;
pub use sealed::verify::Verified;
pub use secret::{DerivedKey, SecretBytes};
pub use settings::{FileSeal, SecretSetting, SettingError};
pub use store::{DirStore, SealedStore};
pub use vault::{Backend, Destroyed, Lease, Opened, Vault};
