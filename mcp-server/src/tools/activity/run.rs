//! What reading the audit log for the person does.

use serde_json::Value;
use spotify_audit::{Entry, Outcome};

use super::{Act, Activity, GetActivity};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        account::run::moment,
        call::{Call, Run, Text},
        rendering::{Lines, joined},
    },
};

/// How many things of a call are named.
const ABOUT: usize = 3;

impl Run for GetActivity {
    async fn run(self, call: Call) -> Result<Activity, Cause> {
        let most = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let calls = call.account.activity(most).await?;
        Ok(Activity { calls: calls.iter().map(Act::of).collect() })
    }
}

impl Act {
    fn of(entry: &Entry) -> Self {
        let word = |text: &str| sanitise::line(text, 60);
        let about = entry.targets().iter().take(ABOUT).map(|target| sanitise::mark(target));
        Self {
            at: moment(entry.time()),
            tool: entry.tool().map(word).unwrap_or_default(),
            outcome: entry.outcome().map_or("unknown", Outcome::as_str).to_owned(),
            reason: entry.reason().map(word),
            requests: entry.data("requests").and_then(Value::as_u64).unwrap_or_default(),
            about: about.collect(),
            client: entry.agent().map(word),
        }
    }
}

impl Text for Activity {
    fn text(&self) -> String {
        let lines = Lines::new(format!("{} calls, newest first:", self.calls.len()));
        let row = |act: &Act| {
            let requests = format!("{} requests", act.requests);
            let about = (!act.about.is_empty()).then(|| act.about.join(", "));
            joined([
                Some(act.at.as_str()),
                Some(&act.tool),
                Some(&act.outcome),
                act.reason.as_deref(),
                Some(&requests),
                about.as_deref(),
                act.client.as_deref(),
            ])
        };
        self.calls.iter().fold(lines, |lines, act| lines.line(&row(act))).finish()
    }
}
