//! What is written to standard error besides the answers.

use spotify_auth::session::settings::LogLevel;
use tracing_subscriber::EnvFilter;

/// The crates of this program. Others stay at `info` at most: what an HTTP client writes at `trace`
/// is what travels, and nobody here can vouch for it.
const OWN: [&str; 5] =
    ["enterprise_cli", "spotify_api", "spotify_audit", "spotify_auth", "spotify_vault"];

/// Starts writing at `level`.
pub(crate) fn start(level: LogLevel, colours: bool) {
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives(level)))
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .finish();
    // A second start in one process, as in a test, changes nothing.
    let _already_started = tracing::subscriber::set_global_default(subscriber);
}

fn directives(level: LogLevel) -> String {
    let (own, others) = match level {
        LogLevel::Error => ("error", "error"),
        LogLevel::Warn => ("warn", "warn"),
        LogLevel::Info => ("info", "info"),
        LogLevel::Debug => ("debug", "info"),
        LogLevel::Trace => ("trace", "info"),
    };
    let own = OWN.map(|name| format!("{name}={own}"));
    format!("{others},{}", own.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_never_write_more_than_info() {
        let directives = directives(LogLevel::Trace);
        assert!(directives.starts_with("info,") && directives.contains("spotify_auth=trace"));
    }
}
