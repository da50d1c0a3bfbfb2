//! Whether what this server needs is in order, as far as it knows it.

use spotify_api::LimitState;
use spotify_auth::session::doctor::{self, Check, Checked, Code, Finding, Repair};

use super::{Account, AccountError};

impl Account {
    /// Looks at everything that `spotify-admin doctor` looks at, but for what only that program can
    /// see: the vault as a whole, the clients and this server itself, which answers.
    pub(crate) async fn setup(&self) -> Result<Vec<Checked>, AccountError> {
        let (scopes, now) = (self.scopes.clone(), self.clock.now());
        let local = self.blocking(move |profile| {
            let settings = profile.settings();
            Ok(vec![
                doctor::settings(settings),
                doctor::files(settings, true, Repair::No),
                doctor::log(settings).checked(settings, None, true),
                doctor::profile(&profile, &scopes, now),
            ])
        });
        let (local, reached) =
            tokio::join!(local, doctor::reach(&self.profile.settings().origins, &self.clock));
        let mut checked = local?;
        checked.extend(reached);
        checked.push(match self.limits().await {
            Some((limits, _)) => of_limits(&limits),
            None => Checked::skipped(Check::Account, "nothing is known of Spotify's limits yet"),
        });
        Ok(checked)
    }
}

fn of_limits(limits: &LimitState) -> Checked {
    let whole = limits.rate_limited_until.map(|until| format!("all requests, until {until}"));
    let quotas = limits.quotas_exceeded_until.iter();
    let quotas = quotas.map(|(path, until)| format!("{path}, until {until}"));
    let closed: Vec<_> = whole.into_iter().chain(quotas).collect();
    let seen = format!("{} kinds of requests are closed by Spotify's limits", closed.len());
    let findings = closed.into_iter().map(|what| Finding::new(Code::QuotaClosed, what)).collect();
    Checked::new(Check::Account, seen, findings)
}
