//! Audio features and audio analysis, closed to apps in Development Mode since November 2024.

use serde_json::{Value, json};

use super::{
    Answer, Cx, Done, ids,
    items::{find, found},
    render::{View, put},
    tracks::Tracks,
};
use crate::{
    catalogue::{
        Index,
        audio::{Audio, thousandths},
    },
    random::Random,
};

/// `get-audio-features`
pub(super) fn features(cx: &mut Cx<'_>) -> Answer {
    let index = found::<Tracks>(cx)?;
    Ok(Done::ok(cx.view().features(index)))
}

/// `get-several-audio-features`
pub(super) fn several_features(cx: &mut Cx<'_>) -> Answer {
    let ids = ids::well_formed(ids::in_query(cx, 100)?)?;
    let view = cx.view();
    let features = ids.iter().map(|id| find::<Tracks>(&view, id).map(|index| view.features(index)));
    let features: Vec<Option<Value>> = features.collect();
    Ok(Done::ok(json!({ "audio_features": features })))
}

/// `get-audio-analysis`
pub(super) fn analysis(cx: &mut Cx<'_>) -> Answer {
    let index = found::<Tracks>(cx)?;
    Ok(Done::ok(cx.view().analysis(index)))
}

impl View<'_> {
    fn features(&self, index: Index) -> Value {
        let track = self.catalogue.track(index);
        let (audio, id) = (Audio::of(track), &track.id);
        let mut object = json!({
            "analysis_url": format!("{}/audio-analysis/{id}", self.api),
            "id": id,
            "track_href": format!("{}/tracks/{id}", self.api),
            "type": "audio_features",
            "uri": format!("spotify:track:{id}"),
        });
        for (name, level) in audio.levels {
            put(&mut object, name, level);
        }
        for (name, count) in audio.counts {
            put(&mut object, name, count);
        }
        object
    }

    fn analysis(&self, index: Index) -> Value {
        let track = self.catalogue.track(index);
        let audio = Audio::of(track);
        let measure = |name: &str| audio.measure(name).unwrap_or_default();
        let duration = measure("duration_ms") / 1_000.0;
        let beat = 60.0 / measure("tempo");
        let mut random = Random::of(&format!("analysis of {}", track.id));
        let mut every = |step: f64| intervals(&mut random, duration, step);
        let bars = every(beat * measure("time_signature"));
        let (beats, tatums) = (every(beat), every(beat / 2.0));
        let (mut sections, mut segments) = (every(duration / 5.0), every(beat));
        for section in &mut sections {
            for name in ["loudness", "tempo"] {
                put(section, name, measure(name));
            }
            for name in ["key", "mode", "time_signature"] {
                put(section, name, audio.counts.get(name).copied());
            }
            for name in ["tempo", "key", "mode", "time_signature"] {
                put(section, &format!("{name}_confidence"), thousandths(&mut random, 0, 1_000));
            }
        }
        for segment in &mut segments {
            let loudness = -thousandths(&mut random, 2_000, 40_000);
            put(segment, "loudness_start", loudness);
            put(segment, "loudness_max", loudness / 2.0);
            put(segment, "loudness_max_time", 0.05);
            put(segment, "loudness_end", 0.0);
            let mut twelve = |low, high| -> Vec<f64> {
                (0..12).map(|_| thousandths(&mut random, low, high)).collect()
            };
            put(segment, "pitches", twelve(0, 1_000));
            put(segment, "timbre", twelve(0, 120_000));
        }
        json!({
            "meta": {
                "analyzer_version": "4.0.0",
                "platform": "Linux",
                "detailed_status": "OK",
                "status_code": 0,
                "timestamp": 1_495_193_577,
                "analysis_time": 6.931,
                "input_process": "libvorbisfile L+R 44100->22050",
            },
            "track": summary(&audio, duration),
            "bars": bars,
            "beats": beats,
            "sections": sections,
            "segments": segments,
            "tatums": tatums,
        })
    }
}

/// What an analysis says of the track as a whole.
fn summary(audio: &Audio, duration: f64) -> Value {
    let mut track = json!({
        "analysis_channels": 1,
        "analysis_sample_rate": 22_050,
        "code_version": 3.15,
        "codestring": "",
        "duration": duration,
        "echoprint_version": 4.15,
        "echoprintstring": "",
        "end_of_fade_in": 0.0,
        "num_samples": audio.counts.get("duration_ms").map(|ms| u64::from(*ms) * 22_050 / 1_000),
        "offset_seconds": 0,
        "rhythm_version": 1.0,
        "rhythmstring": "",
        "sample_md5": "",
        "start_of_fade_out": duration,
        "synch_version": 1.0,
        "synchstring": "",
        "window_seconds": 0,
    });
    for name in ["loudness", "tempo"] {
        put(&mut track, name, audio.measure(name));
    }
    for name in ["key", "mode", "time_signature"] {
        put(&mut track, name, audio.counts.get(name).copied());
    }
    for name in ["tempo", "key", "mode", "time_signature"] {
        put(&mut track, &format!("{name}_confidence"), 0.5);
    }
    track
}

/// Divides a track into parts of equal length.
fn intervals(random: &mut Random, duration: f64, step: f64) -> Vec<Value> {
    let starts = std::iter::successors(Some(0.0), |start| Some(start + step));
    let starts = starts.take_while(|start| *start < duration);
    let part = |start: f64| {
        let confidence = thousandths(random, 0, 1_000);
        json!({ "start": start, "duration": step.min(duration - start), "confidence": confidence })
    };
    starts.map(part).collect()
}
