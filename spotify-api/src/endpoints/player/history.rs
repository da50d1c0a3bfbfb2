//! What was played recently.

use super::RECENTLY_PLAYED;
use crate::{
    Client, Error,
    model::PlayHistory,
    page::{CursorPage, Cursors},
    stream::CursorRequest,
};

/// Which page of what was played recently to ask for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryRequest {
    /// How many entries; `None` leaves it to Spotify.
    pub limit: Option<u32>,
    /// From which time.
    pub window: Window,
}

/// A stretch of time. Instants are in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Window {
    /// Up to now.
    #[default]
    Latest,
    /// Before an instant.
    Before(u64),
    /// After an instant.
    After(u64),
}

impl CursorRequest for HistoryRequest {
    fn largest() -> Self {
        Self { limit: Some(u32::MAX), window: Window::Latest }
    }

    /// Goes on into the past, unless the request went into the other direction.
    fn next(&self, cursors: &Cursors) -> Option<Self> {
        let window = match self.window {
            Window::Latest | Window::Before(_) => {
                Window::Before(cursors.before.as_deref()?.parse().ok()?)
            }
            Window::After(_) => Window::After(cursors.after.as_deref()?.parse().ok()?),
        };
        Some(Self { window, ..*self })
    }
}

impl Client {
    /// Lists a page of the tracks that were played recently, the latest first; at most 50. Episodes
    /// are not among them. Operation: [`RECENTLY_PLAYED`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn recently_played(
        &self,
        page: HistoryRequest,
    ) -> Result<CursorPage<PlayHistory>, Error> {
        let request = RECENTLY_PLAYED.request(&[])?;
        let request = match page.window {
            Window::Latest => request,
            Window::Before(instant) => request.query("before", &instant),
            Window::After(instant) => request.query("after", &instant),
        };
        self.call(self.limited(request, page.limit)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_goes_on_in_the_direction_of_the_one_before() {
        let cursors: Cursors = serde_json::from_str(r#"{"after":"20","before":"10"}"#).unwrap();
        let next = |window| HistoryRequest { limit: None, window }.next(&cursors).unwrap().window;
        assert_eq!(next(Window::Latest), Window::Before(10));
        assert_eq!(next(Window::Before(30)), Window::Before(10));
        assert_eq!(next(Window::After(5)), Window::After(20));
    }
}
