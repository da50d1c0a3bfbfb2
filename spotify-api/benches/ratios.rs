//! What the client costs, as ratios in one run: `cargo xtask bench api`.

#[path = "decode/bodies.rs"]
mod bodies;
#[path = "ratios/decode.rs"]
mod decode;
#[path = "../../tests/bench/measure.rs"]
mod measure;
#[path = "ratios/overhead.rs"]
mod overhead;
#[path = "ratios/paging.rs"]
mod paging;
#[path = "ratios/requests.rs"]
mod requests;
#[path = "overhead/server.rs"]
mod server;
#[path = "ratios/setup.rs"]
mod setup;

use tokio::runtime::Runtime;

fn main() {
    let runtime = Runtime::new().expect("threads can be started");
    measure::print("Decoding", &decode::rows());
    measure::print("Calls", &overhead::rows());
    measure::print("Whole lists, 50 ms until each answer", &paging::rows(&runtime));
    measure::print("Requests for common jobs", &requests::rows(&runtime));
}
