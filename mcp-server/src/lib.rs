//! MCP server that lets an AI client use Spotify for one person, over stdio.
//!
//! - [`tools`] is the table of tools: what each is called, takes, gives, needs and may do. It is all
//!   that the feature `catalogue` has.
//! - [`config`] reads the command line and the environment; nothing else does.
//! - [`offer`] is what a server offers: that table, or what a test puts in its place.
//! - [`server`] answers the protocol; [`transport`] carries it; [`serve`] joins them to a session.
//!
//! Every call passes one door (`dispatch`): arguments are checked against the published schema
//! and parsed, the audit log takes the intent, the tool acts under a deadline, its error is mapped,
//! the audit log takes the outcome. A change that can't be written down is not made.

pub mod tools;

#[cfg(feature = "server")]
mod account;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
mod dispatch;
#[cfg(feature = "server")]
mod failure;
#[cfg(feature = "server")]
mod journal;
#[cfg(feature = "server")]
mod logging;
#[cfg(feature = "server")]
pub mod offer;
#[cfg(feature = "server")]
mod process;
#[cfg(feature = "server")]
mod run;
#[cfg(feature = "server")]
mod sanitise;
#[cfg(feature = "server")]
pub mod serve;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "server")]
pub mod transport;

#[cfg(feature = "server")]
pub use run::{RunError, run};
