//! The door with tools that no list has: one that panics, one that never ends, one that counts.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures_util::future::join_all;
use rmcp::model::CallToolResult;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use spotify_audit::{Query, Reader, Stage};
use spotify_auth::session::{Context, KeyChoice, Settings};
use tempfile::TempDir;

use super::*;
use crate::tools::{
    self, Selection, Spec, Tool, Toolset,
    call::{Run, Text as Rendering},
};

#[derive(Serialize, JsonSchema)]
struct Nothing {}

impl Rendering for Nothing {
    fn text(&self) -> String {
        "nothing".to_owned()
    }
}

macro_rules! tool {
    ($name:ident, $effect:ident, $run:expr) => {
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $name {}

        impl Tool for $name {
            const SPEC: Spec =
                Spec { ..Spec::new(stringify!($name), Toolset::Account, Effect::$effect) };
            type Output = Nothing;
        }

        impl Run for $name {
            async fn run(self, call: Call) -> Result<Nothing, Cause> {
                $run(call).await
            }
        }
    };
}

tool!(Panics, Write, |_| async { panic!("a tool with a fault") });
tool!(NeverEnds, Read, |_| std::future::pending());
tool!(NeverEndsChange, Write, |_| std::future::pending());
tool!(Counts, Read, |_| async {
    MOST.fetch_max(RUNNING.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(1)).await;
    RUNNING.fetch_sub(1, Ordering::SeqCst);
    Ok(Nothing {})
});

tool!(NeverEndsButMoves, Read, |call: Call| async move {
    for step in 0.. {
        call.context.progress(step, u32::MAX, "a step").await;
        tokio::time::sleep(DEADLINE / 2).await;
    }
    Ok(Nothing {})
});
tool!(StepsOnTheSpot, Read, |call: Call| async move {
    loop {
        call.context.progress(1, 2, "the same step").await;
        tokio::time::sleep(DEADLINE / 2).await;
    }
});

tool!(BreaksTheLog, Write, |_| async {
    let directory = std::fs::read_dir(AUDIT.get().unwrap()).unwrap();
    for path in directory.map(|entry| entry.unwrap().path()) {
        let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
        file.set_len(10).unwrap();
    }
    Ok(Nothing {})
});

static AUDIT: OnceLock<PathBuf> = OnceLock::new();
static RUNNING: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Bench {
    home: TempDir,
    door: Door,
    _session: Session,
}

impl Bench {
    fn new() -> Self {
        let bench = Self::not_begun();
        bench.door.begin();
        bench
    }

