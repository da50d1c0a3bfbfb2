//! Mail.

use std::fmt;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Message as Mail, SmtpTransport, Transport as _};

use super::{Message, Sink, SinkError};

/// Sends each message as a mail.
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
    to: Vec<Mailbox>,
    server: String,
}

impl Smtp {
    /// Sends through a server given as a URL: `smtps://host`, `smtp://host:587?tls=required`, each
    /// with `user:password@` before the host, or `smtp://localhost` for one on this machine.
    ///
    /// # Errors
    /// When the URL or an address is none.
    pub fn new(url: &str, from: &str, to: &[&str]) -> Result<Self, SinkError> {
        let setup = |what: &str| SinkError::Setup(format!("{what} cannot be used"));
        let address = |text: &str| text.parse().map_err(|_| setup("a mail address"));
        let transport =
            SmtpTransport::from_url(url).map_err(|_| setup("the server's URL"))?.build();
        let to = to.iter().map(|text| address(text)).collect::<Result<_, _>>()?;
        let host = url.rsplit('@').next().unwrap_or_default();
        let server =
            host.trim_start_matches("smtp://").split(['?', '/']).next().unwrap_or_default();
        Ok(Self {
            transport,
            from: address(from)?,
            to,
            server: format!("the mail server {server}"),
        })
    }

    fn send(&self, message: &Message) -> Result<(), SinkError> {
        let mut mail = Mail::builder()
            .from(self.from.clone())
            .subject(message.title.clone())
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            mail = mail.to(to.clone());
        }
        let mail = mail
            .body(message.body.clone())
            .map_err(|_| SinkError::Setup("a mail cannot be made".to_owned()))?;
        match self.transport.send(&mail) {
            Ok(_) => Ok(()),
            Err(error) => match error.status() {
                Some(code) => {
                    let (target, answer) = (self.server.clone(), code.to_string());
                    Err(SinkError::Refused { target, answer })
                }
                None => {
                    Err(SinkError::Unreachable(self.server.clone(), std::io::Error::other(error)))
                }
            },
        }
    }
}

impl Sink for Smtp {
    fn deliver(&mut self, messages: &[Message]) -> Result<(), SinkError> {
        messages.iter().try_for_each(|message| self.send(message))
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("server", &self.server).finish_non_exhaustive()
    }
}
