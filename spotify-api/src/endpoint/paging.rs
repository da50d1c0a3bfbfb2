//! How an operation divides its answer.

use super::argument::{Argument, optional};
use crate::regime::Regime;

/// How many entries an answer has, and how the next ones are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paging {
    /// How a page is named.
    pub by: PagedBy,
    /// How many entries come without asking for a number, in the newest documentation.
    pub default: u32,
    /// At most, in the newest documentation, which is about restricted apps.
    pub max: u32,
    /// At most in the other regimes.
    pub wide_max: u32,
    /// The largest offset, if there is a limit.
    pub max_offset: Option<u32>,
}

/// How a page of a list is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PagedBy {
    /// By how many entries come before it.
    Offset,
    /// By a neighbour of its first entry.
    Cursor(&'static [Argument]),
    /// Not at all: there is one page.
    Nothing,
}

impl Paging {
    pub(super) const fn new(by: PagedBy, default: u32, max: u32, wide_max: u32) -> Self {
        Self { by, default, max, wide_max, max_offset: None }
    }

    /// Returns the largest limit that the regime takes. Under `Auto` the largest of all.
    pub const fn max_in(self, regime: Regime) -> u32 {
        match regime {
            Regime::DevRestricted => self.max,
            Regime::Auto | Regime::Extended | Regime::DevLegacy => self.wide_max,
        }
    }

    /// Returns the arguments in the query that choose the page.
    pub fn arguments(self) -> impl Iterator<Item = Argument> {
        let names: &'static [Argument] = match self.by {
            PagedBy::Offset => const { &[optional("offset")] },
            PagedBy::Cursor(names) => names,
            PagedBy::Nothing => &[],
        };
        std::iter::once(optional("limit")).chain(names.iter().copied())
    }
}
