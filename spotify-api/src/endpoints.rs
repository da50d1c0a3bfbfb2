//! The operations of the Web API: one table per resource, one entry per operation.
//!
//! An entry gives an operation's documentation, name, type of answer, method, path, operation id,
//! scopes, status and limits. Requests, the catalogue, the list of scopes and "removed, use X
//! instead" follow from it. Below its table each module has the calls of [`crate::Client`] that use
//! it.

pub mod albums;
pub mod artists;
pub mod library;
pub mod playlists;
pub mod search;
pub mod tracks;
pub mod users;

use crate::endpoint::Endpoint;

/// The tables of all resources.
pub(crate) const TABLES: &[&[Endpoint]] = &[
    albums::TABLE,
    artists::TABLE,
    library::TABLE,
    playlists::TABLE,
    search::TABLE,
    tracks::TABLE,
    users::TABLE,
];

/// Declares the operations of a resource.
macro_rules! endpoints {
    ($($(#[doc = $doc:literal])+ $name:ident: $answer:ty = $endpoint:expr;)+) => {
        $(
            $(#[doc = $doc])+
            pub const $name: $crate::endpoint::Operation<$answer> =
                $crate::endpoint::Operation::new($endpoint.described(concat!($($doc),+)));
        )+

        /// The operations of this resource.
        pub(crate) const TABLE: &[$crate::endpoint::Endpoint] = &[$(*$name.endpoint()),+];
    };
}
use endpoints;
