//! The table of operations against the facts about the platform.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use spotify_api::{
    Endpoint, Scope, catalogue,
    endpoint::{Argument, Body, Status},
};

use crate::facts;

#[derive(Deserialize)]
struct Row {
    method: String,
    path: String,
    operation_id: String,
    status: String,
    scopes: String,
    limit_default_max: String,
    id_limits: String,
    query: String,
    body: String,
    spec_success: String,
}

#[test]
fn the_catalogue_is_the_platforms_operations_no_more_and_no_less() {
    let Some(rows) = rows() else { return };
    let known: BTreeSet<&str> = catalogue().map(|endpoint| endpoint.operation).collect();
    let real: BTreeSet<&str> = rows.keys().map(String::as_str).collect();
    assert_eq!(known, real);
    assert_eq!(catalogue().count(), 96);
}

#[test]
fn every_operation_is_as_its_row_says() {
    let Some(rows) = rows() else { return };
    for endpoint in catalogue() {
        let row = rows.get(endpoint.operation).expect("the platform has the operation");
        let facts = [
            (endpoint.method.as_str().to_owned(), &row.method),
            (endpoint.path.to_owned(), &row.path),
            (scopes(endpoint), &row.scopes),
            (status(endpoint).to_owned(), &row.status),
            (limits(endpoint), &row.limit_default_max),
            (maxima(endpoint), &row.id_limits),
            (success(endpoint), &row.spec_success),
        ];
        for (ours, theirs) in facts {
            assert_eq!(ours, *theirs, "{}", endpoint.operation);
        }
        let pages = row.query.split(',').any(|name| name == "limit");
        assert_eq!(endpoint.paging.is_some(), pages, "{}", endpoint.operation);
        let json = row.body.starts_with("application/json");
        assert_eq!(matches!(endpoint.body, Body::Json(_)), json, "{}", endpoint.operation);
    }
}

#[test]
fn the_scopes_are_those_of_the_platforms_operations() {
    let Some(rows) = rows() else { return };
    for scope in rows.values().flat_map(|row| row.scopes.split_whitespace()) {
        assert!(scope.parse::<Scope>().is_ok(), "{scope}");
    }
}

/// The platform writes an operation's scopes in alphabetical order.
fn scopes(endpoint: &Endpoint) -> String {
    let mut names: Vec<&str> = endpoint.scopes.iter().map(|scope| scope.as_str()).collect();
    names.sort_unstable();
    names.join(" ")
}

fn status(endpoint: &Endpoint) -> &'static str {
    match endpoint.status {
        Status::Available => "AVAILABLE_DEVMODE",
        Status::New2026 => "NEW_2026 (available)",
        Status::Removed2026 => "REMOVED_DEVMODE_2026",
        Status::Closed2024 => "DEPRECATED_NOV2024 (not for new apps)",
    }
}

fn limits(endpoint: &Endpoint) -> String {
    endpoint.paging.map_or_else(String::new, |paging| format!("{}/{}", paging.default, paging.max))
}

/// The platform writes `ids(query) max 20; ids(body) max 50`.
fn maxima(endpoint: &Endpoint) -> String {
    let fields = match endpoint.body {
        Body::Json(fields) => fields,
        _ => &[],
    };
    let most = |place, arguments: &[Argument]| -> Vec<String> {
        let limited = arguments.iter().filter_map(|argument| Some((argument, argument.most?)));
        limited.map(|(argument, most)| format!("{}({place}) max {most}", argument.name)).collect()
    };
    [most("query", endpoint.query), most("body", fields)].concat().join("; ")
}

fn success(endpoint: &Endpoint) -> String {
    endpoint.success.iter().map(u16::to_string).collect::<Vec<_>>().join(",")
}

/// Reads the rows, by operation id; `None` when the facts are not at hand.
fn rows() -> Option<BTreeMap<String, Row>> {
    let rows: Vec<Row> = serde_json::from_slice(&facts::read("operations.json")?).unwrap();
    Some(rows.into_iter().map(|row| (row.operation_id.clone(), row)).collect())
}
