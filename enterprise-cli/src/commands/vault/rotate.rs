//! `vault rotate`.

use clap::ValueEnum;
use serde::Serialize;
use spotify_vault::{Rotation, Swept};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Replace the keys that seal the records
///
/// Running servers go on. What is interrupted is finished with `--finish`; until then every record
/// opens as before. Who can unlock the vault stays the same.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How far the new keys reach at once
    #[arg(long, value_enum, value_name = "REACH", default_value_t = Reach::Sweep)]
    reach: Reach,
    /// Finish a rotation that was interrupted, instead of beginning one
    #[arg(long, conflicts_with = "reach")]
    finish: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reach {
    /// Each record gets them when it is written next
    NextWrite,
    /// Every profile's key is sealed anew; no record is touched
    Sweep,
    /// Every profile gets a new key and every record is sealed anew, because an old key may be known
    Compromised,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    complete: bool,
    #[serde(flatten)]
    swept: Swept,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let swept = if self.finish {
            session.sweep_keys(&mut |_| ())?
        } else {
            session.rotate_keys(self.reach.into(), &mut |_| ())?
        };
        let complete = swept.is_complete();
        let waits = !self.finish && self.reach == Reach::NextWrite;
        let exit = if complete || waits { Exit::Success } else { Exit::Failure };
        let human = human(&swept, complete, waits);
        Ok(Answer::new(exit, &Facts { complete, swept }, human))
    }
}

impl From<Reach> for Rotation {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::NextWrite => Self::NextWrite,
            Reach::Sweep => Self::Sweep,
            Reach::Compromised => Self::Compromised,
        }
    }
}

fn human(swept: &Swept, complete: bool, waits: bool) -> String {
    let Swept { term, moved, renewed, rewritten, skipped, .. } = swept;
    let left: usize = swept.left.values().sum();
    let mut text = format!(
        "Term {term} of the keys is in force: {moved} keys moved, {renewed} renewed, {rewritten} records sealed anew.\n"
    );
    if waits && left > 0 {
        text.extend([format!(
            "{left} keys stay under an older term until they are written next.\n"
        )]);
    } else if !complete {
        text.extend([format!(
            "{left} keys are still under an older term, and {} profiles were in use or do not open: run `spotify-admin vault rotate --finish`, and `spotify-admin vault verify`.\n",
            skipped.len()
        )]);
    }
    text
}
