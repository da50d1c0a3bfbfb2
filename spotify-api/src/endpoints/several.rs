//! Several things at once: in one request where the app may, else one by one.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt::Display,
};

use crate::{
    Client, Error,
    answer::Answer,
    endpoint::{Offer, Operation},
};

impl Client {
    /// Gets things in the order of their ids; `None` for those that Spotify does not have.
    ///
    /// An id that stands there twice is asked for once.
    pub(super) async fn several<I, T, L>(
        &self,
        ids: &[I],
        one: &Operation<T>,
        batch: &Operation<L>,
        things: fn(L) -> Vec<Option<T>>,
    ) -> Result<Vec<Option<T>>, Error>
    where
        I: Copy + Ord + Display,
        T: Answer + Clone,
        L: Answer,
    {
        let (mut distinct, mut places) = (Vec::new(), BTreeMap::new());
        for id in ids {
            if let Entry::Vacant(vacant) = places.entry(*id) {
                vacant.insert(distinct.len());
                distinct.push(*id);
            }
        }
        let found = Several { client: self, one, batch, things }.all(&distinct).await?;
        if distinct.len() == ids.len() {
            return Ok(found);
        }
        let place = |id| places.get(id).and_then(|place| found.get(*place)).cloned().flatten();
        Ok(ids.iter().map(place).collect())
    }
}

/// The two ways to get several things.
struct Several<'a, T, L> {
    client: &'a Client,
    one: &'a Operation<T>,
    batch: &'a Operation<L>,
    things: fn(L) -> Vec<Option<T>>,
}

impl<T: Answer, L: Answer> Several<'_, T, L> {
    async fn all<I: Copy + Display>(&self, ids: &[I]) -> Result<Vec<Option<T>>, Error> {
        let endpoint = self.batch.endpoint();
        if ids.len() < 2 || self.client.offer(endpoint) == Offer::No {
            return self.one_by_one(ids).await;
        }
        // The first batch goes alone, for it tells whether the app may make any.
        let (first, rest) = ids.split_at(endpoint.most().min(ids.len()));
        let mut found = match self.batch(first).await {
            Err(error) if error.endpoint_may_be_missing() && endpoint.replacement.is_some() => {
                return self.one_by_one(ids).await;
            }
            first => first?,
        };
        let batches: Vec<_> = rest.chunks(endpoint.most()).map(|ids| self.batch(ids)).collect();
        found.extend(self.client.side_by_side(batches).await?.into_iter().flatten());
        Ok(found)
    }

    async fn batch<I: Copy + Display>(&self, ids: &[I]) -> Result<Vec<Option<T>>, Error> {
        let request = self.batch.request(&[])?.list("ids", ids)?;
        let found = (self.things)(self.client.call(request).await?);
        if found.len() == ids.len() {
            return Ok(found);
        }
        // Which of them is missing cannot be told.
        self.one_by_one(ids).await
    }

    async fn one_by_one<I: Copy + Display>(&self, ids: &[I]) -> Result<Vec<Option<T>>, Error> {
        let calls: Vec<_> = ids.iter().map(|id| self.one(*id)).collect();
        self.client.side_by_side(calls).await
    }

    async fn one(&self, id: impl Display) -> Result<Option<T>, Error> {
        match self.client.call(self.one.request(&[&id.to_string()])?).await {
            Ok(thing) => Ok(Some(thing)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
