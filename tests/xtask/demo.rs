//! The demo's story comes out as it must in each regime.

use std::io::Write;
use std::sync::{Arc, Mutex};

use spotify_sim::Regime;
use xtask::demo::{Transcript, tell};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn told(regime: Regime) {
    let kept = Kept::default();
    let outcome = tell(crate::programs(), regime, Transcript::to(kept.clone())).await;
    let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    assert!(outcome.is_ok(), "{outcome:?}\n{text}");
    assert!(text.ends_with("Every step came out as it must.\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_comes_out_with_an_extended_quota_app() {
    told(Regime::Extended).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_comes_out_with_an_older_development_mode_app() {
    told(Regime::DevLegacy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_comes_out_with_a_restricted_development_mode_app() {
    told(Regime::DevRestricted).await;
}
