//! Any sequence of what people and programs do to a profile agrees with a model of a few lines.

use std::time::Duration;

use proptest::prelude::*;
use spotify_auth::rotation::BearerError;
use spotify_auth::session::{Profile, Session};
use spotify_sim::Rotation;

use crate::bench::{Bench, copy_directory};

/// Something that happens.
#[derive(Clone, Copy, Debug)]
enum Step {
    SignIn,
    /// An hour passes, and a token is asked for.
    Ask,
    /// A token is asked for, and whoever asked goes away at once.
    Abandon,
    Suspend,
    Resume,
    Revoke,
    /// The person removes the app at Spotify.
    Remove,
    /// All programs end, and one starts again.
    Restart,
    /// The vault's directory is copied.
    Copy,
    /// The last copy is put back.
    PutBack,
}

/// What counts of a profile.
#[derive(Clone, Copy, Debug, Default)]
struct Model {
    grant: Grant,
    suspended: bool,
    revoked: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Grant {
    #[default]
    None,
    /// The person's n-th sign-in.
    Living(u32),
    Ended,
}

struct World {
    bench: Bench,
    session: Session,
    profile: Profile,
    model: Model,
    copy: Option<Model>,
    sign_ins: u32,
    /// Sign-ins up to this one are removed at Spotify.
    removed: u32,
}

impl World {
    async fn new() -> Self {
        let bench = Bench::new().await;
        bench.sim.set_rotation(Rotation::Never);
        let (session, profile) = bench.with_profile();
        let model = Model::default();
        Self { bench, session, profile, model, copy: None, sign_ins: 0, removed: 0 }
    }

    async fn step(&mut self, step: Step) {
        let name = self.profile.name().clone();
        match step {
            Step::SignIn => self.sign_in().await,
            Step::Ask => {
                self.bench.advance(Duration::from_hours(1));
                self.ask().await;
            }
            Step::Abandon => {
                self.bench.advance(Duration::from_hours(1));
                if let Ok(tokens) = self.profile.tokens() {
                    drop(tokio::time::timeout(Duration::from_millis(1), tokens.bearer(None)).await);
                    tokens.settled().await;
                }
                self.ask().await;
            }
            Step::Suspend => {
                let outcome = self.session.suspend(Some(&name));
                assert_eq!(outcome.is_err(), self.model.revoked);
                self.model.suspended |= !self.model.revoked;
            }
            Step::Resume => {
                let outcome = self.session.resume(Some(&name));
                assert_eq!(outcome.is_err(), self.model.revoked);
                self.model.suspended = false;
            }
            Step::Revoke => {
                let revoked = self.session.revoke(Some(&name)).unwrap();
                assert_eq!(revoked.again, self.model.revoked);
                self.model.revoked = true;
            }
            Step::Remove => {
                self.bench.sim.remove_app(spotify_sim::DEFAULT_USER);
                self.removed = self.sign_ins;
            }
            Step::Restart => self.restart(),
            Step::Copy => {
                let (vault, copy) = self.places();
                drop(std::fs::remove_dir_all(&copy));
                copy_directory(&vault, &copy);
                self.copy = Some(self.model);
            }
            Step::PutBack => {
                let Some(old) = self.copy else { return };
                let (vault, copy) = self.places();
                std::fs::remove_dir_all(&vault).unwrap();
                copy_directory(&copy, &vault);
                // Everything is as it was, but what was revoked since stays dead.
                self.model = Model { revoked: self.model.revoked, ..old };
                self.restart();
            }
        }
    }

    fn places(&self) -> (std::path::PathBuf, std::path::PathBuf) {
        (self.bench.home.path().join("vault"), self.bench.home.path().join("copy"))
    }

    fn restart(&mut self) {
        self.session = self.bench.open().unwrap();
        let profiles = self.session.profiles().unwrap();
        self.profile = profiles.into_iter().next().unwrap();
    }

    async fn sign_in(&mut self) {
        if self.model.revoked || self.model.suspended {
            let desk = self.profile.sign_ins("user-read-private".parse().unwrap());
            assert!(desk.is_err());
            return;
        }
        self.bench.sign_in(&self.profile).await.unwrap();
        self.sign_ins += 1;
        self.model.grant = Grant::Living(self.sign_ins);
    }

    async fn ask(&mut self) {
        let outcome = match self.profile.tokens() {
            Ok(tokens) => tokens.bearer(None).await,
            Err(error) => {
                assert!(self.model.revoked || self.model.suspended, "{error}");
                return;
            }
        };
        let model = &mut self.model;
        let expected = match (model.grant, &outcome) {
            (_, Err(BearerError::Revoked)) => model.revoked,
            (_, Err(BearerError::Suspended)) => model.suspended,
            (Grant::None, Err(BearerError::NotSignedIn))
            | (Grant::Ended, Err(BearerError::Ended(_))) => true,
            (Grant::Living(number), Ok(_)) => number > self.removed,
            (Grant::Living(number), Err(BearerError::Ended(_))) => {
                model.grant = Grant::Ended;
                number <= self.removed
            }
            _ => false,
        };
        assert!(expected, "{model:?}: {outcome:?}");
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::SignIn),
        4 => Just(Step::Ask),
        1 => Just(Step::Abandon),
        1 => Just(Step::Suspend),
        2 => Just(Step::Resume),
        1 => Just(Step::Revoke),
        1 => Just(Step::Remove),
        1 => Just(Step::Restart),
        1 => Just(Step::Copy),
        1 => Just(Step::PutBack),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_to_a_profile_agrees_with_the_model(steps in proptest::collection::vec(step(), 1..14)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut world = World::new().await;
            for step in steps {
                world.step(step).await;
            }
        });
    }
}
