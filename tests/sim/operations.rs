//! The routes against the project's table of all operations.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use spotify_sim::{Availability, DEFAULT_USER, Regime, Route, routes};

use crate::{
    bench::Bench,
    facts::table,
    samples::{Content, Sample, Samples},
};

fn text(row: &Value, column: &str) -> String {
    row[column].as_str().unwrap().to_owned()
}

/// The row of a route.
fn row<'a>(operations: &'a Value, route: &Route) -> &'a Value {
    let mut rows = operations.as_array().unwrap().iter();
    rows.find(|row| row["operation_id"] == route.operation_id).unwrap()
}

#[test]
fn the_routes_are_the_operations_no_more_and_no_less() {
    let Some(operations) = table("operations.json") else { return };
    let rows = operations.as_array().unwrap().iter();
    let expected: BTreeMap<String, _> = rows
        .map(|row| {
            let availability = match row["status"].as_str().unwrap() {
                "AVAILABLE_DEVMODE" | "NEW_2026 (available)" => Availability::Everyone,
                "REMOVED_DEVMODE_2026" => Availability::Removed2026,
                "DEPRECATED_NOV2024 (not for new apps)" => Availability::Closed2024,
                other => panic!("a new status: {other}"),
            };
            let place = (text(row, "method"), text(row, "path"), availability);
            (text(row, "operation_id"), place)
        })
        .collect();
    let present: BTreeMap<String, _> = routes()
        .iter()
        .map(|route| {
            let place = (route.method.to_owned(), route.path.to_owned(), route.availability);
            (route.operation_id.to_owned(), place)
        })
        .collect();
    assert_eq!((present.len(), expected.len()), (96, 96));
    for (id, place) in &expected {
        assert_eq!(present.get(id), Some(place), "{id}");
    }
}

#[tokio::test]
async fn every_operation_succeeds_where_it_is_open() {
    for regime in Regime::ALL {
        let bench = Bench::new(regime).await;
        for route in routes().iter().filter(|route| route.availability.is_open_to(regime)) {
            let sample = Samples::prepare(&bench).await.of(route);
            let answer = sample.send(&bench).await;
            let what = format!("{regime} {}: {sample:?}: {answer:?}", route.operation_id);
            assert!((200..300).contains(&answer.status), "{what}");
            assert_eq!(bench.count(route.operation_id), 1, "{what}");
        }
    }
}

/// Operations that answer without the scopes that the reference lists, and why.
const SCOPES_OPTIONAL: &[(&str, &str)] = &[
    ("get-current-users-profile", "the scopes decide about fields"),
    ("get-a-show", "the scope decides about `resume_point`"),
    ("get-a-shows-episodes", "the scope decides about `resume_point`"),
    ("get-an-episode", "the scope decides about `resume_point`"),
    ("get-multiple-episodes", "the scope decides about `resume_point`"),
    ("get-playlists-items", "a public playlist needs none"),
    ("get-playlists-tracks", "a public playlist needs none"),
];

#[tokio::test]
async fn every_operation_checks_its_scopes() {
    let Some(operations) = table("operations.json") else { return };
    let bench = Bench::new(Regime::Extended).await;
    let samples = Samples::prepare(&bench).await;
    let bare = bench.grant(DEFAULT_USER, &[]).access_token;
    let mut optional = BTreeSet::new();
    for route in routes() {
        let scopes = text(row(&operations, route), "scopes");
        let scopes: Vec<&str> = scopes.split_whitespace().collect();
        let sample = samples.of(route);
        let refused =
            sample.send_as(&bench, &bare).await.text.contains("Insufficient client scope");
        if !refused && !scopes.is_empty() {
            optional.insert(route.operation_id);
        }
        assert!(!refused || !scopes.is_empty(), "{} needs no scope", route.operation_id);
        let token = bench.grant(DEFAULT_USER, &scopes).access_token;
        let answer = sample.send_as(&bench, &token).await;
        let enough = !answer.text.contains("Insufficient client scope");
        assert!(enough, "{}: {answer:?}", route.operation_id);
    }
    assert_eq!(optional, SCOPES_OPTIONAL.iter().map(|(id, _)| *id).collect());
}

/// Two regimes, of which the newer one has the limits of the table.
struct Benches {
    restricted: Bench,
    extended: Bench,
}

impl Benches {
    async fn new() -> Self {
        Self { restricted: Bench::restricted().await, extended: Bench::new(Regime::Extended).await }
    }

