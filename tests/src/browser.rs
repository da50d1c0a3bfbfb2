//! The part of a browser that sign-in needs.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use url::Url;

use crate::accounts::authorize::Decision;

/// Where the accounts service sends the browser after the user's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    location: String,
}

impl Redirect {
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
        let url = Url::parse(&self.location).map_err(|_| invalid("the location is no URL"))?;
        let page = visit(&url, "").await?;
        Ok((page.status, page.body))
    }
}

/// Visits the authorize page and answers it at once.
pub(crate) async fn decide(url: &Url, user: &str, decision: Decision) -> Result<Redirect, String> {
    let decision = match decision {
        Decision::Approve => "approve",
        Decision::Refuse => "refuse",
    };
    let headers = format!("x-sim-consent: {decision}\r\nx-sim-user: {user}\r\n");
    let page = visit(url, &headers).await.map_err(|error| error.to_string())?;
    match page.header("location") {
        Some(location) => Ok(Redirect { location: location.to_owned() }),
        None => Err(page.message().to_owned()),
    }
}

/// What a browser gets.
#[derive(Debug)]
struct Page {
    status: u16,
    head: String,
    body: String,
}

impl Page {
    fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Returns the first paragraph, which says what is wrong.
    fn message(&self) -> &str {
        let paragraph = self.body.split_once("<p>").and_then(|(_, rest)| rest.split_once("</p>"));
        paragraph.map_or(&self.body, |(text, _)| text)
    }
}

async fn visit(url: &Url, headers: &str) -> io::Result<Page> {
    if url.scheme() != "http" {
        return Err(invalid("only http locations can be followed"));
    }
    let addresses = url.socket_addrs(|| None)?;
    let mut stream = TcpStream::connect(addresses.as_slice()).await?;
    let target = format!("{}?{}", url.path(), url.query().unwrap_or_default());
    let request = format!(
        "GET {target} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nConnection: close\r\n\
         {headers}\r\n",
        url.authority()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| invalid("no head"))?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| invalid("no status"))?;
    Ok(Page { status, head: head.to_owned(), body: body.to_owned() })
}

fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
