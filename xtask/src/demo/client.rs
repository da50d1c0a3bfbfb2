//! An MCP client, as an AI application has one.

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::TokioChildProcess;
use serde_json::Value;
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio_util::task::TaskTracker;

use super::DemoError;

/// A client with its server as a child process.
pub struct Assistant {
    service: RunningService<RoleClient, ()>,
    stderr: Arc<Mutex<Vec<u8>>>,
    reader: TaskTracker,
}

/// What a tool call came to.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Whether the tool says that it failed.
    pub is_error: bool,
    /// The result as data.
    pub data: Value,
    /// The result as text.
    pub text: String,
}

impl Assistant {
    /// Starts the server and shakes hands.
    ///
    /// # Errors
    /// The server may not start, or not speak MCP.
    pub async fn start(command: std::process::Command) -> Result<Self, DemoError> {
        let builder = TokioChildProcess::builder(Command::from(command)).stderr(Stdio::piped());
        let (process, pipe) = builder.spawn().map_err(DemoError::broken("starting spotify-mcp"))?;
        let stderr: Arc<Mutex<Vec<u8>>> = Arc::default();
        let reader = TaskTracker::new();
        if let Some(mut pipe) = pipe {
            let kept = Arc::clone(&stderr);
            reader.spawn(async move {
                let mut buffer = vec![0; 8 * 1024];
                while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
                    let bytes = buffer.get(..length).unwrap_or_default();
                    kept.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
                }
            });
        }
        let service =
            ().serve(process).await.map_err(DemoError::broken("shaking hands with spotify-mcp"))?;
        Ok(Self { service, stderr, reader })
    }

    /// Returns the names of the tools.
    ///
    /// # Errors
    /// The server may not answer.
    pub async fn tools(&self) -> Result<Vec<String>, DemoError> {
        let tools =
            self.service.list_all_tools().await.map_err(DemoError::broken("listing the tools"))?;
        Ok(tools.into_iter().map(|tool| tool.name.into_owned()).collect())
    }

    /// Calls a tool. A failure that the tool reports is an answer, not an error.
    ///
    /// # Errors
    /// The server may not answer.
    pub async fn call(&self, tool: &'static str, arguments: Value) -> Result<Answer, DemoError> {
        let mut params = CallToolRequestParams::new(tool);
        if let Value::Object(arguments) = arguments {
            params = params.with_arguments(arguments);
        }
        let result =
            self.service.call_tool(params).await.map_err(DemoError::broken("calling a tool"))?;
        let text: Vec<_> = result
            .content
            .iter()
            .filter_map(|block| block.as_text())
            .map(|text| text.text.clone())
            .collect();
        Ok(Answer {
            is_error: result.is_error == Some(true),
            data: result.structured_content.unwrap_or_default(),
            text: text.join("\n"),
        })
    }

    /// Ends the server by closing its input, and returns what it wrote to standard error.
    ///
    /// # Errors
    /// The server may not end.
    pub async fn stop(self) -> Result<String, DemoError> {
        self.service.cancel().await.map_err(DemoError::broken("ending spotify-mcp"))?;
        self.reader.close();
        self.reader.wait().await;
        let bytes = self.stderr.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl std::fmt::Debug for Assistant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Assistant")
    }
}
