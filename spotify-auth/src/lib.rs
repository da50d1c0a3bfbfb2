//! OAuth with PKCE, token rotation, profiles and sessions for Spotify.
//!
//! The crate signs a person in at Spotify's accounts service, keeps the grant alive, and hands out
//! bearer tokens one request at a time. Where the grant is kept and who is told of it are traits
//! ([`TokenStore`], [`Events`]); with the feature `session` (on by default) they are the sealed
//! vault and the audit log that both programs of this workspace share.
//!
//! - [`oauth`]: Authorization Code with PKCE, without I/O.
//! - [`endpoint`]: the token endpoint over HTTP.
//! - [`sign_in`]: pending sign-ins, the loopback listener, the pasted redirect.
//! - [`rotation`]: single-flight refresh that persists before use.
//! - [`session`]: settings, profiles, vault and audit log of one installation.
//!
//! | feature | what it adds | what it brings |
//! | --- | --- | --- |
//! | `session` | one installation: settings, profiles, vault and log; on by default | the crates spotify-vault and spotify-audit |
//! | `backup` | encrypted backups of the vault | the crate age |
//! | `export` | the audit log to syslog servers, webhooks and mail | the crates rustls, reqwest and lettre |
//! | `pkcs11` | keys that a PKCS#11 token seals | the crate cryptoki, which loads the token's library |
//!
//! Time and randomness are arguments ([`Clock`], [`Entropy`]); nothing here reads the environment
//! or the system clock by itself.

pub mod app;
mod blocking;
pub mod clock;
pub mod endpoint;
pub mod entropy;
pub mod grant;
pub mod loopback;
pub mod oauth;
pub mod origins;
pub mod policy;
pub mod profile;
pub mod rotation;
pub mod scope;
pub mod secret;
#[cfg(feature = "session")]
pub mod session;
pub mod sign_in;
pub mod store;
mod text;

pub use clock::Clock;
pub use entropy::Entropy;
pub use grant::{Grant, Record};
pub use policy::Policy;
pub use profile::{ProfileId, ProfileName};
pub use rotation::TokenSource;
pub use scope::ScopeSet;
pub use store::{Events, TokenStore};
