//! Lines in, lines out, without a server.

use futures_util::FutureExt as _;
use rmcp::model::ClientRequest;
use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

use super::*;

/// A transport that has this input, and the other end of its output.
fn lines(input: &[u8]) -> (Lines<io::Cursor<Vec<u8>>, DuplexStream>, DuplexStream) {
    let (output, far) = duplex(1 << 16);
    (Lines::new(io::Cursor::new(input.to_vec()), output), far)
}

/// Receives everything; returns the methods that came through and the lines that were answered.
async fn carried(input: &[u8]) -> (Vec<String>, Vec<Value>) {
    let (mut lines, mut far) = lines(input);
    let mut methods = Vec::new();
    while let Some(message) = lines.receive().await {
        match message {
            RxJsonRpcMessage::<RoleServer>::Request(request) => {
                methods.push(request.request.method().to_owned());
            }
            other => methods.push(format!("{other:?}").chars().take(12).collect()),
        }
    }
    drop(lines);
    let mut answered = String::new();
    far.read_to_string(&mut answered).await.unwrap();
    (methods, answered.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[tokio::test]
async fn a_line_that_is_no_message_is_answered_and_the_next_one_is_read() {
    for (line, code, id) in [
        ("nonsense", -32700, Value::Null),
        ("{\"jsonrpc\":\"2.0\",", -32700, Value::Null),
        ("\u{0}\u{1}", -32700, Value::Null),
        ("[]", -32600, Value::Null),
        ("42", -32600, Value::Null),
        ("{}", -32600, Value::Null),
        (r#"{"id":7}"#, -32600, 7.into()),
        (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, -32600, "a".into()),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600, Value::Null),
    ] {
        let (methods, answered) = carried(format!("{line}\n{PING}\n").as_bytes()).await;
        assert_eq!(methods, ["ping"], "{line}");
        assert_eq!(answered.len(), 1, "{line}");
        assert_eq!(answered[0]["error"]["code"], code, "{line}");
        assert_eq!(answered[0]["id"], id, "{line}");
        assert!(!answered[0].to_string().contains("nonsense"));
    }
}

#[tokio::test]
async fn bytes_that_are_no_utf8_and_deep_nesting_are_answered() {
    let deep = "[".repeat(100_000);
    for line in [b"\xff\xfe{\x80}".as_slice(), deep.as_bytes()] {
        let (methods, answered) = carried(&[line, b"\n", PING.as_bytes(), b"\n"].concat()).await;
        assert_eq!((methods.len(), answered.len()), (1, 1));
        assert_eq!(answered[0]["error"]["code"], -32700);
    }
}

#[tokio::test]
async fn a_line_that_is_too_long_is_answered_once_and_passed_over() {
    for length in [LONGEST_LINE, 3 * LONGEST_LINE] {
        let input = format!("{}\n{PING}\n", "x".repeat(length));
        let (methods, answered) = carried(input.as_bytes()).await;
        assert_eq!((methods.len(), answered.len()), (1, 1));
        assert_eq!(answered[0]["error"]["code"], -32600);
    }
}

#[tokio::test]
async fn notifications_are_never_answered_and_empty_lines_are_nothing() {
    let input = format!(
        "\n\r\n  \n\u{feff}{PING}\r\n{{\"method\":7}}\n{{\"jsonrpc\":\"2.0\",\"method\":\"x\"}}\n"
    );
    let (methods, answered) = carried(input.as_bytes()).await;
    assert_eq!(methods.first().map(String::as_str), Some("ping"));
    assert_eq!(answered, Vec::<Value>::new());
}

#[tokio::test]
async fn what_comes_before_the_first_request_is_passed_over() {
    let early = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    let response = r#"{"jsonrpc":"2.0","id":9,"result":{}}"#;
    let (methods, _) = carried(format!("{early}\n{response}\n{PING}\n{early}\n").as_bytes()).await;
    assert_eq!(methods.len(), 2);
    assert_eq!(methods[0], "ping");
}

#[tokio::test]
async fn a_line_that_comes_in_pieces_while_the_reader_is_interrupted_is_whole() {
    let (mut far_in, input) = duplex(64);
    let (output, _far) = duplex(64);
    let mut lines = Lines::new(input, output);
    let (head, tail) = PING.split_at(10);
    far_in.write_all(head.as_bytes()).await.unwrap();
    assert!(lines.receive().now_or_never().is_none());
    far_in.write_all(tail.as_bytes()).await.unwrap();
    far_in.write_all(b"\n").await.unwrap();
    let message = lines.receive().await.unwrap();
    let RxJsonRpcMessage::<RoleServer>::Request(request) = message else { panic!("a request") };
    assert!(matches!(request.request, ClientRequest::PingRequest(_)));
}

#[tokio::test]
async fn a_write_that_is_dropped_in_the_middle_tears_no_line() {
    let (output, mut far) = duplex(8);
    let mut lines = Lines::new(io::Cursor::new(Vec::new()), output);
    let message = |id: i64| {
        let error = ErrorData::invalid_request("a text that does not fit at once", None);
        TxJsonRpcMessage::<RoleServer>::error(error, Some(RequestId::Number(id)))
    };
    assert!(lines.send(message(1)).now_or_never().is_none());
    let (sent, read) = tokio::join!(lines.send(message(2)), async {
        let mut lines = BufReader::new(&mut far).lines();
        let first = lines.next_line().await.unwrap().unwrap();
        [first, lines.next_line().await.unwrap().unwrap()]
    });
    sent.unwrap();
    let ids: Vec<Value> = read
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone())
        .collect();
    assert_eq!(ids, [Value::from(1), Value::from(2)]);
}

#[tokio::test]
async fn nothing_is_written_after_the_end() {
    let (mut lines, _far) = lines(b"");
    lines.close().await.unwrap();
    let error = ErrorData::invalid_request("late", None);
    let late = lines.send(TxJsonRpcMessage::<RoleServer>::error(error, None)).await;
    assert_eq!(late.unwrap_err().kind(), io::ErrorKind::NotConnected);
}
