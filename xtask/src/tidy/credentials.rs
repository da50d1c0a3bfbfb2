//! Nothing shaped like a credential may stand in a tracked file.

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::{Finding, Severity};

/// A shape that credentials have.
struct Rule {
    /// Matches the credential; a group, where there is one, holds the secret part.
    pattern: &'static str,
    what: &'static str,
    /// Whether the secret part must also look random, so that words do not count.
    random: bool,
}

/// The patterns are written so that they do not match their own text.
const RULES: &[Rule] = &[
    Rule { pattern: r"\b([AB]Q[A-Za-z0-9_-]{60,})", what: "a Spotify token", random: true },
    Rule {
        pattern: r#"(?i)(?:secret|token|passwd|password|api_?key|master_?key)["']?\s*(?:[:=]|=>)\s*["']?([0-9a-f]{32})\b"#,
        what: "a client secret",
        random: true,
    },
    Rule {
        pattern: r#"(?i)(?:secret|token|passwd|password|master_?key)["']?\s*(?:[:=]|=>)\s*["']?([A-Za-z0-9+/]{43}=)"#,
        what: "a key of 32 bytes in base64",
        random: true,
    },
    Rule { pattern: r"-----BEGIN [A-Z ]*PRIVATE KEY", what: "a private key", random: false },
    Rule { pattern: r"AGE-SECRET-KEY-1[A-Z0-9]{20,}", what: "an age identity", random: false },
    Rule {
        pattern: r"(?i)\bbearer\s+([A-Za-z0-9._~+/-]{24,}=*)",
        what: "a bearer token",
        random: true,
    },
    Rule {
        pattern: r"(?i)\bbasic\s+([A-Za-z0-9+/]{24,}={0,2})",
        what: "the credentials of a client",
        random: true,
    },
    Rule {
        pattern: r#"\b[a-z][a-z0-9+.-]*://[^/\s:@"'<>{}]+:([^/\s:@"'<>{}]{6,})@"#,
        what: "a password in a URL",
        random: false,
    },
    Rule { pattern: r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", what: "a cloud access key", random: false },
    Rule {
        pattern: r"\b(?:gh[pousr]_|github_pat_|glpat-|npm_|pypi-|crates_)([A-Za-z0-9_-]{30,})",
        what: "a token of a code host or package registry",
        random: true,
    },
    Rule {
        pattern: r"\b(eyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
        what: "a signed token (JWT)",
        random: true,
    },
];

/// Files that may hold a value of that shape, each with the reason.
const ALLOWED: &[Allowed] = &[];

/// One exception.
struct Allowed {
    path: &'static str,
    what: &'static str,
    #[cfg_attr(not(test), expect(dead_code, reason = "it is for the reader, and for the test"))]
    reason: &'static str,
}

/// The rules, ready to use.
#[derive(Debug)]
pub(super) struct Rules(Vec<(Regex, &'static str, bool)>);

impl Rules {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let compiled = RULES.iter().map(|rule| {
            let regex = RegexBuilder::new(rule.pattern).unicode(false).build()?;
            Ok((regex, rule.what, rule.random))
        });
        compiled.collect::<Result<_, _>>().map(Self)
    }

    /// Checks the lines of one file. What was found is not repeated in the finding.
    pub(super) fn check(&self, path: &str, text: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
            for (regex, what, random) in &self.0 {
                let real = |captures: Captures<'_>| !random || looks_random(secret_part(&captures));
                if regex.captures_iter(line).any(real) && !is_allowed(path, what) {
                    findings.push(finding(path, index + 1, what));
                }
            }
        }
        findings
    }
}

fn finding(path: &str, line: usize, what: &str) -> Finding {
    let what = format!(
        "shaped like {what}; revoke it if it is real, make it at run time if it is for a test"
    );
    Finding { path: path.to_owned(), line: Some(line), what, severity: Severity::Error }
}

fn is_allowed(path: &str, what: &str) -> bool {
    ALLOWED.iter().any(|allowed| allowed.path == path && allowed.what == what)
}

fn secret_part<'t>(captures: &Captures<'t>) -> &'t [u8] {
    captures.get(1).or_else(|| captures.get(0)).map_or(&[], |part| part.as_bytes())
}

