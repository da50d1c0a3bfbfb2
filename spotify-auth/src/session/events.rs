//! Spotify's event families: what stands in the audit log, by code.

use std::sync::Arc;
use std::time::Duration;

use spotify_audit::{Code, Draft, Id, Kind, Outcome, Reference, ReferenceKey, Stage, Value};

use crate::grant::Grant;
use crate::store::Event;

/// One code of the log.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The stable code; its last letter is the severity.
    pub code: Code,
    /// The kind, in words.
    pub kind: Kind,
    /// What it says.
    pub meaning: &'static str,
    /// The fields of its own that it may have.
    pub fields: &'static [&'static str],
}

macro_rules! catalogue {
    ($($name:ident = $code:literal $kind:literal $([$($field:literal),*])? $meaning:literal;)+) => {
        $(
            #[doc = $meaning]
            pub const $name: Entry = Entry {
                code: Code::new($code),
                kind: Kind::new($kind),
                meaning: $meaning,
                fields: &[$($($field),*)?],
            };
        )+
        /// Every code that the programs write, in order.
        pub const CATALOGUE: &[Entry] = &[$($name),+];
    };
}

catalogue! {
    SIGN_IN_STARTED = "SM1001I" "signin.start" "A person asked to sign in.";
    SIGNED_IN = "SM1002I" "signin.done" ["generation", "authorized_at", "deadline", "scopes", "granted"] "A person signed in; the grant is sealed.";
    SIGN_IN_FAILED = "SM1003W" "signin.fail" "A sign-in came to nothing.";
    ACCOUNT = "SM1004I" "signin.account" ["user", "name"] "Whose account a person signed in with; readable with the profile's key only, which a revocation erases.";
    REFRESHED = "SM1101I" "token.refresh" ["rotated", "generation", "age_s", "attempts", "deadline", "replaced"] "An access token was renewed and sealed.";
    REFRESH_FAILED = "SM1102W" "token.refresh" ["deadline", "attempts"] "An access token could not be renewed; the grant may be in order.";
    GRANT_ENDED = "SM1103W" "token.end" ["deadline", "early"] "Spotify refused the grant; its tokens were erased.";
    REVOKED_USE = "SM1104E" "token.revoked_use" "A token was asked for, but the profile is revoked.";
    REFRESH_UNSAVED = "SM1105E" "token.unsaved" ["deadline", "rotated"] "A renewed token could not be sealed; it is served from memory until it is.";
    DEADLINE_NEARS = "SM1106W" "token.deadline" ["days", "deadline"] "A grant nears the day by which the person must sign in again; told once at 30, 14, 7 and 1 days.";
    ROLLED_BACK = "SM1107E" "token.rollback" ["seen", "generation"] "A grant's record is older than one that was read before: a copy was put back.";
    SUSPENDED_USE = "SM1108W" "token.suspended_use" "A token was asked for, but the profile is suspended.";
    NOT_KEPT = "SM1109W" "token.not_kept" ["deadline"] "Spotify replaced a refresh token that stands in the environment: the next start needs another.";
    PROFILE_CREATED = "SM1201I" "profile.create" ["subject"] "A profile was made.";
    PROFILE_REVOKED = "SM1202I" "profile.revoke" ["records"] "A profile is being revoked (intent) or was (outcome).";
    PROFILE_SUSPENDED = "SM1203I" "profile.suspend" ["changed"] "A profile is being suspended (intent) or was (outcome).";
    PROFILE_RESUMED = "SM1204I" "profile.resume" ["changed"] "A suspended profile is being resumed (intent) or was (outcome).";
    POLICY_CHANGED = "SM1205I" "profile.policy" ["changed", "weaker"] "The policy of a profile is being changed (intent) or was (outcome).";
    COPY_LEFT = "SM1206E" "profile.copy_left" ["place"] "A copy of what a revoked profile kept could not be erased.";
    PUT_BACK = "SM1207E" "profile.put_back" ["records"] "What a revoked profile kept was there again, and was erased again.";
    PROFILE_FORGOTTEN = "SM1208I" "profile.forget" "A running program learned that its profile was revoked, and erased what it kept in memory.";
    VAULT_CREATED = "SM1301I" "vault.create" ["key_source"] "A vault was made and its key source pinned.";
    VAULT_OPENED = "SM1302I" "vault.open" ["key_source"] "The vault was unlocked.";
    VAULT_REFUSED = "SM1303E" "vault.open" ["key_source", "signed", "damaged"] "The vault could not be unlocked.";
    VAULT_REKEYED = "SM1304I" "vault.rekey" ["from", "to", "epoch"] "The vault's key source is being changed (intent) or was (outcome).";
    VAULT_WRITTEN = "SM1305I" "vault.write" ["generation", "record", "field"] "A record was sealed.";
    RECORD_REFUSED = "SM1306E" "vault.refuse" ["damaged"] "The vault refused a record or an act on it.";
    SETTINGS_SEALED = "SM1307I" "settings.seal" ["sealed", "epoch"] "The settings file was sealed, or its seal given up.";
    SETTINGS_CHANGED = "SM1308E" "settings.refuse" ["damaged"] "The sealed settings file was changed, or a sealed setting does not fit; the program did not start.";
    KEYS_ROTATED = "SM1309I" "vault.rotate" ["term", "compromised", "epoch", "moved", "renewed", "rewritten", "skipped", "left"] "Data keys are being rotated (intent), a new term of them began, or what older ones sealed was moved (outcome).";
    BACKED_UP = "SM1310I" "vault.backup" ["records", "destroyed"] "A backup of the vault is being made (intent) or was made and read back (outcome).";
    RESTORED = "SM1311I" "vault.restore" ["restored", "kept", "dead", "older"] "A backup is being put back (intent) or was (outcome).";
    VAULT_MOVED = "SM1312I" "vault.move" "The vault is being moved to another place (intent) or was (outcome).";
    TOOL_CALL = "SM2101I" "tool.call" ["confirmed", "operations", "requests"] "An AI client called a tool: before the act (intent), after it (outcome).";
    SERVER_STARTED = "SM3001I" "server.start" "The MCP server started for a profile.";
    SERVER_STOPPED = "SM3002I" "server.stop" "The MCP server ended in order.";
    COMMAND = "SM3101I" "admin.command" ["command", "exit"] "A command of spotify-admin was run.";
    RECORDS_MISSED = "SM3201E" "audit.missed" ["records"] "The log took no records for a while, and acts went on without, as the settings say.";
}

