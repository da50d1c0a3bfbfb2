//! Tracks that are named by addresses and by lines, made one list of those that are sure.

use spotify_api::{Client, id::SpotifyUri};

use super::{
    Doubts, ResolvedLine,
    run::{SURE, shown, work},
};
use crate::{
    failure::Cause,
    tools::{Named, Tracks, call::Call, rendering::Lines},
};

/// The most searches that are spent on the lines of a call.
const SEARCHES: u32 = 100;

/// Tracks that were named for sure, in order, and what was not.
#[derive(Debug, Default)]
pub(in crate::tools) struct Chosen {
    pub(in crate::tools) uris: Vec<SpotifyUri>,
    pub(in crate::tools) doubts: Doubts,
    /// How many searches that took.
    pub(in crate::tools) searches: u32,
}

impl Chosen {
    /// Chooses tracks that are known by their URIs.
    pub(in crate::tools) fn sure(uris: Vec<SpotifyUri>) -> Self {
        Self { uris, ..Self::default() }
    }
}

impl Tracks {
    /// Returns the tracks that are named by addresses.
    pub(in crate::tools) fn addresses(&self) -> impl Iterator<Item = &SpotifyUri> {
        self.0.iter().filter_map(|named| match named {
            Named::Uri(uri) => Some(uri),
            Named::Line(_) => None,
        })
    }

    /// Returns the operations that it takes to find the tracks.
    pub(in crate::tools) fn needs(&self) -> impl Iterator<Item = &'static str> {
        let lines = self.0.iter().any(|named| matches!(named, Named::Line(_)));
        lines.then_some("search").into_iter()
    }

    /// Finds the tracks that the lines name.
    pub(in crate::tools) async fn choose(
        &self,
        call: &Call,
        client: &Client,
    ) -> Result<Chosen, Cause> {
        let lines = self.0.iter().enumerate().filter_map(|(place, named)| match named {
            Named::Line(line) => Some((place, line.clone())),
            Named::Uri(_) => None,
        });
        let (places, lines): (Vec<_>, Vec<_>) = lines.unzip();
        if lines.is_empty() {
            return Ok(Chosen::sure(self.addresses().cloned().collect()));
        }
        let resolved = work(call, client, &lines, SEARCHES).await?;
        let place = |line: usize| places.get(line).copied().unwrap_or(line);
        let mut chosen = Chosen { searches: resolved.requests, ..Chosen::default() };
        let mut found = resolved.lines.into_iter();
        for named in &self.0 {
            let line = match named {
                Named::Uri(uri) => {
                    chosen.uris.push(uri.clone());
                    continue;
                }
                Named::Line(_) => found.next(),
            };
            let Some(line) = line else { continue };
            let sure = line.best.as_ref().filter(|best| best.confidence >= SURE);
            match sure.and_then(|best| best.uri.parse().ok()) {
                Some(uri) => chosen.uris.push(uri),
                None if resolved.left_open.contains(&line.line) && line.best.is_none() => {}
                None => {
                    let line = ResolvedLine { line: place(line.line), ..line };
                    chosen.doubts.not_added.push(line);
                }
            }
        }
        chosen.doubts.not_searched = resolved.left_open.into_iter().map(place).collect();
        Ok(chosen)
    }
}

impl Doubts {
    /// Writes what was not added, and why.
    pub(in crate::tools) fn write(&self, lines: Lines) -> Lines {
        if self.not_added.is_empty() && self.not_searched.is_empty() {
            return lines;
        }
        let lines = self.not_added.iter().fold(lines, |lines, line| {
            let best = line.best.as_ref().map_or_else(|| "nothing is like it".to_owned(), shown);
            lines.line(&format!("not added, entry {}: {best}", line.line))
        });
        let open = (!self.not_searched.is_empty()).then(|| {
            let places: Vec<_> = self.not_searched.iter().map(ToString::to_string).collect();
            places.join(", ")
        });
        lines
            .field("not searched for any more, the searches are used up, entries", open)
            .line("Add what fits by its URI.")
    }
}
