//! The keychain of each operating system, and what its errors mean.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};

use super::{Cause, KeychainError};

/// Connects to the Secret Service on the session bus.
#[cfg(target_os = "linux")]
pub(super) fn connect() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

/// Connects to the login keychain.
#[cfg(target_os = "macos")]
pub(super) fn connect() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

/// Connects to the Credential Manager.
#[cfg(windows)]
pub(super) fn connect() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// There is none on this system.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) fn connect() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NotSupportedByStore("no keychain is known for this system".to_owned()))
}

/// Names an entry.
#[cfg(not(windows))]
pub(super) fn entry(store: &CredentialStore, service: &str, account: &str) -> Result<Entry, Error> {
    store.build(service, account, None)
}

/// Names an entry that stays on this machine: by default it would roam with the user's profile.
#[cfg(windows)]
#[expect(clippy::disallowed_types, reason = "keyring-core takes its modifiers in a HashMap")]
pub(super) fn entry(store: &CredentialStore, service: &str, account: &str) -> Result<Entry, Error> {
    let local = std::collections::HashMap::from([("persistence", "Local")]);
    store.build(service, account, Some(&local))
}

/// Tells apart what a person can do something about. Drops whatever may hold an entry's bytes.
pub(super) fn classify(error: Error) -> KeychainError {
    match error {
        Error::NoStorageAccess(source) => {
            secret_service(source.as_ref()).unwrap_or(KeychainError::Locked)
        }
        Error::PlatformFailure(source) => secret_service(source.as_ref())
            .unwrap_or_else(|| KeychainError::Failed { source: Cause(source.to_string()) }),
        Error::Ambiguous(entries) => KeychainError::Ambiguous { count: entries.len() },
        Error::TooLong(..) | Error::Invalid(..) | Error::NotSupportedByStore(_) => {
            KeychainError::Unsupported
        }
        Error::NoEntry => KeychainError::ReadBack,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => {
            KeychainError::NotAKey(crate::key_source::KeyError::Encoding)
        }
        _ => KeychainError::Failed { source: Cause("its store is malformed".to_owned()) },
    }
}

/// What an error of the Secret Service's client means; `None` when it is none, or means no more.
#[cfg(target_os = "linux")]
fn secret_service(
    error: &(dyn std::error::Error + Send + Sync + 'static),
) -> Option<KeychainError> {
    use secret_service::Error as Service;

    let cause = || Cause(error.to_string());
    match error.downcast_ref::<Service>()? {
        Service::Locked | Service::Prompt | Service::PromptDisconnected => {
            Some(KeychainError::Locked)
        }
        Service::NoResult => Some(KeychainError::NoDefaultCollection),
        Service::Unavailable => Some(KeychainError::NoBus { source: cause() }),
        Service::Zbus(inner) => match inner {
            zbus::Error::MethodError(name, ..) if is_unknown(name.as_str()) => {
                Some(KeychainError::NoProvider { source: cause() })
            }
            zbus::Error::FDO(inner) if matches!(**inner, zbus::fdo::Error::ServiceUnknown(_)) => {
                Some(KeychainError::NoProvider { source: cause() })
            }
            zbus::Error::Connection(..)
            | zbus::Error::InputOutput(_)
            | zbus::Error::Address(_)
            | zbus::Error::Handshake(_) => Some(KeychainError::NoBus { source: cause() }),
            _ => None,
        },
        Service::ZbusFdo(zbus::fdo::Error::ServiceUnknown(_)) => {
            Some(KeychainError::NoProvider { source: cause() })
        }
        _ => None,
    }
}

#[cfg(not(target_os = "linux"))]
fn secret_service(_: &(dyn std::error::Error + Send + Sync + 'static)) -> Option<KeychainError> {
    None
}

#[cfg(target_os = "linux")]
fn is_unknown(name: &str) -> bool {
    matches!(
        name,
        "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner"
            // It ended while it was asked.
            | "org.freedesktop.DBus.Error.NoReply"
    )
}
