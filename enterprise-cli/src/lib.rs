//! `spotify-admin`: profiles, sign-in, revocation, the vault's key and the audit log.
//!
//! - [`cli`] is the command line; a command is one file in `commands/`, with its arguments and its
//!   work.
//! - [`config`] reads the command line, the environment and the terminal; nothing else does.
//! - `commands::dispatch` is the one door: it runs a command and leaves its audit record.
//! - [`exit`] is the table of exit codes; the kind of an error fixes which one it is.
//!
//! Standard output carries data, standard error what is said to a person. With `--json` standard
//! output holds one JSON value, also when a command fails.

pub mod cli;
pub mod config;
pub mod exit;

mod ask;
mod browser;
mod clients;
mod commands;
mod error;
mod facts;
mod import;
mod installation;
mod keys;
mod logging;
mod names;
mod output;
mod run;
mod settings_file;
mod text_file;

pub use cli::command;
pub use exit::Exit;
pub use run::run;
