//! The table of operations against the facts about the platform.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;
use spotify_api::{Endpoint, Scope, catalogue, endpoint::Status};

#[derive(Deserialize)]
struct Row {
    method: String,
    path: String,
    operation_id: String,
    status: String,
    scopes: String,
    limit_default_max: String,
    query: String,
}

#[test]
fn every_operation_has_its_row_among_the_platforms_operations() {
    let Some(rows) = rows() else { return };
    for endpoint in catalogue() {
        let row = rows.get(endpoint.operation).expect("the platform has the operation");
        assert_eq!(
            (endpoint.method.as_str(), endpoint.path),
            (row.method.as_str(), row.path.as_str()),
            "{}",
            endpoint.operation
        );
        assert_eq!(scopes(&endpoint), row.scopes, "{}", endpoint.operation);
        assert_eq!(status(&endpoint), row.status, "{}", endpoint.operation);
        assert_eq!(limits(&endpoint), row.limit_default_max, "{}", endpoint.operation);
        let pages = row.query.split(',').any(|name| name == "limit");
        assert_eq!(endpoint.limits.is_some(), pages, "{}", endpoint.operation);
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
    endpoint.limits.map_or_else(String::new, |limits| format!("{}/{}", limits.default, limits.max))
}

/// Reads the rows, by operation id; `None` when the facts are not at hand.
fn rows() -> Option<BTreeMap<String, Row>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "names the place of facts outside of the project"
    )]
    let (shared, ci) = (std::env::var_os("XTASK_SHARED"), std::env::var_os("CI"));
    let Some(shared) = shared else {
        println!("skipped: XTASK_SHARED does not name the platform's facts");
        assert!(ci.is_none_or(|ci| ci != "true"), "with CI=true the facts must be there");
        return None;
    };
    let path = PathBuf::from(shared).join("spotify/operations.json");
    let rows: Vec<Row> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    Some(rows.into_iter().map(|row| (row.operation_id.clone(), row)).collect())
}
