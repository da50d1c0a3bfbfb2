//! The command line.

use std::time::Duration;

use clap::Parser;
use jiff::Timestamp;
use spotify_sim::{Builder, Clock, Decision, Irregularity, Regime, Rotation, Simulator};

/// Serve a simulated Spotify on loopback ports
///
/// Prints one line of JSON with the addresses, then serves until standard input ends or the
/// process gets SIGINT or SIGTERM. The control endpoints below /_sim/ move the clock, list the
/// requests and queue faults.
#[derive(Debug, Parser)]
#[command(name = "spotify-sim", version)]
#[expect(clippy::doc_markdown, reason = "these comments are the help text of a terminal")]
pub(crate) struct Arguments {
    /// Rules of the default app: extended, dev_legacy or dev_restricted
    #[arg(long, default_value_t)]
    regime: Regime,

    /// Port of the Web API; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,

    /// Port of the accounts service; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    accounts_port: u16,

    /// Seed of the catalogue and of all ids and tokens
    #[arg(long, default_value_t = 0)]
    seed: u64,

    /// What a refresh does to the refresh token: never, same, always, empty, grace or strict
    #[arg(long, default_value = "never")]
    rotation: Rotation,

    /// Instant at which the clock starts, for instance 2026-11-02T09:00:00Z
    #[arg(long)]
    clock: Option<Timestamp>,

    /// Let the clock run from its start instead of standing still
    #[arg(long)]
    ticking: bool,

    /// Further redirect URI of the default app; may be repeated
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,

    /// Text that every issued token starts with
    #[arg(long, value_name = "TEXT", default_value = "")]
    token_prefix: String,

    /// Calls per app in 30 seconds before 429; no limit unless set
    #[arg(long, value_name = "CALLS")]
    rate_limit: Option<usize>,

    /// Calls per operation and day before QUOTA_EXCEEDED; no quota unless set
    #[arg(long, value_name = "CALLS")]
    quota: Option<u64>,

    /// Kind of irregular answer to give, for instance short_pages or N43; may be repeated
    #[arg(long, value_name = "NAME")]
    irregular: Vec<Irregularity>,

    /// Saved tracks of the default user
    #[arg(long, value_name = "TRACKS", default_value_t = 0)]
    saved_tracks: usize,

    /// Milliseconds that the Web API takes for every answer
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    latency: u64,

    /// Send ETag and Cache-Control, and answer 304
    #[arg(long)]
    etags: bool,

    /// Approve every authorization request as the default user, without a page
    #[arg(long)]
    approve_all: bool,

    /// Serve on when standard input ends
    #[arg(long)]
    pub(crate) ignore_stdin: bool,
}

impl Arguments {
    pub(crate) fn builder(self) -> Result<Builder, String> {
        let start = self.clock.unwrap_or(Clock::START);
        let clock = if self.ticking { Clock::ticking(start) } else { Clock::fixed(start) };
        let mut builder = Simulator::builder()
            .regime(self.regime)
            .seed(self.seed)
            .rotation(self.rotation)
            .clock(clock)
            .token_prefix(self.token_prefix)
            .saved_tracks(self.saved_tracks)
            .latency(Duration::from_millis(self.latency))
            .ports(self.accounts_port, self.port);
        for uri in self.redirect_uri {
            if !spotify_sim::is_allowed_redirect_uri(&uri) {
                return Err(format!(
                    "redirect URI {uri:?} cannot be registered: use https, or http on 127.0.0.1 \
                     or [::1], for instance http://127.0.0.1/callback"
                ));
            }
            builder = builder.redirect_uri(uri);
        }
        if let Some(calls) = self.rate_limit {
            builder = builder.rate_limit(calls);
        }
        if let Some(calls) = self.quota {
            builder = builder.quota(calls);
        }
        for irregularity in self.irregular {
            builder = builder.irregular(irregularity);
        }
        if self.etags {
            builder = builder.etags();
        }
        if self.approve_all {
            builder = builder.consent(Decision::Approve);
        }
        Ok(builder)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn error(arguments: &[&str]) -> String {
        let all = std::iter::once(&"spotify-sim").chain(arguments);
        match Arguments::try_parse_from(all) {
            Ok(arguments) => arguments.builder().unwrap_err(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn bad_arguments_say_what_would_be_good() {
        for (arguments, expected) in [
            (["--regime", "dev"], "dev_restricted"),
            (["--rotation", "sometimes"], "never, same, always, empty, grace, strict"),
            (["--irregular", "odd"], "short_pages"),
            (["--redirect-uri", "http://localhost/callback"], "http://127.0.0.1/callback"),
            (["--port", "100000"], "65535"),
            (["--clock", "yesterday"], "yesterday"),
        ] {
            let error = error(&arguments);
            assert!(error.contains(expected), "{arguments:?}: {error}");
        }
    }
}
