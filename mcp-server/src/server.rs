//! The server's side of the Model Context Protocol.
//!
//! Written by hand over the table of tools rather than with rmcp's macros: those build a router for
//! each call, and call a list public that may differ between people.

use std::{borrow::Cow, fmt, sync::Arc};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, CompleteRequestParams,
        CompleteResult, CompletionInfo, ContentBlock, CustomRequest, CustomResult, ErrorCode,
        GetPromptRequestParams, GetPromptResponse, Implementation, JsonObject, ListPromptsResult,
        ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
        PromptsCapability, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
        Reference, ResourcesCapability, ServerCapabilities, ServerConfig, SubscribeRequestParams,
        SubscriptionFilter, Tool, UnsubscribeRequestParams,
    },
    service::{RequestContext, SubscriptionContext},
};
use serde_json::{Map, Value};
use spotify_api::Regime;

use crate::{
    dispatch::{Answer, Caller, Door},
    failure::{Code, Failure},
    offer::{
        Context, Offer, Offered, completions::TYPED, paging::page, resources::URI,
        templates::matched,
    },
    sanitise,
    tools::{self, Selection},
};

mod rounds;
pub(crate) mod watching;

use rounds::{Answers, Round};
use watching::Watches;

/// The protocol versions that are served, oldest first.
pub const PROTOCOL_VERSIONS: &[ProtocolVersion] =
    &[ProtocolVersion::V_2025_06_18, ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28];

/// The methods that there are, and whose parameters may not fit.
const METHODS: &[&str] = &[
    "completion/complete",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "server/discover",
    "subscriptions/listen",
    "tools/call",
    "tools/list",
];

/// Those that there are up to 2025-11-25 only.
const EARLIER_METHODS: &[&str] =
    &["initialize", "ping", "resources/subscribe", "resources/unsubscribe"];

/// How long a client may keep a list, in milliseconds: none changes in a process.
const LIST_TTL_MS: u64 = 3_600_000;

/// Answers a client for one profile. Cheap to clone: a clone answers another client.
pub struct Server {
    door: Arc<Door>,
    offer: Arc<Offer>,
    /// What this client watches.
    watches: Watches,
}

impl Clone for Server {
    fn clone(&self) -> Self {
        let (door, offer) = (Arc::clone(&self.door), Arc::clone(&self.offer));
        Self { door, offer, watches: Watches::default() }
    }
}

