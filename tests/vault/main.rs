//! Integration tests of vault.
