//! What carries the protocol.

mod lines;

pub use self::lines::{LONGEST_LINE, Lines};
