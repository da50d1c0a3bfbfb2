//! An installation that is signed in, and the components that `cargo xtask test` provides.

use std::{collections::BTreeMap, ffi::OsString};

use mcp_server::tools::Selection;
use spotify_api::{Regime, Scope};
use spotify_auth::session::{Context, KeyChoice, Session, Settings};
use spotify_sim::Simulator;
use tempfile::TempDir;

/// The vault's key of these tests; it protects nothing.
const KEY: &str = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE=";

pub(crate) struct Bench {
    pub(crate) spotify: Simulator,
    pub(crate) home: TempDir,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Bench {
    /// Makes an installation and signs in.
    pub(crate) async fn signed_in() -> Self {
        let spotify = Simulator::builder().start().await;
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("installation");
        let variables = BTreeMap::from(
            [
                ("SPOTIFY_MCP_HOME", folder.to_str().unwrap()),
                ("SPOTIFY_MCP_MASTER_KEY", KEY),
                ("SPOTIFY_CLIENT_ID", spotify.client_id()),
                ("SPOTIFY_ACCOUNTS_URL", spotify.accounts_url()),
                ("SPOTIFY_API_URL", spotify.api_url()),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let settings = Settings::load(&variables).unwrap();
        let context = Context::system("tests", "0.0.0", None);
        let (session, _) = Session::create(settings, context, KeyChoice::Environment).unwrap();
        let profile = session.create_profile(&"default".parse().unwrap()).unwrap();
        let scopes = Selection::default().scopes(Regime::Auto);
        let scopes: Vec<_> = scopes.into_iter().map(Scope::as_str).collect();
        let desk = profile.sign_ins(scopes.join(" ").parse().unwrap()).unwrap();
        let begun = desk.begin().await.unwrap();
        let redirect = spotify.approve(begun.url.as_str()).await.unwrap();
        redirect.follow().await.unwrap();
        begun.finished().await.unwrap();
        Self { spotify, home, variables }
    }
}

/// Returns where a component is.
#[expect(clippy::disallowed_methods, reason = "the test command says where the programs are")]
pub(crate) fn component(variable: &str) -> OsString {
    std::env::var_os(variable)
        .unwrap_or_else(|| panic!("{variable} is not set: run `cargo xtask test`"))
}
