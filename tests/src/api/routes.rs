//! What a row of the table of operations says, and how a request finds its row.

use super::{Answer, Cx, Refusal};
use crate::regime::Regime;

mod table;

use table::ROUTES;

/// One operation of the Web API.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Route {
    /// The HTTP method.
    pub method: &'static str,
    /// The path below `/v1`, with parameters in braces, as Spotify's reference writes it.
    pub path: &'static str,
    /// The operation id of Spotify's reference.
    pub operation_id: &'static str,
    /// Which apps may still ask for it.
    pub availability: Availability,
    pub(super) needs: Needs,
    pub(super) handler: fn(&mut Cx<'_>) -> Answer,
}

impl Route {
    /// Returns what apps get for which the operation is not there.
    ///
    /// Of the operations that were closed in 2024 those about audio answer 403 without a message
    /// (N37), the others 404.
    pub(super) fn closed(&self) -> Refusal {
        match self.availability {
            Availability::Closed2024 if self.path.starts_with("/audio-") => Refusal::Speechless,
            Availability::Closed2024 => Refusal::NotFound,
            Availability::Everyone | Availability::Removed2026 => Refusal::Forbidden,
        }
    }
}

/// Which apps may ask for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Availability {
    /// All of them.
    Everyone,
    /// All but those under [`Regime::DevRestricted`], which get 403 `Forbidden`.
    Removed2026,
    /// Only those with Extended Quota since November 2024; the others get an error that differs
    /// from operation to operation.
    Closed2024,
}

impl Availability {
    /// Returns whether apps under a regime may ask.
    pub const fn is_open_to(self, regime: Regime) -> bool {
        match self {
            Self::Everyone => true,
            Self::Removed2026 => regime.has_old_fields(),
            Self::Closed2024 => !regime.is_development(),
        }
    }
}

/// What a token must allow before the operation looks closer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Needs {
    /// Any token, also one from client credentials.
    Token,
    /// A user's token with one of these scopes, or with none if there are none.
    User(&'static [&'static str]),
}

/// Returns all operations that the simulator has.
pub fn routes() -> &'static [Route] {
    ROUTES
}

/// A route and what stands for its parameters.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) route: &'static Route,
    pub(super) parameters: Vec<String>,
}

/// Finds the route of a request whose decoded path starts with `v1`.
pub(super) fn find(method: &str, segments: &[String]) -> Result<Found, Refusal> {
    let Some((base, rest)) = segments.split_first() else { return Err(Refusal::UnknownPath) };
    if base != "v1" {
        return Err(Refusal::UnknownPath);
    }
    let mut known_path = false;
    for route in ROUTES {
        if let Some(parameters) = parameters(route.path, rest) {
            if route.method == method {
                return Ok(Found { route, parameters });
            }
            known_path = true;
        }
    }
    Err(if known_path { Refusal::WrongMethod } else { Refusal::UnknownPath })
}

/// Returns the operation id of a request, if it has one.
pub(crate) fn operation(method: &str, segments: &[String]) -> Option<&'static str> {
    find(method, segments).ok().map(|found| found.route.operation_id)
}

fn parameters(template: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut parameters = Vec::new();
    let mut given = segments.iter();
    for part in template.split('/').filter(|part| !part.is_empty()) {
        let segment = given.next()?;
        if part.starts_with('{') {
            parameters.push(segment.clone());
        } else if part != segment {
            return None;
        }
    }
    given.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_operation_stands_twice_in_the_table() {
        let ids: BTreeSet<_> = ROUTES.iter().map(|route| route.operation_id).collect();
        let places: BTreeSet<_> = ROUTES.iter().map(|route| (route.method, route.path)).collect();
        assert_eq!((ids.len(), places.len()), (ROUTES.len(), ROUTES.len()));
    }

    #[test]
    fn every_route_is_found_by_its_own_path() {
        for route in ROUTES {
            let path: Vec<_> = format!("v1{}", route.path).split('/').map(str::to_owned).collect();
            assert_eq!(operation(route.method, &path), Some(route.operation_id));
        }
    }

    #[test]
    fn another_method_and_another_path_are_told_apart() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(find("PATCH", &path("v1/me")).unwrap_err(), Refusal::WrongMethod);
        assert_eq!(find("GET", &path("v1/you")).unwrap_err(), Refusal::UnknownPath);
        assert_eq!(find("GET", &path("v2/me")).unwrap_err(), Refusal::UnknownPath);
    }
}
