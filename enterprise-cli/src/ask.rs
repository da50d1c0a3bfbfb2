//! Questions to the person at the terminal. They stand on standard error: standard output is data.

use std::io::{self, BufRead as _, Read as _, Write as _};

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::config::Terminal;

/// The most that is read of a secret; a recovery code has 69 characters.
const SECRET_MAX: usize = 1024;

/// The most that is read of a line.
const LINE_MAX: u64 = 4 * 1024;

/// The most that is read for a token, which has a few hundred characters.
const TOKEN_MAX: usize = 8 * 1024;

/// What counts when only Enter is pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unless {
    /// Yes, unless the person says no.
    No,
    /// No, unless the person says yes.
    Yes,
}

/// Asks a question until the answer is yes or no. The end of the input counts as no.
///
/// # Errors
/// The terminal may be gone.
pub(crate) fn confirm(question: &str, unless: Unless) -> io::Result<bool> {
    let choices = if unless == Unless::No { "[Y/n]" } else { "[y/N]" };
    loop {
        write!(io::stderr(), "{question} {choices} ")?;
        io::stderr().flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            writeln!(io::stderr())?;
            return Ok(false);
        }
        match answer(&line, unless) {
            Some(answer) => return Ok(answer),
            None => writeln!(io::stderr(), "Please answer `yes` or `no`.")?,
        }
    }
}

/// Asks for one line, which is shown; `None` at the end of the input.
///
/// # Errors
/// The terminal may be gone.
pub(crate) fn line(question: &str) -> io::Result<Option<String>> {
    write!(io::stderr(), "{question}: ")?;
    io::stderr().flush()?;
    let mut line = String::new();
    let read = io::stdin().lock().take(LINE_MAX).read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

/// Asks for a passphrase, which is not shown.
///
/// # Errors
/// There may be no terminal.
pub(crate) fn passphrase(question: &str) -> io::Result<SecretString> {
    let text = Zeroizing::new(rpassword::prompt_password(format!("{question}: "))?);
    Ok(SecretString::from(text.as_str()))
}

/// Asks for a new passphrase for something, twice, until both are the same.
///
/// # Errors
/// There may be no terminal.
pub(crate) fn new_passphrase(what: &str) -> io::Result<SecretString> {
    loop {
        let first = passphrase(&format!("New passphrase for {what}"))?;
        let second = passphrase("The same again")?;
        if first.expose_secret() == second.expose_secret() {
            return Ok(first);
        }
        writeln!(io::stderr(), "The two differ; try again.")?;
    }
}

/// Takes a recovery code: asked for at a terminal without being shown, else the first line of
/// standard input.
///
/// # Errors
/// There may be no terminal and no input.
pub(crate) fn recovery_code(terminal: Terminal) -> io::Result<Zeroizing<String>> {
    secret(terminal, "Recovery code")
}

/// Takes a secret: asked for at a terminal without being shown, else the first line of standard
/// input, without the line break at its end.
///
/// # Errors
/// There may be no terminal and no input.
pub(crate) fn secret(terminal: Terminal, question: &str) -> io::Result<Zeroizing<String>> {
    if terminal.can_ask() {
        return Ok(Zeroizing::new(rpassword::prompt_password(format!("{question}: "))?));
    }
    let mut line = Zeroizing::new(String::with_capacity(SECRET_MAX));
    io::stdin().lock().take(SECRET_MAX as u64).read_line(&mut line)?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(line)
}

/// Takes a token: asked for at a terminal without being shown, else the first line of standard
/// input.
///
/// # Errors
/// There may be no terminal and no input.
pub(crate) fn token(terminal: Terminal) -> io::Result<SecretString> {
    if terminal.can_ask() {
        return passphrase("Token");
    }
    let mut line = Zeroizing::new(String::with_capacity(TOKEN_MAX));
    io::stdin().lock().take(TOKEN_MAX as u64).read_line(&mut line)?;
    Ok(SecretString::from(line.as_str()))
}

fn answer(line: &str, unless: Unless) -> Option<bool> {
    match line.trim().to_ascii_lowercase().as_str() {
        "" => Some(unless == Unless::No),
        "y" | "yes" => Some(true),
        "n" | "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_and_no_are_answers_and_enter_is_the_default() {
        assert_eq!(answer("Yes\n", Unless::Yes), Some(true));
        assert_eq!(answer("n\n", Unless::No), Some(false));
        assert_eq!(answer("\n", Unless::No), Some(true));
        assert_eq!(answer("\n", Unless::Yes), Some(false));
        assert_eq!(answer("perhaps", Unless::Yes), None);
    }
}
