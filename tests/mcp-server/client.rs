//! A client that sees every byte: what a library would hide is what these tests are about.

use std::pin::Pin;

use serde_json::{Value, json};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader,
};

/// The newest protocol version.
pub(crate) const LATEST: &str = "2026-07-28";

/// All protocol versions that are served.
pub(crate) const VERSIONS: [&str; 3] = ["2025-06-18", "2025-11-25", LATEST];

/// Adds what every request of the newest version says of its client.
pub(crate) fn declare(params: &mut Value, capabilities: &Value) {
    let meta = &mut params["_meta"];
    meta["io.modelcontextprotocol/protocolVersion"] = LATEST.into();
    meta["io.modelcontextprotocol/clientCapabilities"] = capabilities.clone();
    meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "tests", "version": "1.2.3" });
}

pub(crate) struct Client {
    reader: Pin<Box<dyn AsyncBufRead + Send>>,
    writer: Option<Pin<Box<dyn AsyncWrite + Send>>>,
    version: String,
    /// What it says that it can do.
    pub(crate) capabilities: Value,
    next: u64,
    /// Every line that came, whole.
    pub(crate) received: Vec<String>,
}

impl Client {
    pub(crate) fn new(
        reader: impl AsyncRead + Send + 'static,
        writer: impl AsyncWrite + Send + 'static,
    ) -> Self {
        Self {
            reader: Box::pin(BufReader::new(reader)),
            writer: Some(Box::pin(writer)),
            version: LATEST.to_owned(),
            capabilities: json!({}),
            next: 0,
            received: Vec::new(),
        }
    }

    /// Begins in the way of a protocol version: with a handshake up to 2025, with nothing since.
    pub(crate) async fn begin(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        if version != LATEST {
            let answer = self
                .request(
                    "initialize",
                    json!({
                        "protocolVersion": version,
                        "capabilities": self.capabilities,
                        "clientInfo": { "name": "tests", "version": "1.2.3" },
                    }),
                )
                .await;
            assert_eq!(answer["result"]["protocolVersion"], version, "{answer}");
            self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        }
        self
    }

    pub(crate) async fn line(&mut self, line: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        writer.flush().await.unwrap();
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.line(&message.to_string()).await;
    }

    /// Sends a request and returns its id.
    pub(crate) async fn ask(&mut self, method: &str, mut params: Value) -> u64 {
        if self.version == LATEST {
            declare(&mut params, &self.capabilities);
        }
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })).await;
        id
    }

    /// Receives the next message; `None` at the end.
    pub(crate) async fn receive(&mut self) -> Option<Value> {
        let mut line = String::new();
        if self.reader.read_line(&mut line).await.unwrap() == 0 {
            return None;
        }
        let message: Value = serde_json::from_str(&line).expect("only JSON on the wire");
        assert_eq!(message["jsonrpc"], "2.0", "{line}");
        self.received.push(line);
        Some(message)
    }

    /// Sends a request and receives its answer.
    pub(crate) async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        self.answer(id).await
    }

    pub(crate) async fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.receive().await.expect("an answer");
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Calls a tool and returns the whole result.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let answer = self.request("tools/call", params).await;
        let result = answer["result"].clone();
        assert!(result.is_object(), "{tool}: {answer}");
        result
    }

    /// Calls a tool that must succeed and returns its structured content.
    pub(crate) async fn ok(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], false, "{tool}: {result}");
        result["structuredContent"].clone()
    }

    /// Calls a tool that must fail and returns what it says.
    pub(crate) async fn fails(&mut self, tool: &str, arguments: Value) -> Value {
        let result = self.call(tool, arguments).await;
        assert_eq!(result["isError"], true, "{tool}: {result}");
        assert_eq!(result.get("structuredContent"), None, "{tool}: {result}");
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
    }

    /// Closes the server's input and receives what is left.
    pub(crate) async fn close(&mut self) -> Vec<Value> {
        if let Some(mut writer) = self.writer.take() {
            writer.shutdown().await.unwrap();
        }
        let mut left = Vec::new();
        while let Some(message) = self.receive().await {
            left.push(message);
        }
        left
    }
}
