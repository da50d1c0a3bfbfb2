//! OAuth, rotation, profiles and sessions for Spotify.
