//! What Spotify computed about a recording. Closed to new apps since November 2024.

use super::macros::model;
use crate::id::{SpotifyUri, TrackId};

model! {
    /// Features of a track's recording. The measures have no unit and go from 0 to 1, save where a
    /// unit stands.
    pub struct AudioFeatures {
        /// The track's id.
        pub id: Option<TrackId>,
        /// The track's URI.
        pub uri: Option<SpotifyUri>,
        /// How sure it is that the recording is acoustic.
        pub acousticness: Option<f64>,
        /// How well it suits dancing.
        pub danceability: Option<f64>,
        /// Length in milliseconds.
        pub duration_ms: Option<u64>,
        /// How intense and active it feels.
        pub energy: Option<f64>,
        /// How sure it is that there is no voice.
        pub instrumentalness: Option<f64>,
        /// The key as a pitch class, 0 for C to 11 for B; -1 if none was found.
        pub key: Option<i32>,
        /// How sure it is that there is an audience.
        pub liveness: Option<f64>,
        /// Loudness in decibels, mostly -60 to 0.
        pub loudness: Option<f64>,
        /// 1 for major, 0 for minor, -1 if none was found.
        pub mode: Option<i32>,
        /// How much of it is spoken words.
        pub speechiness: Option<f64>,
        /// Beats per minute.
        pub tempo: Option<f64>,
        /// Beats in a bar, 3 to 7.
        pub time_signature: Option<i32>,
        /// How positive it sounds.
        pub valence: Option<f64>,
        /// The address of the audio analysis.
        pub analysis_url: Option<String>,
        /// The track's address in the Web API.
        pub track_href: Option<String>,
        /// What kind of object this is: `audio_features`.
        "type" => pub kind: Option<String>,
    }

    /// The structure and the sound of a track's recording. Times are in seconds.
    pub struct AudioAnalysis {
        /// How the analysis was made.
        pub meta: Option<AnalysisMeta>,
        /// What holds for the whole recording.
        pub track: Option<AnalysisTrack>,
        /// Bars.
        pub bars: Vec<TimeInterval>,
        /// Beats.
        pub beats: Vec<TimeInterval>,
        /// Large parts, like verse and chorus.
        pub sections: Vec<AnalysisSection>,
        /// Short parts of one sound.
        pub segments: Vec<AnalysisSegment>,
        /// Tatums, the shortest regular pulses.
        pub tatums: Vec<TimeInterval>,
    }

    /// How an audio analysis was made.
    pub struct AnalysisMeta {
        /// The version of the analyzer.
        pub analyzer_version: Option<String>,
        /// The platform it ran on.
        pub platform: Option<String>,
        /// The outcome in words.
        pub detailed_status: Option<String>,
        /// The outcome; 0 for success.
        pub status_code: Option<i64>,
        /// When it was made, in seconds since 1970.
        pub timestamp: Option<i64>,
        /// How long it took, in seconds.
        pub analysis_time: Option<f64>,
        /// How the recording was read.
        pub input_process: Option<String>,
    }

    /// What an audio analysis says of the whole recording. Times are in seconds, confidences go from
    /// 0 to 1.
    pub struct AnalysisTrack {
        /// How many samples were analysed.
        pub num_samples: Option<u64>,
        /// Length.
        pub duration: Option<f64>,
        /// Empty.
        pub sample_md5: Option<String>,
        /// Where the analysed part begins.
        pub offset_seconds: Option<f64>,
        /// How long the analysed part is; 0 for all.
        pub window_seconds: Option<f64>,
        /// Samples in a second.
        pub analysis_sample_rate: Option<u64>,
        /// Channels.
        pub analysis_channels: Option<u32>,
        /// Where the fade-in ends.
        pub end_of_fade_in: Option<f64>,
        /// Where the fade-out begins.
        pub start_of_fade_out: Option<f64>,
        /// Loudness in decibels.
        pub loudness: Option<f64>,
        /// Beats per minute.
        pub tempo: Option<f64>,
        /// Confidence of `tempo`.
        pub tempo_confidence: Option<f64>,
        /// Beats in a bar.
        pub time_signature: Option<i32>,
        /// Confidence of `time_signature`.
        pub time_signature_confidence: Option<f64>,
        /// The key as a pitch class; -1 if none was found.
        pub key: Option<i32>,
        /// Confidence of `key`.
        pub key_confidence: Option<f64>,
        /// 1 for major, 0 for minor, -1 if none was found.
        pub mode: Option<i32>,
        /// Confidence of `mode`.
        pub mode_confidence: Option<f64>,
        /// An Echo Nest Musical Fingerprint.
        pub codestring: Option<String>,
        /// The version of `codestring`.
        pub code_version: Option<f64>,
        /// An Echoprint fingerprint.
        pub echoprintstring: Option<String>,
        /// The version of `echoprintstring`.
        pub echoprint_version: Option<f64>,
        /// A Synchstring.
        pub synchstring: Option<String>,
        /// The version of `synchstring`.
        pub synch_version: Option<f64>,
        /// A Rhythmstring.
        pub rhythmstring: Option<String>,
        /// The version of `rhythmstring`.
        pub rhythm_version: Option<f64>,
    }

    /// A stretch of time in a recording.
    pub struct TimeInterval {
        /// Where it begins, in seconds.
        pub start: Option<f64>,
        /// How long it is, in seconds.
        pub duration: Option<f64>,
        /// How sure this is, 0 to 1.
        pub confidence: Option<f64>,
    }

    /// A large part of a recording. Confidences go from 0 to 1.
    pub struct AnalysisSection {
        /// Where it begins, in seconds.
        pub start: Option<f64>,
        /// How long it is, in seconds.
        pub duration: Option<f64>,
        /// How sure its beginning is.
        pub confidence: Option<f64>,
        /// Loudness in decibels.
        pub loudness: Option<f64>,
        /// Beats per minute.
        pub tempo: Option<f64>,
        /// Confidence of `tempo`.
        pub tempo_confidence: Option<f64>,
        /// The key as a pitch class; -1 if none was found.
        pub key: Option<i32>,
        /// Confidence of `key`.
        pub key_confidence: Option<f64>,
        /// 1 for major, 0 for minor, -1 if none was found.
        pub mode: Option<i32>,
        /// Confidence of `mode`.
        pub mode_confidence: Option<f64>,
        /// Beats in a bar.
        pub time_signature: Option<i32>,
        /// Confidence of `time_signature`.
        pub time_signature_confidence: Option<f64>,
    }

    /// A short part of a recording with one sound.
    pub struct AnalysisSegment {
        /// Where it begins, in seconds.
        pub start: Option<f64>,
        /// How long it is, in seconds.
        pub duration: Option<f64>,
        /// How sure its beginning is, 0 to 1.
        pub confidence: Option<f64>,
        /// Loudness at the beginning, in decibels.
        pub loudness_start: Option<f64>,
        /// Greatest loudness, in decibels.
        pub loudness_max: Option<f64>,
        /// Where the loudness is greatest, in seconds from the segment's beginning.
        pub loudness_max_time: Option<f64>,
        /// Loudness at the end, in decibels.
        pub loudness_end: Option<f64>,
        /// How strong each of the 12 pitch classes is, 0 to 1, C first.
        pub pitches: Vec<f64>,
        /// 12 coefficients of the timbre, the most important first.
        pub timbre: Vec<f64>,
    }
}
