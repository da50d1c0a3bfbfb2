//! Records and findings reach other systems, each at least once.

mod formats;
mod routing;
mod sinks;
mod webhooks;
