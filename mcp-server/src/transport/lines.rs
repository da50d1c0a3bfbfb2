//! JSON-RPC messages as lines, over any pair of byte streams (MCP "stdio" transport).
//!
//! It differs from rmcp's own transport where that one is silent or gives up: a line that is no
//! JSON, no message or too long is answered with an error and the connection goes on, and what comes
//! before the first request but is none is passed over instead of ending the process.

use std::{collections::VecDeque, io, sync::Arc};

use rmcp::{
    ErrorData, RoleServer,
    model::{ErrorCode, RequestId},
    service::{RxJsonRpcMessage, TxJsonRpcMessage},
    transport::Transport,
};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    sync::Mutex,
};

/// The longest line that is taken, in bytes.
pub const LONGEST_LINE: usize = 4 << 20;

/// Reads and writes messages as lines.
#[derive(Debug)]
pub struct Lines<R, W> {
    reader: BufReader<R>,
    line: Vec<u8>,
    /// Whether the rest of a line that is too long is being passed over.
    passing_over: bool,
    /// Whether a request has come yet.
    begun: bool,
    /// Errors that are still to be written.
    refusals: VecDeque<TxJsonRpcMessage<RoleServer>>,
    writer: Arc<Mutex<Writer<W>>>,
}

/// Bytes on their way out. A write that is dropped in the middle leaves the rest here, and the next
/// one goes on with it, so that lines are never torn.
#[derive(Debug)]
struct Writer<W> {
    output: Option<W>,
    pending: VecDeque<u8>,
}

/// What a line is.
enum Read {
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    Refused(ErrorData, Option<RequestId>),
    Nothing,
}

impl<R, W> Lines<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin,
{
    /// Carries messages over a pair of streams.
    pub fn new(reader: R, writer: W) -> Self {
        Self {
            reader: BufReader::new(reader),
            line: Vec::new(),
            passing_over: false,
            begun: false,
            refusals: VecDeque::new(),
            writer: Arc::new(Mutex::new(Writer { output: Some(writer), pending: VecDeque::new() })),
        }
    }

    /// Reads up to the end of the next line. `None` at the end of the stream.
    ///
    /// Dropping the future loses nothing: what was read stays in `self`.
    async fn next_line(&mut self) -> io::Result<Option<Read>> {
        loop {
            let available = self.reader.fill_buf().await?;
            if available.is_empty() {
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(available.len(), |end| end + 1);
            let too_long = self.line.len() + length > LONGEST_LINE;
            if !self.passing_over && !too_long {
                self.line.extend(available.iter().take(length));
            }
            self.reader.consume(length);
            if !self.passing_over && too_long {
                self.line = Vec::new();
                self.passing_over = end.is_none();
                let problem = format!("a message has at most {LONGEST_LINE} bytes");
                let error = ErrorData::new(ErrorCode::INVALID_REQUEST, problem, None);
                return Ok(Some(Read::Refused(error, None)));
            }
            if end.is_some() {
                if self.passing_over {
                    self.passing_over = false;
                    continue;
                }
                let read = read(&self.line);
                self.line.clear();
                return Ok(Some(read));
            }
        }
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let writer = Arc::clone(&self.writer);
        async move {
            let mut writer = writer.lock().await;
            writer.push(&message)?;
            writer.flush().await
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            if !self.refusals.is_empty() {
                let mut writer = self.writer.lock().await;
                while let Some(refusal) = self.refusals.pop_front() {
                    writer.push(&refusal).ok()?;
                }
            }
            self.writer.lock().await.flush().await.ok()?;
            match self.next_line().await {
                Ok(Some(Read::Message(message))) => {
                    self.begun |= matches!(*message, RxJsonRpcMessage::<RoleServer>::Request(_));
                    if self.begun {
                        return Some(*message);
                    }
                }
                Ok(Some(Read::Refused(error, id))) => {
                    self.refusals.push_back(TxJsonRpcMessage::<RoleServer>::error(error, id));
                }
                Ok(Some(Read::Nothing)) => {}
                Ok(None) => return None,
                Err(error) => {
                    tracing::error!(%error, "the input cannot be read");
                    return None;
                }
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        let mut writer = self.writer.lock().await;
        let flushed = writer.flush().await;
        writer.output = None;
        flushed
    }
}

impl<W: AsyncWrite + Unpin> Writer<W> {
    fn push(&mut self, message: &TxJsonRpcMessage<RoleServer>) -> io::Result<()> {
        let line = serde_json::to_vec(message)?;
        self.pending.extend(line);
        self.pending.push_back(b'\n');
        Ok(())
    }

    async fn flush(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let Some(output) = &mut self.output else {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "the output is closed"));
        };
        // Takes out of `pending` exactly what was written, also when the future is dropped.
        output.write_all_buf(&mut self.pending).await?;
        output.flush().await
    }
}

/// Reads a line.
fn read(line: &[u8]) -> Read {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Read::Nothing;
    }
    if let Ok(message) = serde_json::from_slice(line) {
        return Read::Message(Box::new(message));
    }
    let invalid = |problem: &'static str| ErrorData::invalid_request(problem, None);
    match serde_json::from_slice::<Value>(line) {
        Err(_) => {
            let problem = "the line is no JSON: send one JSON-RPC message in each line";
            Read::Refused(ErrorData::parse_error(problem, None), None)
        }
        Ok(Value::Object(object)) => match (object.get("id"), object.contains_key("method")) {
            // Notifications are never answered (JSON-RPC 2.0, section 4.1).
            (None, true) => Read::Nothing,
            (id, _) => {
                let id = id.and_then(|id| serde_json::from_value(id.clone()).ok());
                Read::Refused(invalid("the line is no JSON-RPC 2.0 message"), id)
            }
        },
        Ok(Value::Array(_)) => Read::Refused(invalid("batches are no part of the protocol"), None),
        Ok(_) => Read::Refused(invalid("the line is no JSON-RPC 2.0 message"), None),
    }
}

#[cfg(test)]
mod tests;