impl Entry {
    /// Returns its family: the first word of its kind.
    pub fn family(&self) -> &'static str {
        self.kind.as_str().split('.').next().unwrap_or_default()
    }

    /// Begins a record of this code.
    pub fn draft(&self) -> Draft {
        Draft::new(self.code, self.kind)
    }
}

/// A call of a tool, as the log sees it.
#[derive(Clone, Debug)]
pub struct ToolCall {
    /// The tool's name.
    pub tool: &'static str,
    /// Its effect: `read`, `write` or `destructive`.
    pub class: &'static str,
    /// Ties the two records of a call together.
    pub request: Id,
    /// What it acts on.
    pub targets: Vec<Id>,
}

impl ToolCall {
    /// Returns the record that stands in the log before the act.
    pub fn intent(&self) -> Draft {
        self.draft(Stage::Intent)
    }

    /// Returns the record of what came of it: `reason` is one word for a failure, `operations` are
    /// the Web API operations that were tried, in order.
    pub fn outcome(
        &self,
        reason: Option<&'static str>,
        operations: &[&'static str],
        took: Duration,
    ) -> Draft {
        let draft = self.draft(Stage::Outcome).latency(took);
        let draft = match reason {
            None => draft.outcome(Outcome::Ok),
            Some(reason) => draft.outcome(Outcome::Failed).reason(reason),
        };
        draft.with("operations", Value::list(operations.iter().copied()))
    }

    fn draft(&self, stage: Stage) -> Draft {
        let draft = TOOL_CALL
            .draft()
            .stage(stage)
            .tool(self.tool)
            .class(self.class)
            .request(self.request.clone());
        if self.targets.is_empty() { draft } else { draft.targets(self.targets.iter().cloned()) }
    }
}

/// Writes an event of a grant as a record. Tokens become keyed references; without a key they are
/// left out.
pub(super) fn token_event(event: &Event<'_>, key: Option<&Arc<ReferenceKey>>) -> Draft {
    let reference = |secret: &str| key.map(|key| key.reference(secret.as_bytes()));
    match event {
        Event::SignInStarted => SIGN_IN_STARTED.draft(),
        Event::SignedIn { grant, generation, took } => SIGNED_IN
            .draft()
            .outcome(Outcome::Ok)
            .token(reference(grant.refresh.expose()))
            .latency(*took)
            .with("generation", *generation)
            .with("authorized_at", grant.authorized_at)
            .with("deadline", grant.deadline())
            .with("scopes", grant.scopes.iter().count() as u64)
            .with(
                "granted",
                Value::list(grant.scopes.iter().filter_map(|scope| Id::new(scope).ok())),
            ),
        Event::SignInFailed { reason } => {
            SIGN_IN_FAILED.draft().outcome(Outcome::Failed).reason(*reason)
        }
        Event::Refreshed { old, new, generation, attempts, took } => {
            let rotated = !old.refresh.matches(new.refresh.expose());
            let draft = REFRESHED
                .draft()
                .outcome(Outcome::Ok)
                .token(reference(new.refresh.expose()))
                .latency(*took)
                .with("rotated", rotated)
                .with("generation", *generation)
                .with("age_s", old.refresh_age(new.obtained_at).as_secs())
                .with("attempts", *attempts)
                .with("deadline", new.deadline());
            match reference(old.refresh.expose()) {
                Some(old) if rotated => draft.with("replaced", old),
                _ => draft,
            }
        }
        Event::RefreshFailed { grant, reason, attempts } => {
            failed(REFRESH_FAILED, grant, reason, reference).with("attempts", *attempts)
        }
        Event::GrantEnded { grant, reason, early } => {
            failed(GRANT_ENDED, grant, reason.as_str(), reference).with("early", *early)
        }
        Event::Unsaved { grant, rotated } => {
            failed(REFRESH_UNSAVED, grant, "not_written", reference).with("rotated", *rotated)
        }
        Event::NotKept { grant } => failed(NOT_KEPT, grant, "read_only", reference),
        Event::DeadlineNears { grant, days, deadline } => DEADLINE_NEARS
            .draft()
            .token(reference(grant.refresh.expose()))
            .with("days", u64::from(*days))
            .with("deadline", *deadline),
        Event::RolledBack { seen, found } => ROLLED_BACK
            .draft()
            .outcome(Outcome::Failed)
            .with("seen", *seen)
            .with("generation", *found),
        Event::SuspendedUse => SUSPENDED_USE.draft().outcome(Outcome::Refused).reason("suspended"),
        Event::RevokedUse => REVOKED_USE.draft().outcome(Outcome::Refused).reason("revoked"),
    }
}

fn failed(
    entry: Entry,
    grant: &Grant,
    reason: &'static str,
    reference: impl Fn(&str) -> Option<Reference>,
) -> Draft {
    entry
        .draft()
        .outcome(Outcome::Failed)
        .reason(reason)
        .token(reference(grant.refresh.expose()))
        .with("deadline", grant.deadline())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_is_its_own_and_in_order() {
        let codes: Vec<_> = CATALOGUE.iter().map(|entry| entry.code.as_str()).collect();
        let unique: BTreeSet<_> = codes.iter().copied().collect();
        assert_eq!(codes, unique.into_iter().collect::<Vec<_>>());
    }
}
