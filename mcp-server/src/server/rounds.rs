//! Calls that have to ask something first, in the way of each protocol version.

use rmcp::{
    ErrorData, Peer, RoleServer,
    model::{InputRequest, InputRequests, InputRequiredResult, InputResponses},
    service::{RequestContext, ServiceError},
};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Server, caller};
use crate::{
    dispatch::{
        Answer, Caller,
        confirming::Stage,
        tickets::{Exactly, PATIENCE, State},
    },
    failure::Failure,
    offer::{Offered, Questions, Reply},
};

/// How often a call may ask before the server takes it for a loop.
const MOST: usize = 8;

/// What came with a call that brings answers.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub(super) responses: Option<InputResponses>,
    pub(super) ticket: Option<String>,
}

/// How a call ended.
pub(super) enum Round<T> {
    /// With an answer.
    Answered(Answer<T>),
    /// With questions, for the client to call again.
    Asks(InputRequiredResult),
}

impl Server {
    /// Calls a thing on offer and asks what it has to know.
    pub(super) async fn call<L, T: 'static>(
        &self,
        offered: &Offered<L, T>,
        arguments: Map<String, Value>,
        answers: Answers,
        request: RequestContext<RoleServer>,
    ) -> Result<Round<T>, ErrorData> {
        let exactly = || Exactly::of(offered.name, &arguments);
        let state = match &answers.ticket {
            None => State::default(),
            Some(ticket) => self.door.redeem(ticket, exactly()).ok_or_else(|| {
                ErrorData::invalid_params(
                    "the requestState is used up, too old, or not of this call: call again without it",
                    None,
                )
            })?,
        };
        let mut caller = caller(request);
        caller.context = caller.context.answered(answers.responses.unwrap_or_default(), state);
        for _ in 0..MOST {
            let answer = self.door.call(offered, &arguments, &caller).await;
            let Answer { result, unrecorded } = answer;
            let questions = match result {
                Ok(Reply::Ask(questions)) => questions,
                Ok(Reply::Done(done)) => {
                    return Ok(Round::Answered(Answer { result: Ok(done), unrecorded }));
                }
                Err(failure) => {
                    return Ok(Round::Answered(Answer { result: Err(failure), unrecorded }));
                }
            };
            if let Some(lacking) = questions.lacking(&caller.context.capabilities()) {
                return Err(ErrorData::missing_required_client_capability(lacking));
            }
            let Questions { requests, state: of_act, confirms } = questions;
            let stage = match caller.context.stage() {
                _ if confirms => Stage::Asked,
                // An act that asks was let through.
                Stage::Asked | Stage::Given => Stage::Given,
                Stage::Open => Stage::Open,
            };
            let state = State { stage, of_act };
            if caller.context.in_rounds() {
                let ticket = (state != State::default()).then(|| self.door.issue(exactly(), state));
                return Ok(Round::Asks(InputRequiredResult::new(Some(requests), ticket)));
            }
            match ask(requests, &caller).await {
                Ok(responses) => caller.context = caller.context.answered(responses, state),
                Err(failure) => {
                    let answer = Answer { result: Err(failure), unrecorded: false };
                    return Ok(Round::Answered(answer));
                }
            }
        }
        Ok(Round::Answered(Answer { result: Err(Failure::internal()), unrecorded: false }))
    }
}

impl Server {
    /// Calls a thing on offer that cannot ask.
    pub(super) async fn call_once<L, T: 'static>(
        &self,
        offered: &Offered<L, T>,
        arguments: Map<String, Value>,
        caller: Caller,
    ) -> Result<T, Failure> {
        match self.door.call(offered, &arguments, &caller).await.result? {
            Reply::Done(done) => Ok(done),
            Reply::Ask(_) => Err(Failure::internal()),
        }
    }
}

/// Asks a client during the call, as up to 2025-11-25.
async fn ask(requests: InputRequests, caller: &Caller) -> Result<InputResponses, Failure> {
    let Some(request) = caller.context.request() else { return Err(Failure::internal()) };
    let mut responses = InputResponses::new();
    for (key, question) in requests {
        let answer = tokio::select! {
            biased;
            () = caller.cancelled.cancelled() => return Err(Failure::cancelled()),
            answer = tokio::time::timeout(PATIENCE, put(&request.peer, question)) => answer,
        };
        match answer {
            Ok(Ok(answer)) => responses.insert(key, answer),
            Ok(Err(error)) => {
                tracing::info!(%error, "the client does not answer a question");
                return Err(Failure::unanswered());
            }
            Err(_) => return Err(Failure::unanswered()),
        };
    }
    Ok(responses)
}

/// Puts one question to a client.
async fn put(peer: &Peer<RoleServer>, question: InputRequest) -> Result<Value, ServiceError> {
    match question {
        InputRequest::Elicitation(request) => {
            answer(peer.create_elicitation(request.params).await?)
        }
        #[expect(deprecated, reason = "clients of earlier protocol versions are asked like this")]
        InputRequest::CreateMessage(request) => answer(peer.create_message(request.params).await?),
        #[expect(deprecated, reason = "clients of earlier protocol versions are asked like this")]
        InputRequest::ListRoots(_) => answer(peer.list_roots().await?),
        _ => Err(ServiceError::UnexpectedResponse),
    }
}

fn answer(answer: impl Serialize) -> Result<Value, ServiceError> {
    serde_json::to_value(answer).map_err(|_| ServiceError::UnexpectedResponse)
}
