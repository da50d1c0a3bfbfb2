//! Where the audit log is sent: tables `[[sinks]]` of the settings file.

use std::path::PathBuf;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use spotify_audit::export::Quiet;
use spotify_audit::{Pseudonym, Severity};
use spotify_vault::settings::SecretSetting;
use url::{Host, Url};

/// One place that records or findings of the audit log are sent to.
#[derive(Debug)]
pub struct Sink {
    /// The name that its place in the log is remembered by.
    pub name: String,
    /// Where, and what.
    pub to: Destination,
    /// What is less grave is not sent. Without it: all records, findings from medium on.
    pub threshold: Option<Severity>,
    /// When findings that are not critical wait.
    pub quiet: Option<Quiet>,
}

/// Where records or findings go.
#[derive(Debug)]
pub enum Destination {
    /// All records, to a syslog server.
    Syslog {
        /// The server.
        server: SyslogServer,
        /// What the text of a message is.
        form: RecordForm,
    },
    /// Findings, to a receiver of webhooks.
    Webhook {
        /// The receiver.
        url: Url,
        /// What the messages are signed with.
        key: SecretSetting,
    },
    /// Findings, as mail.
    Mail {
        /// The mail server, without a password.
        server: Url,
        /// The password of its user.
        password: Option<SecretSetting>,
        /// The sender.
        from: String,
        /// The recipients.
        recipients: Vec<String>,
    },
}

/// A syslog server.
#[derive(Debug, PartialEq, Eq)]
pub enum SyslogServer {
    /// Host and port of this machine.
    Tcp(String),
    /// Host and port, with TLS; one more authority to trust, as a PEM file.
    Tls(String, Option<PathBuf>),
    /// A socket.
    Unix(PathBuf),
}

/// What a record looks like on its way out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordForm {
    /// The line of the log, as it stands.
    #[default]
    Line,
    /// OCSF 1.9.
    Ocsf,
    /// Common Event Format.
    Cef,
}

/// Reads the tables. An error says what is wrong with which, and repeats no value.
pub(super) fn read(value: toml::Value) -> Result<Vec<Sink>, Vec<String>> {
    let toml::Value::Array(tables) = value else {
        return Err(vec!["`sinks` are tables: write `[[sinks]]` above each".to_owned()]);
    };
    let (mut sinks, mut problems) = (Vec::<Sink>::new(), Vec::new());
    for (place, table) in (1..).zip(tables) {
        let toml::Value::Table(table) = table else {
            problems.push("`sinks` are tables: write `[[sinks]]` above each".to_owned());
            continue;
        };
        match Table(table).sink() {
            Ok(sink) if sinks.iter().any(|other| other.name == sink.name) => {
                problems.push(format!("sink {place}: another one has its name"));
            }
            Ok(sink) => sinks.push(sink),
            Err(problem) => problems.push(format!("sink {place}: {problem}")),
        }
    }
    if problems.is_empty() { Ok(sinks) } else { Err(problems) }
}

/// A table whose keys are taken out one by one; what is left is no setting.
struct Table(toml::Table);

impl Table {
    fn sink(mut self) -> Result<Sink, String> {
        let name = self.needed("name")?;
        if Pseudonym::new(&name).is_err() {
            return Err("`name` is letters, digits, `_`, `-` and `.`".to_owned());
        }
        let to = self.needed("to")?;
        let to = self.destination(&to)?;
        let threshold = self.text("threshold")?.map(|text| severity(&text)).transpose()?;
        let quiet = self.text("quiet")?.map(|text| quiet(&text)).transpose()?;
        if quiet.is_some() && matches!(to, Destination::Syslog { .. }) {
            return Err("`quiet` is for findings, and records are sent there".to_owned());
        }
        match self.0.keys().next() {
            Some(key) => Err(format!("`{}` is no setting of it", key.escape_debug())),
            None => Ok(Sink { name, to, threshold, quiet }),
        }
    }

