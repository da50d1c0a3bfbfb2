//! What a log says of a period: for people as Markdown or a page, for programs as JSON.
//!
//! Counts are of acts: the record that announces an act and the one that reports its end are one.

mod chart;
mod page;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::entry::Entry;
use crate::findings::{FindingState, Findings, Tracked};
use crate::vocabulary::{Outcome, Severity, Stage};

/// How many lines a table has; what is left out is counted.
const LONGEST_TABLE: usize = 20;
/// How many acts that went wrong or are grave are listed, the last ones.
const LONGEST_LIST: usize = 100;
/// The longest period that is shown day by day; a longer one goes by months.
const DAILY: i64 = 62;

/// What a log says of a period.
///
/// ```no_run
/// use spotify_audit::{Query, Reader, Summarizer};
/// # let (since, until) = (jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::UNIX_EPOCH);
/// let mut summarizer = Summarizer::new(since, until);
/// for entry in Reader::open("audit".as_ref(), Query::default())? {
///     match entry {
///         Ok(entry) => summarizer.observe(&entry),
///         Err(_) => summarizer.unreadable(1),
///     }
/// }
/// println!("{}", summarizer.finish(|_pseudonym| None).markdown());
/// # Ok::<(), spotify_audit::StorageError>(())
/// ```
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The version of this form: 1.
    pub version: u32,
    /// The beginning of the period.
    pub since: Timestamp,
    /// Its end; records of this moment do not belong to it.
    pub until: Timestamp,
    /// What a check of the log said, if the caller made one.
    pub verdict: Option<String>,
    /// How many records the log has of the period.
    pub records: u64,
    /// The number of the first of them.
    pub first: Option<u64>,
    /// The number of the last of them.
    pub last: Option<u64>,
    /// How many lines could not be read, of any time.
    pub unreadable: u64,
    /// How many acts there were.
    pub acts: u64,
    /// Acts by days, or by months when the period is longer than 62 days. UTC.
    pub times: Vec<Bucket>,
    /// Acts by how they ended.
    pub outcomes: Table,
    /// Acts by how grave they are.
    pub severities: Table,
    /// Acts by kind.
    pub kinds: Table,
    /// Acts by the tool that was called.
    pub tools: Table,
    /// Acts by the profile acted on.
    pub profiles: Table,
    /// Acts by who acted.
    pub actors: Table,
    /// Findings that were opened in the period or are open at its end, the gravest first.
    pub findings: Vec<Tracked>,
    /// The last acts that did not end well or are grave, oldest first.
    pub notable: Vec<Notable>,
    /// How many such acts are left out.
    pub notable_left_out: u64,
}

/// Acts of a day or a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Bucket {
    /// The first day.
    pub start: Date,
    /// How many acts.
    pub acts: u64,
    /// How many of them were refused, failed, or ended nobody knows how.
    pub trouble: u64,
}

/// Counts by name, the greatest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Table {
    /// The greatest counts.
    pub rows: Vec<Count>,
    /// How many names are left out.
    pub left_out: u64,
    /// How many acts they have together.
    pub left_out_acts: u64,
}

/// A count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// What is counted, as it stands in the log.
    pub name: String,
    /// The name that people know it by, for a pseudonym that could be resolved.
    pub known_as: Option<String>,
    /// How many acts.
    pub acts: u64,
}

/// An act that somebody may want to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Notable {
    /// The record's number.
    pub seq: u64,
    /// When it was written.
    pub time: Timestamp,
    /// Its code.
    pub code: String,
    /// Its kind.
    pub kind: String,
    /// How grave it is.
    pub severity: Option<Severity>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Why it ended so.
    pub reason: Option<String>,
    /// The tool that was called.
    pub tool: Option<String>,
    /// The profile acted on: the name, if it could be resolved.
    pub profile: Option<String>,
}

/// Folds records, oldest first, into a [`Summary`]. Its memory depends on how many different
/// names there are, not on how many records.
#[derive(Clone, Debug)]
pub struct Summarizer {
    summary: Summary,
    monthly: bool,
    counts: [Counts; 6],
    findings: Findings,
}

/// Counts of acts by name.
type Counts = BTreeMap<String, u64>;

impl Summarizer {
    /// Begins a summary of what was written from `since` on and before `until`.
    pub fn new(since: Timestamp, until: Timestamp) -> Self {
        let (first, last) = (day(since), day(until.max(since)));
        let days = first.until(last).map_or(0, |span| i64::from(span.get_days()));
        let monthly = days > DAILY;
        Self {
            summary: Summary::empty(since, until, buckets(first, until, monthly)),
            monthly,
            counts: Default::default(),
            findings: Findings::default(),
        }
    }

    /// Notes what a check of the log said.
    pub fn verdict(&mut self, verdict: impl Into<String>) {
        self.summary.verdict = Some(verdict.into());
    }

