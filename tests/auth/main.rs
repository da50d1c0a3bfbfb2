//! Integration tests of auth.
