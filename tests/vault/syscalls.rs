//! Real system calls that fail, and a process that ends at one of them, by `strace -e inject`.

#[cfg(target_os = "linux")]
#[cfg(test)]
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod support;
#[cfg(target_os = "linux")]
#[cfg(test)]
mod verbs;

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use crate::verbs::{Fixture, Verb, quick_dir};

    /// The name of this test in the processes that it starts.
    const HELPER: &str = "tests::a_process_does_a_verb_for_another_test";

    #[test]
    #[expect(clippy::disallowed_methods, reason = "tells the helper process from the test run")]
    fn a_process_does_a_verb_for_another_test() {
        let Some(root) = std::env::var_os("VAULT_SYSCALLS_ROOT") else { return };
        let verb: usize = std::env::var("VAULT_SYSCALLS_VERB").unwrap().parse().unwrap();
        drop(Fixture { root: root.into() }.run(Verb::ALL[verb]));
    }

    /// Does a verb under strace with a fault at a call; whether that call came.
    fn inject(root: &Path, verb: Verb, call: &str, fault: &str, at: usize) -> bool {
        let index = Verb::ALL.iter().position(|known| *known == verb).unwrap();
        let log = root.join("strace.log");
        let output = Command::new("strace")
            .args(["-f", "-qq", "-o"])
            .arg(&log)
            .args(["-e", &format!("trace={call}")])
            .args(["-e", &format!("inject={call}:{fault}:when={at}")])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", HELPER, "--nocapture", "--test-threads=1"])
            .env("VAULT_SYSCALLS_ROOT", root)
            .env("VAULT_SYSCALLS_VERB", index.to_string())
            .output()
            .unwrap();
        let log = std::fs::read_to_string(log).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!errors.contains("strace:"), "{errors}");
        log.contains("INJECTED") || log.contains("killed by SIGKILL")
    }

    /// Tries a fault at each call of its kind. Returns how many there were.
    fn each_call(verb: Verb, call: &str, fault: &str) -> usize {
        for at in 1.. {
            let dir = quick_dir();
            let fixture = Fixture { root: dir.path().to_owned() };
            fixture.make(verb);
            if !inject(dir.path(), verb, call, fault, at) {
                fixture.check_finished(verb);
                return at - 1;
            }
            fixture.check_interrupted(verb);
            let again = fixture.run(verb);
            again.unwrap_or_else(|error| panic!("{verb:?} {call} {fault} {at}: {error}"));
            fixture.check_finished(verb);
        }
        0
    }

    /// Calls that change a file system, and how each can fail.
    const FAULTS: [(&str, &str); 11] = [
        ("write", "error=ENOSPC"),
        ("write", "error=EIO"),
        ("fsync", "error=EIO"),
        ("/^rename", "error=EIO"),
        ("/^rename", "error=EROFS"),
        ("/^unlink", "error=EIO"),
        ("/^mkdir", "error=ENOSPC"),
        ("ftruncate", "error=EIO"),
        ("fallocate", "error=ENOSPC"),
        ("fallocate", "error=EDQUOT"),
        ("flock", "error=ENOLCK"),
    ];

    fn each_error(verb: Verb) {
        let tried: usize = FAULTS.iter().map(|(call, fault)| each_call(verb, call, fault)).sum();
        assert!(tried >= 8, "only {tried} calls were made to fail");
    }

    fn each_kill(verb: Verb) {
        let mut calls: Vec<_> = FAULTS.iter().map(|(call, _)| *call).collect();
        calls.dedup();
        let tried: usize = calls.iter().map(|call| each_call(verb, call, "signal=KILL")).sum();
        assert!(tried >= 6, "killed at only {tried} calls");
    }

    #[test]
    fn a_first_write_survives_each_failing_call_and_each_kill() {
        each_error(Verb::WriteFirst);
        each_kill(Verb::WriteFirst);
    }

    #[test]
    fn a_write_survives_each_failing_call_and_each_kill() {
        each_error(Verb::WriteAgain);
        each_kill(Verb::WriteAgain);
    }

    #[test]
    fn a_rekey_survives_each_failing_call_and_each_kill() {
        each_error(Verb::Rekey);
        each_kill(Verb::Rekey);
    }

    #[test]
    fn a_destruction_survives_each_failing_call_and_each_kill() {
        each_error(Verb::Destroy);
        each_kill(Verb::Destroy);
    }

    #[test]
    fn a_sweep_survives_each_failing_call_and_each_kill() {
        each_error(Verb::Sweep);
        each_kill(Verb::Sweep);
        assert!(each_call(Verb::Sweep, "syncfs", "error=EIO") > 0, "it syncs by file system");
    }

    #[test]
    fn a_process_without_file_descriptors_loses_nothing() {
        for verb in [Verb::WriteAgain, Verb::Rekey] {
            assert!(each_call(verb, "openat", "error=EMFILE") > 10);
        }
    }

    /// Prepared space is synced before anything is spent, and a record is synced before it takes
    /// its place, the directory after.
    #[test]
    fn a_write_syncs_the_record_before_its_name_and_the_directory_after() {
        let dir = quick_dir();
        let fixture = Fixture { root: dir.path().to_owned() };
        fixture.make(Verb::WriteAgain);
        let index = Verb::ALL.iter().position(|verb| *verb == Verb::WriteAgain).unwrap();
        let log = dir.path().join("strace.log");
        let status = Command::new("strace")
            .args(["-f", "-qq", "-y", "-o"])
            .arg(&log)
            .args(["-e", "trace=fallocate,pwrite64,write,ftruncate,fsync,rename"])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", HELPER, "--nocapture", "--test-threads=1"])
            .env("VAULT_SYSCALLS_ROOT", dir.path())
            .env("VAULT_SYSCALLS_VERB", index.to_string())
            .stdout(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        let log = std::fs::read_to_string(log).unwrap();
        let calls: Vec<_> = log
            .lines()
            .filter(|line| line.contains("/subjects/"))
            .map(|line| {
                let call = line.split_once(' ').unwrap().1.trim_start();
                let name = call.split_once('(').unwrap().0;
                let on_file = call.contains(".tmp>") || name == "rename";
                (name, if on_file { "file" } else { "directory" })
            })
            .collect();
        let expected = [
            ("fallocate", "file"),
            ("fsync", "file"),
            ("write", "file"),
            ("ftruncate", "file"),
            ("fsync", "file"),
            ("rename", "file"),
            ("fsync", "directory"),
        ];
        assert_eq!(calls, expected, "{log}");
    }
}
