//! The audit log on its way to other systems and to people, while a program runs.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use spotify_audit::export::{
    Each, Exporter, Facility, Router, Routing, Smtp, Source, Syslog, SyslogTarget, Webhook, cef,
    ocsf, syslog_message,
};
use spotify_audit::{Clock, Durability, Entry, Severity};
use spotify_vault::SecretBytes;
use spotify_vault::settings::SecretSetting;
use thiserror::Error;

use super::settings::{Destination, RecordForm, Sink, SyslogServer};
use super::{Backing, Context, Recorder, Session};

/// Who reports, in the records that leave.
const PRODUCT: &str = "spotify-mcp";

/// Sends the log to the sinks of the settings, each on a thread of its own.
pub struct Exports {
    /// Each thread goes on until the other end is gone.
    running: Vec<(Sender<()>, JoinHandle<()>)>,
}

/// A sink cannot be set up.
#[derive(Debug, Error)]
#[error("set up the sink {name}: {why}")]
pub struct ExportsError {
    name: String,
    why: String,
}

impl Exports {
    /// Starts to send. What a sink has had already it does not get again, but for the last message
    /// of a program that was killed.
    ///
    /// # Errors
    /// A sink of the settings may be unusable: its secret is absent, its file of authorities is
    /// none, or its place in the log cannot be read. Nothing is sent then.
    pub fn start(session: &Session) -> Result<Self, ExportsError> {
        let mut exporters = Vec::new();
        for sink in &session.settings.sinks {
            let failed = |why: String| ExportsError { name: sink.name.clone(), why };
            let exporter = exporter(sink, session).map_err(failed)?;
            exporters.push((sink.name.clone(), exporter));
        }
        let running = exporters.into_iter().map(|(name, exporter)| {
            let (stop, stopped) = mpsc::channel();
            let (recorder, clock) = (session.recorder.clone(), session.context.clock.clone());
            (stop, thread::spawn(move || run(&name, exporter, &recorder, &clock, &stopped)))
        });
        Ok(Self { running: running.collect() })
    }

    /// Sends what is left, as far as the sinks take it, and ends. Blocks; a sink that does not
    /// answer is given up after some seconds.
    pub fn stop(self) {
        let (stops, threads): (Vec<_>, Vec<_>) = self.running.into_iter().unzip();
        drop(stops);
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a sink of the audit log ended in a panic");
            }
        }
    }
}

impl fmt::Debug for Exports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exports").field("sinks", &self.running.len()).finish_non_exhaustive()
    }
}

/// Feeds a sink until it is told to stop, and once more after that.
fn run(
    name: &str,
    mut exporter: Exporter,
    recorder: &Recorder,
    clock: &crate::Clock,
    stopped: &Receiver<()>,
) {
    let mut stopping = false;
    loop {
        let wait = match exporter.turn(clock.now()) {
            Ok(turn) => {
                if let Some(error) = turn.failure {
                    tracing::warn!(sink = name, %error, "a sink takes no records");
                }
                for event in turn.events {
                    if let Err(error) = recorder.record_blocking(event, Durability::Async) {
                        tracing::error!(sink = name, %error, "the audit log refuses an event");
                    }
                }
                turn.wait
            }
            Err(error) => {
                tracing::error!(sink = name, %error, "a sink ends");
                return;
            }
        };
        if stopping && !wait.is_zero() {
            return;
        }
        stopping = stopped.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected);
    }
}

