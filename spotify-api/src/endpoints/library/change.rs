//! Saving, removing and looking, whatever the kind and the regime.

use std::collections::BTreeMap;

use super::{
    CONTAINS, REMOVE, SAVE,
    family::{Change, Family},
};
use crate::{
    Client, Error,
    answer::Done,
    endpoint::{Endpoint, Operation},
    endpoints::following::{FOLLOW, UNFOLLOW},
    id::SpotifyUri,
};

impl Client {
    /// Saves albums, audiobooks, episodes, shows and tracks, and follows artists, playlists and
    /// users, 40 in a request. Repeating it changes nothing.
    ///
    /// Artists come last, with [`FOLLOW`], because Spotify does not list them among the kinds that
    /// [`SAVE`] takes. Where the app has no [`FOLLOW`] they are tried with [`SAVE`] all the same:
    /// Spotify's migration guide names it as the replacement, and nobody has confirmed that it
    /// works.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] for chapters, collections and local files;
    /// [`Error::Incomplete`] when some are saved and the rest is not.
    #[doc(alias = "follow")]
    pub async fn save(&self, uris: &[SpotifyUri]) -> Result<(), Error> {
        self.change_library(Change::Save, uris).await
    }

    /// Removes from the library, or unfollows, what [`Client::save`] saves or follows, 40 in a
    /// request. Repeating it changes nothing.
    ///
    /// # Errors
    /// As for [`Client::save`].
    #[doc(alias = "unfollow")]
    pub async fn unsave(&self, uris: &[SpotifyUri]) -> Result<(), Error> {
        self.change_library(Change::Remove, uris).await
    }

    /// Tells for each thing whether it is saved or followed, in the order given, 40 in a request.
    /// Operation: [`CONTAINS`].
    ///
    /// # Errors
    /// See [`Error`]; [`Error::Argument`] for chapters, collections and local files.
    #[doc(alias = "follows")]
    pub async fn saved(&self, uris: &[SpotifyUri]) -> Result<Vec<bool>, Error> {
        let endpoint = CONTAINS.endpoint();
        check(endpoint, uris)?;
        let look = |chunk| async move {
            let newer = self.call(CONTAINS.request(&[])?.list("uris", chunk)?);
            self.either(endpoint, newer, self.saved_in_older(chunk)).await
        };
        let looks: Vec<_> = uris.chunks(endpoint.most()).map(look).collect();
        Ok(self.side_by_side(looks).await?.concat())
    }

    async fn change_library(&self, change: Change, uris: &[SpotifyUri]) -> Result<(), Error> {
        let (library, following) = change.operations();
        let (library_endpoint, most) = (library.endpoint(), library.endpoint().most());
        check(library_endpoint, uris)?;
        let (artists, others): (Vec<_>, Vec<_>) =
            uris.iter().cloned().partition(|uri| matches!(uri, SpotifyUri::Artist(_)));
        let (mut done, total) = (0, uris.len());
        let chunks = others.chunks(most).chain(artists.chunks(most));
        for chunk in chunks {
            let library = async {
                let Done = self.call(library.request(&[])?.list("uris", chunk)?).await?;
                Ok(())
            };
            let older = self.change_in_older(change, chunk);
            let changed = if done < others.len() {
                self.either(library_endpoint, library, older).await
            } else {
                self.either(following.endpoint(), older, library).await
            };
            changed.map_err(|error| error.after(done, total, None))?;
            done += chunk.len();
        }
        Ok(())
    }

    async fn change_in_older(&self, change: Change, uris: &[SpotifyUri]) -> Result<(), Error> {
        for (family, places) in families(uris) {
            let ids: Vec<&str> = places.iter().map(|(_, id)| *id).collect();
            for request in family.changes(change, &ids)? {
                let Done = self.call(request).await?;
            }
        }
        Ok(())
    }

    async fn saved_in_older(&self, uris: &[SpotifyUri]) -> Result<Vec<bool>, Error> {
        let mut saved = vec![false; uris.len()];
        for (family, places) in families(uris) {
            let ids: Vec<&str> = places.iter().map(|(_, id)| *id).collect();
            let looks: Vec<_> =
                family.looks(&ids)?.into_iter().map(|request| self.call(request)).collect();
            let answers = self.side_by_side(looks).await?.concat();
            for ((place, _), answer) in places.iter().zip(answers) {
                if let Some(saved) = saved.get_mut(*place) {
                    *saved = answer;
                }
            }
        }
        Ok(saved)
    }
}

impl Change {
    /// Returns the operation for all kinds and the one that is documented for artists.
    const fn operations(self) -> (Operation<Done>, Operation<Done>) {
        match self {
            Self::Save => (SAVE, FOLLOW),
            Self::Remove => (REMOVE, UNFOLLOW),
        }
    }
}

/// Refuses what nobody can save or follow.
fn check(endpoint: &Endpoint, uris: &[SpotifyUri]) -> Result<(), Error> {
    if uris.iter().all(|uri| Family::of(uri).is_some()) {
        return Ok(());
    }
    let problem = "a chapter, collection or local file";
    Err(Error::Argument { operation: endpoint.operation, problem })
}

/// Sorts things by family; each has its place among the things and its bare id.
fn families(uris: &[SpotifyUri]) -> BTreeMap<Family, Vec<(usize, &str)>> {
    let mut families: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (place, uri) in uris.iter().enumerate() {
        if let Some((family, id)) = Family::of(uri) {
            families.entry(family).or_default().push((place, id));
        }
    }
    families
}
