//! Typed client of the Spotify Web API, right in all three of its regimes.
//!
//! - [`Client`] makes the calls. It gets the bearer header from an [`Authorize`] and never sees a
//!   token.
//! - [`endpoints`] holds one table entry per operation; [`catalogue`] lists them.
//! - [`model`] has the answers, [`id`] the ids, URIs and links, [`page`] the pages of lists.
//! - [`Error`] tells what went wrong and what its caller can do about it.
//! - [`Regime`] says which of Spotify's regimes the app is under, if that is known.
//!
//! The crate reads no wall clock and no file, and of the environment nothing but where the system
//! has its certificates. It waits only on tokio's clock.

pub mod answer;
pub mod authorize;
pub mod client;
pub mod endpoint;
pub mod endpoints;
pub mod error;
pub mod id;
pub mod model;
pub mod observe;
pub mod page;
pub mod regime;
pub mod scope;
pub mod stream;

pub use self::{
    authorize::{Authorize, AuthorizeError, AuthorizeErrorClass},
    client::{AppLimits, Client, ClientBuilder, Learned, LearnedState, LimitState},
    endpoint::{Endpoint, catalogue},
    error::Error,
    observe::{Attempt, Via},
    page::{CursorPage, Page, PageRequest},
    regime::Regime,
    scope::Scope,
};
