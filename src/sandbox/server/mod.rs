//! HTTP on loopback: who may speak, which protocol is meant, and connections that end without an answer.

mod guard;
mod route;

use std::convert::Infallible;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::sandbox::clock::Millis;
use crate::sandbox::engine::Engine;

/// The most bytes a request's body may have; what goes beyond is read, up to a point, so that the client hears why.
const BODY_LIMIT: usize = 16 << 20;
const PATIENCE: usize = 256 << 20;
/// The most connections at a time.
const CONNECTIONS: usize = 1024;

/// An engine that connections share.
pub(crate) type Shared = Arc<Mutex<Engine>>;

/// Accepts connections until the task is dropped.
pub(crate) async fn accept(listener: TcpListener, engine: Shared) -> std::io::Result<Infallible> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            continue;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let engine = Arc::clone(&engine);
                tokio::spawn(async move {
                    converse(stream, engine).await;
                    drop(place);
                });
            }
            // out of file descriptors, most likely: those in use will be free soon
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn converse(stream: TcpStream, engine: Shared) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(request, Arc::clone(&engine)));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(300));
    // an error here is a client that went away, or an answer dropped on purpose
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

/// The connection ends and nothing is sent.
#[derive(Debug, thiserror::Error)]
#[error("dropped by a fault of the sandbox")]
struct Dropped;

async fn answer(request: Request<Incoming>, engine: Shared) -> Result<Response<Full<Bytes>>, Dropped> {
    let (head, body) = request.into_parts();
    let wall = wall();
    let body = match tokio::time::timeout(Duration::from_secs(60), collected(body)).await {
        Ok(Some(body)) if body.len() <= BODY_LIMIT => body,
        Ok(Some(_)) => return Ok(guard::too_large()),
        Ok(None) | Err(_) => return Err(Dropped),
    };
    let mut engine = engine.lock().unwrap_or_else(PoisonError::into_inner);
    route::answer(&head, &body, &mut engine, wall).ok_or(Dropped)
}

/// The whole body, or a little more than it may have; nothing if it does not come as it should.
async fn collected(mut body: Incoming) -> Option<Bytes> {
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        seen += data.len();
        if kept.len() <= BODY_LIMIT {
            kept.extend_from_slice(&data);
        }
        if seen > PATIENCE {
            return None;
        }
    }
    Some(Bytes::from(kept))
}

/// Wall time.
pub(crate) fn wall() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}