/// Tells a random value from words and fillers.
///
/// A random value of 24 or more characters has digits as well as letters, and few of its
/// characters follow their neighbour in the alphabet or repeat it, as in `0123…` or `aaaa…`.
fn looks_random(value: &[u8]) -> bool {
    let digits = value.iter().any(u8::is_ascii_digit);
    let letters = value.iter().any(u8::is_ascii_alphabetic);
    let steps = value.windows(2).filter(|pair| match pair {
        [first, second] => second.wrapping_sub(*first) <= 1,
        _ => false,
    });
    digits && letters && steps.count() * 3 < value.len()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::path::Path;
    use std::process::Command;

    use super::super::{of_files, tracked};
    use super::*;
    use crate::run;

    /// A value that looks random, made from a simple recurrence so that none stands in this file.
    fn random(length: usize, alphabet: &[u8]) -> String {
        let mut state = 12345_usize;
        let mut next = || {
            state = state * 1_103_515_245 % 2_147_483_648 + 12345;
            let index = (state >> 8) % alphabet.len();
            char::from(*alphabet.get(index).expect("the index is below the length"))
        };
        (0..length).map(|_| next()).collect()
    }

    fn letters(length: usize) -> String {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        random(length, alphabet)
    }

    fn hex(length: usize) -> String {
        random(length, b"0123456789abcdef")
    }

    /// One credential of every rule, in the order of the rules.
    fn samples() -> Vec<String> {
        vec![
            format!("let token = \"BQ{}\";", letters(180)),
            format!("SPOTIFY_CLIENT_SECRET={}", hex(32)),
            format!("SPOTIFY_MCP_MASTER_KEY: {}=", letters(43)),
            format!("-----BEGIN {} KEY-----", "RSA PRIVATE"),
            format!("AGE-SECRET-KEY-{}", "1QQPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"),
            format!("Authorization: Bearer {}", letters(40)),
            format!("authorization: basic {}==", letters(88)),
            format!("https://anna:{}@example.com/", "hunter22"),
            format!("AKIA{}", "Z7Q2M4X8B1N5V3C6"),
            format!("ghp_{}", letters(36)),
            format!("eyJ{}.eyJ{}.{}", letters(20), letters(40), letters(43)),
        ]
    }

    fn found(text: &str) -> Vec<Finding> {
        Rules::new().unwrap().check("a.md", text.as_bytes())
    }

    #[test]
    fn a_credential_of_every_shape_is_found() {
        let samples = samples();
        assert_eq!(samples.len(), RULES.len(), "each rule has its sample");
        for (rule, sample) in RULES.iter().zip(&samples) {
            let findings = found(sample);
            let named = findings.iter().any(|finding| finding.what.contains(rule.what));
            assert!(named, "{}: {findings:?}", rule.what);
        }
    }

    #[test]
    fn a_finding_does_not_repeat_the_credential() {
        let token = format!("AQ{}", letters(120));
        let findings = found(&format!("x = {token}"));
        assert_eq!(findings.len(), 1);
        assert!(!format!("{findings:?}").contains(&token));
    }

    #[test]
    fn ordinary_text_is_not_a_credential() {
        for text in [
            "checksum = \"7ba34c1e6d9f0a2b8c5d4e3f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b\"",
            "secret = \"0123456789abcdef0123456789abcdef\"",
            "let client_secret = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\";",
            "Authorization: Bearer <access token>",
            "a bearer authentication-scheme-name-in-words",
            "a basic understanding of authorization code flow",
            "let id = \"4uLU6hMCjMI75M1A2tKUQC\";",
            "spotify:playlist:37i9dQZF1DXcBWIGoYBM5M",
            "https://accounts.spotify.com/authorize?client_id=x",
            "redirect = http://127.0.0.1:8080/callback",
            "https://github.com/rust-lang/crates.io-index#serde@1.0.0",
            "token: RefreshToken,",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_credential_planted_in_a_repository_is_found_and_taking_it_out_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let git = |arguments: &[&str]| {
            run::capture(Command::new("git").current_dir(root).args(arguments)).unwrap()
        };
        let put = |name: &str, text: &str| {
            fs::File::create(root.join(name)).unwrap().write_all(text.as_bytes()).unwrap();
        };
        git(&["init", "--quiet"]);
        put("notes.md", &format!("one\ntwo\nrefresh: AQ{}\n", letters(130)));
        put("other.md", "nothing here\n");
        assert_eq!(errors(root), [], "files that git does not track are nobody's business");
        git(&["add", "."]);
        let found = errors(root);
        let place = found.iter().map(|finding| (finding.path.as_str(), finding.line));
        assert_eq!(place.collect::<Vec<_>>(), [("notes.md", Some(3))]);
        put("notes.md", "one\ntwo\n");
        assert_eq!(errors(root), []);
    }

    fn errors(root: &Path) -> Vec<Finding> {
        let mut findings = of_files(&tracked::list(root).unwrap()).unwrap();
        findings.retain(|finding| finding.severity == Severity::Error);
        findings
    }

    #[test]
    fn every_exception_has_a_reason_and_is_still_needed() {
        let root = crate::workspace::root();
        for allowed in ALLOWED {
            assert!(!allowed.reason.is_empty(), "{}", allowed.path);
            assert!(root.join(allowed.path).is_file(), "{} is gone", allowed.path);
            assert!(RULES.iter().any(|rule| rule.what == allowed.what), "{}", allowed.what);
        }
    }
}
