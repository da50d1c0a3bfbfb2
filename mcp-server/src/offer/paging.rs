//! Lists in pages.

use rmcp::{ErrorData, model::PaginatedRequestParams};

/// The most things of one page. All that the program offers fits into one: some clients read no
/// second.
pub(crate) const PAGE: usize = 100;

/// What a cursor begins with.
const MARK: &str = "from-";

/// Returns a page of a list, and where the next one begins.
///
/// # Errors
/// The cursor may be none of this list.
pub(crate) fn page<'a, T, L: Clone + 'a>(
    items: &'a [T],
    request: Option<&PaginatedRequestParams>,
    listed: impl Fn(&'a T) -> &'a L,
) -> Result<(Vec<L>, Option<String>), ErrorData> {
    let start = match request.and_then(|request| request.cursor.as_deref()) {
        None => 0,
        Some(cursor) => start(cursor).filter(|start| *start < items.len()).ok_or_else(|| {
            ErrorData::invalid_params("the cursor is none of this server's", None)
        })?,
    };
    let page = items.iter().skip(start).take(PAGE).map(|item| listed(item).clone()).collect();
    let next = start + PAGE;
    Ok((page, (next < items.len()).then(|| format!("{MARK}{next}"))))
}

/// Reads a cursor, as it is written and in no other way.
fn start(cursor: &str) -> Option<usize> {
    let start: usize = cursor.strip_prefix(MARK)?.parse().ok()?;
    (start > 0 && start.is_multiple_of(PAGE) && cursor == format!("{MARK}{start}")).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(items: &[u32]) -> Vec<Vec<u32>> {
        let mut pages = Vec::new();
        let mut cursor = None;
        loop {
            let mut request = PaginatedRequestParams::default();
            request.cursor = cursor;
            let (page, next) = page(items, Some(&request), |item| item).unwrap();
            pages.push(page);
            if next.is_none() {
                return pages;
            }
            cursor = next;
        }
    }

    #[test]
    fn pages_together_are_the_list() {
        for length in [0, 1, 99, 100, 101, 200, 250] {
            let items: Vec<u32> = (0..length).collect();
            let pages = pages(&items);
            assert_eq!(pages.concat(), items);
            assert_eq!(pages.len(), items.len().div_ceil(PAGE).max(1));
        }
    }

    #[test]
    fn a_cursor_of_another_list_is_refused() {
        let items: Vec<u32> = (0..150).collect();
        for wrong in ["", "x", "0", "100", "from-0", "from-7", "from-0100", "from-200", "from--1"] {
            let mut request = PaginatedRequestParams::default();
            request.cursor = Some(wrong.to_owned());
            let refused = page(&items, Some(&request), |item| item).unwrap_err();
            assert_eq!(refused.code.0, -32602, "{wrong}");
        }
    }
}
