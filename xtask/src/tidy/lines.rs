//! Rules about single lines: paths of one machine, private registries, unfinished code.

use regex::bytes::{Regex, RegexBuilder};

use super::{Finding, Severity};

/// A pattern that no line of a tracked file may match.
struct Rule {
    pattern: &'static str,
    /// The ends of file names it applies to; none means all.
    only: &'static [&'static str],
    what: &'static str,
}

/// The patterns are written so that they do not match their own text.
const RULES: &[Rule] = &[
    Rule {
        pattern: r"(?:^|[^[:alnum:]_.$}~/-])/(?:[w]ork|[r]oot)/[[:alnum:]._-]",
        only: &[],
        what: "a path of one machine; name it relative to the repository",
    },
    Rule {
        pattern: r"(?:^|[^[:alnum:]_.$}~/-])/(?:home|Users)/[a-z][a-z0-9_-]*(?:/|\b)",
        only: &[],
        what: "a path of one person's machine; name it relative to the repository or to `~`",
    },
    Rule {
        pattern: r"registry\.npmjs\.org|pypi\.org/simple|(?:index|static)\.crates\.io",
        only: &[],
        what: "a registry's host; the clients know their registry",
    },
    Rule {
        pattern: r"(?i)\b(?:replace-with|index-url|npm_config_registry|pip_index_url|cargo_registries_[a-z_]+)\b\s*[:=]",
        only: &[],
        what: "a setting for a private registry; keep it outside the repository",
    },
    Rule {
        pattern: r#"^source = "(?:[^r]|r[^e]|registry\+(?:[^h]|https://(?:[^g]|g[^i]|github\.com/[^r])))"#,
        only: &["Cargo.lock"],
        what: "a dependency from outside crates.io; publish it or do without",
    },
    Rule {
        pattern: r"\b(?:todo|unimplemented)!\s*[(\[{]",
        only: &[".rs"],
        what: "unfinished code; finish it or take it out",
    },
    Rule {
        pattern: r"#\[\s*(?:cfg_attr\(.*,\s*)?ignore\b",
        only: &[".rs"],
        what: "a test that never runs; repair it, or assert the known wrong result with a FIXME",
    },
];

/// The rules, ready to use.
#[derive(Debug)]
pub(super) struct Rules(Vec<(Regex, &'static [&'static str], &'static str)>);

impl Rules {
    /// Compiles the patterns.
    pub(super) fn new() -> Result<Self, regex::Error> {
        let compiled = RULES.iter().map(|rule| {
            let regex = RegexBuilder::new(rule.pattern).unicode(false).build()?;
            Ok((regex, rule.only, rule.what))
        });
        compiled.collect::<Result<_, _>>().map(Self)
    }

    /// Checks the lines of one file.
    pub(super) fn check(&self, path: &str, text: &[u8]) -> Vec<Finding> {
        let mut findings = Vec::new();
        let applies = |only: &[&str]| only.is_empty() || only.iter().any(|end| path.ends_with(end));
        for (regex, _, what) in self.0.iter().filter(|(_, only, _)| applies(only)) {
            for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
                if regex.is_match(line) {
                    findings.push(Finding {
                        path: path.to_owned(),
                        line: Some(index + 1),
                        what: (*what).to_owned(),
                        severity: Severity::Error,
                    });
                }
            }
        }
        findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> Vec<Option<usize>> {
        let rules = Rules::new().unwrap();
        rules.check(path, text.as_bytes()).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        for path in ["work/main", "root/.cargo", "home/anna/src", "Users/anna"] {
            assert_eq!(findings("a.md", &format!("first\nsee /{path}")), [Some(2)], "{path}");
        }
    }

    #[test]
    fn other_paths_are_not() {
        for before in ["https://example.com", "target", "$HOME", "~"] {
            let text = format!("{before}/{}/x", "work");
            assert_eq!(findings("a.md", &text), [], "{text}");
        }
        for text in ["/api/root", "/v1/me/player", "/usr/lib/x", "/home/$USER"] {
            assert_eq!(findings("a.md", text), [], "{text}");
        }
    }

    #[test]
    fn private_registries_are_found() {
        let host = ["registry", "npmjs", "org"].join(".");
        assert_eq!(findings("package-lock.json", &host), [Some(1)]);
        assert_eq!(findings("pip.conf", &["index", "url = x"].join("-")), [Some(1)]);
        assert_eq!(findings("config.toml", &["replace", "with = \"x\""].join("-")), [Some(1)]);
    }

    #[test]
    fn the_lock_file_names_crates_io_only() {
        let usual = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(findings("Cargo.lock", usual), []);
        for other in ["git+https://example.com/x", "registry+https://mirror.example/index"] {
            assert_eq!(
                findings("Cargo.lock", &format!("source = \"{other}\"")),
                [Some(1)],
                "{other}"
            );
        }
    }

    #[test]
    fn unfinished_code_is_found_in_sources_only() {
        for text in [
            ["todo", "!()"].concat(),
            ["#[", "ignore]"].concat(),
            ["#[", "ignore = \"x\"]"].concat(),
        ] {
            assert_eq!(findings("a.rs", &text), [Some(1)], "{text}");
            assert_eq!(findings("a.md", &text), [], "{text}");
        }
    }
}
