//! Sending records to other systems, and findings to people.
//!
//! An [`Exporter`] reads the log behind the place that its cursor remembers and hands records to a
//! [`Sink`]. The cursor moves when the sink has taken them, so that each record arrives at least
//! once, whatever stops in between. [`Router`] makes few messages of many findings.
//!
//! Nothing here reads a clock or sleeps: the caller says when it is, and is told how long to wait.

mod cef;
mod cursor;
mod exporter;
mod ocsf;
mod router;
#[cfg(feature = "smtp")]
mod smtp;
mod syslog;
#[cfg(feature = "webhook")]
mod webhook;

use std::io;

use thiserror::Error;

pub use self::cef::cef;
pub use self::exporter::{Each, ExportError, Exported, Exporter, Source};
pub use self::ocsf::ocsf;
pub use self::router::{Notice, Quiet, Router, Routing};
#[cfg(feature = "smtp")]
pub use self::smtp::Smtp;
pub use self::syslog::{Facility, Syslog, SyslogTarget, syslog_line, syslog_message};
#[cfg(feature = "webhook")]
pub use self::webhook::{Webhook, signature};

/// Takes messages to where they are to go.
pub trait Sink: Send {
    /// Delivers messages in their order. When it returns without an error, the other side has them.
    ///
    /// # Errors
    /// When the other side does not have all of them. They are then delivered again, so that some
    /// may arrive twice.
    fn deliver(&mut self, messages: &[Message]) -> Result<(), SinkError>;
}

/// One message to a sink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The number of the last record it speaks of.
    pub seq: u64,
    /// How grave it is.
    pub severity: crate::Severity,
    /// A line for people.
    pub title: String,
    /// What is sent: a record in the form that the sink's owner chose, or a text.
    pub body: String,
}

/// A delivery that came to nothing.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The other side cannot be reached, or broke off.
    #[error("reach {0}")]
    Unreachable(String, #[source] io::Error),
    /// The other side refused.
    #[error("deliver to {target}: it answered {answer}")]
    Refused {
        /// Who.
        target: String,
        /// What it said, without a body.
        answer: String,
    },
    /// A setting of the sink is wrong.
    #[error("set up the sink: {0}")]
    Setup(String),
}
