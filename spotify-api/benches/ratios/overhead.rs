//! What a call costs beside the same request made with bare reqwest.

use std::hint::black_box;

use http::HeaderValue;
use spotify_api::{AuthorizeError, Client, id::TrackId};

use crate::{
    measure::{Comparison, Row, compare},
    server::{ID, SERVER, runtime},
};

/// Requests of one turn.
const REQUESTS: u32 = 400;

pub(crate) fn rows() -> Vec<Row> {
    let base = format!("http://{}/v1", *SERVER);
    // One runtime each, so that each keeps a connection of its own.
    let (runtime, bare_runtime) = (runtime(), runtime());
    let authorize = |_: Option<&HeaderValue>| async {
        Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer x"))
    };
    let client = Client::builder(base.as_str(), authorize).build().expect("it is loopback");
    let bare = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build();
    let bare = bare.expect("TLS can be set up");
    let id: TrackId = ID.parse().expect("it is an id");
    let url = format!("{base}/tracks/{ID}");

    let ours = || {
        for _ in 0..REQUESTS {
            black_box(runtime.block_on(client.track(id)).expect("the server answers"));
        }
    };
    let baseline = || {
        for _ in 0..REQUESTS {
            let bytes = bare_runtime.block_on(async {
                let request = bare.get(&url).header("authorization", "Bearer x");
                request.send().await?.bytes().await
            });
            black_box(bytes.expect("the server answers"));
        }
    };
    let Comparison { ours, baseline, ratio } = compare(41, ours, baseline);
    let each = Comparison { ours: ours / REQUESTS, baseline: baseline / REQUESTS, ratio };
    // The goal is about what comes on top of the bare request: at most 0.15 of it.
    vec![each.row("a call with its decoding", "bare reqwest, to the bytes", Some(1.15))]
}
