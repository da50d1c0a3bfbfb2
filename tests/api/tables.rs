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

#[test]
fn the_page_for_users_of_rspotify_names_calls_that_exist() {
    let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(package.join("docs/coming-from-rspotify.md")).unwrap();
    let mut sources = String::new();
    let mut folders = vec![package.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let calls = page.split("`client.").skip(1);
    let names =
        calls.map(|rest| rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap());
    let mut checked = 0;
    for name in names {
        let known = ["(", "<"].iter().any(|end| sources.contains(&format!(" fn {name}{end}")));
        assert!(known, "there is no call {name}");
        checked += 1;
    }
    assert!(checked > 70, "{checked}");
}
