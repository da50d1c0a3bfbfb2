//! Administration of profiles, sign-in, vault and audit log.
