//! A server that gives the same small track to everybody.

use std::{net::SocketAddr, sync::LazyLock, thread};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
    task::JoinSet,
};

/// Answers every request on every connection, until the program ends.
pub(crate) static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let runtime = runtime();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    thread::spawn(move || {
        runtime.block_on(async {
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
                BODY.len()
            );
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, answer.clone()));
            }
        });
    });
    address
});

async fn serve(mut stream: TcpStream, answer: String) {
    let mut request = [0; 4096];
    // A request of this size comes in one piece.
    while stream.read(&mut request).await.is_ok_and(|length| length > 0) {
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

pub(crate) const ID: &str = "6rqhFgbbKwnb9MLmUQDhG6";
const BODY: &str = r#"{"id":"6rqhFgbbKwnb9MLmUQDhG6","name":"Low Tide","duration_ms":188000,"explicit":false,"type":"track","uri":"spotify:track:6rqhFgbbKwnb9MLmUQDhG6"}"#;

/// A runtime on the thread that waits for it.
pub(crate) fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime can be built")
}
