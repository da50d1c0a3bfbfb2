//! Few messages of many findings: threshold, quiet hours, grouping, a cap on floods.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::Message;
use super::exporter::Source;
use crate::entry::Entry;
use crate::findings::FINDING_OPENED;
use crate::vocabulary::Severity;

/// Which findings become messages, and when.
#[derive(Clone, Debug)]
pub struct Routing {
    /// Findings below this are left out.
    pub threshold: Severity,
    /// Findings at or above this are sent at once: neither grouped nor held back by quiet hours.
    pub urgent: Severity,
    /// When nothing but the urgent is sent.
    pub quiet: Option<Quiet>,
    /// How long equal findings (same rule, same subject) are gathered into one message.
    pub group: Duration,
    /// How many messages are sent at most...
    pub most: usize,
    /// ...within this time. What goes beyond is told in one message more.
    pub per: Duration,
}

impl Default for Routing {
    /// From medium on, critical at once, grouped for five minutes, at most ten messages an hour.
    fn default() -> Self {
        Self {
            threshold: Severity::Medium,
            urgent: Severity::Critical,
            quiet: None,
            group: Duration::from_mins(5),
            most: 10,
            per: Duration::from_hours(1),
        }
    }
}

/// Hours of the day, which may go over midnight.
#[derive(Clone, Debug)]
pub struct Quiet {
    /// From this time of day on.
    pub from: Time,
    /// Until this time of day.
    pub until: Time,
    /// By the clocks of this place.
    pub zone: TimeZone,
}

impl Quiet {
    fn covers(&self, now: Timestamp) -> bool {
        let time = now.to_zoned(self.zone.clone()).time();
        if self.from <= self.until {
            self.from <= time && time < self.until
        } else {
            self.from <= time || time < self.until
        }
    }
}

/// Equal findings.
#[derive(Clone, Debug)]
pub struct Notice {
    rule: String,
    subject: Option<String>,
    title: String,
    advice: String,
    severity: Severity,
    count: u64,
    since: Timestamp,
    first: u64,
    last: u64,
}

/// Makes messages of the findings that a log has.
#[derive(Debug)]
pub struct Router {
    routing: Routing,
    waiting: BTreeMap<(String, Option<String>), Notice>,
    /// When messages were sent.
    sent: VecDeque<Timestamp>,
    /// What went beyond the cap.
    beyond: Option<Beyond>,
}

#[derive(Clone, Copy, Debug)]
struct Beyond {
    findings: u64,
    severity: Severity,
    first: u64,
    last: u64,
}

impl Router {
    /// Starts with nothing sent.
    pub fn new(routing: Routing) -> Self {
        Self { routing, waiting: BTreeMap::new(), sent: VecDeque::new(), beyond: None }
    }

    fn is_due(&self, notice: &Notice, now: Timestamp, quiet: bool) -> bool {
        let age = Duration::try_from(now.duration_since(notice.since)).unwrap_or_default();
        notice.severity >= self.routing.urgent || (!quiet && age >= self.routing.group)
    }

    /// How many messages may be sent now; one is kept for telling what went beyond.
    fn room(&mut self, now: Timestamp) -> usize {
        let per = self.routing.per;
        let old = |sent: &Timestamp| {
            Duration::try_from(now.duration_since(*sent)).is_ok_and(|age| age >= per)
        };
        while self.sent.front().is_some_and(old) {
            self.sent.pop_front();
        }
        self.routing.most.saturating_sub(self.sent.len())
    }

    fn exceed(&mut self, notice: &Notice) {
        let Notice { severity, first, .. } = *notice;
        let beyond = self.beyond.get_or_insert(Beyond { findings: 0, severity, first, last: 0 });
        beyond.findings += notice.count;
        beyond.first = beyond.first.min(first);
        beyond.severity = beyond.severity.max(notice.severity);
        beyond.last = beyond.last.max(notice.last);
    }
}

impl Source for Router {
    fn take(&mut self, entry: &Entry, now: Timestamp) {
        let severity = entry.severity().unwrap_or(Severity::Info);
        if !FINDING_OPENED.is(entry) || severity < self.routing.threshold {
            return;
        }
        let text = |name| entry.data(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let (rule, subject) = (text("rule").unwrap_or_default(), text("subject"));
        let notice =
            self.waiting.entry((rule.clone(), subject.clone())).or_insert_with(|| Notice {
                rule,
                subject,
                title: String::new(),
                advice: text("advice").unwrap_or_default(),
                severity,
                count: 0,
                since: now,
                first: entry.seq(),
                last: 0,
            });
        // The last one stands for all.
        notice.title = text("title").unwrap_or_default();
        notice.severity = notice.severity.max(severity);
        notice.count += 1;
        notice.last = entry.seq();
    }

    fn due(&mut self, now: Timestamp) -> Vec<Message> {
        let quiet = self.routing.quiet.as_ref().is_some_and(|quiet| quiet.covers(now));
        let mut due = Vec::new();
        for (key, notice) in std::mem::take(&mut self.waiting) {
            if self.is_due(&notice, now, quiet) {
                due.push(notice);
            } else {
                self.waiting.insert(key, notice);
            }
        }
        // The gravest find room first.
        due.sort_by_key(|notice| (std::cmp::Reverse(notice.severity), notice.first));
        let room = self.room(now);
        let whole =
            if due.len() > room || self.beyond.is_some() { room.saturating_sub(1) } else { room };
        let mut messages: Vec<_> = due.iter().take(whole).map(Notice::message).collect();
        for notice in due.iter().skip(whole) {
            self.exceed(notice);
        }
        if room > 0
            && let Some(beyond) = self.beyond.take()
        {
            messages.push(beyond.message());
        }
        self.sent.extend(messages.iter().map(|_| now));
        messages
    }

    fn settled(&self, taken: u64) -> u64 {
        let waiting = self.waiting.values().map(|notice| notice.first);
        let first = waiting.chain(self.beyond.map(|beyond| beyond.first)).min();
        first.map_or(taken, |first| taken.min(first - 1))
    }
}

impl Notice {
    fn message(&self) -> Message {
        let Self { rule, subject, title, advice, severity, count, first, last, .. } = self;
        let subject = subject.as_ref().map(|subject| format!(" ({subject})")).unwrap_or_default();
        let times = if *count > 1 { format!(", {count} times") } else { String::new() };
        Message {
            seq: *last,
            severity: *severity,
            title: format!("{}: {title}{times}", severity.as_str()),
            body: format!(
                "{title}{times}\nrule: {rule}{subject}\nrecords: {first} to {last}\ndo: {advice}\n"
            ),
        }
    }
}

impl Beyond {
    fn message(&self) -> Message {
        let Self { findings, severity, last, .. } = *self;
        let title = format!("{}: {findings} more findings", severity.as_str());
        let body = format!(
            "{findings} more findings than messages may be sent, the gravest {}; the log has them all\n",
            severity.as_str()
        );
        Message { seq: last, severity, title, body }
    }
}