    fn destination(&mut self, to: &str) -> Result<Destination, String> {
        let url = Url::parse(to).map_err(|_| WHERE.to_owned())?;
        if url.password().is_some() {
            return Err("a password does not belong into `to`: name it in `password`".to_owned());
        }
        let address = || match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => Ok(format!("{host}:{port}")),
            _ => Err("`to` needs a host and a port".to_owned()),
        };
        let server = match url.scheme() {
            "unix" => SyslogServer::Unix(PathBuf::from(url.path())),
            "tcp" if is_here(&url) => SyslogServer::Tcp(address()?),
            "tcp" => return Err("records go to another machine over `tls://` only".to_owned()),
            "tls" => SyslogServer::Tls(address()?, self.text("ca")?.map(PathBuf::from)),
            "https" => return self.webhook(url),
            "http" if is_here(&url) => return self.webhook(url),
            "http" => return Err("a webhook on another machine is `https://`".to_owned()),
            "smtp" | "smtps" => return self.mail(url),
            _ => return Err(WHERE.to_owned()),
        };
        let form = match self.text("form")?.as_deref() {
            None | Some("line") => RecordForm::Line,
            Some("ocsf") => RecordForm::Ocsf,
            Some("cef") => RecordForm::Cef,
            Some(_) => return Err("`form` is `line`, `ocsf` or `cef`".to_owned()),
        };
        Ok(Destination::Syslog { server, form })
    }

    fn webhook(&mut self, url: Url) -> Result<Destination, String> {
        let key = self.secret("key")?.ok_or("`key` is missing: what messages are signed with")?;
        Ok(Destination::Webhook { url, key })
    }

    fn mail(&mut self, server: Url) -> Result<Destination, String> {
        let (password, from) = (self.secret("password")?, self.needed("from")?);
        let recipients = match self.0.remove("recipients") {
            Some(toml::Value::Array(texts)) => {
                texts.into_iter().map(|text| text.as_str().map(str::to_owned)).collect()
            }
            _ => None,
        };
        match recipients {
            Some::<Vec<_>>(recipients) if !recipients.is_empty() => {
                Ok(Destination::Mail { server, password, from, recipients })
            }
            _ => Err("`recipients` is a list of mail addresses".to_owned()),
        }
    }

    fn secret(&mut self, key: &str) -> Result<Option<SecretSetting>, String> {
        let text = self.text(key)?;
        let secret = text.map(|text| SecretSetting::parse(&text)).transpose();
        secret.map_err(|error| format!("`{key}`: {error}"))
    }

    fn needed(&mut self, key: &str) -> Result<String, String> {
        self.text(key)?.ok_or_else(|| format!("`{key}` is missing"))
    }

    fn text(&mut self, key: &str) -> Result<Option<String>, String> {
        match self.0.remove(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(format!("`{key}` must be a text in quotes")),
        }
    }
}

const WHERE: &str = "`to` is `tls://host:port`, `tcp://127.0.0.1:port` or `unix:///path` for syslog, `https://` for a webhook, `smtps://` or `smtp://` for mail";

/// Whether a URL is of this machine.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // The host of a scheme that the URL standard does not know is never taken for an address.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
        }
        None => false,
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::from_word(text)
        .ok_or_else(|| "`threshold` is `info`, `low`, `medium`, `high` or `critical`".to_owned())
}

