//! The table of operations against the simulator's routes.

use spotify_api::Endpoint;

#[test]
fn every_route_of_the_simulator_is_an_operation() {
    for route in spotify_sim::routes() {
        let endpoint = Endpoint::find(route.operation_id)
            .unwrap_or_else(|| panic!("no operation {}", route.operation_id));
        assert_eq!(route.method, endpoint.method.as_str(), "{}", endpoint.operation);
        assert_eq!(route.path, endpoint.path, "{}", endpoint.operation);
    }
}
