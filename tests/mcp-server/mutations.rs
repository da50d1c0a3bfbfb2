//! Mutated messages over standard input of the real program: it lives, and says only what the
//! protocol allows.

mod mutator;

use std::process::Stdio;

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::ChildStdout,
};

use self::mutator::{Mutator, request};
use crate::bench::Bench;

/// How many lines the server gets.
const LINES: usize = 100_000;
/// How many of them in one write.
const BURST: usize = 250;
/// The id of the request that is no mutation.
const LAST: &str = "the last one";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_lines_leave_the_program_alive_and_its_answers_valid() {
    let bench = Bench::usual().await;
    let mut program = bench.program(&[], &[]).stderr(Stdio::null()).spawn().unwrap();
    let (mut input, output) = (program.stdin.take().unwrap(), program.stdout.take().unwrap());
    let write = async {
        let mut mutator = Mutator::new(0x5eed);
        for _ in 0..LINES / BURST {
            let burst: Vec<u8> = (0..BURST).flat_map(|_| mutator.line()).collect();
            input.write_all(&burst).await.unwrap();
        }
        // Ends what may be left of a line.
        let last = request(LAST, "server/discover");
        input.write_all(format!("\n{last}\n").as_bytes()).await.unwrap();
    };
    let ((), (results, errors)) = tokio::join!(write, count(output));
    // Neither is everything understood nor nothing.
    assert!(results > LINES / 100 && errors > LINES / 100, "{results} and {errors}");
    drop(input);
    assert!(program.wait().await.unwrap().success());
}

/// Counts results and errors up to the answer to the last request, which must be a result.
async fn count(output: ChildStdout) -> (usize, usize) {
    let mut lines = BufReader::new(output).lines();
    let (mut results, mut errors) = (0, 0);
    loop {
        let line = lines.next_line().await.unwrap().expect("the program is alive");
        let message: Value = serde_json::from_str(&line).expect("only JSON on the wire");
        let answered = is_answer(&message);
        assert!(answered.is_some(), "{line}");
        match answered {
            Some(Answer::Error) => errors += 1,
            _ => results += 1,
        }
        if message["id"] == LAST {
            assert!(message["result"].is_object(), "{line}");
            return (results, errors);
        }
    }
}

enum Answer {
    Result,
    Error,
}

/// Tells what an answer is, if it is one by the rules of JSON-RPC 2.0 (section 5).
fn is_answer(message: &Value) -> Option<Answer> {
    let object = message.as_object()?;
    let known = ["jsonrpc", "id", "result", "error"];
    if message["jsonrpc"] != "2.0" || !object.keys().all(|key| known.contains(&key.as_str())) {
        return None;
    }
    let id = &message["id"];
    match (object.get("result"), object.get("error")) {
        (Some(Value::Object(_)), None) if id.is_string() || id.is_number() => Some(Answer::Result),
        (None, Some(error)) if id.is_string() || id.is_number() || id.is_null() => {
            (error["code"].is_i64() && error["message"].is_string()).then_some(Answer::Error)
        }
        _ => None,
    }
}
