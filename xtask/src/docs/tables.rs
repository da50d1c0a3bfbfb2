//! The tables, each made of the code that it describes.

use mcp_server::tools::TOOLS;
use spotify_auth::session::doctor::Code;
use spotify_auth::session::settings::VARIABLES;

pub(super) fn tools() -> String {
    let rows = TOOLS.iter().map(|tool| {
        let spec = tool.spec();
        let does = first_sentence(spec.description);
        let toolset = spec.toolset.as_str().to_owned();
        [code(spec.name), toolset, spec.effect.as_str().to_owned(), does.to_owned()]
    });
    table(["tool", "toolset", "effect", "what it does"], rows)
}

pub(super) fn commands() -> String {
    let mut rows = Vec::new();
    collect(&enterprise_cli::command(), "", &mut rows);
    table(["command", "what it does"], rows)
}

fn collect(command: &clap::Command, path: &str, rows: &mut Vec<[String; 2]>) {
    let shown = |sub: &&clap::Command| sub.get_name() != "help" && !sub.is_hide_set();
    for sub in command.get_subcommands().filter(shown) {
        let name = format!("{path}{}", sub.get_name());
        let words = std::iter::once(name.clone()).chain(sub.get_positionals().map(|argument| {
            let name = argument.get_id().as_str().to_lowercase();
            if argument.is_required_set() { format!("<{name}>") } else { format!("[{name}]") }
        }));
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        rows.push([code(&words.collect::<Vec<_>>().join(" ")), about]);
        collect(sub, &format!("{name} "), rows);
    }
}

pub(super) fn exit_codes() -> String {
    let rows = enterprise_cli::Exit::ALL
        .iter()
        .map(|exit| [exit.code().to_string(), exit.meaning().to_owned()]);
    table(["code", "meaning"], rows)
}

pub(super) fn settings() -> String {
    let rows = VARIABLES.iter().map(|variable| {
        let key = variable.key.map_or_else(|| "–".to_owned(), code);
        [code(variable.name), key, variable.default.to_owned(), variable.meaning.to_owned()]
    });
    table(["variable", "key in `config.toml`", "default", "what it does"], rows)
}

pub(super) fn findings() -> String {
    let rows = Code::ALL.iter().map(|found| {
        let (meaning, fix) = (found.meaning().to_owned(), found.fix().to_owned());
        [code(found.as_str()), found.severity().as_str().to_owned(), meaning, fix]
    });
    table(["code", "severity", "what it means", "what to do"], rows)
}

/// Writes a table in Markdown.
pub(super) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&head.map(str::to_owned));
    text.push_str(&line(&head.map(|_| "---".to_owned())));
    text.extend(rows.into_iter().map(|row| line(&row)));
    text
}

pub(super) fn code(text: &str) -> String {
    format!("`{text}`")
}

/// A description's first sentence says what the tool does; the rest is for the model.
pub(crate) fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}
