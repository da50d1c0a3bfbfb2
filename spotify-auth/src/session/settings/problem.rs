//! What is wrong with the settings, all of it at once.

use std::fmt;
use std::path::Path;

use super::variable;

/// One thing that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    setting: String,
    what: String,
    example: Option<&'static str>,
}

/// Everything that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problem {
    /// A variable has a wrong value.
    pub fn of(name: &'static str, what: String) -> Self {
        Self {
            setting: name.to_owned(),
            what,
            example: variable(name).map(|variable| variable.example),
        }
    }

    /// The settings file is wrong.
    pub fn file(path: &Path, what: String) -> Self {
        Self { setting: path.display().to_string(), what, example: None }
    }

    /// Returns the variable or file that is wrong.
    pub fn setting(&self) -> &str {
        &self.setting
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.what)?;
        match self.example {
            // Some messages bring an example of their own.
            Some(example) if !self.what.contains("example") => {
                write!(f, "; for example `{example}`")
            }
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings have problems:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for Problems {}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}
