//! Tools that give content, notices and errors.

use std::time::Duration;

use mcp_server::offer::{Context, Fault, Offer};
use rmcp::model::{CallToolResult, ContentBlock, ResourceContents};
use serde_json::json;

use crate::content::{PNG, WAV, blocks, text, tool};

pub(crate) fn offer(offer: Offer) -> Offer {
    offer
        .tool(tool("test_simple_text", &[], async |_, _| {
            Ok(text("This is a simple text response for testing."))
        }))
        .tool(tool("test_image_content", &[], async |_, _| {
            Ok(blocks(vec![ContentBlock::image(PNG, "image/png")]))
        }))
        .tool(tool("test_audio_content", &[], async |_, _| {
            Ok(blocks(vec![ContentBlock::audio(WAV, "audio/wav")]))
        }))
        .tool(tool("test_embedded_resource", &[], async |_, _| {
            let contents = ResourceContents::text(
                "This is an embedded resource content.",
                "test://embedded-resource",
            );
            Ok(blocks(vec![ContentBlock::resource(contents.with_mime_type("text/plain"))]))
        }))
        .tool(tool("test_multiple_content_types", &[], async |_, _| {
            let contents = ResourceContents::text(
                r#"{"test":"data","value":123}"#,
                "test://mixed-content-resource",
            );
            Ok(blocks(vec![
                ContentBlock::text("Multiple content types test:"),
                ContentBlock::image(PNG, "image/png"),
                ContentBlock::resource(contents.with_mime_type("application/json")),
            ]))
        }))
        .tool(tool("test_error_handling", &[], async |_, _| {
            Err::<CallToolResult, _>(Fault("this tool intentionally fails"))
        }))
        .tool(tool("test_tool_with_progress", &[], async |_, context: Context| {
            for step in [0, 50, 100] {
                context.progress(step, 100, "on the way").await;
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
            Ok(text("All steps are done."))
        }))
        .tool(tool("test_tool_with_logging", &[], async |_, context: Context| {
            for message in
                ["Tool execution started", "Tool processing data", "Tool execution completed"]
            {
                log(&context, message).await;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(text("Three messages were logged."))
        }))
        .tool(tool("test_logging_tool", &[], async |_, context: Context| {
            // Since 2026-07-28 nothing is logged to those who named no level.
            if context.request().and_then(|request| request.meta.log_level()).is_some() {
                log(&context, "Asked for").await;
            }
            Ok(text("Done."))
        }))
}

/// Logs to the client, as protocol versions before 2026-07-28 have it.
#[expect(deprecated, reason = "the suite has it for the earlier version")]
async fn log(context: &Context, message: &str) {
    let Some(request) = context.request() else { return };
    let level = rmcp::model::LoggingLevel::Info;
    let message = rmcp::model::LoggingMessageNotificationParam::new(level, json!(message));
    request.peer.notify_logging_message(message).await.unwrap();
}
