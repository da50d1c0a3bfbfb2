//! The export talks to the servers that people run: rsyslog and an SMTP server.
//!
//! Needs `rsyslogd`, and an interpreter with `aiosmtpd`; `AUDIT_PYTHON` names it, else `python3`.

#[cfg(test)]
#[expect(
    dead_code,
    clippy::string_slice,
    reason = "shared with the main suite, which uses all of it"
)]
mod fixture;

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::path::Path;
    use std::process::{Child, Command, Stdio};
    use std::time::Duration;

    use jiff::Timestamp;
    use spotify_audit::export::{
        Each, Exporter, Facility, Message, Sink as _, Smtp, Syslog, SyslogTarget, syslog_line,
    };
    use spotify_audit::{Entry, Severity};

    use crate::fixture::{Home, calls, overwrite};

    /// A server that ends with the test.
    struct Server(Child);

    impl Drop for Server {
        fn drop(&mut self) {
            drop(self.0.kill());
            drop(self.0.wait());
        }
    }

    /// Waits until something is so, some seconds at most.
    fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        for _ in 0..200 {
            if let Some(found) = look() {
                return found;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("{what} did not happen");
    }

    fn export(home: &Home, target: SyslogTarget) {
        let lines = Each::new(|entry: &Entry| {
            Some(syslog_line(entry, Facility::LogAudit, "desk", "example"))
        });
        let sink = Box::new(Syslog::new(target));
        let mut exporter = Exporter::open(&home.directory, "siem", Box::new(lines), sink).unwrap();
        let turn = exporter.turn(Timestamp::UNIX_EPOCH).unwrap();
        assert!(turn.failure.is_none(), "{turn:?}");
        assert_eq!(turn.delivered, 21);
    }

    fn rsyslog(folder: &Path) -> Server {
        let at = |name: &str| folder.join(name).display().to_string();
        let configuration = format!(
            r#"global(workDirectory="{0}" maxMessageSize="64k")
module(load="imptcp")
input(type="imptcp" port="0" address="127.0.0.1" listenPortFileName="{1}")
input(type="imptcp" path="{2}")
template(name="t" type="string" string="%pri%|%hostname%|%app-name%|%msgid%|%structured-data%|%msg%\n")
action(type="omfile" file="{3}" template="t")
"#,
            folder.display(),
            at("port"),
            at("socket"),
            at("received"),
        );
        overwrite(&folder.join("rsyslog.conf"), configuration.as_bytes());
        let server = Command::new("rsyslogd")
            .args(["-n", "-C", "-f", &at("rsyslog.conf"), "-i", &at("pid")])
            .stdout(Stdio::null())
            .spawn();
        Server(server.unwrap())
    }

    #[test]
    fn rsyslog_takes_the_records_apart_as_they_were_put_together() {
        let home = Home::new();
        drop(calls(&home, 20));
        let folder = home.directory.join("..").canonicalize().unwrap();
        let _server = rsyslog(&folder);
        until("the socket", || folder.join("socket").exists().then_some(()));
        export(&home, SyslogTarget::Unix(folder.join("socket")));
        let received = || std::fs::read_to_string(folder.join("received")).unwrap_or_default();
        until("the arrival", || (received().lines().count() == 21).then_some(()));
        for (line, record) in received().lines().zip(home.lines()) {
            let fields: Vec<_> = line.splitn(6, '|').collect();
            let [priority, host, program, kind, data, text] = fields.as_slice() else {
                panic!("{line}")
            };
            assert_eq!((*priority, *host, *program), ("110", "desk", "example"));
            assert!(record.contains(&format!("\"type\":\"{kind}\"")), "{line}");
            assert!(data.starts_with("[sal@32473 seq=\""), "{line}");
            assert_eq!(text.trim_start(), record);
        }
    }

    #[test]
    fn rsyslog_takes_records_over_tcp() {
        let home = Home::new();
        drop(calls(&home, 20));
        let folder = home.directory.join("..").canonicalize().unwrap();
        let _server = rsyslog(&folder);
        let port = until("the port", || {
            let port = std::fs::read_to_string(folder.join("port")).ok()?;
            port.trim().parse::<u16>().ok()
        });
        export(&home, SyslogTarget::Tcp(format!("127.0.0.1:{port}")));
        let received = || std::fs::read_to_string(folder.join("received")).unwrap_or_default();
        until("the arrival", || (received().lines().count() == 21).then_some(()));
    }

    #[test]
    fn a_mail_arrives_with_its_title_and_text() {
        #[expect(clippy::disallowed_methods, reason = "the test run says which interpreter")]
        let python = std::env::var_os("AUDIT_PYTHON").unwrap_or_else(|| "python3".into());
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let output = std::fs::File::create(folder.path().join("mail")).unwrap();
        let server = Command::new(python)
            .args(["-u", "-m", "aiosmtpd", "-n", "-l", &address])
            .args(["-c", "aiosmtpd.handlers.Debugging", "stdout"])
            .stdout(output)
            .stderr(Stdio::null())
            .spawn();
        let _server = Server(server.unwrap());
        until("the server", || TcpStream::connect(&address).ok());
        let url = format!("smtp://{address}");
        let mut smtp = Smtp::new(&url, "audit@example.org", &["admin@example.org"]).unwrap();
        let message = Message {
            seq: 7,
            severity: Severity::High,
            title: "high: a title with an ü".to_owned(),
            body: "rule: RULE\nrecords: 1 to 7\n".to_owned(),
        };
        smtp.deliver(&[message]).unwrap();
        let mail = until("the mail", || {
            let mail = std::fs::read_to_string(folder.path().join("mail")).ok()?;
            mail.contains("END MESSAGE").then_some(mail)
        });
        assert!(mail.contains("To: admin@example.org"), "{mail}");
        assert!(mail.contains("rule: RULE\nrecords: 1 to 7"), "{mail}");
        assert!(mail.contains("Subject: ") && mail.contains("high: a title"), "{mail}");
    }
}
