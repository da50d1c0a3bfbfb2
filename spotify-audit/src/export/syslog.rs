//! Syslog: messages of RFC 5424 over TCP, TLS (RFC 5425) or a Unix socket.

use std::fmt;
use std::io::{self, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
#[cfg(unix)]
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Message, Sink, SinkError};
use crate::entry::Entry;
use crate::vocabulary::Severity;

const PATIENCE: Duration = Duration::from_secs(10);

/// What kind of program reports (RFC 5424 section 6.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Facility {
    /// Security and authorisation, private.
    AuthPriv = 10,
    /// Log audit.
    #[default]
    LogAudit = 13,
    /// For local use.
    Local0 = 16,
}

/// Writes a record as a message of RFC 5424. What the log says of it stands in structured data
/// and, as the whole line, in the text.
pub fn syslog_line(entry: &Entry, facility: Facility, host: &str, program: &str) -> String {
    syslog_message(entry, facility, host, program, entry.line())
}

/// Writes a record as [`syslog_line`] does, with another text: the record in another form.
pub fn syslog_message(
    entry: &Entry,
    facility: Facility,
    host: &str,
    program: &str,
    text: &str,
) -> String {
    let severity = match entry.severity() {
        Some(Severity::Critical) => 2,
        Some(Severity::High) => 3,
        Some(Severity::Medium) => 4,
        Some(Severity::Low) => 5,
        _ => 6,
    };
    let priority = facility as u8 * 8 + severity;
    let time = format!("{:.6}", entry.time());
    let kind = name(entry.kind(), 32);
    let mut data = format!("[sal@32473 seq=\"{}\" code=\"{}\"", entry.seq(), entry.code());
    for (key, value) in [("profile", entry.profile()), ("request", entry.request())] {
        if let Some(value) = value {
            data.push_str(&[" ", key, "=\"", &escaped(value), "\""].concat());
        }
    }
    let (host, program) = (name(host, 255), name(program, 48));
    format!("<{priority}>1 {time} {host} {program} - {kind} {data}] {text}")
}

/// Makes a header field: printable ASCII without spaces, `-` for nothing.
fn name(text: &str, longest: usize) -> String {
    let name: String = text.chars().filter(char::is_ascii_graphic).take(longest).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

fn escaped(value: &str) -> String {
    let mut text = String::new();
    for character in value.chars() {
        if matches!(character, '"' | '\\' | ']') {
            text.push('\\');
        }
        text.push(character);
    }
    text
}

/// Where messages go.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SyslogTarget {
    /// Host and port, without protection: for a server on the same machine.
    Tcp(String),
    /// A socket of this machine: of streams, or of datagrams as `/dev/log` is. For Unix systems.
    Unix(PathBuf),
    /// Host and port, with TLS.
    #[cfg(feature = "tls")]
    Tls {
        /// Host and port.
        address: String,
        /// Whom to trust, and who this is.
        config: std::sync::Arc<rustls::ClientConfig>,
    },
}

/// Sends messages with octet counting (RFC 6587 section 3.4.1).
pub struct Syslog {
    target: SyslogTarget,
    connection: Option<Connection>,
}

enum Connection {
    Stream(Box<dyn Write + Send>),
    #[cfg(unix)]
    Datagrams(UnixDatagram),
}

impl Connection {
    fn send(&mut self, message: &str) -> io::Result<()> {
        match self {
            Self::Stream(stream) => {
                stream.write_all(format!("{} {message}", message.len()).as_bytes())
            }
            #[cfg(unix)]
            Self::Datagrams(socket) => socket.send(message.as_bytes()).map(drop),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stream(stream) => stream.flush(),
            #[cfg(unix)]
            Self::Datagrams(_) => Ok(()),
        }
    }
}

impl Syslog {
    /// Connects at the first delivery.
    pub fn new(target: SyslogTarget) -> Self {
        Self { target, connection: None }
    }

    fn connect(&self) -> io::Result<Connection> {
        let stream: Box<dyn Write + Send> = match &self.target {
            SyslogTarget::Tcp(address) => Box::new(tcp(address)?),
            SyslogTarget::Unix(path) => return unix(path),
            #[cfg(feature = "tls")]
            SyslogTarget::Tls { address, config } => {
                let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host);
                let name = rustls::pki_types::ServerName::try_from(host.to_owned())
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
                let config = std::sync::Arc::clone(config);
                let connection =
                    rustls::ClientConnection::new(config, name).map_err(io::Error::other)?;
                Box::new(Tls(rustls::StreamOwned::new(connection, tcp(address)?)))
            }
        };
        Ok(Connection::Stream(stream))
    }

    fn send(&mut self, messages: &[Message]) -> io::Result<()> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        for message in messages {
            connection.send(&message.body)?;
        }
        connection.flush()?;
        self.connection = Some(connection);
        Ok(())
    }
}

/// A stream that is closed in order.
///
/// A server sends tickets after the handshake. A socket that is closed with something unread resets
/// the connection, and messages that the server did not read yet would be lost.
#[cfg(feature = "tls")]
struct Tls(rustls::StreamOwned<rustls::ClientConnection, TcpStream>);

#[cfg(feature = "tls")]
impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(feature = "tls")]
impl Drop for Tls {
    fn drop(&mut self) {
        self.0.conn.send_close_notify();
        let closed = self.0.flush().and_then(|()| self.0.sock.shutdown(std::net::Shutdown::Write));
        let mut unread = [0; 512];
        let mut socket = &self.0.sock;
        if closed.is_ok() && socket.set_read_timeout(Some(FAREWELL)).is_ok() {
            while io::Read::read(&mut socket, &mut unread).is_ok_and(|read| read > 0) {}
        }
    }
}

/// How long a server has for closing its side.
#[cfg(feature = "tls")]
const FAREWELL: Duration = Duration::from_secs(1);

#[cfg(unix)]
fn unix(path: &Path) -> io::Result<Connection> {
    let of_datagrams = rustix::io::Errno::PROTOTYPE.raw_os_error();
    match UnixStream::connect(path) {
        Ok(stream) => {
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(Connection::Stream(Box::new(stream)))
        }
        Err(error) if error.raw_os_error() == Some(of_datagrams) => {
            let socket = UnixDatagram::unbound()?;
            socket.set_write_timeout(Some(PATIENCE))?;
            socket.connect(path)?;
            Ok(Connection::Datagrams(socket))
        }
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn unix(_: &Path) -> io::Result<Connection> {
    Err(io::ErrorKind::Unsupported.into())
}

fn tcp(address: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => {
                stream.set_write_timeout(Some(PATIENCE))?;
                stream.set_read_timeout(Some(PATIENCE))?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl Sink for Syslog {
    fn deliver(&mut self, messages: &[Message]) -> Result<(), SinkError> {
        let was_connected = self.connection.is_some();
        // A server that was restarted meanwhile shows only when written to.
        let sent = match self.send(messages) {
            Err(_) if was_connected => self.send(messages),
            sent => sent,
        };
        sent.map_err(|error| SinkError::Unreachable(self.target.to_string(), error))
    }
}

impl fmt::Display for SyslogTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "syslog at {address}"),
            Self::Unix(path) => write!(f, "syslog at {}", path.display()),
            #[cfg(feature = "tls")]
            Self::Tls { address, .. } => write!(f, "syslog at {address}, with TLS"),
        }
    }
}

impl fmt::Debug for Syslog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Syslog").field("target", &self.target).finish_non_exhaustive()
    }
}
