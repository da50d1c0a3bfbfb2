//! Lists of servers in TOML. What stands around an entry, comments too, stays as it is.

use toml_edit::{DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use super::entry::{Command, Entry};
use super::list::ListError;

pub(super) fn command(
    text: &str,
    servers: &'static str,
    name: &str,
) -> Result<Option<Command>, ListError> {
    let document = parse(text)?;
    let Some(entry) = find(&document, servers)?.and_then(|list| list.get(name)) else {
        return Ok(None);
    };
    let command = |entry: &dyn TableLike| {
        let program = entry.get("command")?.as_str()?.to_owned();
        let args = entry.get("args").and_then(Item::as_array).into_iter().flatten();
        Some(Command { program, args: args.filter_map(Value::as_str).map(str::to_owned).collect() })
    };
    Ok(Some(entry.as_table_like().and_then(command).unwrap_or_default()))
}

pub(super) fn with(
    text: &str,
    servers: &'static str,
    name: &str,
    entry: &Entry,
) -> Result<String, ListError> {
    let mut document = parse(text)?;
    if find(&document, servers)?.is_none() {
        let mut list = Table::new();
        list.set_implicit(true);
        document.insert(servers, Item::Table(list));
    }
    let list = document.get_mut(servers).ok_or(ListError::NotAList(servers))?;
    match list {
        Item::Table(list) => drop(list.insert(name, Item::Table(table(entry)))),
        Item::Value(Value::InlineTable(list)) => {
            let entry = table(entry).into_inline_table();
            drop(list.insert(name, Value::InlineTable(entry)));
        }
        _ => return Err(ListError::NotAList(servers)),
    }
    Ok(document.to_string())
}

pub(super) fn without(text: &str, servers: &'static str, name: &str) -> Result<String, ListError> {
    let mut document = parse(text)?;
    if find(&document, servers)?.is_none() {
        return Ok(text.to_owned());
    }
    let list = document.get_mut(servers).and_then(Item::as_table_like_mut);
    let list = list.ok_or(ListError::NotAList(servers))?;
    if list.remove(name).is_none() {
        return Ok(text.to_owned());
    }
    Ok(document.to_string())
}

fn parse(text: &str) -> Result<DocumentMut, ListError> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let problem = error.to_string().trim_end().replace('\n', " ");
        ListError::Syntax { syntax: "TOML", problem }
    })
}

fn find<'a>(
    document: &'a DocumentMut,
    servers: &'static str,
) -> Result<Option<&'a dyn TableLike>, ListError> {
    let Some(list) = document.get(servers) else { return Ok(None) };
    list.as_table_like().map(Some).ok_or(ListError::NotAList(servers))
}

fn table(entry: &Entry) -> Table {
    let mut table = Table::new();
    table.insert("command", value(&entry.command));
    table.insert("args", value(entry.args.iter().collect::<toml_edit::Array>()));
    if !entry.env.is_empty() {
        let env: InlineTable = entry.env.iter().collect();
        table.insert("env", value(env));
    }
    table
}
