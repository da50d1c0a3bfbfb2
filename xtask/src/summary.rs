//! Reads the closing lines of cargo-nextest and of the standard test harness.
//!
//! Neither promises its text, so each reader answers `None` when it finds no summary, and the
//! caller treats that as a failure.

use std::fmt;
use std::ops::AddAssign;

/// How many tests ended how.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Ran and did what they should.
    pub(crate) passed: u64,
    /// Ran and did not, were stopped, or could not be started.
    pub(crate) failed: u64,
    /// Did not run although they were selected.
    pub(crate) skipped: u64,
}

impl Counts {
    /// One suite that is counted as a whole because it could not be run to its end.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };
    /// One suite that was left out.
    pub(crate) const SKIPPED: Self = Self { passed: 0, failed: 0, skipped: 1 };
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

/// Sums the result lines of test binaries and documentation tests.
///
/// Tests that a filter left out are not counted.
pub(crate) fn libtest(output: &str) -> Option<Counts> {
    let output = without_colour(output);
    output.lines().filter_map(result_line).reduce(|mut sum, counts| {
        sum += counts;
        sum
    })
}

/// Reads nextest's summary line.
///
/// Its `skipped` holds what a filter left out as well as ignored tests.
pub(crate) fn nextest(output: &str) -> Option<Counts> {
    let output = without_colour(output);
    output.lines().rev().find_map(summary_line)
}

/// `test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished …`
fn result_line(line: &str) -> Option<Counts> {
    let rest = line.strip_prefix("test result: ")?;
    let rest = rest.strip_prefix("ok. ").or_else(|| rest.strip_prefix("FAILED. "))?;
    let mut fields = rest.split("; ");
    let mut field = |name| number_before(fields.next()?, name);
    Some(Counts { passed: field("passed")?, failed: field("failed")?, skipped: field("ignored")? })
}

/// `     Summary [   0.119s] 3 tests run: 2 passed (1 slow), 1 failed, 1 skipped`
fn summary_line(line: &str) -> Option<Counts> {
    let (_, rest) = line.trim_start().strip_prefix("Summary [")?.split_once(']')?;
    let (run, outcomes) = rest.trim_start().split_once(" run: ")?;
    let mut counts = Counts { skipped: not_started(run)?, ..Counts::default() };
    for outcome in without_parentheses(outcomes).split(',') {
        let (number, label) = outcome.trim().split_once(' ')?;
        let number: u64 = number.parse().ok()?;
        match label.trim() {
            "passed" => counts.passed += number,
            "skipped" => counts.skipped += number,
            // "failed", "exec failed", "timed out": whatever is not a success is a failure.
            _ => counts.failed += number,
        }
    }
    Some(counts)
}

/// `3 tests` all ran; of `2/5 tests` three were never started.
fn not_started(run: &str) -> Option<u64> {
    let (number, _) = run.split_once(' ')?;
    match number.split_once('/') {
        None => number.parse::<u64>().ok().map(|_| 0),
        Some((done, all)) => all.parse::<u64>().ok()?.checked_sub(done.parse().ok()?),
    }
}

fn number_before(field: &str, name: &str) -> Option<u64> {
    let (number, rest) = field.trim().split_once(' ')?;
    (rest == name).then_some(())?;
    number.parse().ok()
}

fn without_parentheses(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|character| {
            match character {
                '(' => depth += 1,
                ')' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// Removes ANSI colour sequences (ECMA-48 section 8.3.117: `ESC [ … m`).
fn without_colour(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn summary_lines_of_nextest_are_read() {
        for (line, expected) in [
            ("     Summary [   0.005s] 1 test run: 1 passed, 3 skipped", counts(1, 0, 3)),
            (
                "     Summary [   0.119s] 3 tests run: 2 passed, 1 failed, 1 skipped",
                counts(2, 1, 1),
            ),
            ("     Summary [   0.000s] 0 tests run: 0 passed, 4 skipped", counts(0, 0, 4)),
            (
                "     Summary [  61.200s] 9 tests run: 6 passed (1 slow, 2 leaky), 1 failed, 1 exec failed, 1 timed out, 0 skipped",
                counts(6, 3, 0),
            ),
            (
                "     Summary [   0.011s] 2/5 tests run: 1 passed, 1 failed, 0 skipped",
                counts(1, 1, 3),
            ),
            (
                "\u{1b}[32;1m     Summary\u{1b}[0m [   0.005s] \u{1b}[1m1\u{1b}[0m test run: \u{1b}[1m1\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, \u{1b}[1m0\u{1b}[0m \u{1b}[33;1mskipped\u{1b}[0m",
                counts(1, 0, 0),
            ),
        ] {
            assert_eq!(nextest(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn only_the_last_summary_of_nextest_counts() {
        let output = "\
  stdout ───
    Summary [   0.001s] 7 tests run: 7 passed, 0 skipped
────────────
     Summary [   0.119s] 3 tests run: 2 passed, 1 failed, 0 skipped
        FAIL [   0.117s] (3/3) fixture tests::fails
error: test run failed
";
        assert_eq!(nextest(output), Some(counts(2, 1, 0)));
    }

    #[test]
    fn result_lines_of_the_standard_harness_are_summed() {
        let output = "
running 4 tests
test tests::passes ... ok
test tests::fails ... FAILED

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.12s

   Doc-tests fixture
test result: \u{1b}[32mok\u{1b}[m. 5 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.00s
";
        assert_eq!(libtest(output), Some(counts(7, 1, 1)));
    }

    #[test]
    fn indented_result_lines_of_a_test_that_runs_tests_do_not_count() {
        let output = "
    test result: FAILED. 0 passed; 9 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.11s
test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";
        assert_eq!(libtest(output), Some(counts(1, 0, 0)));
    }

    #[test]
    fn a_text_without_a_summary_is_not_a_pass() {
        for text in [
            "",
            "error: could not compile `spotify-api`",
            "test result: ok. many passed; 0 failed",
            "     Summary [   0.005s] no tests",
            "     Summary [   0.011s] 6/5 tests run: 6 passed",
        ] {
            assert_eq!(nextest(text), None, "{text}");
            assert_eq!(libtest(text), None, "{text}");
        }
    }

    #[test]
    fn the_closing_line_names_all_three_numbers() {
        assert_eq!(
            Counts { passed: 12, failed: 0, skipped: 2 }.to_string(),
            "12 passed, 0 failed, 2 skipped",
        );
    }
}
