//! Where the simulated Spotify is to be had.

/// Every market, in the order in which lists of markets have them.
pub(crate) const ALL: &[&str] = &["BR", "DE", "FR", "GB", "GR", "JP", "PL", "SE", "US"];

/// Where the American edition of a release is sold, and where the other one is.
pub(crate) const AMERICA: &[&str] = &["BR", "JP", "US"];
pub(crate) const EUROPE: &[&str] = &["DE", "FR", "GB", "GR", "PL", "SE"];

/// The market of what is sold in one country only.
pub(crate) const GERMANY: &[&str] = &["DE"];
