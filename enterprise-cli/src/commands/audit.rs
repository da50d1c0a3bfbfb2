//! `audit`.

use std::str::FromStr;

use spotify_audit::{Entry, Order, Pseudonym, Query, ReadError, Reader};
use spotify_auth::{ProfileId, ProfileName};

use self::since::Since;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::names::Names;
use crate::output::{Answer, Output, View};

mod hash_of;
mod key;
mod prove;
mod report;
mod rows;
mod since;
mod verify;

/// Show who did what, the newest last, or check that nobody changed the log
///
/// Works while the vault is locked; it then shows the profiles' ids instead of their names. With
/// `--json` the log's lines come as they stand in it, one JSON object a line.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only this profile, by its name or its id; `all` for all of them
    #[arg(default_value = "all")]
    profile: Whose,
    /// How many records at most
    #[arg(default_value_t = 20)]
    limit: u64,
    /// Only kinds that begin so, for example `token.` or `tool.call`
    #[arg(long = "type", value_name = "PREFIX")]
    kind: Option<String>,
    /// Only records from this time on: `2026-11-02`, `2026-11-02T09:00:00Z`, or an age such as `7d`
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Verify(verify::Args),
    Key(key::Args),
    Prove(prove::Args),
    HashOf(hash_of::Args),
    Report(Box<report::Args>),
}

/// Whose records are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Whose {
    All,
    Named(ProfileName),
    Id(ProfileId),
}

impl Args {
    /// Returns the command's name in the audit log.
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            Some(Command::Verify(_)) => "audit verify",
            Some(Command::Key(_)) => "audit key",
            Some(Command::Prove(_)) => "audit prove",
            Some(Command::HashOf(_)) => "audit hash-of",
            Some(Command::Report(_)) => "audit report",
            None => "audit",
        }
    }

    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        match self.command {
            Some(Command::Verify(args)) => return args.run(installation),
            Some(Command::Key(args)) => return args.run(installation),
            Some(Command::Prove(args)) => return args.run(installation, output),
            Some(Command::HashOf(args)) => return args.run(installation),
            Some(Command::Report(args)) => return args.run(installation, output),
            None => {}
        }
        let query = self.query(installation)?;
        let (entries, unreadable) = read(installation, query)?;
        if unreadable > 0 {
            let lines = if unreadable == 1 { "line" } else { "lines" };
            output.warn(&format!(
                "{unreadable} {lines} can't be read; run `spotify-admin audit verify`"
            ));
        }
        let names = Names::at_hand(installation);
        if names.are_locked() && !entries.is_empty() {
            output.say("The vault is locked: profiles are shown by their ids.");
        }
        let view = View::new(installation.now(), installation.terminal());
        let human = if entries.is_empty() {
            "There are no such records.\n".to_owned()
        } else {
            rows::rows(&entries, &names, view)
        };
        let lines: Vec<_> = entries.iter().map(Entry::line).collect();
        Ok(Answer::of_lines(Exit::Success, &lines, human))
    }

    fn query(&self, installation: &Installation) -> Result<Query, CommandError> {
        let id = match &self.profile {
            Whose::All => None,
            Whose::Id(id) => Some(id.clone()),
            Whose::Named(name) => Some(named(name, installation)?),
        };
        let profile = id.map(|id| Pseudonym::new(id.as_str())).transpose();
        let since = match &self.since {
            Some(since) => Some(since.before(installation.now())?),
            None => None,
        };
        Ok(Query {
            order: Order::NewestFirst,
            limit: Some(self.limit),
            profile: profile.map_err(|error| CommandError::new(Exit::Usage, "usage", error))?,
            kind_prefix: self.kind.clone(),
            since,
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

/// Reads the newest records, in the order they were written, and counts what is no record.
fn read(installation: &Installation, query: Query) -> Result<(Vec<Entry>, u64), CommandError> {
    let failed = |error| CommandError::new(Exit::Failure, "audit_log", error);
    let reader = Reader::open(&installation.settings().audit_dir(), query).map_err(failed)?;
    let (mut entries, mut unreadable) = (Vec::new(), 0);
    for entry in reader {
        match entry {
            Ok(entry) => entries.push(entry),
            Err(ReadError::Storage(error)) => return Err(failed(error)),
            Err(_) => unreadable += 1,
        }
    }
    entries.reverse();
    Ok((entries, unreadable))
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