    fn not_begun() -> Self {
        let home = tempfile::tempdir().unwrap();
        let environment = BTreeMap::from(
            [
                ("SPOTIFY_MCP_HOME", home.path().to_str().unwrap()),
                ("SPOTIFY_MCP_MASTER_KEY", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE="),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let settings = Settings::load(&environment).unwrap();
        let context = Context::system("tests", "0.0.0", None);
        let (session, _) = Session::create(settings, context, KeyChoice::Environment).unwrap();
        let profile = session.create_profile(&"default".parse().unwrap()).unwrap();
        let recorder = profile.recorder().clone();
        let account = Arc::new(Account::new(&session, profile, &Selection::default()));
        Self { home, door: Door::new(&session, account, recorder), _session: session }
    }

    async fn call<T: Run>(&self, cancelled: &CancellationToken) -> Answer<Reply<CallToolResult>>
    where
        T::Output: Rendering,
    {
        let tool = Offered::of(&tools::entry::<T>());
        self.door.call(&tool, &Map::new(), &caller(cancelled.clone())).await
    }

    /// Returns stage, outcome and reason of every record of a call.
    fn records(&self) -> Vec<(Stage, Option<Outcome>, Option<String>)> {
        let reader = Reader::open(&self.home.path().join("audit"), Query::default()).unwrap();
        reader
            .map(Result::unwrap)
            .filter(|entry| entry.kind() == "tool.call")
            .map(|entry| {
                (entry.stage().unwrap(), entry.outcome(), entry.reason().map(str::to_owned))
            })
            .collect()
    }
}

fn caller(cancelled: CancellationToken) -> Caller {
    Caller { agent: None, cancelled, context: crate::offer::Context::default() }
}

fn code(answer: &Answer<Reply<CallToolResult>>) -> Code {
    answer.result.as_ref().unwrap_err().code
}

#[tokio::test(start_paused = true)]
async fn no_call_is_made_before_the_start_stands_in_the_log() {
    let bench = Bench::not_begun();
    let never = CancellationToken::new();
    let early = tokio::time::timeout(DEADLINE, bench.call::<Counts>(&never)).await;
    assert!(early.is_err() && bench.records().is_empty());
    bench.door.begin();
    assert!(bench.call::<Counts>(&never).await.result.is_ok());
}

#[tokio::test]
async fn a_panic_ends_its_call_only_and_is_recorded() {
    let bench = Bench::new();
    let never = CancellationToken::new();
    for _ in 0..2 {
        assert_eq!(code(&bench.call::<Panics>(&never).await), Code::Internal);
    }
    let end = (Stage::Outcome, Some(Outcome::Unknown), Some("internal".to_owned()));
    assert_eq!(
        bench.records(),
        [(Stage::Intent, None, None), end.clone(), (Stage::Intent, None, None), end]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_does_not_end_is_given_up_at_its_deadline() {
    let bench = Bench::new();
    let never = CancellationToken::new();
    let started = Instant::now();
    assert_eq!(code(&bench.call::<NeverEnds>(&never).await), Code::TimedOut);
    assert_eq!(started.elapsed().as_secs(), DEADLINE.as_secs());
    assert_eq!(code(&bench.call::<NeverEndsChange>(&never).await), Code::OutcomeUnknown);
    let ends: Vec<_> = bench.records().into_iter().filter_map(|(_, outcome, _)| outcome).collect();
    assert_eq!(ends, [Outcome::Failed, Outcome::Unknown]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_comes_further_may_take_longer_but_not_for_ever() {
    let bench = Bench::new();
    let never = CancellationToken::new();
    let started = Instant::now();
    assert_eq!(code(&bench.call::<StepsOnTheSpot>(&never).await), Code::TimedOut);
    assert_eq!(started.elapsed().as_secs(), DEADLINE.as_secs());
    let started = Instant::now();
    assert_eq!(code(&bench.call::<NeverEndsButMoves>(&never).await), Code::TimedOut);
    assert_eq!(started.elapsed().as_secs(), LONGEST.as_secs());
}

#[tokio::test]
async fn a_call_that_is_taken_back_before_it_began_does_nothing() {
    let bench = Bench::new();
    let cancelled = CancellationToken::new();
    cancelled.cancel();
    let answer = bench.call::<NeverEndsChange>(&cancelled).await;
    assert_eq!(code(&answer), Code::Cancelled);
    let end = (Stage::Outcome, Some(Outcome::Refused), Some("cancelled".to_owned()));
    assert_eq!(bench.records(), [end]);
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_allowed_number_of_calls_run_at_once() {
    let bench = Bench::new();
    let never = CancellationToken::new();
    let answers = join_all((0..3 * CALLS).map(|_| bench.call::<Counts>(&never))).await;
    assert!(answers.iter().all(|answer| answer.result.is_ok()));
    assert_eq!(MOST.load(Ordering::SeqCst), CALLS);
}

#[tokio::test]
async fn arguments_that_are_not_right_are_recorded_as_refused() {
    let bench = Bench::new();
    let tool = Offered::of(&tools::entry::<Counts>());
    let caller = caller(CancellationToken::new());
    let Value::Object(arguments) = json!({ "x": 1 }) else { panic!("an object") };
    let answer = bench.door.call(&tool, &arguments, &caller).await;
    assert_eq!(code(&answer), Code::InvalidArguments);
    let records = bench.records();
    assert_eq!(
        records,
        [(Stage::Outcome, Some(Outcome::Refused), Some("invalid_arguments".to_owned()))]
    );
}

#[tokio::test]
async fn a_change_that_was_made_is_told_although_its_outcome_cannot_be_recorded() {
    let bench = Bench::new();
    let never = CancellationToken::new();
    AUDIT.set(bench.home.path().join("audit")).unwrap();
    let answer = bench.call::<BreaksTheLog>(&never).await;
    assert!(answer.result.is_ok() && answer.unrecorded);
    let next = bench.call::<Panics>(&never).await;
    assert_eq!(code(&next), Code::Audit, "nothing else is done");
}
