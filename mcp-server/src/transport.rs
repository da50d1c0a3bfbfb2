//! What carries the protocol.

pub mod http;
mod lines;

pub use self::lines::{LONGEST_LINE, Lines};
