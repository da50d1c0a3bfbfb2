//! Integration tests of enterprise-cli.