impl Server {
    /// Answers with an offer, for as long as it lives.
    pub(crate) fn new(door: Arc<Door>, offer: Offer) -> Self {
        Self { door, offer: Arc::new(offer), watches: Watches::default() }
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
        ServerConfig::new(capabilities(&self.offer))
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

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let (page, next) = page(&self.offer.resources, request.as_ref(), |one| &one.listed)?;
        let mut list = ListResourcesResult::with_all_items(page)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private);
        list.next_cursor = next;
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let (page, next) = page(&self.offer.templates, request.as_ref(), |one| &one.listed)?;
        let mut list = ListResourceTemplatesResult::with_all_items(page)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private);
        list.next_cursor = next;
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let ReadResourceRequestParams { uri, input_responses, request_state, .. } = request;
        let answers = Answers { responses: input_responses, ticket: request_state };
        let arguments = |mut variables: Map<String, Value>| {
            variables.insert(URI.to_owned(), uri.as_str().into());
            variables
        };
        let direct = self.offer.resources.iter().find(|resource| resource.listed.uri == uri);
        let round = if let Some(resource) = direct {
            self.call(resource, arguments(Map::new()), answers, context).await?
        } else {
            let mut templates = self.offer.templates.iter();
            let found =
                templates.find_map(|one| Some((one, matched(&one.listed.uri_template, &uri)?)));
            let Some((template, variables)) = found else {
                let problem = "there is no such resource";
                return Err(ErrorData::resource_not_found(problem, Some(watching::data(&uri))));
            };
            self.call(template, arguments(variables), answers, context).await?
        };
        Ok(match round {
            Round::Asks(questions) => questions.into(),
            Round::Answered(answer) => {
                let mut result = answer.result.map_err(|failure| error(&failure, Some(&uri)))?;
                result.ttl_ms.get_or_insert(0);
                result.with_cache_scope(CacheScope::Private).into()
            }
        })
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let (page, next) = page(&self.offer.prompts, request.as_ref(), |one| &one.listed)?;
        let mut list = ListPromptsResult::with_all_items(page)
            .with_ttl_ms(LIST_TTL_MS)
            .with_cache_scope(CacheScope::Private);
        list.next_cursor = next;
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let prompt = self.offer.prompts.iter().find(|prompt| prompt.listed.name == request.name);
        let prompt = prompt.ok_or_else(|| {
            let name = sanitise::line(&request.name, 64);
            ErrorData::invalid_params(format!("there is no prompt `{name}`"), None)
        })?;
        let answers = Answers { responses: request.input_responses, ticket: request.request_state };
        let arguments = request.arguments.unwrap_or_default();
        Ok(match self.call(prompt, arguments, answers, context).await? {
            Round::Asks(questions) => questions.into(),
            Round::Answered(answer) => {
                answer.result.map_err(|failure| error(&failure, None))?.into()
            }
        })
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let (of, known) = match &request.r#ref {
            Reference::Prompt(prompt) => {
                let mut prompts = self.offer.prompts.iter();
                (&prompt.name, prompts.any(|one| one.listed.name == prompt.name))
            }
            Reference::Resource(template) => {
                let mut templates = self.offer.templates.iter();
                (&template.uri, templates.any(|one| one.listed.uri_template == template.uri))
            }
            _ => return Ok(CompleteResult::default()),
        };
        if !known {
            let problem = "there is no such prompt or template";
            return Err(ErrorData::invalid_params(problem, None));
        }
        let completion = self.offer.completions.iter().find(|completion| {
            completion.listed.of == *of && completion.listed.argument == request.argument.name
        });
        let Some(completion) = completion else { return Ok(CompleteResult::default()) };
        let typed = [(TYPED.to_owned(), request.argument.value.into())].into_iter().collect();
        let caller = caller(context);
        match self.call_once(completion, typed, caller).await {
            Ok(values) => Ok(CompleteResult::new(completed(values))),
            Err(failure) => Err(error(&failure, None)),
        }
    }

    #[expect(deprecated, reason = "clients of earlier protocol versions set it")]
    async fn set_level(
        &self,
        _: rmcp::model::SetLevelRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        // Since 2026-07-28 each request names its level.
        if self.offer.logging && !Context::of(context).in_rounds() {
            return Ok(());
        }
        let problem = "there is no method `logging/setLevel`";
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, problem, None))
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.subscribe_to(&request.uri, context.peer)
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.unsubscribe_from(&request.uri);
        Ok(())
    }

    fn accepted_subscription_filter(&self, _: &SubscriptionFilter) -> Option<SubscriptionFilter> {
        let watched = &self.offer.watched;
        (!watched.is_empty())
            .then(|| SubscriptionFilter::builder().resource_subscriptions(watched).build())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        self.tell(context).await
    }

    /// Answers what is no request of the protocol, or has parameters that do not fit.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        let method = request.method.as_str();
        let earlier = EARLIER_METHODS.contains(&method) && !Context::of(context).in_rounds();
        Err(if earlier || METHODS.contains(&method) {
            ErrorData::invalid_params("the parameters do not fit the method", None)
        } else {
            let method = sanitise::line(method, 64);
            ErrorData::new(
                ErrorCode::METHOD_NOT_FOUND,
                format!("there is no method `{method}`"),
                None,
            )
        })
    }
}

/// Tells what an offer has, for clients to know what to ask for.
fn capabilities(offer: &Offer) -> ServerCapabilities {
    let mut capabilities = ServerCapabilities::builder().enable_tools().build();
    if !offer.resources.is_empty() || !offer.templates.is_empty() {
        let mut resources = ResourcesCapability::default();
        resources.subscribe = (!offer.watched.is_empty()).then_some(true);
        capabilities.resources = Some(resources);
    }
    if !offer.prompts.is_empty() {
        capabilities.prompts = Some(PromptsCapability::default());
    }
    if !offer.completions.is_empty() {
        capabilities.completions = Some(JsonObject::default());
    }
    if offer.logging {
        capabilities.logging = Some(JsonObject::default());
    }
    capabilities
}

/// Returns as many values as an answer may hold.
fn completed(mut values: Vec<String>) -> CompletionInfo {
    let total = u32::try_from(values.len()).ok();
    let more = values.len() > CompletionInfo::MAX_VALUES;
    values.truncate(CompletionInfo::MAX_VALUES);
    CompletionInfo::with_pagination(values, total, more).unwrap_or_default()
}

/// Makes an error of a failure, where a result has no room for it.
fn error(failure: &Failure, uri: Option<&str>) -> ErrorData {
    let code = match failure.code {
        Code::InvalidArguments => ErrorCode::INVALID_PARAMS,
        Code::NotFound => ErrorCode::RESOURCE_NOT_FOUND,
        _ => ErrorCode::INTERNAL_ERROR,
    };
    let mut data = serde_json::to_value(failure).unwrap_or_default();
    if let (Some(data), Some(uri)) = (data.as_object_mut(), uri) {
        data.insert(URI.to_owned(), uri.into());
    }
    ErrorData::new(code, format!("{}. {}", failure.message, failure.next_step), Some(data))
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