/// Reads `22:00-07:00` or `22:00-07:00 Europe/Berlin`; UTC without a place.
fn quiet(text: &str) -> Result<Quiet, String> {
    let (hours, zone) = match text.split_once(' ') {
        Some((hours, zone)) => (hours, TimeZone::get(zone).ok()),
        None => (text, Some(TimeZone::UTC)),
    };
    let read = || {
        let (from, until) = hours.split_once('-')?;
        let time = |text: &str| Time::strptime("%H:%M", text).ok();
        Some(Quiet { from: time(from)?, until: time(until)?, zone: zone? })
    };
    read().ok_or_else(|| {
        "`quiet` is like `22:00-07:00 Europe/Berlin`, with a place that this machine knows"
            .to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sinks(text: &str) -> Result<Vec<Sink>, Vec<String>> {
        let table: toml::Table = text.parse().unwrap();
        read(table.into_iter().next().unwrap().1)
    }

    fn problem(table: &str) -> String {
        sinks(&format!("[[sinks]]\n{table}")).unwrap_err().join("; ")
    }

    #[test]
    fn records_go_to_syslog_and_findings_to_people() {
        let text = r#"
            [[sinks]]
            name = "siem"
            to = "tls://siem.example:6514"
            form = "ocsf"
            ca = "/etc/ssl/own.pem"
            [[sinks]]
            name = "here"
            to = "unix:///dev/log"
            threshold = "low"
            [[sinks]]
            name = "team"
            to = "https://hooks.example/services/1"
            key = "file:/run/secrets/hook"
            quiet = "22:00-07:00 Europe/Berlin"
            [[sinks]]
            name = "duty"
            to = "smtps://alerts@mail.example"
            password = "vault:mail"
            from = "spotify-mcp@example.org"
            recipients = ["duty@example.org"]
        "#;
        let sinks = sinks(text).unwrap();
        let Destination::Syslog { server, form } = &sinks[0].to else { panic!("{sinks:?}") };
        let ca = Some("/etc/ssl/own.pem".into());
        assert_eq!(*server, SyslogServer::Tls("siem.example:6514".into(), ca));
        assert_eq!((*form, sinks[1].threshold), (RecordForm::Ocsf, Some(Severity::Low)));
        let quiet = sinks[2].quiet.as_ref().unwrap();
        assert_eq!(
            (quiet.from, quiet.until),
            (Time::constant(22, 0, 0, 0), Time::constant(7, 0, 0, 0))
        );
        assert!(
            matches!(&sinks[3].to, Destination::Mail { recipients, .. } if recipients.len() == 1)
        );
    }

    #[test]
    fn what_is_wrong_is_told_without_the_value() {
        for (table, what) in [
            ("to = 'tls://h:1'", "`name` is missing"),
            ("name = 'canary canary'\nto = 'tls://h:1'", "`name` is letters"),
            ("name = 'a'", "`to` is missing"),
            ("name = 'a'\nto = 'canary'", "`to` is `tls://"),
            ("name = 'a'\nto = 'ftp://canary'", "`to` is `tls://"),
            ("name = 'a'\nto = 'tcp://canary.example:514'", "over `tls://` only"),
            ("name = 'a'\nto = 'http://canary.example/'", "is `https://`"),
            ("name = 'a'\nto = 'https://canary.example/'", "`key` is missing"),
            ("name = 'a'\nto = 'https://h/'\nkey = 'canary'", "`key`: "),
            ("name = 'a'\nto = 'smtps://u:canary\u{40}h'", "does not belong into `to`"),
            ("name = 'a'\nto = 'smtps://h'\nfrom = 'a@b'", "`recipients`"),
            ("name = 'a'\nto = 'tls://h'", "a host and a port"),
            ("name = 'a'\nto = 'tls://h:1'\nform = 'canary'", "`form` is"),
            ("name = 'a'\nto = 'tls://h:1'\nthreshold = 'canary'", "`threshold` is"),
            ("name = 'a'\nto = 'https://h/'\nkey = 'fd:3'\nquiet = 'canary'", "`quiet` is like"),
            ("name = 'a'\nto = 'tls://h:1'\nquiet = '22:00-07:00'", "`quiet` is for findings"),
            ("name = 'a'\nto = 'tls://h:1'\nnonsense = 1", "`nonsense` is no setting"),
        ] {
            let problem = problem(table);
            assert!(problem.contains(what) && !problem.contains("canary"), "{table}: {problem}");
        }
        let twice = "[[sinks]]\nname='a'\nto='tls://h:1'\n[[sinks]]\nname='a'\nto='tls://h:2'";
        assert_eq!(sinks(twice).unwrap_err(), ["sink 2: another one has its name"]);
        assert!(sinks("sinks = 'canary'").is_err());
    }

    #[test]
    fn only_this_machine_is_here() {
        for here in ["tcp://127.0.0.1:1", "tcp://localhost:1", "http://[::1]:1/"] {
            assert!(is_here(&Url::parse(here).unwrap()), "{here}");
        }
        for elsewhere in
            ["tcp://127.0.0.1.example:1", "tcp://10.0.0.1:1", "http://localhost.example/"]
        {
            assert!(!is_here(&Url::parse(elsewhere).unwrap()), "{elsewhere}");
        }
    }
}
