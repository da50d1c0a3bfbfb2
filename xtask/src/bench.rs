//! `cargo xtask bench`: what the libraries cost, as ratios in one run against a named baseline.

use crate::report::{self, Verdict};
use crate::run::{self, RunError};
use crate::workspace;

/// Measure what a part costs, as ratios in one run against a named baseline
///
/// Absolute times stand beside the ratios and hold for this machine and moment only. A goal that is
/// missed is said so and is no failure.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The part to measure
    part: Part,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Part {
    /// The Web API's client
    Api,
    /// The audit log
    Audit,
    /// The MCP server
    Mcp,
    /// The vault
    Vault,
}

/// The bench targets of a part.
struct Benches {
    package: &'static str,
    /// Programs that the benches measure against, to be built first.
    examples: &'static [&'static str],
    /// In the order in which they run: the ratios, then the times of small pieces.
    targets: &'static [&'static str],
}

impl Part {
    const fn benches(self) -> Benches {
        match self {
            Self::Audit => Benches { package: "spotify-audit", examples: &[], targets: &["audit"] },
            Self::Vault => Benches { package: "spotify-vault", examples: &[], targets: &["vault"] },
            Self::Api => {
                let targets = &["ratios", "decode", "overhead"];
                Benches { package: "spotify-api", examples: &[], targets }
            }
            Self::Mcp => Benches { package: "mcp-server", examples: &["bare"], targets: &["mcp"] },
        }
    }
}

impl Args {
    /// Builds and runs the benches.
    pub(crate) fn run(self) -> Result<Verdict, RunError> {
        let Benches { package, examples, targets } = self.part.benches();
        for example in examples {
            let mut command = run::cargo(&workspace::root());
            command.args(["build", "--quiet", "--locked", "--profile", "bench"]);
            run::stream(command.args(["--package", package, "--example", example]))?;
        }
        for target in targets {
            report::heading(&format!("bench {package} {target}"));
            let mut command = run::cargo(&workspace::root());
            command.args(["bench", "--quiet", "--locked", "--package", package, "--bench", target]);
            run::stream(&mut command)?;
        }
        Ok(Verdict::Passed)
    }
}
