//! Lists, gathered from as many pages as they need.

use spotify_api::{Error, Page, PageRequest};

use super::{
    page::{List, PageInfo, Paging},
    rows::{Columns, Row},
};

/// The most bytes of rows in a result.
const CAP: usize = 24 * 1024;

/// Gathers the rows that were asked for, beginning with a page that is there already.
///
/// A restricted app gets ten results in each page of a search, so several pages may be needed. Rows
/// over the size that a result may have are left out, and counted.
///
/// # Errors
/// The first error of a page.
pub(super) async fn gather<const LIMIT: u32, const MOST: u32, T, F>(
    what: &'static str,
    asked: &Paging<LIMIT, MOST>,
    first: Option<Page<T>>,
    mut fetch: impl FnMut(PageRequest) -> F,
    row: impl Fn(&T) -> Option<Row>,
) -> Result<List, Error>
where
    F: Future<Output = Result<Page<T>, Error>>,
{
    let end = asked.offset.saturating_add(asked.limit);
    // The client keeps to the largest page that Spotify takes.
    let request = |offset: u32| PageRequest { limit: Some(end.saturating_sub(offset)), offset };
    let mut list = List { what, ..List::default() };
    let mut total = None;
    let mut at = asked.offset;
    let mut page = match first {
        Some(page) => page,
        None => fetch(request(at)).await?,
    };
    let next_offset = loop {
        total = page.total.or(total);
        let start = page.offset.unwrap_or(at);
        for (place, item) in (start..end).zip(&page.items) {
            match item.as_ref().and_then(&row) {
                Some(row) => list.items.push(Row { at: Some(place), ..row }),
                None => list.unavailable_at.push(place),
            }
        }
        if start.saturating_add(count(page.items.len())) > end {
            break Some(end);
        }
        // A page may be short (N43): what counts is how many places it covered.
        match page.next_page() {
            Some(next) if next.offset < end => at = next.offset,
            next => break next.map(|next| next.offset),
        }
        page = fetch(request(at)).await?;
    };
    for row in &mut list.items {
        row.keep(&asked.fields);
    }
    list.page = PageInfo { offset: asked.offset, total, next_offset, ..PageInfo::default() };
    list.fit(CAP);
    Ok(list)
}

impl List {
    /// Makes a list of rows that came all at once; one that is not shown keeps its place.
    pub(super) fn whole(what: &'static str, rows: impl IntoIterator<Item = Option<Row>>) -> Self {
        Self::whole_with(what, rows, &Columns::Minimal)
    }

    /// As [`List::whole`], with the columns that were asked for.
    pub(super) fn whole_with(
        what: &'static str,
        rows: impl IntoIterator<Item = Option<Row>>,
        columns: &Columns,
    ) -> Self {
        let mut list = Self { what, ..Self::default() };
        for (at, row) in (0..).zip(rows) {
            match row {
                Some(mut row) => {
                    row.keep(columns);
                    list.items.push(Row { at: Some(at), ..row });
                }
                None => list.unavailable_at.push(at),
            }
        }
        list.page.total = Some(count(list.items.len() + list.unavailable_at.len()));
        list.fit(CAP);
        list
    }

    /// Leaves out the rows at the end that are too many bytes.
    fn fit(&mut self, cap: usize) {
        let mut size = 0;
        let fitting = self.items.iter().take_while(|row| {
            size += row.size();
            size <= cap
        });
        let keep = fitting.count();
        if let Some(next) = self.items.get(keep).and_then(|row| row.at) {
            self.page.left_out = Some(count(self.items.len() - keep));
            self.page.next_offset = Some(next);
            self.unavailable_at.retain(|place| *place < next);
            self.items.truncate(keep);
        }
        self.page.returned = count(self.items.len());
    }
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn page(request: PageRequest, most: u32, length: u32) -> Page<u32> {
        let limit = request.limit.unwrap().min(most);
        let end = (request.offset + limit).min(length);
        let items: Vec<u32> = (request.offset..end).collect();
        let next = (end < length).then_some("more");
        serde_json::from_value(serde_json::json!({
            "items": items, "total": length, "limit": limit, "offset": request.offset, "next": next,
        }))
        .unwrap()
    }

    async fn numbers(limit: u32, offset: u32, most: u32, length: u32) -> (List, Vec<u32>) {
        let asked = Paging::<20, 50> { limit, offset, fields: "all".parse().unwrap() };
        let offsets = RefCell::new(Vec::new());
        let fetch = |request: PageRequest| {
            offsets.borrow_mut().push(request.offset);
            std::future::ready(Ok(page(request, most, length)))
        };
        let row = |number: &u32| {
            (*number != 13).then(|| Row { uri: format!("{number:>9000}"), ..Row::default() })
        };
        let list = gather("numbers", &asked, None, fetch, row).await.unwrap();
        (list, offsets.into_inner())
    }

    #[tokio::test]
    async fn a_list_takes_as_many_pages_as_it_needs_and_says_where_it_goes_on() {
        let (list, offsets) = numbers(2, 3, 1, 100).await;
        assert_eq!((offsets, list.page.next_offset), (vec![3, 4], Some(5)));
        assert_eq!(list.items.iter().map(|row| row.at).collect::<Vec<_>>(), [Some(3), Some(4)]);
        let (list, offsets) = numbers(5, 98, 10, 100).await;
        assert_eq!((offsets, list.page.next_offset, list.page.returned), (vec![98], None, 2));
    }

    #[tokio::test]
    async fn what_is_not_shown_keeps_its_place() {
        let (list, _) = numbers(2, 12, 10, 100).await;
        assert_eq!((list.unavailable_at, list.page.returned), (vec![13], 1));
    }

    #[tokio::test]
    async fn a_result_that_would_be_too_long_ends_early_and_says_so() {
        let (list, _) = numbers(7, 10, 10, 100).await;
        assert_eq!((list.page.returned, list.page.left_out), (2, Some(4)));
        assert_eq!(list.page.next_offset, Some(12));
        assert_eq!(list.unavailable_at, [0_u32; 0]);
    }
}
