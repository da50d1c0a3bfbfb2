//! What signing in does.

use jiff::{Timestamp, Unit, tz::TimeZone};
use spotify_api::LimitState;
use spotify_auth::{ScopeSet, session::Status};

use super::{
    Answer, AuthStatus, Authenticate, Begun, Closed, GetAuthStatus, GetAuthUrl, SignInState,
    SignedIn,
};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run, Text},
        rendering::Lines,
    },
};

/// Where the person can take the access away at Spotify.
const MANAGE_URL: &str = "https://www.spotify.com/account/apps/";

impl Run for GetAuthUrl {
    async fn run(self, call: Call) -> Result<Begun, Cause> {
        let begun = call.account.sign_ins().await?.begin().await?;
        Ok(Begun {
            url: begun.url.as_str().to_owned(),
            answer: if begun.listening { Answer::Automatic } else { Answer::Paste },
            expires_at: moment(begun.ends_at),
        })
    }
}

impl Text for Begun {
    fn text(&self) -> String {
        let then = match self.answer {
            Answer::Automatic => {
                "The sign-in completes by itself when the person has approved; get_auth_status tells. If the browser runs on another machine, pass the address it ends at to authenticate."
            }
            Answer::Paste => {
                "When the person has approved, pass the address the browser ended at to authenticate."
            }
        };
        Lines::new("Ask the person to open this link and approve:")
            .line(&self.url)
            .field("valid until", Some(&self.expires_at))
            .line(then)
            .finish()
    }
}

impl Run for Authenticate {
    async fn run(self, call: Call) -> Result<SignedIn, Cause> {
        let signed_in = call.account.sign_ins().await?.complete(&self.redirect).await?;
        Ok(SignedIn {
            scopes: words(&signed_in.scopes),
            missing_scopes: words(&signed_in.missing),
            deadline: day(signed_in.deadline),
            days_left: days(call.now(), signed_in.deadline),
        })
    }
}

impl Text for SignedIn {
    fn text(&self) -> String {
        let missing = (!self.missing_scopes.is_empty()).then(|| self.missing_scopes.join(" "));
        Lines::new("Signed in to Spotify.")
            .field("not granted", missing)
            .field("sign in again by", Some(format!("{} ({} days)", self.deadline, self.days_left)))
            .finish()
    }
}

impl Run for GetAuthStatus {
    async fn run(self, call: Call) -> Result<AuthStatus, Cause> {
        let account = &call.account;
        let status = account.status().await?;
        let state = match &status {
            Status::SignedIn(_) => SignInState::SignedIn,
            Status::Ended(_) => SignInState::Ended,
            Status::Suspended { .. } => SignInState::Suspended,
            Status::Revoked { .. } => SignInState::Revoked,
            _ => SignInState::NotSignedIn,
        };
        let mut report = AuthStatus {
            profile: account.name().to_owned(),
            state,
            scopes: Vec::new(),
            missing_scopes: Vec::new(),
            deadline: None,
            days_left: None,
            token_expires_at: None,
            ended: None,
            regime: account.regime().to_string(),
            closed: Vec::new(),
            not_offered: Vec::new(),
            small_pages: Vec::new(),
            pending: account.pending().await,
            manage_url: MANAGE_URL.to_owned(),
        };
        if let Some((limits, learned)) = account.limits().await {
            report.closed = closed(&limits);
            report.not_offered = learned.missing_until.into_keys().collect();
            report.small_pages = learned.small_pages.into_iter().collect();
        }
        match status {
            Status::SignedIn(status) => {
                report.scopes = words(&status.scopes);
                report.missing_scopes = words(&account.scopes().missing_from(&status.scopes));
                report.deadline = Some(day(status.deadline));
                report.days_left = Some(days(call.now(), status.deadline));
                report.token_expires_at = Some(moment(status.expires_at));
            }
            Status::Ended(ended) => {
                report.ended = Some(format!("{} ({})", ended.reason, day(ended.at)));
            }
            Status::Revoked { at } => {
                report.ended = Some(format!("the profile was revoked ({})", day(at)));
            }
            _ => {}
        }
        Ok(report)
    }
}

fn closed(limits: &LimitState) -> Vec<Closed> {
    let of = |what: &str, why: &str, until: Timestamp| Closed {
        what: what.to_owned(),
        why: why.to_owned(),
        // A wait that Spotify gives in whole seconds ends at a whole second.
        until: moment(until.round(Unit::Second).unwrap_or(until)),
    };
    let rate = limits.rate_limited_until.map(|until| of("all", "rate_limit", until));
    let quotas = limits.quotas_exceeded_until.iter();
    rate.into_iter().chain(quotas.map(|(path, until)| of(path, "quota", *until))).collect()
}

impl Text for AuthStatus {
    fn text(&self) -> String {
        let state = match self.state {
            SignInState::NotSignedIn => "not signed in; get_auth_url begins a sign-in",
            SignInState::SignedIn => "signed in",
            SignInState::Ended => "the sign-in has ended; get_auth_url begins a new one",
            SignInState::Suspended => {
                "access is suspended on purpose; `spotify-admin resume` ends that"
            }
            SignInState::Revoked => {
                "revoked; a new profile is made with `spotify-admin login` by the person"
            }
        };
        let list = |scopes: &[String]| (!scopes.is_empty()).then(|| scopes.join(" "));
        let deadline = self.deadline.as_ref().zip(self.days_left);
        let lines =
            Lines::new(format!("Spotify sign-in of the profile \"{}\": {state}.", self.profile))
                .field("ended", self.ended.as_ref())
                .field("scopes", list(&self.scopes))
                .field("missing scopes", list(&self.missing_scopes))
                .field(
                    "sign in again by",
                    deadline.map(|(day, left)| format!("{day} ({left} days)")),
                )
                .field("access token renewed after", self.token_expires_at.as_ref())
                .field("regime", Some(&self.regime))
                .field("not offered to this app", list(&self.not_offered))
                .field("small pages", list(&self.small_pages))
                .field("pending sign-ins", (self.pending > 0).then(|| self.pending.to_string()))
                .field("take the access away at", Some(&self.manage_url));
        let row = |closed: &Closed| {
            let Closed { what, why, until } = closed;
            format!("closed by the {why} until {until}: {what}")
        };
        self.closed.iter().fold(lines, |lines, closed| lines.line(&row(closed))).finish()
    }
}

fn words(scopes: &ScopeSet) -> Vec<String> {
    scopes.iter().map(str::to_owned).collect()
}

fn days(now: Timestamp, then: Timestamp) -> i64 {
    then.duration_since(now).as_hours().div_euclid(24)
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

pub(in crate::tools) fn moment(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