    /// Takes in the next record. Those before the period are needed, too: findings that are open
    /// when it begins were opened earlier.
    pub fn observe(&mut self, entry: &Entry) {
        if entry.time() >= self.summary.until {
            return;
        }
        self.findings.observe(entry);
        if entry.time() < self.summary.since {
            return;
        }
        let summary = &mut self.summary;
        summary.records += 1;
        summary.first.get_or_insert(entry.seq());
        summary.last = Some(entry.seq());
        if entry.stage() != Some(Stage::Intent) {
            self.count(entry);
        }
    }

    /// Counts lines that could not be read.
    pub fn unreadable(&mut self, lines: u64) {
        self.summary.unreadable += lines;
    }

    /// Ends the summary; `names` gives the name behind a pseudonym where it is known.
    pub fn finish(self, names: impl Fn(&str) -> Option<String>) -> Summary {
        let Self { mut summary, counts, findings, .. } = self;
        let [outcomes, severities, kinds, tools, profiles, actors] = counts;
        summary.outcomes = Table::of(outcomes, |_| None);
        summary.severities = Table::of(severities, |_| None);
        summary.kinds = Table::of(kinds, |_| None);
        summary.tools = Table::of(tools, |_| None);
        summary.profiles = Table::of(profiles, &names);
        summary.actors = Table::of(actors, &names);
        for notable in &mut summary.notable {
            let name = notable.profile.as_deref().and_then(&names);
            notable.profile = name.or(notable.profile.take());
        }
        let since = summary.first.unwrap_or(u64::MAX);
        let concerns =
            |tracked: &&Tracked| tracked.state != FindingState::Closed || tracked.seq >= since;
        summary.findings = findings.all().into_iter().filter(concerns).cloned().collect();
        summary
    }

    fn count(&mut self, entry: &Entry) {
        let outcome = entry.outcome();
        let trouble = outcome.is_some_and(|outcome| outcome != Outcome::Ok);
        self.summary.acts += 1;
        let start =
            if self.monthly { day(entry.time()).first_of_month() } else { day(entry.time()) };
        let bucket = self.summary.times.iter_mut().rfind(|bucket| bucket.start <= start);
        if let Some(bucket) = bucket {
            bucket.acts += 1;
            bucket.trouble += u64::from(trouble);
        }
        let names = [
            outcome.map(Outcome::as_str),
            entry.severity().map(Severity::as_str),
            Some(entry.kind()),
            entry.tool(),
            entry.profile(),
            entry.actor(),
        ];
        for (counts, name) in self.counts.iter_mut().zip(names) {
            if let Some(name) = name {
                match counts.get_mut(name) {
                    Some(count) => *count += 1,
                    None => drop(counts.insert(name.to_owned(), 1)),
                }
            }
        }
        if trouble || entry.severity() >= Some(Severity::High) {
            self.note(entry);
        }
    }

    fn note(&mut self, entry: &Entry) {
        let own = |text: Option<&str>| text.map(str::to_owned);
        if self.summary.notable.len() == LONGEST_LIST {
            self.summary.notable.remove(0);
            self.summary.notable_left_out += 1;
        }
        self.summary.notable.push(Notable {
            seq: entry.seq(),
            time: entry.time(),
            code: entry.code().to_owned(),
            kind: entry.kind().to_owned(),
            severity: entry.severity(),
            outcome: entry.outcome(),
            reason: own(entry.reason()),
            tool: own(entry.tool()),
            profile: own(entry.profile()),
        });
    }
}

impl Summary {
    fn empty(since: Timestamp, until: Timestamp, times: Vec<Bucket>) -> Self {
        Self {
            version: 1,
            since,
            until,
            verdict: None,
            records: 0,
            first: None,
            last: None,
            unreadable: 0,
            acts: 0,
            times,
            outcomes: Table::default(),
            severities: Table::default(),
            kinds: Table::default(),
            tools: Table::default(),
            profiles: Table::default(),
            actors: Table::default(),
            findings: Vec::new(),
            notable: Vec::new(),
            notable_left_out: 0,
        }
    }
}

impl Table {
    fn of(counts: Counts, names: impl Fn(&str) -> Option<String>) -> Self {
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, acts)| std::cmp::Reverse(*acts));
        let rest = counts.split_off(counts.len().min(LONGEST_TABLE));
        let row = |(name, acts): (String, u64)| Count { known_as: names(&name), name, acts };
        Self {
            rows: counts.into_iter().map(row).collect(),
            left_out: u64::try_from(rest.len()).unwrap_or(u64::MAX),
            left_out_acts: rest.iter().map(|(_, acts)| acts).sum(),
        }
    }
}

/// Returns the days or months from `first` on, up to a moment.
fn buckets(first: Date, until: Timestamp, monthly: bool) -> Vec<Bucket> {
    let start = if monthly { first.first_of_month() } else { first };
    let step = if monthly { jiff::Span::new().months(1) } else { jiff::Span::new().days(1) };
    let before = |start: &Date| {
        let midnight = start.to_zoned(TimeZone::UTC);
        midnight.is_ok_and(|midnight| midnight.timestamp() < until)
    };
    let starts = start.series(step).take_while(before);
    starts.map(|start| Bucket { start, acts: 0, trouble: 0 }).collect()
}

fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}
