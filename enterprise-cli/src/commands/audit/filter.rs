//! Which records are asked for.

use std::str::FromStr;

use spotify_audit::{Outcome, Pseudonym, Query, Severity};
use spotify_auth::{ProfileId, ProfileName};

use super::since::Since;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;

/// Which records are asked for; what is not given does not narrow them down.
#[derive(Debug, clap::Args)]
pub(super) struct Filter {
    /// Only this profile, by its name or its id; `all` for all of them
    #[arg(default_value = "all")]
    profile: Whose,
    /// Only kinds that begin so, for example `token.` or `tool.call`
    #[arg(long = "type", value_name = "PREFIX")]
    kind: Option<String>,
    /// Only this code, for example `SM2101I`
    #[arg(long)]
    code: Option<String>,
    /// Only acts of this actor, by the pseudonym that stands in the log
    #[arg(long, value_parser = |text: &str| Pseudonym::new(text))]
    actor: Option<Pseudonym>,
    /// Only what is at least this grave: info, low, medium, high or critical
    #[arg(long, value_parser = severity)]
    severity: Option<Severity>,
    /// Only what ended so: ok, refused, failed or unknown
    #[arg(long, value_parser = outcome)]
    outcome: Option<Outcome>,
    /// Only records from this time on: `2026-11-02`, `2026-11-02T09:00:00Z`, or an age such as `7d`
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
    /// Only records before this time, given like `--since`
    #[arg(long, value_name = "TIME")]
    until: Option<Since>,
}

/// Whose records are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Whose {
    All,
    Named(ProfileName),
    Id(ProfileId),
}

impl Filter {
    /// Returns the query, without order and limit. A profile's name needs the vault.
    pub(super) fn query(&self, installation: &Installation) -> Result<Query, CommandError> {
        let id = match &self.profile {
            Whose::All => None,
            Whose::Id(id) => Some(id.clone()),
            Whose::Named(name) => Some(named(name, installation)?),
        };
        let profile = id.map(|id| Pseudonym::new(id.as_str())).transpose();
        let now = installation.now();
        let moment =
            |given: &Option<Since>| given.as_ref().map(|given| given.before(now)).transpose();
        Ok(Query {
            profile: profile.map_err(|error| CommandError::new(Exit::Usage, "usage", error))?,
            kind_prefix: self.kind.clone(),
            code: self.code.clone(),
            actor: self.actor.clone(),
            severity: self.severity,
            outcome: self.outcome,
            since: moment(&self.since)?,
            until: moment(&self.until)?,
            ..Query::default()
        })
    }
}

fn named(name: &ProfileName, installation: &Installation) -> Result<ProfileId, CommandError> {
    let error = match installation.session()?.profile(Some(name)) {
        Ok(profile) => return Ok(profile.id().clone()),
        Err(error) => CommandError::from(error),
    };
    // A number is a good name, and more often a limit without a profile before it.
    match name.as_str().parse::<u64>() {
        Ok(limit) => Err(error.hint(format!("for the last {limit} records: `audit all {limit}`"))),
        Err(_) => Err(error),
    }
}

fn severity(text: &str) -> Result<Severity, String> {
    let known = || Severity::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", ");
    Severity::from_word(text).ok_or_else(|| format!("there are {}", known()))
}

fn outcome(text: &str) -> Result<Outcome, String> {
    let known = || Outcome::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", ");
    Outcome::from_word(text).ok_or_else(|| format!("there are {}", known()))
}

impl FromStr for Whose {
    type Err = spotify_auth::profile::ProfileNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match (text, text.parse()) {
            ("all", _) => Ok(Self::All),
            // An id is longer than any name.
            (_, Ok(id)) => Ok(Self::Id(id)),
            (_, Err(_)) => text.parse().map(Self::Named),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_meant_by_its_name_or_its_id() {
        assert_eq!("all".parse(), Ok(Whose::All));
        assert!(matches!("work".parse(), Ok(Whose::Named(_))));
        assert!(matches!("p_00112233445566778899aabbccddeeff".parse(), Ok(Whose::Id(_))));
        assert!("Not a name".parse::<Whose>().is_err());
    }
}
