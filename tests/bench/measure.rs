//! Ratios of two ways to do the same work, measured in one run. Included by the `ratios` benches.
//!
//! Machines are noisy: the two ways take turns, and what is told is the median of the turns' ratios.

#![expect(clippy::print_stdout, reason = "the report is the product of a bench")]

use std::time::{Duration, Instant};

/// One line of the report.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was done.
    pub(crate) work: String,
    /// What it took.
    pub(crate) ours: String,
    /// What it is compared with, and what that took.
    pub(crate) baseline: String,
    /// Ours divided by the baseline.
    pub(crate) ratio: Option<f64>,
    /// The largest ratio that is wanted.
    pub(crate) goal: Option<f64>,
}

/// The medians of two ways that took turns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison {
    /// One turn of ours.
    pub(crate) ours: Duration,
    /// One turn of the baseline.
    pub(crate) baseline: Duration,
    /// The median of the turns' ratios.
    pub(crate) ratio: f64,
}

impl Comparison {
    /// Makes a line of the report of it.
    pub(crate) fn row(self, work: &str, against: &str, goal: Option<f64>) -> Row {
        Row {
            work: work.to_owned(),
            ours: duration(self.ours),
            baseline: format!("{} {against}", duration(self.baseline)),
            ratio: Some(self.ratio),
            goal,
        }
    }
}

/// Lets the two ways take `turns` turns, after one that does not count.
pub(crate) fn compare(
    turns: usize,
    mut ours: impl FnMut(),
    mut baseline: impl FnMut(),
) -> Comparison {
    timed(&mut ours);
    timed(&mut baseline);
    let turns: Vec<(Duration, Duration)> =
        (0..turns.max(1)).map(|_| (timed(&mut ours), timed(&mut baseline))).collect();
    Comparison {
        ours: median(turns.iter().map(|turn| turn.0).collect()),
        baseline: median(turns.iter().map(|turn| turn.1).collect()),
        ratio: median_ratio(turns.iter().map(|turn| turn.0.as_secs_f64() / turn.1.as_secs_f64())),
    }
}

/// How long the work takes.
#[expect(clippy::disallowed_methods, reason = "a bench is about real time")]
pub(crate) fn timed(work: &mut impl FnMut()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn median_ratio(ratios: impl Iterator<Item = f64>) -> f64 {
    let mut ratios: Vec<f64> = ratios.collect();
    ratios.sort_unstable_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Prints the lines as a table under a heading.
pub(crate) fn print(heading: &str, rows: &[Row]) {
    println!("\n{heading}");
    let width = |cell: fn(&Row) -> usize| rows.iter().map(cell).max().unwrap_or(0);
    let work = width(|row| row.work.chars().count());
    let ours = width(|row| row.ours.chars().count());
    let baseline = width(|row| row.baseline.chars().count());
    for row in rows {
        let ratio = row.ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"));
        println!(
            "  {:<work$}  {:>ours$}  {:<baseline$}  {ratio:>7}  {}",
            row.work,
            row.ours,
            row.baseline,
            verdict(row),
        );
    }
}

fn verdict(row: &Row) -> String {
    match (row.ratio, row.goal) {
        (Some(ratio), Some(goal)) if ratio <= goal => format!("goal {goal:.3}: met"),
        (Some(_), Some(goal)) => format!("goal {goal:.3}: MISSED"),
        _ => String::new(),
    }
}

/// A duration with three digits.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (value, unit) = match seconds {
        seconds if seconds >= 1.0 => (seconds, "s"),
        seconds if seconds >= 1e-3 => (seconds * 1e3, "ms"),
        seconds if seconds >= 1e-6 => (seconds * 1e6, "µs"),
        seconds => (seconds * 1e9, "ns"),
    };
    let digits = match value {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        _ => 2,
    };
    format!("{value:.digits$} {unit}")
}
