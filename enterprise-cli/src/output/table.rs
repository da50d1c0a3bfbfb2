//! Tables and lists that read well in a terminal and in a file.

use comfy_table::{ContentArrangement, Row, Table};

use super::View;

/// Returns a table with a head and no lines around it.
pub(crate) fn table<const N: usize>(
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
    view: View,
) -> String {
    let mut table = Table::new();
    // `NOTHING` is the style of a new table without borders or lines.
    table.load_style(comfy_table::presets::NOTHING);
    if let Some(width) = view.width {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    }
    table.set_header(head.map(str::to_uppercase));
    for row in rows {
        table.add_row(Row::from(row));
    }
    for (index, column) in table.column_iter_mut().enumerate() {
        // The first column starts where other text does.
        column.set_padding((u16::from(index > 0), 1));
    }
    trimmed(&table.to_string())
}

/// Returns names and values below each other, the values in one column.
pub(crate) fn list(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:width$}  {value}");
    lines(rows.iter().map(line))
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn trimmed(text: &str) -> String {
    lines(text.lines().map(|line| line.trim_end().to_owned()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::config::Terminal;

    #[test]
    fn a_table_has_no_lines_and_no_blanks_at_the_ends() {
        let view = View::new(Timestamp::UNIX_EPOCH, Terminal::default());
        let text = table(["name", "state"], [["work".to_owned(), "signed in".to_owned()]], view);
        assert_eq!(text, "NAME  STATE\nwork  signed in\n");
    }

    #[test]
    fn a_narrow_terminal_breaks_cells_instead_of_lines() {
        let terminal = Terminal { width: Some(20), ..Terminal::default() };
        let view = View::new(Timestamp::UNIX_EPOCH, terminal);
        let long = "a text that is longer than the terminal is wide".to_owned();
        let text = table(["name", "text"], [["work".to_owned(), long]], view);
        assert!(text.lines().all(|line| line.len() <= 20), "{text}");
    }

    #[test]
    fn values_of_a_list_stand_in_one_column() {
        let text = list(&[("a", "1".to_owned()), ("long", "2".to_owned())]);
        assert_eq!(text, "a     1\nlong  2\n");
    }
}
