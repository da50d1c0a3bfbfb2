//! How a tool is called: from raw arguments to a rendered result.

use std::sync::Arc;

use futures_util::future::FutureExt as _;
use jiff::Timestamp;
use rmcp::model::{CallToolResult, ContentBlock};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use spotify_api::{Client, Endpoint, Error, id::SpotifyUri};
use spotify_auth::Clock;

use super::{Schema, Tool, arguments, gather::count};
use crate::{
    account::Account,
    dispatch::operations,
    failure::Cause,
    journal::Change,
    offer::{Context, Prepared, Reply},
};

/// What a tool does with its arguments.
pub(crate) trait Run: Tool + DeserializeOwned + Send + 'static
where
    Self::Output: Text,
{
    /// Returns what the call is about, the thing that a "not found" would mean first.
    fn targets(&self) -> Vec<SpotifyUri> {
        Vec::new()
    }

    /// Returns operations that the call cannot do without. While Spotify's quota closes one of them,
    /// nothing is asked for at all: what was spent before would be lost.
    fn needs(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Acts.
    fn run(self, call: Call) -> impl Future<Output = Result<Self::Output, Cause>> + Send;
}

/// A result as compact text, for a model to read.
pub(crate) trait Text: Serialize + JsonSchema + Send {
    /// Returns the text, which stands alone.
    fn text(&self) -> String;
}

/// What a tool may use.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) account: Arc<Account>,
    pub(crate) clock: Clock,
    /// The side that faces the client: `call.context.progress(done, total, "what").await`.
    pub(crate) context: Context,
}

impl Call {
    /// Returns the client of the Web API.
    pub(crate) async fn client(&self) -> Result<Client, Cause> {
        Ok(self.account.client().await?)
    }

    /// Keeps what it takes to undo a change, and returns its number; the audit log has how many
    /// entries a playlist had and has. A change that was made is told
    /// even where that fails; it just cannot be undone.
    pub(crate) async fn keep(&self, tool: &'static str, change: Change) -> Option<u64> {
        if let Change::Entries { before, after, .. } = &change {
            operations::counted(u64::from(count(before.len())), u64::from(count(after.len())));
        }
        self.account.keep(self.now(), tool, change).await
    }

    /// Refuses what would stop at a quota that is known to be spent.
    pub(crate) async fn affords(&self, needs: &[&'static str]) -> Result<(), Cause> {
        if needs.is_empty() {
            return Ok(());
        }
        let Some((limits, _)) = self.account.limits().await else { return Ok(()) };
        for operation in needs {
            let path = Endpoint::find(operation).map(|endpoint| endpoint.path);
            let until = path.and_then(|path| limits.quotas_exceeded_until.get(path));
            if let Some(until) = until {
                let left = until.duration_since(self.now());
                let retry_after = Some(left.try_into().unwrap_or_default());
                return Err(Error::QuotaExceeded { operation, retry_after }.into());
            }
        }
        Ok(())
    }

    /// Returns the present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Reads arguments by the tool's schema; what is wrong with them is the error.
pub(crate) type Prepare =
    fn(&Schema, Map<String, Value>) -> Result<Prepared<CallToolResult>, String>;

/// Reads the arguments of a tool.
pub(super) fn prepare<T: Run>(
    schema: &Schema,
    arguments: Map<String, Value>,
) -> Result<Prepared<CallToolResult>, String>
where
    T::Output: Text,
{
    let tool: T = arguments::parse(schema, arguments)?;
    Ok(Prepared { targets: tool.targets(), act: Box::new(move |call| act(tool, call).boxed()) })
}

async fn act<T: Run>(tool: T, call: Call) -> Result<Reply<CallToolResult>, Cause>
where
    T::Output: Text,
{
    let (account, targets) = (Arc::clone(&call.account), tool.targets());
    call.affords(&tool.needs()).await?;
    let output = tool.run(call).await.map_err(|cause| mistaken(&account, &targets, cause))?;
    let structured = serde_json::to_value(&output).map_err(|_| Cause::Unwritable)?;
    account.showed(&structured);
    let mut result = CallToolResult::success(vec![ContentBlock::text(output.text())]);
    result.structured_content = Some(structured);
    Ok(Reply::Done(result))
}

/// Says what a wrong id may have been meant to be.
fn mistaken(account: &Account, targets: &[SpotifyUri], cause: Cause) -> Cause {
    if !matches!(cause, Cause::Api(Error::NotFound { .. })) {
        return cause;
    }
    match targets.first().and_then(|target| account.meant(&target.to_string())) {
        Some(meant) => Cause::Mistaken { meant, source: Box::new(cause) },
        None => cause,
    }
}
