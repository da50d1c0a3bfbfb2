//! Questions to a person at a terminal.

use crate::bench::Bench;
use crate::terminal_bench::Terminal;

#[tokio::test]
async fn a_first_sign_in_proposes_a_key_file_where_there_is_no_keychain() {
    let bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["login"]);
    terminal.until("Enter for `file`").await;
    assert!(terminal.seen.contains("keychain     does not work here"), "{}", terminal.seen);
    assert!(
        terminal.seen.contains("not against anyone who can read your files"),
        "{}",
        terminal.seen
    );
    terminal.answer("");
    terminal.until("paste the address that it ends at").await;
    assert!(terminal.seen.contains("recovery code"), "{}", terminal.seen);
    // The browser may come back even though a line could be pasted.
    bench.approve(&terminal.address()).await;
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0);
    assert!(stdout.contains("Signed in as"), "{stdout}");
    assert!(bench.home().join("vault.key").exists());
}

#[tokio::test]
async fn the_proposal_can_be_declined() {
    let bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["login"]);
    terminal.until("Enter for `file`").await;
    terminal.answer("no");
    terminal.until("--key-source").await;
    assert_eq!(terminal.finish().await.0, 6);
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn a_redirect_can_be_pasted_while_the_browser_is_waited_for() {
    let bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["login", "--key-source", "file"]);
    terminal.until("paste the address that it ends at").await;
    let redirect = bench.sim.approve(&terminal.address()).await.unwrap();
    terminal.answer(redirect.location());
    assert_eq!(terminal.finish().await.0, 0);
}

#[tokio::test]
async fn a_revocation_is_confirmed_and_no_is_the_default() {
    let bench = Bench::signed_in().await;
    let mut terminal = Terminal::run(&bench, &["revoke", "work"]);
    terminal.until("[y/N]").await;
    terminal.answer("");
    terminal.until("not confirmed").await;
    assert_eq!(terminal.finish().await.0, 6);
    bench.admin(&["status", "--profile", "work"]).await.expect(0);

    let mut terminal = Terminal::run(&bench, &["revoke", "work"]);
    terminal.until("[y/N]").await;
    terminal.answer("yes");
    assert_eq!(terminal.finish().await.0, 0);
    bench.admin(&["status", "--profile", "work"]).await.expect(3);
}

#[tokio::test]
async fn errors_are_coloured_at_a_terminal_unless_no_color_is_set() {
    let mut bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["profiles"]);
    terminal.until("spotify-admin login").await;
    assert!(terminal.seen.contains("\u{1b}[31m"), "{}", terminal.seen);
    assert_eq!(terminal.finish().await.0, 5);

    bench.set("NO_COLOR", "1");
    let mut terminal = Terminal::run(&bench, &["profiles"]);
    terminal.until("spotify-admin login").await;
    assert!(!terminal.seen.contains('\u{1b}'), "{}", terminal.seen);
    assert_eq!(terminal.finish().await.0, 5);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_new_passphrase_is_asked_for_twice_and_the_vault_asks_for_it_from_then_on() {
    let bench = Bench::signed_in().await;
    let mut terminal =
        Terminal::run_in_session(&bench, &["disable-keychain", "--to", "passphrase"]);
    for (first, second) in [("correct horse", "wrong horse"), ("correct horse", "correct horse")] {
        terminal.until("New passphrase for the vault: ").await;
        terminal.answer(first);
        terminal.until("The same again: ").await;
        terminal.answer(second);
        if first != second {
            terminal.until("The two differ").await;
        }
    }
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0, "{stdout}");
    assert!(!bench.home().join("vault.key").exists());

    let mut terminal = Terminal::run_in_session(&bench, &["status", "--profile", "work"]);
    terminal.until("Passphrase of the vault: ").await;
    terminal.answer("correct horse");
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("a passphrase"), "{stdout}");
}
