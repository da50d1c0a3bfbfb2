//! `audit verify`.

use std::path::PathBuf;

use serde::Serialize;
use spotify_audit::{
    Checkpoint, PublicKey, Report, Status, Verification, VerifyError, chain_broken,
};
use spotify_vault::sealed::verify::Verified;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, Tone, View, when};

/// Check that no record of the audit log was changed, moved or removed
///
/// Names the first bad line, and reads the log only. Works while the vault is locked; the
/// signatures are then checked against the log's own keys, unless you give one. What one log can't
/// show by itself is that its end was cut off: compare it with a checkpoint that you keep elsewhere.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A checkpoint that was kept elsewhere: a copy of the last note in the log's `checkpoints`
    #[arg(long, value_name = "FILE")]
    anchor: Vec<PathBuf>,
    /// The key that `audit key` printed, instead of the vault's
    #[arg(long, value_parser = |text: &str| PublicKey::parse(text).map(Box::new))]
    key: Option<Box<PublicKey>>,
    /// Also open each sealed record, and compare how often it was written with the log
    #[arg(long)]
    against_vault: bool,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts<'a> {
    status: Status,
    #[serde(flatten)]
    report: &'a Report,
    /// Whose key the signatures were checked with.
    checked_with: Checked,
    /// What differs between vault and log; `null` when it was not asked for.
    vault: Option<&'a Verified>,
    advice: Option<String>,
}

/// Whose key signatures were checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Checked {
    /// The one that was given.
    Given,
    /// The vault's.
    Vault,
    /// Those that the log names itself.
    Log,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let checked = if self.key.is_some() { Checked::Given } else { Checked::Log };
        let mut asked = Verification::new();
        for anchor in &self.anchor {
            asked = asked.anchor(read_anchor(anchor)?);
        }
        // Looked at before the log is opened for writing, which mends an unfinished last line.
        let report =
            run(&self.key.into_iter().fold(asked, |asked, key| asked.key(*key)), installation)?;
        let (report, checked) = match checked {
            Checked::Log => with_key_of_vault(report, installation)?,
            checked => (report, checked),
        };
        let vault = if self.against_vault {
            let compared = installation.session()?.compare_with_log();
            Some(compared.map_err(|error| CommandError::new(Exit::Failure, "vault", error))?)
        } else {
            None
        };
        let status = report.status();
        let exit = match &vault {
            Some(vault) if status == Status::Intact && !vault.is_sound() => Exit::VaultDiffers,
            _ => Exit::from(status),
        };
        let view = View::new(installation.now(), installation.terminal());
        let advice = advice(&report);
        let human = human(&report, checked, vault.as_ref(), advice.as_deref(), view);
        let (report, vault) = (&report, vault.as_ref());
        let facts = Facts { status, report, checked_with: checked, vault, advice };
        Ok(Answer::new(exit, &facts, human))
    }
}

fn read_anchor(path: &PathBuf) -> Result<Checkpoint, CommandError> {
    let usage = |error| CommandError::new(Exit::Usage, "anchor", error);
    let text = std::fs::read_to_string(path)
        .map_err(|error| usage(format!("the anchor {} can't be read: {error}", path.display())))?;
    Checkpoint::parse(&text)
        .map_err(|error| usage(format!("{} is no checkpoint: {error}", path.display())))
}

fn run(asked: &Verification, installation: &Installation) -> Result<Report, CommandError> {
    asked.run(&installation.settings().audit_dir()).map_err(|error| {
        let kind = match &error {
            VerifyError::NoLog(_) => Exit::NotFound,
            _ => Exit::Failure,
        };
        CommandError::new(kind, "audit_log", error)
    })
}

/// Checks the signatures again with the vault's key, where the vault opens without help and
/// signed anything yet.
fn with_key_of_vault(
    mut report: Report,
    installation: &Installation,
) -> Result<(Report, Checked), CommandError> {
    let sound = matches!(report.status(), Status::Intact | Status::ClockAnomaly);
    if !sound || report.signed.is_none() {
        return Ok((report, Checked::Log));
    }
    let key = installation.session_at_hand().and_then(|session| session.log_key().ok().flatten());
    let Some(key) = key.and_then(|key| PublicKey::parse(&key).ok()) else {
        return Ok((report, Checked::Log));
    };
    // The records that opening the vault has added meanwhile are not signed yet.
    let to = (report.first + report.records).saturating_sub(1);
    let again = run(&Verification::new().key(key).to(to), installation)?;
    report.bad_signature = again.bad_signature;
    Ok((report, Checked::Vault))
}

