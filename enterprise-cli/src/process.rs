//! Keeps the memory of the process, which holds keys and tokens, to itself.

/// Forbids other programs of the same user to read the memory, and the system to write it to disk
/// after a crash. Where the system has no such switch, nothing happens.
pub fn harden() {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "other programs may read this process's memory");
        }
    }
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit { current: Some(0), maximum: Some(0) };
        if let Err(error) = setrlimit(Resource::Core, none) {
            tracing::warn!(%error, "a crash may write this process's memory to disk");
        }
    }
}