fn exporter(sink: &Sink, session: &Session) -> Result<Exporter, String> {
    let vault = match &session.backing {
        Backing::Sealed(vault) => Some(vault.as_ref()),
        Backing::Given(_) => None,
    };
    let fetch = |setting: &SecretSetting, key: &str| {
        let name = format!("sinks.{}.{key}", sink.name);
        setting.fetch(&name, vault).map_err(|error| error.to_string())
    };
    let clock = session.context.clock.clone();
    let clock: Clock = Arc::new(move || clock.now());
    let (source, to): (Box<dyn Source>, Box<dyn spotify_audit::export::Sink>) = match &sink.to {
        Destination::Syslog { server, form } => {
            (records(sink, *form, &session.context), Box::new(Syslog::new(target(server)?)))
        }
        Destination::Webhook { url, key } => {
            let key = SecretSlice::from(fetch(key, "key")?.expose().to_vec());
            let webhook = Webhook::new(url.as_str(), key, clock);
            (findings(sink), Box::new(webhook.map_err(|error| error.to_string())?))
        }
        Destination::Mail { server, password, from, recipients } => {
            let password = password.as_ref().map(|place| fetch(place, "password")).transpose()?;
            let server = with_password(server, password.as_ref().map(SecretBytes::expose))?;
            let recipients: Vec<_> = recipients.iter().map(String::as_str).collect();
            let mail = Smtp::new(server.expose_secret(), from, &recipients);
            (findings(sink), Box::new(mail.map_err(|error| error.to_string())?))
        }
    };
    let directory = session.settings.audit_dir();
    Exporter::open(&directory, &sink.name, source, to).map_err(|error| error.to_string())
}

/// Every record that is grave enough, as a message of syslog.
fn records(sink: &Sink, form: RecordForm, context: &Context) -> Box<dyn Source> {
    let threshold = sink.threshold.unwrap_or(Severity::Info);
    let host = context.host.name.as_ref().map_or("-", |name| name.as_str()).to_owned();
    let version = context.host.version;
    Box::new(Each::new(move |entry: &Entry| {
        if entry.severity().unwrap_or(Severity::Info) < threshold {
            return None;
        }
        let text = match form {
            RecordForm::Line => entry.line().to_owned(),
            RecordForm::Ocsf => ocsf(entry, PRODUCT, version).to_string(),
            RecordForm::Cef => cef(entry, PRODUCT, PRODUCT, version),
        };
        Some(syslog_message(entry, Facility::default(), &host, PRODUCT, &text))
    }))
}

/// Findings that are grave enough, few messages of many.
fn findings(sink: &Sink) -> Box<dyn Source> {
    let usual = Routing::default();
    Box::new(Router::new(Routing {
        threshold: sink.threshold.unwrap_or(usual.threshold),
        quiet: sink.quiet.clone(),
        ..usual
    }))
}

fn target(server: &SyslogServer) -> Result<SyslogTarget, String> {
    Ok(match server {
        SyslogServer::Tcp(address) => SyslogTarget::Tcp(address.clone()),
        SyslogServer::Unix(path) => SyslogTarget::Unix(path.clone()),
        SyslogServer::Tls(address, authorities) => {
            let config = Arc::new(tls(authorities.as_deref())?);
            SyslogTarget::Tls { address: address.clone(), config }
        }
    })
}

/// Trusts whom the machine trusts, and the authorities of a file.
fn tls(authorities: Option<&Path>) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = authorities {
        let unusable = |error: &dyn fmt::Display| format!("{}: {error}", path.display());
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| unusable(&error))?;
        let before = roots.len();
        for certificate in certificates {
            let certificate = certificate.map_err(|error| unusable(&error))?;
            roots.add(certificate).map_err(|error| unusable(&error))?;
        }
        if roots.len() == before {
            return Err(unusable(&"it holds no certificate"));
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Puts the password of the server's user where the mail library reads it.
fn with_password(server: &url::Url, password: Option<&[u8]>) -> Result<SecretString, String> {
    let Some(password) = password else { return Ok(SecretString::from(server.as_str())) };
    let text = std::str::from_utf8(password).map_err(|_| "the password is not text")?;
    let mut server = server.clone();
    server.set_password(Some(text)).map_err(|()| "`to` has no user for the password")?;
    Ok(SecretString::from(String::from(server)))
}
