//! Whether Spotify's two services answer, and what their clocks say.

use std::time::Duration;

use http::header::DATE;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::{Check, Checked, Code, Finding};
use crate::Clock;
use crate::endpoint;
use crate::origins::Origins;
use crate::session::error::with_causes;

/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How far this machine's clock may be from Spotify's.
pub const SKEW_MAX: SignedDuration = SignedDuration::from_secs(60);

/// Asks both services for anything, without a token, and compares their clock with this machine's.
/// Takes five seconds at most.
pub async fn reach(origins: &Origins, clock: &Clock) -> [Checked; 3] {
    let http = match endpoint::http().timeout(ANSWER_WITHIN).build() {
        Ok(http) => http,
        Err(error) => {
            let why = with_causes(&error);
            return [Check::Accounts, Check::WebApi, Check::Clock]
                .map(|check| Checked::skipped(check, why.clone()));
        }
    };
    let ask = async |url: &Url| {
        let answer = http.get(url.clone()).send().await;
        (answer, clock.now())
    };
    let api = origins.api();
    let ((accounts, asked_at), (api_answer, api_asked_at)) =
        tokio::join!(ask(origins.accounts()), ask(api));
    let skew = skew(&accounts, asked_at).or_else(|| skew(&api_answer, api_asked_at));
    [
        answered(Check::Accounts, Code::AccountsUnreachable, origins.accounts(), &accounts),
        answered(Check::WebApi, Code::ApiUnreachable, api, &api_answer),
        compared(skew),
    ]
}

type Answer = Result<reqwest::Response, reqwest::Error>;

fn answered(check: Check, code: Code, url: &Url, answer: &Answer) -> Checked {
    let host = url.host_str().unwrap_or_default();
    match answer {
        // Without a token each answer but a failure of the service is as good as any other.
        Ok(answer) if !answer.status().is_server_error() => {
            Checked::new(check, format!("{host} answers"), Vec::new())
        }
        Ok(answer) => {
            let reason = format!("{host} answers {}", answer.status());
            Checked::new(check, reason.clone(), vec![Finding::new(code, reason)])
        }
        Err(error) => {
            let reason = format!("{host}: {}", with_causes(error));
            Checked::new(check, format!("{host} does not answer"), vec![Finding::new(code, reason)])
        }
    }
}

/// Returns by how much this machine is ahead. The header has whole seconds.
fn skew(answer: &Answer, at: Timestamp) -> Option<SignedDuration> {
    let date = answer.as_ref().ok()?.headers().get(DATE)?.to_str().ok()?;
    let there = DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(at.duration_since(there))
}

fn compared(skew: Option<SignedDuration>) -> Checked {
    let Some(skew) = skew else {
        return Checked::skipped(Check::Clock, "no answer tells the time");
    };
    let seconds = skew.as_secs();
    let side = if seconds < 0 { "behind" } else { "ahead of" };
    let seen = format!("{} s {side} Spotify's", seconds.abs());
    let finding = (skew.abs() > SKEW_MAX).then(|| Finding::new(Code::ClockSkewed, seen.clone()));
    Checked::new(Check::Clock, seen, finding.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::doctor::State;

    #[test]
    fn a_clock_may_be_a_minute_off_and_no_more() {
        let of = |seconds| compared(Some(SignedDuration::from_secs(seconds)));
        assert_eq!(of(60).state, State::Ok);
        assert_eq!(of(-60).seen, "60 s behind Spotify's");
        assert_eq!(of(61).findings[0].code, Code::ClockSkewed);
        assert_eq!(of(-61).state, State::Found);
        assert_eq!(compared(None).state, State::Skipped);
    }
}
