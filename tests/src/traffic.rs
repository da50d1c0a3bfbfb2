//! How many requests are answered at the same time.

use std::{collections::BTreeMap, sync::Arc};

use crate::{journal::Service, server::Shared};

/// The present and the highest number of requests on their way.
#[derive(Debug, Default)]
struct Gauge {
    now: usize,
    most: usize,
}

impl Gauge {
    fn enter(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }

    /// A gauge that was forgotten meanwhile stands at 0 already.
    const fn leave(&mut self) {
        self.now = self.now.saturating_sub(1);
    }
}

/// The requests on their way, in all and by operation.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    api: Gauge,
    operations: BTreeMap<&'static str, Gauge>,
}

impl Traffic {
    /// Returns the most requests to the Web API at the same time.
    pub(crate) const fn most(&self) -> usize {
        self.api.most
    }

    /// Returns the most requests for one operation at the same time.
    pub(crate) fn most_of(&self, operation: &str) -> usize {
        self.operations.get(operation).map_or(0, |gauge| gauge.most)
    }

    /// Forgets what was, but not what is under way.
    pub(crate) fn forget(&mut self) {
        for gauge in self.operations.values_mut().chain([&mut self.api]) {
            gauge.most = gauge.now;
        }
    }

    fn gauges(
        &mut self,
        service: Service,
        operation: Option<&'static str>,
    ) -> impl Iterator<Item = &mut Gauge> {
        let one = operation.map(|operation| self.operations.entry(operation).or_default());
        (service == Service::Api).then_some(&mut self.api).into_iter().chain(one)
    }
}

/// One request on its way: until it is dropped, which also happens when its client hangs up.
#[derive(Debug)]
pub(crate) struct UnderWay {
    shared: Arc<Shared>,
    service: Service,
    operation: Option<&'static str>,
}

impl UnderWay {
    pub(crate) fn enter(
        shared: &Arc<Shared>,
        service: Service,
        operation: Option<&'static str>,
    ) -> Self {
        shared.world().traffic.gauges(service, operation).for_each(Gauge::enter);
        Self { shared: Arc::clone(shared), service, operation }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut world = self.shared.world();
        world.traffic.gauges(self.service, self.operation).for_each(Gauge::leave);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_number_at_the_same_time_is_kept_until_it_is_forgotten() {
        let mut traffic = Traffic::default();
        let search = Some("search");
        traffic.gauges(Service::Api, search).for_each(Gauge::enter);
        traffic.gauges(Service::Api, None).for_each(Gauge::enter);
        traffic.gauges(Service::Api, search).for_each(Gauge::leave);
        traffic.gauges(Service::Api, search).for_each(Gauge::enter);
        traffic.gauges(Service::Accounts, Some("token")).for_each(Gauge::enter);
        assert_eq!(
            (traffic.most(), traffic.most_of("search"), traffic.most_of("token")),
            (2, 1, 1)
        );
        traffic.gauges(Service::Api, search).for_each(Gauge::leave);
        traffic.forget();
        assert_eq!((traffic.most(), traffic.most_of("search")), (1, 0));
    }
}
