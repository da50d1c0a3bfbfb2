//! What protects the process that holds a session's secrets.

/// Keeps the process's memory from other processes of the same user, and out of core files. Where
/// the system has no such switch, nothing happens.
///
/// # Errors
/// The operating system may refuse; the program is no less right without it. Both are tried.
pub fn protect() -> std::io::Result<()> {
    dumpable().and(core_files())
}

#[cfg(target_os = "linux")]
fn dumpable() -> std::io::Result<()> {
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

#[cfg(not(target_os = "linux"))]
fn dumpable() -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn core_files() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

#[cfg(not(unix))]
fn core_files() -> std::io::Result<()> {
    Ok(())
}
