//! Prompts, and the completion of an argument.

use mcp_server::{
    offer::{Completed, Context, Fault, Offer, Offered, Reply},
    tools::Effect,
};
use rmcp::model::{
    ContentBlock, GetPromptResult, Prompt, PromptArgument, PromptMessage, ResourceContents, Role,
};
use serde_json::{Map, Value, json};

use crate::{
    content::PNG,
    questions::{ask, form},
};

fn prompt<A, F, R>(
    name: &'static str,
    arguments: &[&str],
    act: A,
) -> Offered<Prompt, GetPromptResult>
where
    A: Fn(Map<String, Value>, Context) -> F + Send + Sync + 'static,
    F: Future<Output = Result<R, Fault>> + Send + 'static,
    R: Into<Reply<GetPromptResult>>,
{
    let arguments =
        arguments.iter().map(|name| PromptArgument::new(*name).with_required(true)).collect();
    Offered::prompt(name, Prompt::new(name, Some("For the suite"), Some(arguments)), act)
}

fn says(content: Vec<ContentBlock>) -> GetPromptResult {
    let messages = content.into_iter().map(|block| PromptMessage::new(Role::User, block));
    GetPromptResult::new(messages.collect())
}

pub(crate) fn offer(offer: Offer) -> Offer {
    let completed =
        Completed { of: "test_prompt_with_arguments".to_owned(), argument: "arg1".to_owned() };
    offer
        .prompt(prompt("test_simple_prompt", &[], async |_, _| {
            Ok(says(vec![ContentBlock::text("This is a simple prompt for testing.")]))
        }))
        .prompt(prompt("test_prompt_with_arguments", &["arg1", "arg2"], async |said, _| {
            let text = |name: &str| said[name].as_str().unwrap();
            let text =
                format!("Prompt with arguments: arg1='{}', arg2='{}'", text("arg1"), text("arg2"));
            Ok(says(vec![ContentBlock::text(text)]))
        }))
        .prompt(prompt("test_prompt_with_embedded_resource", &["resourceUri"], async |said, _| {
            let uri = said["resourceUri"].as_str().unwrap();
            let contents = ResourceContents::text("Embedded resource content for testing.", uri);
            Ok(says(vec![
                ContentBlock::resource(contents.with_mime_type("text/plain")),
                ContentBlock::text("Please process the embedded resource above."),
            ]))
        }))
        .prompt(prompt("test_prompt_with_image", &[], async |_, _| {
            Ok(says(vec![
                ContentBlock::image(PNG, "image/png"),
                ContentBlock::text("Please analyze the image above."),
            ]))
        }))
        .prompt(prompt("test_input_required_result_prompt", &[], async |_, context: Context| {
            let context = context.answer("user_context").map(|answer| answer["content"].clone());
            Ok(match context {
                Some(context) => {
                    Reply::Done(says(vec![ContentBlock::text(format!("Context: {context}"))]))
                }
                None => Reply::Ask(ask(&json!({
                    "user_context": form(
                        "What context should the prompt use?",
                        &json!({ "context": { "type": "string" } }),
                    ),
                }))),
            })
        }))
        .completion(Offered::new("completion.test", Effect::Read, completed, async |typed, _| {
            let typed = typed["value"].as_str().unwrap();
            Ok::<_, Fault>(vec![format!("{typed}ing")])
        }))
}
