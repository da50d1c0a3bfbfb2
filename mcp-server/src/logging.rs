//! Diagnostics on standard error.
//!
//! Only this workspace's own crates are heard at the level that was asked for. What others log at
//! their verbose levels holds headers and bodies: an HTTP library's holds tokens, the protocol
//! library's a pasted authorization code. They are heard from `warn` on, the protocol library for
//! errors only.

use std::io;

use spotify_auth::session::settings::LogLevel;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer as _, filter::Targets, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

/// The crates whose records hold no secret.
const OURS: [&str; 6] =
    ["mcp_server", "spotify_api", "spotify_audit", "spotify_auth", "spotify_mcp", "spotify_vault"];

/// Starts to write diagnostics. A second call changes nothing.
pub(crate) fn start(level: LogLevel) {
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(false);
    // In a test process somebody else may have been first.
    tracing_subscriber::registry().with(lines.with_filter(filter(level))).try_init().ok();
}

fn filter(level: LogLevel) -> Targets {
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("rmcp", LevelFilter::ERROR)
        .with_targets(OURS.map(|name| (name, level)))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn only_our_own_crates_are_heard_below_warn() {
        let filter = filter(LogLevel::Trace);
        for target in
            ["hyper::proto", "hyper_util", "reqwest", "h2", "rustls", "tokio", "rmcp::service"]
        {
            assert!(!filter.would_enable(target, &Level::INFO), "{target}");
        }
        assert!(filter.would_enable("spotify_api::client", &Level::TRACE));
        assert!(filter.would_enable("reqwest", &Level::WARN));
        assert!(!filter.would_enable("rmcp::service", &Level::WARN));
    }

    #[test]
    fn the_level_holds_for_everybody() {
        let filter = filter(LogLevel::Error);
        assert!(!filter.would_enable("mcp_server", &Level::WARN));
        assert!(!filter.would_enable("reqwest", &Level::WARN));
        assert!(filter.would_enable("mcp_server", &Level::ERROR));
    }
}
