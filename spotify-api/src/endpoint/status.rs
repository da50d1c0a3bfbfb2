//! In which regimes an operation exists.

use crate::regime::Regime;

/// In which regimes an operation exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// In all regimes, since before 2026.
    Available,
    /// In all regimes, new in February 2026.
    New2026,
    /// Removed in February 2026 from newer apps in Development Mode.
    Removed2026,
    /// Closed to new apps in November 2024, so in Extended Quota for older apps only.
    Closed2024,
}

impl Status {
    /// Whether the operation exists in the regime, as far as that can be known without asking.
    pub const fn offered_in(self, regime: Regime) -> Offer {
        match (self, regime) {
            (Self::Available | Self::New2026, _)
            | (Self::Removed2026, Regime::Extended | Regime::DevLegacy) => Offer::Yes,
            (Self::Removed2026 | Self::Closed2024, Regime::DevRestricted) => Offer::No,
            (Self::Removed2026, Regime::Auto) | (Self::Closed2024, _) => Offer::Unknown,
        }
    }
}

/// Whether an operation exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It exists.
    Yes,
    /// It does not.
    No,
    /// Only Spotify's answer will tell.
    Unknown,
}