    /// The newer regime if the operation is open there.
    fn of(&self, route: &Route) -> &Bench {
        let restricted = route.availability.is_open_to(Regime::DevRestricted);
        if restricted { &self.restricted } else { &self.extended }
    }
}

/// Operations that accept more than the reference says, and why.
const MAX_RECORDED: &[(&str, &str, &str)] =
    &[("get-playlists-tracks", "100", "recordings of older apps have pages of 100")];

#[tokio::test]
async fn every_page_has_its_default_and_its_maximum() {
    let Some(operations) = table("operations.json") else { return };
    let benches = Benches::new().await;
    for route in routes() {
        let limits = text(row(&operations, route), "limit_default_max");
        let Some((default, max)) = limits.split_once('/') else { continue };
        let recorded = MAX_RECORDED.iter().find(|(id, ..)| *id == route.operation_id);
        let max = recorded.map_or(max, |(_, max, _)| *max);
        let bench = benches.of(route);
        let sample = Samples::prepare(bench).await.of(route);
        let answer = sample.send(bench).await.ok();
        if let Some(limit) = find(&answer, "limit") {
            assert_eq!(limit.to_string(), default, "{}", route.operation_id);
        }
        let most = sample.with("limit", max).send(bench).await;
        assert_eq!(most.status, 200, "{}: {most:?}", route.operation_id);
        let max: u32 = max.parse().unwrap();
        for wrong in [0, max + 1] {
            let answer = sample.with("limit", &wrong.to_string()).send(bench).await;
            answer.refused(400, "Invalid limit");
        }
    }
}

/// Finds a field at any depth.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let inner: Vec<&Value> = match value {
        Value::Object(fields) => match fields.get(name) {
            Some(field) => return Some(field),
            None => fields.values().collect(),
        },
        Value::Array(items) => items.iter().collect(),
        _ => return None,
    };
    inner.into_iter().find_map(|value| find(value, name))
}

#[tokio::test]
async fn every_list_of_ids_has_its_maximum() {
    let Some(operations) = table("operations.json") else { return };
    let benches = Benches::new().await;
    let mut checked = 0;
    for route in routes() {
        for limit in text(row(&operations, route), "id_limits").split("; ") {
            let Some((field, max)) = limit.split_once(" max ") else { continue };
            // The parameter names the caller, who is one.
            if route.operation_id == "check-if-user-follows-playlist" {
                continue;
            }
            let max: usize = max.parse().unwrap();
            let bench = benches.of(route);
            let sample = Samples::prepare(bench).await.of(route);
            for (count, allowed) in [(max, true), (max + 1, false)] {
                let many = repeated(&sample, field, count);
                let answer = many.send(bench).await;
                let what = format!("{} {field} × {count}: {answer:?}", route.operation_id);
                assert_eq!((200..300).contains(&answer.status), allowed, "{what}");
                assert!(allowed || answer.status == 400, "{what}");
            }
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked}");
}

/// A request with as many ids in a field, `ids(query)` or `items(body)` for instance.
fn repeated(sample: &Sample, field: &str, count: usize) -> Sample {
    let (name, place) = field.trim_end_matches(')').split_once('(').unwrap();
    if place == "query" {
        let json = |body: &Value| body[name][0].as_str().unwrap().to_owned();
        let one = match (sample.parameter(name), &sample.body) {
            (Some(one), _) => one.to_owned(),
            (None, Content::Json(body)) => json(body),
            (None, other) => panic!("no {name} in {other:?}"),
        };
        return Sample { body: Content::Nothing, ..sample.with(name, &vec![one; count].join(",")) };
    }
    let one = match (&sample.body, sample.parameter(name)) {
        (Content::Json(body), _) if body.get(name).is_some() => body[name][0].clone(),
        (Content::Json(body), _) => {
            json!({ "id": body["ids"][0], "added_at": "2026-01-01T00:00:00Z" })
        }
        (_, Some(one)) => json!(one),
        (other, None) => panic!("no {name} in {other:?}"),
    };
    // The query would win, so only what does not name ids stays of it.
    let (path, query) = sample.path.split_once('?').unwrap_or((&sample.path, ""));
    let kept: Vec<_> = query.split('&').filter(|pair| pair.starts_with("type=")).collect();
    let path = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    Sample { path, body: Content::Json(json!({ name: vec![one; count] })), ..sample.clone() }
}
