//! A faithful local Spotify.
