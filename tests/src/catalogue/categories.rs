//! The categories of the simulated Spotify.

/// Ids and names. An id is a word or 22 characters, as real ones are.
pub(crate) const ALL: &[(&str, &str)] = &[
    ("toplists", "Top Lists"),
    ("0JQ5DAqbMKFKettleAudio0", "Kettle Audio"),
    ("0JQ5DAqbMKFQ00XGBls6ym", "Harbour Sounds"),
    ("decades", "Decades"),
    ("focus", "Focus"),
    ("0JQ5DAqbMKFRainyWindow", "Rainy Days"),
    ("party", "Party"),
    ("sleep", "Sleep"),
];
