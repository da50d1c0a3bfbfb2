//! Each setting as a person asks for it: its value, unless that is a secret, and where it comes from.

use std::collections::BTreeMap;

use super::{Settings, VARIABLES, Variable};

/// Where a setting's value comes from. The environment stands over the settings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A variable of the environment.
    Environment,
    /// The settings file.
    File,
    /// Nobody set it.
    Default,
}

/// A setting as it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Which setting.
    pub variable: &'static Variable,
    /// Where its value comes from.
    pub origin: Origin,
    /// The value; `None` when nobody set it, and for what may be a secret.
    pub value: Option<String>,
}

impl Origin {
    /// Returns the origin as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::File => "file",
            Self::Default => "default",
        }
    }
}

impl Settings {
    /// Returns every setting, in the order of the documentation. `environment` is the one that the
    /// settings were loaded with.
    pub fn shown(&self, environment: &BTreeMap<String, String>) -> Vec<Shown> {
        let file = String::from_utf8_lossy(&self.file);
        let file: toml::Table = file.parse().unwrap_or_default();
        let show = |variable: &'static Variable| {
            let key = variable.key.map_or_else(|| variable.secret_key(), str::to_owned);
            let given = environment.get(variable.name).filter(|value| !value.is_empty());
            let (origin, value) = match (given, file.get(&key)) {
                (Some(value), _) => (Origin::Environment, Some(value.clone())),
                (None, Some(value)) => (Origin::File, value.as_str().map(str::to_owned)),
                (None, None) => (Origin::Default, None),
            };
            Shown { variable, origin, value: value.filter(|_| !variable.may_be_secret()) }
        };
        VARIABLES.iter().map(show).collect()
    }
}

impl Variable {
    /// Whether its value may be a secret: all that has no key in the settings file, but for paths
    /// and numbers of descriptors.
    fn may_be_secret(&self) -> bool {
        let place = ["_FILE", "_FD", "_HOME"].iter().any(|end| self.name.ends_with(end));
        self.key.is_none() && !place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_not_shown_and_the_environment_stands_over_the_file() {
        let environment = [
            ("SPOTIFY_CLIENT_ID", "of-the-environment"),
            ("SPOTIFY_CLIENT_SECRET", "canary-secret"),
            ("SPOTIFY_MCP_MASTER_KEY", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE="),
        ];
        let environment: BTreeMap<_, _> =
            environment.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let file = "client_id = 'of-the-file'\nprofile = 'work'\n";
        let settings = Settings::parse(&environment, "/state/of/tests".into(), file).unwrap();
        let shown = settings.shown(&environment);
        let of = |name: &str| {
            let shown = shown.iter().find(|shown| shown.variable.name == name).unwrap();
            (shown.origin, shown.value.as_deref())
        };
        assert_eq!(of("SPOTIFY_CLIENT_ID"), (Origin::Environment, Some("of-the-environment")));
        assert_eq!(of("SPOTIFY_MCP_PROFILE"), (Origin::File, Some("work")));
        assert_eq!(of("SPOTIFY_CLIENT_SECRET"), (Origin::Environment, None));
        assert_eq!(of("SPOTIFY_MCP_MASTER_KEY"), (Origin::Environment, None));
        assert_eq!(of("LOG_LEVEL"), (Origin::Default, None));
        assert_eq!(shown.len(), VARIABLES.len());
    }
}
