//! Lists of servers in JSON, with the comments and trailing commas that some clients allow. A change
//! cuts and inserts; every byte around it stays.

use std::collections::BTreeMap;
use std::ops::Range;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, CommentCollectionStrategy, ParseOptions, parse_to_ast};
use serde::Serialize;

use super::entry::{Command, Entry};
use super::list::ListError;

/// What the clients' own readers take beyond JSON.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};
/// Some editors begin a file with it.
const BYTE_ORDER_MARK: char = '\u{feff}';

pub(super) fn command(
    text: &str,
    servers: &'static str,
    name: &str,
) -> Result<Option<Command>, ListError> {
    let document = Document::parse(text)?;
    let entry = document.list(servers)?.and_then(|list| list.get(name));
    let command = |entry: &ObjectProp<'_>| {
        let entry = entry.value.as_object()?;
        let program = entry.get_string("command")?.value.clone().into_owned();
        let args = entry.get_array("args").map(|args| args.elements.as_slice());
        let args = args.unwrap_or_default().iter().filter_map(Value::as_string_lit);
        Some(Command { program, args: args.map(|arg| arg.value.clone().into_owned()).collect() })
    };
    Ok(entry.map(|entry| command(entry).unwrap_or_default()))
}

pub(super) fn with(
    text: &str,
    servers: &'static str,
    name: &str,
    entry: &Entry,
    typed: bool,
) -> Result<String, ListError> {
    let document = Document::parse(text)?;
    let value = Written { kind: typed.then_some("stdio"), entry };
    let Some(root) = document.root(servers)? else {
        let whole = BTreeMap::from([(servers, BTreeMap::from([(name, &value)]))]);
        let end = if text.trim().is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(format!("{text}{end}{}\n", document.written(&whole, "")));
    };
    let Some(list) = document.list(servers)? else {
        return Ok(document.appended(root, servers, &BTreeMap::from([(name, &value)])));
    };
    Ok(match list.get(name) {
        None => document.appended(list, name, &value),
        Some(present) => document.with_value(list, present, &value),
    })
}

pub(super) fn without(text: &str, servers: &'static str, name: &str) -> Result<String, ListError> {
    let document = Document::parse(text)?;
    let list = document.list(servers)?;
    let Some(list) = list else { return Ok(text.to_owned()) };
    let index = list.properties.iter().position(|property| property.name.as_str() == name);
    Ok(index.map_or_else(|| text.to_owned(), |index| document.removed(list, index)))
}

/// A text and what is in it.
struct Document<'a> {
    text: &'a str,
    /// Where the JSON begins: behind a byte order mark.
    offset: usize,
    value: Option<Value<'a>>,
}

impl<'a> Document<'a> {
    fn parse(text: &'a str) -> Result<Self, ListError> {
        let json = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let collect = CollectOptions { comments: CommentCollectionStrategy::Off, tokens: false };
        let parsed = parse_to_ast(json, &collect, &OPTIONS)
            .map_err(|error| ListError::Syntax { syntax: "JSON", problem: error.to_string() })?;
        Ok(Self { text, offset: text.len() - json.len(), value: parsed.value })
    }

