//! The server's side of the Model Context Protocol.
//!
//! Written by hand over the table of tools rather than with rmcp's macros: those build a router for
//! each call, and call a list public that may differ between people.

use std::{borrow::Cow, fmt, sync::Arc};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock,
        CustomRequest, CustomResult, ErrorCode, Implementation, ListToolsResult,
        PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use spotify_api::Regime;

use crate::{
    dispatch::{Answer, Caller, Door},
    failure::Failure,
    offer::{Context, Offer, Offered, paging::page},
    sanitise,
    tools::{self, Selection},
};

mod rounds;

use rounds::{Answers, Round};

/// The protocol versions that are served, oldest first.
pub const PROTOCOL_VERSIONS: &[ProtocolVersion] =
    &[ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];

/// How long a client may keep a list, in milliseconds: none changes in a process.
const LIST_TTL_MS: u64 = 3_600_000;

/// Answers a client for one profile. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    door: Arc<Door>,
    offer: Arc<Offer>,
}

impl Server {
    /// Answers with an offer, for as long as it lives.
    pub(crate) fn new(door: Arc<Door>, offer: Offer) -> Self {
        Self { door, offer: Arc::new(offer) }
    }

    fn find(&self, name: &str) -> Option<&Offered<Tool, CallToolResult>> {
        self.offer.tools.iter().find(|tool| tool.listed.name == name)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Server")
    }
}

/// Returns the tools of a selection as a client sees them.
pub fn list(selection: &Selection, regime: Regime) -> Vec<Tool> {
    Offer::of(selection, regime).listed_tools().cloned().collect()
}

/// Tells who made a request.
fn caller(request: RequestContext<RoleServer>) -> Caller {
    let client = request.client_info();
    Caller {
        agent: client.map(|client| format!("{} {}", client.name, client.version)),
        cancelled: request.ct.clone(),
        context: Context::of(request),
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE)
            .with_server_info(
                Implementation::new("spotify-mcp", env!("CARGO_PKG_VERSION")).with_title("Spotify"),
            )
            .with_instructions(self.offer.instructions)
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(PROTOCOL_VERSIONS)
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let (tools, next) = page(&self.offer.tools, request.as_ref(), |tool| &tool.listed)?;
        let mut list = ListToolsResult::with_all_items(tools)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private);
        list.next_cursor = next;
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.find(name).map(|tool| tool.listed.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = self.find(&request.name) else {
            let problem = match tools::find(&request.name) {
                Some(tool) => format!("the tool `{}` is not offered here", tool.name()),
                None => format!("there is no tool `{}`", sanitise::line(&request.name, 64)),
            };
            return Err(ErrorData::invalid_params(problem, None));
        };
        let arguments = request.arguments.unwrap_or_default();
        let answers = Answers { responses: request.input_responses, ticket: request.request_state };
        Ok(match self.call(tool, arguments, answers, context).await? {
            Round::Answered(answer) => result(answer).into(),
            Round::Asks(questions) => questions.into(),
        })
    }

    /// Answers what is no request of the protocol, or has parameters that do not fit.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let known = ["initialize", "ping", "server/discover", "tools/call", "tools/list"];
        Err(if known.contains(&request.method.as_str()) {
            ErrorData::invalid_params("the parameters do not fit the method", None)
        } else {
            let method = sanitise::line(&request.method, 64);
            ErrorData::new(
                ErrorCode::METHOD_NOT_FOUND,
                format!("there is no method `{method}`"),
                None,
            )
        })
    }
}

/// Makes a result of an answer.
///
/// A failure carries no structured content: clients check that against the tool's output schema,
/// which describes success.
fn result(answer: Answer<CallToolResult>) -> CallToolResult {
    let mut result = match answer.result {
        Ok(result) => result,
        Err(failure) => CallToolResult::error(vec![ContentBlock::text(json(&failure))]),
    };
    if answer.unrecorded {
        result.content.push(ContentBlock::text(
            "Warning: the audit log could not take the outcome of this call. Do not repeat the call; tell the person to run `spotify-admin audit verify`.",
        ));
    }
    result
}

fn json(failure: &Failure) -> String {
    serde_json::to_string(failure).unwrap_or_else(|_| failure.message.clone())
}
