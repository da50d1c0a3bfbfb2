//! Integration tests of api, over real HTTP against the simulator.
//!
//! `cfg(test)` tells the linter that the helpers, too, are tests and may fail loudly.

#[cfg(test)]
mod batches;
#[cfg(test)]
mod breaker;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod calls;
#[cfg(test)]
#[path = "../../spotify-api/examples/decode.rs"]
#[expect(dead_code, reason = "its `main` belongs to the program")]
mod decode;
#[cfg(test)]
mod every_call;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod irregular;
#[cfg(test)]
mod model_answers;
#[cfg(test)]
mod model_decode;
#[cfg(test)]
mod model_irregularities;
#[cfg(test)]
mod model_mutations;
#[cfg(test)]
mod observed_errors;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod regimes;
#[cfg(test)]
mod secure_server;
#[cfg(test)]
mod server;
#[cfg(test)]
mod shared_facts;
#[cfg(test)]
mod shared_reads;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod waits;