    /// Returns the whole; `None` for a text without a value.
    fn root(&self, servers: &'static str) -> Result<Option<&Object<'a>>, ListError> {
        let Some(value) = &self.value else { return Ok(None) };
        value.as_object().map(Some).ok_or(ListError::NotAList(servers))
    }

    /// Returns the list; `None` when the file has none yet.
    fn list(&self, servers: &'static str) -> Result<Option<&Object<'a>>, ListError> {
        let Some(property) = self.root(servers)?.and_then(|root| root.get(servers)) else {
            return Ok(None);
        };
        property.value.as_object().map(Some).ok_or(ListError::NotAList(servers))
    }

    /// Returns the text with one more property at the end of an object.
    fn appended(&self, object: &Object<'a>, name: &str, value: &impl Serialize) -> String {
        let key = compact(name);
        let Some(last) = object.properties.last() else {
            let outer = self.indent_at(object.start());
            let inner = self.slice(object.start() + 1..object.end() - 1).trim_end();
            if inner.is_empty() && !self.text.trim_end().contains('\n') {
                let property = format!("{{{key}:{}}}", compact(value));
                return self.replaced(object.range(), &property);
            }
            let (end, unit) = (self.line_end(), self.indent_unit());
            let property = format!("{key}: {}", self.written(value, &format!("{outer}{unit}")));
            // Comments of an empty list stay before the new entry.
            let new = format!("{{{inner}{end}{outer}{unit}{property}{end}{outer}}}");
            return self.replaced(object.range(), &new);
        };
        let comma = self.comma_after(last.end());
        let first = object.properties.first().unwrap_or(last);
        if !self.slice(object.start()..first.start()).contains('\n') {
            let colon = format!("{key}:{}", compact(value));
            let new = if comma.is_some() { format!("{colon},") } else { format!(",{colon}") };
            return self.inserted(comma.unwrap_or(last.end()), &new);
        }
        let indent = self.indent_at(last.start());
        let property = format!("{key}: {}", self.written(value, indent));
        let end = self.line_end();
        // What is said of the last entry on its line stays with it.
        let place = self.end_of_line(comma.unwrap_or(last.end()));
        if comma.is_some() {
            return self.inserted(place, &format!("{end}{indent}{property},"));
        }
        let said = self.slice(last.end()..place);
        self.replaced_at(last.end()..place, &format!(",{said}{end}{indent}{property}"))
    }

    /// Returns the text with another value of a property; the same text where it says the same.
    fn with_value(
        &self,
        list: &Object<'a>,
        present: &ObjectProp<'a>,
        value: &Written<'_>,
    ) -> String {
        let range = present.value.range();
        let old = serde_json::from_str::<serde_json::Value>(self.slice(range.start..range.end));
        if old.ok() == serde_json::to_value(value).ok() {
            return self.text.to_owned();
        }
        let on_one_line = !self.slice(list.start()..list.end()).contains('\n');
        let indent = self.indent_at(present.start());
        let new = if on_one_line { compact(value) } else { self.written(value, indent) };
        self.replaced(range, &new)
    }

    /// Returns the text without one property of an object.
    fn removed(&self, object: &Object<'a>, index: usize) -> String {
        let Some(property) = object.properties.get(index) else { return self.text.to_owned() };
        let comma = self.comma_after(property.end());
        let before = self.slice(object.start() + 1..property.start());
        let start = property.start() - blank_line_before(before);
        let previous = index.checked_sub(1).and_then(|index| object.properties.get(index));
        match (previous.and_then(|previous| self.comma_after(previous.end())), comma) {
            // The comma before the last property goes with it.
            (Some(before), None) => {
                let kept = self.slice(before..start);
                self.replaced_at(before - 1..property.end(), kept)
            }
            (_, Some(comma)) => self.replaced_at(start..comma, ""),
            (None, None) => {
                let rest = self.slice(property.end()..object.end() - 1);
                let bare = self.slice(object.start() + 1..start).trim().is_empty()
                    && rest.trim().is_empty();
                let end = if bare { object.end() - 1 } else { property.end() };
                self.replaced_at(if bare { object.start() + 1 } else { start }..end, "")
            }
        }
    }

    /// Returns a value as the file would have it, its further lines indented below `indent`.
    fn written(&self, value: &impl Serialize, indent: &str) -> String {
        let (unit, end) = (self.indent_unit(), self.line_end());
        let formatter = serde_json::ser::PrettyFormatter::with_indent(unit.as_bytes());
        let mut bytes = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        // It can only fail for maps whose keys are no text.
        drop(value.serialize(&mut serializer));
        String::from_utf8_lossy(&bytes).replace('\n', &format!("{end}{indent}"))
    }

    /// Returns where a comma that follows `position` ends.
    fn comma_after(&self, position: usize) -> Option<usize> {
        let mut rest = self.slice(position..self.json().len());
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix(',') {
                return Some(self.json().len() - after.len());
            }
            rest = after_comment(rest)?;
        }
    }

    /// Returns the end of the line, unless something else than comments stands on it.
    fn end_of_line(&self, position: usize) -> usize {
        let line = self.slice(position..self.json().len());
        let line = line.split(['\r', '\n']).next().unwrap_or_default();
        let mut rest = line.trim_start();
        while let Some(after) = after_comment(rest) {
            rest = after.trim_start();
        }
        if rest.is_empty() { position + line.len() } else { position }
    }

    /// Returns the blanks that a line begins with, the one that `position` is on.
    fn indent_at(&self, position: usize) -> &'a str {
        let before = self.slice(0..position);
        let line = self.slice(before.rfind('\n').map_or(0, |end| end + 1)..self.json().len());
        line.get(..line.len() - line.trim_start_matches([' ', '\t']).len()).unwrap_or_default()
    }

    /// Returns what the file indents by: what its first indented line begins with.
    fn indent_unit(&self) -> &'a str {
        let blank = |line: &&str| line.starts_with([' ', '\t']) && !line.trim().is_empty();
        let line = self.json().lines().find(blank).unwrap_or("  x");
        line.get(..line.len() - line.trim_start().len()).unwrap_or("  ")
    }

    fn line_end(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    fn json(&self) -> &'a str {
        self.text.get(self.offset..).unwrap_or_default()
    }

    /// Returns a part of the JSON.
    fn slice(&self, range: Range<usize>) -> &'a str {
        self.json().get(range).unwrap_or_default()
    }

    fn inserted(&self, place: usize, new: &str) -> String {
        self.replaced_at(place..place, new)
    }

    fn replaced(&self, range: jsonc_parser::common::Range, new: &str) -> String {
        self.replaced_at(range.start..range.end, new)
    }

    fn replaced_at(&self, range: Range<usize>, new: &str) -> String {
        let mut text = self.text.to_owned();
        text.replace_range(self.offset + range.start..self.offset + range.end, new);
        text
    }
}

