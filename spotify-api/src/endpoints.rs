//! The operations of the Web API: one table per resource, one entry per operation.
//!
//! An entry gives an operation's documentation, name, type of answer, method, path, operation id,
//! scopes, status, arguments, paging and rules. Requests, the catalogue, the list of scopes and
//! "removed, use X instead" follow from it. Below its table each module has the calls of
//! [`crate::Client`] that use it; what only older apps have and something newer does as well is
//! among the calls of [`Older`].

pub mod albums;
pub mod artists;
pub mod audio;
pub mod audiobooks;
pub mod browse;
pub mod chapters;
pub mod episodes;
pub mod following;
pub mod library;
mod older;
pub mod player;
pub mod playlists;
pub mod recommendations;
pub mod search;
mod several;
pub mod shows;
pub mod tracks;
pub mod users;

pub use self::older::Older;
use crate::endpoint::Endpoint;

/// The tables of all resources.
pub(crate) const TABLES: &[&[&Endpoint]] = &[
    albums::TABLE,
    artists::TABLE,
    audio::TABLE,
    audiobooks::TABLE,
    browse::TABLE,
    chapters::TABLE,
    episodes::TABLE,
    following::TABLE,
    library::TABLE,
    library::older::TABLE,
    player::TABLE,
    playlists::TABLE,
    recommendations::TABLE,
    search::TABLE,
    shows::TABLE,
    tracks::TABLE,
    users::TABLE,
];

/// Declares the operations of a resource.
///
/// The documentation of each is its sentence, its entry and the link to Spotify's page.
macro_rules! endpoints {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident: $answer:ty = Endpoint::$method:ident($path:literal, $operation:literal)
            $(.$setter:ident($($argument:expr),*))*;
    )+) => {
        $(
            $(#[doc = $doc])+
            ///
            #[doc = concat!("`", stringify!($method), " ", $path, "`, [", $operation, "]")]
            $(#[doc = concat!("- `", stringify!($setter), "(", stringify!($($argument),*), ")`")])*
            ///
            #[doc = concat!(
                "[", $operation,
                "]: https://developer.spotify.com/documentation/web-api/reference/", $operation
            )]
            pub const $name: $crate::endpoint::Operation<$answer> = {
                const ENDPOINT: &$crate::endpoint::Endpoint =
                    &$crate::endpoint::Endpoint::$method($path, $operation)
                        $(.$setter($($argument),*))*
                        .described(concat!($($doc),+))
                        .answers::<$answer>();
                $crate::endpoint::Operation::new(ENDPOINT)
            };
        )+

        /// The operations of this resource.
        pub(crate) const TABLE: &[&$crate::endpoint::Endpoint] = &[$($name.endpoint()),+];
    };
}
use endpoints;
