//! The table of operations against the simulator's routes.

use spotify_api::catalogue;

#[test]
fn the_simulator_has_a_route_for_every_operation() {
    for endpoint in catalogue() {
        let route = spotify_sim::routes()
            .iter()
            .find(|route| route.operation_id == endpoint.operation)
            .unwrap_or_else(|| panic!("no route for {}", endpoint.operation));
        assert_eq!(route.method, endpoint.method.as_str(), "{}", endpoint.operation);
        assert_eq!(route.path, endpoint.path, "{}", endpoint.operation);
    }
    assert_eq!(spotify_sim::routes().len(), catalogue().count());
}
