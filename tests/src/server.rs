//! Joins the state to the sockets: reads requests, keeps the journal, carries out faults.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request as HttpRequest, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use futures_util::stream;
use tokio::sync::watch;

use crate::{
    accounts, api,
    api::{Refusal, routes},
    control,
    faults::{FaultKind, Target},
    http::{Call, Reply, first},
    journal::{Request, Service, readable},
    listener::{Cut, Loopback},
    traffic::UnderWay,
    world::World,
};

/// The state that both hosts and the simulator's owner share.
#[derive(Debug)]
pub(crate) struct Shared(Mutex<World>);

impl Shared {
    pub(crate) const fn new(world: World) -> Self {
        Self(Mutex::new(world))
    }

    /// Every change of the state happens in one such lock, so requests never see half of another.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// More than any body that a client of the Web API may send.
const BODY_LIMIT: usize = 2 * 1_024 * 1_024;

/// Serves one host until `stop` changes or its sender is gone.
pub(crate) async fn serve(
    listener: Loopback,
    service: Service,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<()>,
) -> io::Result<()> {
    let app = Router::new().fallback(handle).with_state((service, shared));
    axum::serve(listener, app.into_make_service_with_connect_info::<Cut>())
        .with_graceful_shutdown(async move {
            // An error means that the sender is gone, which is a reason to stop as well.
            drop(stop.changed().await);
        })
        .await
}

async fn handle(
    State((service, shared)): State<(Service, Arc<Shared>)>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: HttpRequest,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return whole(&Reply::empty(413));
    };
    let query = head.uri.query().unwrap_or_default();
    let call = Call::new(head.method.as_str(), head.uri.path(), query, head.headers, body.to_vec());
    if let Some(reply) = control::answer(&mut shared.world(), &call) {
        return whole(&reply);
    }
    let operation = operation(service, &call);
    let _under_way = UnderWay::enter(&shared, service, operation);
    let Outcome { reply, delivery, delay } =
        receive(&mut shared.world(), service, operation, &call);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match delivery {
        Delivery::Whole => whole(&reply),
        Delivery::Truncated => truncated(reply),
        Delivery::Nothing => {
            cut.now();
            whole(&reply)
        }
    }
}

/// What leaves the simulator.
#[derive(Debug)]
struct Outcome {
    reply: Reply,
    delivery: Delivery,
    delay: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delivery {
    Whole,
    Truncated,
    Nothing,
}

/// Returns what the journal and the faults call a request.
fn operation(service: Service, call: &Call) -> Option<&'static str> {
    match service {
        Service::Accounts => accounts::operation(call),
        Service::Api => routes::operation(&call.method, &call.segments),
    }
}

/// Answers one request and notes it.
fn receive(
    world: &mut World,
    service: Service,
    operation: Option<&'static str>,
    call: &Call,
) -> Outcome {
    let (method, path) = (call.method.as_str(), call.path.as_str());
    let fault = world.faults.take(&Target { service, method, path, operation });
    let mut outcome = answer(world, service, call, fault);
    if service == Service::Api {
        outcome.delay += world.latency;
    }
    let grant_type = (service == Service::Accounts)
        .then(|| first(&call.form(), "grant_type").map(str::to_owned))
        .flatten();
    let status = if outcome.delivery == Delivery::Nothing { 0 } else { outcome.reply.status };
    world.journal.push(Request {
        service,
        method: call.method.clone(),
        path: call.path.clone(),
        query: readable(&call.query),
        operation,
        grant_type,
        status,
    });
    outcome
}

fn answer(world: &mut World, service: Service, call: &Call, fault: Option<FaultKind>) -> Outcome {
    let mut normal = |delivery, delay| {
        let reply = match service {
            Service::Accounts => accounts::answer(world, call),
            Service::Api => api::answer(world, call),
        };
        Outcome { reply, delivery, delay }
    };
    let instead = |reply| Outcome { reply, delivery: Delivery::Whole, delay: Duration::ZERO };
    match fault {
        None => normal(Delivery::Whole, Duration::ZERO),
        Some(FaultKind::DropAfter) => normal(Delivery::Nothing, Duration::ZERO),
        Some(FaultKind::Truncate) => normal(Delivery::Truncated, Duration::ZERO),
        Some(FaultKind::Delay { milliseconds }) => {
            normal(Delivery::Whole, Duration::from_millis(milliseconds))
        }
        Some(FaultKind::DropBefore) => {
            Outcome { reply: Reply::empty(503), delivery: Delivery::Nothing, delay: Duration::ZERO }
        }
        Some(FaultKind::RateLimited { retry_after }) => {
            instead(Refusal::RateLimited { retry_after }.reply())
        }
        Some(FaultKind::QuotaExceeded { retry_after }) => {
            instead(Refusal::QuotaExceeded { retry_after }.reply())
        }
        Some(FaultKind::ServerError { status }) => instead(Refusal::Unavailable { status }.reply()),
        Some(FaultKind::HtmlError { status }) => {
            let page = "<html><head><title>Error</title></head><body><h1>upstream connect error \
                        or disconnect/reset before headers</h1></body></html>";
            instead(Reply::html(status, page.to_owned()))
        }
        Some(FaultKind::SpuriousUnauthorized) => instead(Refusal::SpuriousUnauthorized.reply()),
        Some(FaultKind::SpuriousForbidden) => instead(Refusal::PremiumRequired.reply()),
        Some(FaultKind::Answer { status, content_type, body }) => {
            let mut reply = Reply::text(status, &body);
            reply.headers = vec![("content-type", content_type)];
            instead(reply)
        }
    }
}

fn whole(reply: &Reply) -> Response {
    response(reply, Body::from(reply.body.clone()))
}

/// Promises the whole body, delivers half of it, and ends the connection.
fn truncated(reply: Reply) -> Response {
    let length = reply.body.len().to_string();
    let half: Vec<u8> = reply.body.bytes().take(reply.body.len() / 2).collect();
    let parts = stream::unfold(Some(half), |state| async move {
        match state {
            Some(half) if !half.is_empty() => Some((Ok(half), Some(Vec::new()))),
            Some(_) => {
                // Gives the server the chance to send what it has before the error discards it.
                tokio::task::yield_now().await;
                Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), None))
            }
            None => None,
        }
    });
    response(&reply.with("content-length", length), Body::from_stream(parts))
}

fn response(reply: &Reply, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &reply.headers {
        // A value that HTTP cannot carry can only come from a fault that a test made up.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(*name, value);
        }
    }
    response
}
