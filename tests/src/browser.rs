//! The part of a browser that sign-in needs.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use url::Url;

/// Where the accounts service sends the browser after the user's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    location: String,
}

impl Redirect {
    pub(crate) const fn new(location: String) -> Self {
        Self { location }
    }

    /// Returns the whole URL: the redirect URI with `code` and `state`, or with `error`.
    pub fn location(&self) -> &str {
        &self.location
    }

    /// Returns a parameter of the URL's query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = Url::parse(&self.location).ok()?;
        let mut pairs = url.query_pairs();
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// Returns the authorization code.
    pub fn code(&self) -> Option<String> {
        self.parameter("code")
    }

    /// Goes to the URL as a browser would, and returns the status and the page that it gets.
    ///
    /// # Errors
    ///
    /// When the URL is not http, or nobody answers there.
    pub async fn follow(&self) -> io::Result<(u16, String)> {
        let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let url = Url::parse(&self.location).map_err(|_| invalid("the location is no URL"))?;
        if url.scheme() != "http" {
            return Err(invalid("only http locations can be followed"));
        }
        let addresses = url.socket_addrs(|| Some(80))?;
        let mut stream = TcpStream::connect(addresses.as_slice()).await?;
        let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nConnection: close\r\n\r\n",
            url.authority()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| invalid("no head"))?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok((status.ok_or_else(|| invalid("no status"))?, body.to_owned()))
    }
}
