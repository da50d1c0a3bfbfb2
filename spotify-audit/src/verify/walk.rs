//! The walk over the lines of all segments.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::signatures::Signatures;
use super::{MAX_WARNINGS, Report, Verification, VerifyError, Warning};
use crate::entry::{Entry, Opening};
use crate::fold::Fold;
use crate::fs::{self, SegmentPath, Snapshot, Wait, failed};
use crate::head::{CLOCK_TOLERANCE, Head};
use crate::line::{ChainId, Sealed};
use crate::lines::{Forwards, RawLine};
use crate::own;
use crate::problem::{Defect, Problem};

/// The state of a walk.
pub(super) struct Walk<'a> {
    asked: &'a Verification,
    signatures: Signatures<'a>,
    report: Report,
    chain: Option<ChainId>,
    /// The last sound line, once there is one.
    head: Option<Head>,
    fold: Option<Fold>,
    /// The number of the line in its file.
    number: u64,
    /// Whether more segments come after this one.
    more: bool,
    /// The files that `log.recovered` records note.
    noted: BTreeSet<String>,
    /// The last record that the log says was removed.
    pruned: u64,
    /// Whether the end of the range was reached.
    ended: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn run(asked: &'a Verification, directory: &Path) -> Result<Report, VerifyError> {
        let snapshot = Snapshot::open(directory, Wait::UntilSettled)?
            .ok_or_else(|| VerifyError::NoLog(directory.to_owned()))?;
        let torn = fs::torn_files(directory)?;
        let signatures = Signatures::open(asked, directory)?;
        let Snapshot { sealed, last, file, length, .. } = snapshot;
        let mut walk = Self::new(asked, signatures, last.path.clone());
        let from = asked.from.unwrap_or_default();
        let ends = sealed.iter().skip(1).chain([&last]).map(|next| next.first);
        for (segment, next) in sealed.iter().zip(ends) {
            if next > from {
                walk.segment(segment, segment.lines()?, true)?;
            }
        }
        let lines = Forwards::new(file, 0, length).map_err(failed("read", &last.path))?;
        walk.segment(&last, lines, false)?;
        Ok(walk.finish(torn))
    }

    fn new(asked: &'a Verification, signatures: Signatures<'a>, file: PathBuf) -> Self {
        let report = Report {
            file,
            chain: None,
            first: 1,
            records: 0,
            signed: None,
            head: None,
            head_time: None,
            first_bad: None,
            bad_signature: None,
            bad_anchor: None,
            torn: None,
            warnings: Vec::new(),
            warning_count: 0,
            clock_anomaly: false,
        };
        Self {
            asked,
            signatures,
            report,
            chain: None,
            head: None,
            fold: None,
            number: 0,
            more: false,
            noted: BTreeSet::new(),
            pruned: 0,
            ended: false,
        }
    }

    fn segment(
        &mut self,
        segment: &SegmentPath,
        mut lines: Forwards,
        more: bool,
    ) -> Result<(), VerifyError> {
        self.report.file.clone_from(&segment.path);
        (self.number, self.more) = (0, more);
        let read = || failed("read", &segment.path);
        while let Some(line) = lines.next_line().map_err(read())? {
            if self.ended {
                break;
            }
            self.line(&line).map_err(read())?;
        }
        Ok(())
    }

    fn line(&mut self, line: &RawLine<'_>) -> std::io::Result<()> {
        self.number += 1;
        if !line.finished && !self.more {
            let problem = self.problem(line, Defect::Unfinished { bytes: line.length });
            self.report.torn = Some(problem);
            return Ok(());
        }
        if let Some(problem) = &mut self.report.first_bad {
            // A record that is missing where it belongs and comes later was moved, not removed.
            if let Defect::Gap { expected, found } = problem.defect
                && Sealed::parse(line.bytes).is_ok_and(|sealed| sealed.stamp.seq == expected)
            {
                problem.defect = Defect::OutOfOrder { expected, found };
            }
            return Ok(());
        }
        let checked = if line.finished {
            self.check(line.bytes)
        } else {
            Err(Defect::Unfinished { bytes: line.length })
        };
        match checked {
            Ok(head) => self.accept(head, line.bytes)?,
            Err(defect) => self.report.first_bad = Some(self.problem(line, defect)),
        }
        Ok(())
    }

    fn check(&mut self, line: &[u8]) -> Result<Head, Defect> {
        let Some(head) = &self.head else { return self.begin(line) };
        let next = head.check(line)?;
        if self.number == 1 {
            self.check_opening(&Opening::parse(line)?)?;
        }
        Ok(next)
    }

    /// Takes the opening of the first segment that is walked.
    fn begin(&mut self, line: &[u8]) -> Result<Head, Defect> {
        let opening = Opening::parse(line)?;
        let head = opening.before().check(line)?;
        self.report.chain = Some(opening.chain.as_str().to_owned());
        self.report.first = opening.size + 1;
        self.chain = Some(opening.chain);
        let need = self.signatures.need_tree() && !self.asked.chain_only;
        self.fold = need.then_some(opening.fold);
        Ok(head)
    }

    /// Compares what a later segment's opening says with what was read before it.
    fn check_opening(&self, opening: &Opening) -> Result<(), Defect> {
        let chain = self.chain.as_ref() == Some(&opening.chain);
        let previous = self.head.is_some_and(|head| head.hash == opening.previous);
        let tree = self
            .fold
            .as_ref()
            .is_none_or(|fold| fold.tree == opening.fold.tree && fold.epoch == opening.fold.epoch);
        if chain && previous && tree { Ok(()) } else { Err(Defect::WrongOpening) }
    }

    fn accept(&mut self, head: Head, line: &[u8]) -> std::io::Result<()> {
        let seq = head.stamp.seq;
        if let Some(previous) = self.head.replace(head) {
            self.check_clocks(&previous, &head, line);
        }
        if own::mentions(line, own::LOG_RECOVERED)
            && let Ok(entry) = Entry::parse(line)
            && let Some(name) = entry.data("kept").and_then(serde_json::Value::as_str)
        {
            self.noted.insert(name.to_owned());
        }
        if own::mentions(line, own::LOG_PRUNED)
            && let Ok(entry) = Entry::parse(line)
            && let Some(to) = entry.data("to").and_then(serde_json::Value::as_u64)
        {
            self.pruned = self.pruned.max(to);
        }
        self.report.records += 1;
        self.report.head = Some(head.hash);
        self.report.head_time = Some(head.stamp.ts);
        if let (Some(fold), Some(chain)) = (&mut self.fold, &self.chain) {
            if self.report.records == 1 {
                self.signatures.skip_before(seq, chain)?;
            }
            fold.take(line);
            self.signatures.pass(seq, fold, chain)?;
        }
        self.ended = self.asked.to.is_some_and(|to| seq >= to);
        Ok(())
    }

    fn check_clocks(&mut self, previous: &Head, head: &Head, line: &[u8]) {
        let seq = head.stamp.seq;
        let moved = head.stamp.ts.as_microsecond() - previous.stamp.ts.as_microsecond();
        if !previous.has_times() {
            return;
        }
        if moved < -CLOCK_TOLERANCE {
            self.report.clock_anomaly = true;
            self.warn(Warning::ClockWentBack { seq, by_us: moved.unsigned_abs() });
        } else if let Some(by_us) = previous.clock_step(&head.stamp)
            && !own::mentions(line, own::LOG_CLOCK)
        {
            self.report.clock_anomaly = true;
            self.warn(Warning::ClocksDisagree { seq, by_us });
        }
    }

    fn warn(&mut self, warning: Warning) {
        self.report.warning_count += 1;
        if self.report.warnings.len() < MAX_WARNINGS {
            self.report.warnings.push(warning);
        }
    }

    fn problem(&self, line: &RawLine<'_>, defect: Defect) -> Problem {
        Problem {
            file: self.report.file.clone(),
            line: self.number,
            offset: line.offset,
            seq: Sealed::parse(line.bytes).ok().map(|sealed| sealed.stamp.seq),
            defect,
        }
    }

    fn finish(mut self, torn: Vec<String>) -> Report {
        if self.head.is_none() && self.report.first_bad.is_none() {
            let line = RawLine { bytes: &[], offset: 0, length: 0, finished: false };
            self.number = 1;
            self.report.first_bad = Some(self.problem(&line, Defect::NoOpening));
        }
        let whole = self.report.first_bad.is_none() && !self.ended;
        let first = self.report.first;
        if whole && self.asked.from.is_none() && self.pruned + 1 < first {
            let line = RawLine { bytes: &[], offset: 0, length: 0, finished: true };
            self.number = 1;
            let gap = Defect::Gap { expected: 1, found: first };
            self.report.first_bad = Some(self.problem(&line, gap));
        }
        if let Some(chain) = &self.chain {
            let last = self.head.map_or(0, |head| head.stamp.seq);
            self.signatures.finish(last, whole, chain);
        }
        for size in std::mem::take(&mut self.signatures.passed) {
            self.warn(Warning::AnchorNotChecked { size });
        }
        for seq in std::mem::take(&mut self.signatures.renewed) {
            self.warn(Warning::KeyRenewed { seq });
        }
        self.report.signed = self.signatures.signed;
        self.report.bad_signature = self.signatures.problem.take();
        self.report.bad_anchor = self.signatures.anchor_problem.take();
        if whole && self.asked.from.is_none() {
            for file in torn {
                let of_removed = file.get(..20).and_then(|first| first.parse().ok()) < Some(first);
                if !self.noted.contains(&file) && !of_removed {
                    self.warn(Warning::TornNotNoted { file });
                }
            }
        }
        self.report
    }
}
