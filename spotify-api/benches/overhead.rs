//! What the client costs beside the HTTP client below it.
//!
//! A small answer over one kept connection to a server in this process, once with bare reqwest to
//! the bytes, once with the client to the typed answer. The goal: the difference is at most 0.15
//! of the bare time. `cargo bench -p spotify-api --bench overhead`

use std::{net::SocketAddr, sync::LazyLock, thread};

use divan::{AllocProfiler, Bencher, black_box};
use http::HeaderValue;
use spotify_api::{AuthorizeError, Client, id::TrackId};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    runtime::{Builder, Runtime},
};

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

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be built")
}

/// Answers every request on every connection, until the program ends.
static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let runtime = runtime();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        runtime.block_on(async {
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
                BODY.len()
            );
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                // A request of this size comes in one piece; one connection at a time is enough.
                while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
                    if stream.write_all(answer.as_bytes()).await.is_err() {
                        break;
                    }
                }
            }
        });
    });
    address
});

const ID: &str = "6rqhFgbbKwnb9MLmUQDhG6";
const BODY: &str = r#"{"id":"6rqhFgbbKwnb9MLmUQDhG6","name":"Low Tide","duration_ms":188000,"explicit":false,"type":"track","uri":"spotify:track:6rqhFgbbKwnb9MLmUQDhG6"}"#;
