//! What the client costs beside the HTTP client below it.
//!
//! A small answer over one kept connection to a server in this process, once with bare reqwest to
//! the bytes, once with the client to the typed answer. The goal: the difference is at most 0.15
//! of the bare time. `cargo bench -p spotify-api --bench overhead`

#[path = "overhead/server.rs"]
mod server;

use std::sync::LazyLock;

use divan::{AllocProfiler, Bencher, black_box};
use http::HeaderValue;
use spotify_api::{AuthorizeError, Client, id::TrackId};

use server::{ID, SERVER, runtime};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    LazyLock::force(&SERVER);
    divan::main();
}

#[divan::bench(sample_count = 200, sample_size = 50)]
fn bare_reqwest(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build();
    let http = http.expect("TLS can be set up");
    let url = format!("http://{}/v1/tracks/{ID}", *SERVER);
    bencher.bench_local(|| {
        let bytes = runtime.block_on(async {
            let request = http.get(&url).header("authorization", "Bearer x");
            request.send().await?.bytes().await
        });
        black_box(bytes.expect("the server answers"))
    });
}

#[divan::bench(sample_count = 200, sample_size = 50)]
fn client_call(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let authorize = |_: Option<&HeaderValue>| async {
        Ok::<_, AuthorizeError>(HeaderValue::from_static("Bearer x"))
    };
    let client = Client::builder(format!("http://{}/v1", *SERVER), authorize).build();
    let client = client.expect("TLS can be set up");
    let id: TrackId = ID.parse().expect("it is an id");
    bencher.bench_local(|| {
        let track = runtime.block_on(client.track(id));
        black_box(track.expect("the server answers"))
    });
}
