//! Where the simulated Spotify is to be had.

/// Every market, in the order in which lists of markets have them.
pub(crate) const ALL: &[&str] = &["BR", "DE", "FR", "GB", "GR", "JP", "PL", "SE", "US"];

/// The market of what is sold in one country only.
pub(crate) const GERMANY: &[&str] = &["DE"];
