//! A JSON-lines audit log that shows any tampering.
