//! What a client adds to every request that takes it.

use std::sync::Arc;

use super::Client;
use crate::{endpoint::Request, id::DeviceId, model::Market};

/// The market, language and device that calls are about.
#[derive(Debug, Clone, Default)]
pub(super) struct Context {
    market: Option<Market>,
    language: Option<String>,
    device: Option<DeviceId>,
}

impl Client {
    /// Returns a client whose calls ask for what is available in a market.
    ///
    /// Spotify takes the country of the person's account first, and the market only without one.
    /// With neither it treats all content as unavailable. The market goes with every operation
    /// that takes one.
    #[must_use]
    pub fn in_market(&self, market: Market) -> Self {
        self.with(|context| context.market = Some(market))
    }

    /// Returns a client whose calls ask for names in a language, like `sv_SE`.
    ///
    /// It goes with every operation that takes one: those of categories and featured playlists.
    #[must_use]
    pub fn in_language(&self, locale: impl Into<String>) -> Self {
        self.with(|context| context.language = Some(locale.into()))
    }

    /// Returns a client whose commands to the player go to a device, instead of the active one.
    #[must_use]
    pub fn on_device(&self, device: DeviceId) -> Self {
        self.with(|context| context.device = Some(device))
    }

    fn with(&self, change: impl FnOnce(&mut Context)) -> Self {
        let mut context = Context::clone(&self.context);
        change(&mut context);
        Self { inner: Arc::clone(&self.inner), context: Arc::new(context) }
    }
}

impl Context {
    /// Adds what the request takes.
    pub(super) fn complete<A>(&self, mut request: Request<A>) -> Request<A> {
        let Self { market, language, device } = self;
        for (name, value) in [
            ("market", market.as_ref().map(Market::to_string)),
            ("locale", language.clone()),
            ("device_id", device.as_ref().map(DeviceId::to_string)),
        ] {
            if let Some(value) = value.filter(|_| request.endpoint.takes(name)) {
                request = request.query(name, &value);
            }
        }
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints::{albums::ALBUM, player::PAUSE, users::ME};

    #[test]
    fn a_request_gets_what_its_operation_takes_and_no_more() {
        let context = Context {
            market: Some("se".parse().unwrap()),
            language: Some("sv_SE".to_owned()),
            device: Some("d1".parse().unwrap()),
        };
        let album = ALBUM.request(&["6rqhFgbbKwnb9MLmUQDhG6"]).unwrap();
        assert_eq!(context.complete(album).query, [("market", "SE".to_owned())]);
        let pause = PAUSE.request(&[]).unwrap();
        assert_eq!(context.complete(pause).query, [("device_id", "d1".to_owned())]);
        assert_eq!(context.complete(ME.request(&[]).unwrap()).query, []);
    }
}
