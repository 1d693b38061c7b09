//! HTTP on loopback: who may speak, which protocol is meant, and connections that end without an answer.

mod guard;
mod route;

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

use crate::clock::Millis;
use crate::engine::Engine;

/// The most bytes a request's body may have; what goes beyond is read all the same, so that the client hears why.
const BODY_LIMIT: usize = 16 << 20;
/// How long a body may take to come, and to be given room.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a head may take to come, and how large it may be.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
const HEAD_LIMIT: usize = 64 << 10;
/// What all large bodies together may take while they come, in KiB.
const BODIES: usize = 64 << 10;
/// The most connections at a time.
const CONNECTIONS: usize = 1024;

/// An engine that connections share.
pub(crate) type Shared = Arc<Mutex<Engine>>;

/// Accepts connections until the task is dropped.
pub(crate) async fn accept(listener: TcpListener, engine: Shared) -> std::io::Result<Infallible> {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let bodies = Arc::new(Semaphore::new(BODIES));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            continue;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (engine, bodies) = (Arc::clone(&engine), Arc::clone(&bodies));
                tokio::spawn(async move {
                    converse(stream, engine, bodies).await;
                    drop(place);
                });
            }
            // out of file descriptors, most likely: those in use will be free soon
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn converse(stream: TcpStream, engine: Shared, bodies: Arc<Semaphore>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request, Arc::clone(&engine), Arc::clone(&bodies)));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEAD_PATIENCE).max_buf_size(HEAD_LIMIT);
    // an error here is a client that went away, or an answer dropped on purpose
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

/// The connection ends and nothing is sent.
#[derive(Debug, thiserror::Error)]
#[error("dropped by a fault of the sandbox")]
struct Dropped;

async fn answer(
    request: Request<Incoming>,
    engine: Shared,
    bodies: Arc<Semaphore>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let wall = wall();
    let announced = head.headers.get("content-length").and_then(|value| value.to_str().ok()?.parse().ok());
    if head.headers.contains_key("expect") && announced.is_some_and(|bytes: usize| bytes > BODY_LIMIT) {
        return Ok(guard::too_large());
    }
    // who is not let in is not listened to for long
    if announced.is_none_or(|bytes| bytes > HEAD_LIMIT) && guard::is_refused(&head) {
        let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
        return route::answer(&head, &Bytes::new(), &mut engine, wall).map(guard::last).ok_or(Dropped);
    }
    let until = Instant::now() + PATIENCE;
    let _room = match room(&bodies, announced, until).await {
        Ok(room) => room,
        Err(Crowded) => return Ok(guard::crowded()),
    };
    let body = match collected(body, until).await {
        Ok(body) if body.len() <= BODY_LIMIT => body,
        Ok(_) => return Ok(guard::too_large()),
        Err(Broken) => return Ok(guard::broken()),
    };
    let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
    route::answer(&head, &body, &mut engine, wall).ok_or(Dropped)
}

/// Other bodies took all the room for too long.
struct Crowded;

/// The room for a body. A small one needs none of what all share: who announces much and sends nothing starves nobody.
async fn room(
    bodies: &Semaphore,
    announced: Option<usize>,
    until: Instant,
) -> Result<Option<SemaphorePermit<'_>>, Crowded> {
    if announced.is_some_and(|bytes| bytes <= HEAD_LIMIT) {
        return Ok(None);
    }
    let most = announced.unwrap_or(BODY_LIMIT).min(BODY_LIMIT) / 1024 + 1;
    let room = bodies.acquire_many(u32::try_from(most).unwrap_or(u32::MAX));
    match tokio::time::timeout_at(until, room).await {
        Ok(Ok(room)) => Ok(Some(room)),
        Ok(Err(_)) | Err(_) => Err(Crowded),
    }
}

/// A body that does not come as it should, or not in time.
struct Broken;

/// The whole body, or a little more than it may have.
async fn collected(mut body: Incoming, until: Instant) -> Result<Bytes, Broken> {
    let mut kept = Vec::new();
    loop {
        match tokio::time::timeout_at(until, body.frame()).await {
            Ok(None) => return Ok(Bytes::from(kept)),
            Ok(Some(Ok(frame))) if kept.len() <= BODY_LIMIT => {
                kept.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
            }
            Ok(Some(Ok(_))) => {}
            Ok(Some(Err(_))) | Err(_) if kept.len() > BODY_LIMIT => return Ok(Bytes::from(kept)),
            Ok(Some(Err(_))) | Err(_) => return Err(Broken),
        }
    }
}

/// Wall time.
pub(crate) fn wall() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}
