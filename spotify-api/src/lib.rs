//! Typed client of the Spotify Web API.