fn advice(report: &Report) -> Option<String> {
    match report.status() {
        Status::Intact => None,
        Status::TornTail => Some(
            "a program or the machine stopped while it wrote: the next one that writes sets the \
             unfinished bytes aside and says so in the log"
                .to_owned(),
        ),
        Status::ClockAnomaly => Some(
            "no record was changed; find out who set the clock, because times around these records \
             can't be relied on"
                .to_owned(),
        ),
        _ => chain_broken(report).map(|finding| finding.advice),
    }
}

/// Says in a sentence what came of a check.
pub(super) fn verdict(status: Status) -> (Tone, &'static str) {
    match status {
        Status::Intact => (Tone::Good, "The audit log is intact."),
        Status::ChainBroken => (Tone::Bad, "The audit log was changed."),
        Status::Gap => (Tone::Bad, "Records are missing from the audit log."),
        Status::TornTail => {
            (Tone::Attention, "The last record is unfinished; all others are sound.")
        }
        Status::ClockAnomaly => (Tone::Attention, "The audit log is whole, but the clock moved."),
        Status::BadSignature => (Tone::Bad, "The audit log is not what was signed."),
        Status::AnchorMismatch => {
            (Tone::Bad, "The audit log is not the one that was saved elsewhere.")
        }
        _ => (Tone::Bad, "The audit log is not in order."),
    }
}

fn human(
    report: &Report,
    checked: Checked,
    vault: Option<&Verified>,
    advice: Option<&str>,
    view: View,
) -> String {
    let (tone, verdict) = verdict(report.status());
    let mut lines = vec![view.paint(tone, verdict)];
    let bad = report.first_bad.iter().chain(&report.torn);
    lines.extend(bad.map(|problem| format!("  {problem}")));
    lines.extend(report.bad_signature.iter().map(|problem| format!("  {problem}")));
    lines.extend(report.bad_anchor.iter().map(|problem| format!("  {problem}")));
    lines.extend(report.warnings.iter().map(|warning| format!("  {warning}")));
    let hidden = report.warning_count - report.warnings.len() as u64;
    if hidden > 0 {
        lines.push(format!("  and {hidden} more"));
    }
    lines.extend(advice.map(|advice| format!("  do: {advice}")));
    let last = report.head_time.map(|time| format!(", the last of {} UTC", when::second(time)));
    lines.push(format!("{} sound records{}", report.records, last.unwrap_or_default()));
    lines.push(signed(report, checked));
    lines.extend(vault.into_iter().flat_map(differences));
    lines.extend(report.head.map(|hash| format!("last hash: {hash}")));
    lines.join("\n") + "\n"
}

fn signed(report: &Report, checked: Checked) -> String {
    let key = match checked {
        Checked::Given => "the key that you gave",
        Checked::Vault => "the vault's key",
        Checked::Log => "the log's own key, which nobody vouches for while the vault is locked",
    };
    let last = (report.first + report.records).saturating_sub(1);
    match report.signed {
        None => "no record is signed".to_owned(),
        Some(to) if to >= last => format!("all are signed, checked with {key}"),
        Some(to) => format!("signed up to record {to}, checked with {key}"),
    }
}

fn differences(vault: &Verified) -> Vec<String> {
    let mut lines = vec![if vault.is_sound() {
        format!("the vault's {} sealed records are those that the log knows", vault.records)
    } else {
        "the vault's sealed records are not those that the log knows:".to_owned()
    }];
    lines.extend(vault.damaged.iter().map(|what| format!("  {what}")));
    let difference = |what: &'static str| {
        move |difference: &spotify_vault::sealed::verify::Difference| {
            let (here, known) = (difference.here.get(), difference.known.get());
            format!(
                "  record {}: {what}: written {here} times here, {known} in the log",
                difference.record
            )
        }
    };
    lines.extend(vault.older.iter().map(difference("an older copy was put back")));
    lines.extend(vault.newer.iter().map(difference("written past the log")));
    lines.extend(vault.missing.iter().map(|record| format!("  record {record}: it is gone")));
    lines
}
