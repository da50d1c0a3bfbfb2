//! Integration tests of api.