/// Returns what follows the comment that a text begins with.
fn after_comment(text: &str) -> Option<&str> {
    if let Some(line) = text.strip_prefix("//") {
        return Some(line.split_once('\n').map_or("", |(_, after)| after));
    }
    text.strip_prefix("/*")?.split_once("*/").map(|(_, after)| after)
}

/// Returns how many bytes at the end of a text are the beginning of a property's line.
fn blank_line_before(text: &str) -> usize {
    let blank = text.len() - text.trim_end_matches([' ', '\t']).len();
    let before = text.get(..text.len() - blank).unwrap_or_default();
    let end = if before.ends_with("\r\n") { 2 } else { usize::from(before.ends_with('\n')) };
    blank + end
}

/// Writes a value on one line. It can only fail for maps whose keys are no text.
fn compact(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An entry as JSON.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(flatten)]
    entry: &'a Entry,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVERS: &str = "servers";

    fn entry() -> Entry {
        let command = "C:\\Programs\\spotify-mcp.exe".to_owned();
        Entry { command, args: vec!["--profile".to_owned()], env: BTreeMap::new() }
    }

    fn started() -> Command {
        let Entry { command: program, args, .. } = entry();
        Command { program, args }
    }

    fn value_of(text: &str) -> serde_json::Value {
        let json = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        jsonc_parser::parse_to_serde_value(json, &OPTIONS).unwrap()
    }

    /// Lists in which the entry is the second one, as people and programs write them.
    const LISTS: [&str; 11] = [
        r#"{"servers":{"a":1}}"#,
        r#"{ "servers": { "a": 1, } }"#,
        "{\"servers\": {\n  \"a\": 1\n}}",
        "{\n\t\"servers\": {\n\t\t\"a\": 1\n\t}\n}\n",
        "{\r\n  \"servers\": {\r\n    \"a\": 1,\r\n  },\r\n}\r\n",
        "{\n  \"servers\": {\n    \"a\": 1 // said of a\n  }\n}",
        "{\n  \"servers\": {\n    \"a\": 1, /* said */ // of a, too\n    // the end\n  }\n}",
        "{\n  \"servers\": {\n    \"a\": 1 /* before */ , \n  }\n}",
        "{\n  \"servers\": {\n    \"a\": \"}, // , no comment\"\n  }\n}",
        "\u{feff}{\n  \"servers\": {\n    \"a\": 1 }\n}",
        "{\n  \"servers\": {\n    \"ä\": {} } }",
    ];

    #[test]
    fn an_entry_is_added_to_any_list_and_taken_out_without_a_trace() {
        for text in LISTS {
            let new = with(text, SERVERS, "spotify", &entry(), true).unwrap();
            let mut expected = value_of(text);
            expected["servers"]["spotify"] = serde_json::json!({
                "type": "stdio", "command": entry().command, "args": ["--profile"]
            });
            assert_eq!(value_of(&new), expected, "{text}\n{new}");
            assert_eq!(without(&new, SERVERS, "spotify").unwrap(), text, "{new}");
        }
    }

    #[test]
    fn each_entry_of_a_list_can_be_taken_out() {
        for text in LISTS {
            let new = with(text, SERVERS, "spotify", &entry(), false).unwrap();
            for property in value_of(text)["servers"].as_object().unwrap().keys() {
                let rest = without(&new, SERVERS, property).unwrap();
                let mut expected = value_of(&new);
                expected["servers"].as_object_mut().unwrap().remove(property);
                assert_eq!(value_of(&rest), expected, "{new}\n{rest}");
            }
        }
    }

    #[test]
    fn a_text_without_a_list_gets_one() {
        let texts = [
            "",
            "\n",
            "// nothing yet\n",
            "{}",
            "{\n}",
            "{ // none\n}",
            r#"{"servers":{}}"#,
            "{\n  \"b\": [],\n  \"servers\": {\n  }\n}",
        ];
        for text in texts {
            let new = with(text, SERVERS, "spotify", &entry(), false).unwrap();
            assert_eq!(command(&new, SERVERS, "spotify").unwrap(), Some(started()), "{new}");
            let rest = without(&new, SERVERS, "spotify").unwrap();
            assert_eq!(value_of(&rest)["servers"], serde_json::json!({}), "{rest}");
            let comments = |text: &str| text.matches("//").count();
            assert_eq!(comments(&rest), comments(text), "{rest}");
        }
    }

    #[test]
    fn an_entry_is_replaced_where_it_stands() {
        let text = "{\n  \"servers\": {\n    \"spotify\": {\"command\": \"x\"}, // ours\n    \"a\": 1\n  }\n}";
        let new = with(text, SERVERS, "spotify", &entry(), false).unwrap();
        assert!(new.contains("    }, // ours\n    \"a\": 1\n  }\n}"), "{new}");
        assert_eq!(command(&new, SERVERS, "spotify").unwrap(), Some(started()));
    }
}
