//! What an operator does to a profile.

use spotify_audit::{Id, Text, events};

events! {
    /// What happens to a profile as a whole.
    pub enum ProfileEvent {
        PROFILE_CREATED = "SM1201I" "profile.create" {
            /// A profile was made.
            Created {
                /// Its id in the vault's directory.
                subject: Option<Id>,
            }
        }
        PROFILE_REVOKED = "SM1202I" "profile.revoke" {
            /// A profile is being revoked.
            Revoking as Intent {}
            /// A profile was revoked; it failed where a copy is left.
            Revoked as Outcome {
                /// How many records and other copies were erased.
                records: u64,
            }
            /// That a profile is revoked could not be written down.
            NotRevoked as Outcome {}
        }
        PROFILE_SUSPENDED = "SM1203I" "profile.suspend" {
            /// A profile is being suspended.
            Suspending as Intent {}
            /// A profile was suspended.
            Suspended as Outcome {
                /// Whether it was not before.
                changed: bool,
            }
            /// A profile could not be suspended.
            NotSuspended as Outcome {}
        }
        PROFILE_RESUMED = "SM1204I" "profile.resume" {
            /// A suspended profile is being resumed.
            Resuming as Intent {}
            /// A suspended profile was resumed.
            Resumed as Outcome {
                /// Whether it was suspended before.
                changed: bool,
            }
            /// A profile could not be resumed.
            NotResumed as Outcome {}
        }
        COPY_LEFT = "SM1206E" "profile.copy_left" {
            /// A copy of what a revoked profile kept could not be erased.
            CopyLeft {
                /// Where it is.
                place: Text,
            }
        }
        PUT_BACK = "SM1207E" "profile.put_back" {
            /// What a revoked profile kept was there again, and was erased again.
            PutBack {
                /// How many records were erased; absent where that failed.
                records: Option<u64>,
            }
        }
        PROFILE_FORGOTTEN = "SM1208I" "profile.forget" {
            /// A running program learned that its profile was revoked, and erased what it kept in
            /// memory.
            Forgotten {}
        }
        PROFILE_RENAMED = "SM1209I" "profile.rename" {
            /// A profile is being given another name.
            Renaming as Intent {}
            /// A profile has another name.
            Renamed as Outcome {}
            /// A profile could not be given another name.
            NotRenamed as Outcome {}
        }
        PROFILE_REMOVED = "SM1210I" "profile.remove" {
            /// A revoked profile was taken off the list of profiles.
            Removed {}
        }
    }
}

events! {
    /// What is asked of a profile.
    pub enum PolicyEvent {
        POLICY_CHANGED = "SM1205I" "profile.policy" {
            /// The policy of a profile is being changed.
            Changing as Intent {}
            /// The policy of a profile was changed.
            Changed as Outcome {
                /// Whether it is another one now.
                changed: bool,
                /// Whether it asks for less in any point; absent where it does not.
                weaker: Option<bool>,
            }
            /// The policy of a profile could not be changed.
            NotChanged as Outcome {}
        }
    }
}
