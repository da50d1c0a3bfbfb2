//! The HTTP client below: TLS, time limits, proxy.

use std::time::Duration;

use url::Url;

use super::{BuildError, proxy::Proxy};

/// How bytes get to Spotify and back.
#[derive(Debug, Clone)]
pub(super) struct Transport {
    /// How long a connection may take to come about: name, TCP, proxy and TLS.
    pub(super) connect: Duration,
    pub(super) proxy: Option<Proxy>,
    /// PEM of certificates that are trusted besides those of the system.
    pub(super) extra_certificates: Option<Vec<u8>>,
    /// The program that uses this crate, like `my-program/1.2`.
    pub(super) program: Option<String>,
}

impl Default for Transport {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            proxy: None,
            extra_certificates: None,
            program: None,
        }
    }
}

impl Transport {
    /// Sets up the HTTP client for requests below `base`.
    ///
    /// Verification of certificates is never turned off, and nothing is taken from the environment
    /// but, on Linux, where the system's certificates are (`SSL_CERT_FILE`, `SSL_CERT_DIR`).
    pub(super) fn client(&self, base: &Url) -> Result<reqwest::Client, BuildError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(self.agent())
            .connect_timeout(self.connect)
            .redirect(reqwest::redirect::Policy::none())
            // A repetition is decided in one place, which knows what may be repeated.
            .retry(reqwest::retry::never())
            .referer(false)
            // Also turns off what reqwest would take from the environment.
            .no_proxy()
            .gzip(true)
            .brotli(true)
            .zstd(true)
            .https_only(base.scheme() == "https")
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            .tcp_nodelay(true);
        if let Some(proxy) = &self.proxy {
            builder = builder.proxy(proxy.to_reqwest().map_err(BuildError::Proxy)?);
        }
        if let Some(pem) = &self.extra_certificates {
            let certificates = reqwest::Certificate::from_pem_bundle(pem)
                .map_err(|error| BuildError::Certificate(Some(error)))?;
            if certificates.is_empty() {
                return Err(BuildError::Certificate(None));
            }
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        builder.build().map_err(BuildError::Transport)
    }

    fn agent(&self) -> String {
        match &self.program {
            Some(program) => format!("{PROJECT} {program}"),
            None => PROJECT.to_owned(),
        }
    }
}

const PROJECT: &str = concat!("spotify-mcp/", env!("CARGO_PKG_VERSION"));
