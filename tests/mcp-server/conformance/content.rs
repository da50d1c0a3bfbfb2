//! What the things on offer are made of.

use std::sync::Arc;

use mcp_server::{
    offer::{Context, Fault, Offered, Reply},
    tools::Effect,
};
use rmcp::model::{CallToolResult, ContentBlock, Tool};
use serde_json::{Map, Value, json};

/// An image of one pixel.
pub(crate) const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";
/// A sound of no length.
pub(crate) const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

/// Offers a tool that takes the texts of these names.
pub(crate) fn tool<A, F, R>(
    name: &'static str,
    arguments: &[&str],
    act: A,
) -> Offered<Tool, CallToolResult>
where
    A: Fn(Map<String, Value>, Context) -> F + Send + Sync + 'static,
    F: Future<Output = Result<R, Fault>> + Send + 'static,
    R: Into<Reply<CallToolResult>>,
{
    let properties: Map<String, Value> =
        arguments.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
    let schema = json!({ "type": "object", "properties": properties, "required": arguments });
    let Value::Object(schema) = schema else { panic!("an object") };
    Offered::new(name, Effect::Read, Tool::new(name, "For the suite", Arc::new(schema)), act)
}

/// Gives blocks of content.
pub(crate) fn blocks(blocks: Vec<ContentBlock>) -> CallToolResult {
    CallToolResult::success(blocks)
}

/// Gives a text.
pub(crate) fn text(text: impl Into<String>) -> CallToolResult {
    blocks(vec![ContentBlock::text(text)])
}
