//! One live server per data folder: whoever holds the lock serves, the others use its address and take over,
//! on the same port, when it ends.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use tokio::net::{TcpListener, TcpSocket};

use crate::catalog::Catalog;
use crate::engine::{CallLog, Engine};
use crate::error::SandboxError;
use crate::files::Folder;
use crate::{Endpoint, Options, load, load_sound, server};

/// So many connections may wait to be accepted; whoever finds no place tries again only seconds later.
const BACKLOG: u32 = 4096;

/// So long whoever holds a world may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who serves, as `server.json` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Serving {
    pid: u32,
    port: u16,
    world: PathBuf,
}

/// Uses the live server of the data folder if there is one, else starts one on a thread of its own. Ready when
/// it returns; the server lives as long as this process.
pub fn attach(options: &Options) -> Result<Endpoint, SandboxError> {
    let Some(folder) = &options.data else {
        return host(options, None, options.port);
    };
    let folder = &Folder::open(folder)?;
    let patience = Instant::now() + PATIENCE;
    loop {
        let lock = lock_file(folder)?;
        match lock.try_lock() {
            Ok(()) => {
                if options.reset {
                    folder.remove("world.jsonl")?;
                }
                return host(options, Some(lock), options.port);
            }
            Err(TryLockError::Error(error)) => return Err(SandboxError::file(folder.at("lock"))(error)),
            Err(TryLockError::WouldBlock) => {}
        }
        // one that was stopped still takes connections, and answers none
        let stopped = serving(folder).filter(|serving| is_stopped(serving.pid));
        if let Some(Serving { pid, port, .. }) = stopped {
            let hint = format!("let it go on (`kill -CONT {pid}`) or end it, then try again");
            return Err(SandboxError::Silent { pid, port, why: "it was stopped", hint });
        }
        let serving_now = serving(folder).filter(|serving| answers(serving.port));
        if let Some(serving) = serving_now
            && let Some(endpoint) = join(options, lock, &serving, patience)?
        {
            return Ok(endpoint);
        }
        if Instant::now() > patience {
            let (pid, port) = serving(folder).map_or((0, 0), |serving| (serving.pid, serving.port));
            let hint = format!("end process {pid}, then try again");
            return Err(SandboxError::Silent { pid, port, why: "it does not answer", hint });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A world with which something is wrong, served all the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Glimpse {
    /// Where it is served.
    pub endpoint: Endpoint,
    /// Something of what is provisioned is not there.
    pub lacks_some: bool,
}

/// Serves, to this process alone, all that is sound in a world with which something is wrong: for whoever only says what else is.
/// What is kept is read, and nothing of it is changed.
pub fn glance(options: &Options) -> Result<Glimpse, SandboxError> {
    let catalog = load_sound(&options.world, &options.reader)?;
    let lacks_some = catalog.lacks_some;
    let kept = options.data.as_deref().filter(|folder| folder.is_dir());
    let folder = kept.map(Folder::open).transpose()?;
    let endpoint = Endpoint {
        url: String::new(),
        account_id: catalog.account_id.clone(),
        region: catalog.region.clone(),
        time_scale: catalog.time_scale,
        owned: true,
    };
    let engine = Engine::glancing(catalog, folder.as_ref(), server::wall())?;
    let runtime = runtime()?;
    let listener = {
        let _inside = runtime.enter();
        listen(0, None)?
    };
    let port = listener.local_addr().map_err(|source| SandboxError::Listen { port: 0, source })?.port();
    std::thread::spawn(move || {
        let _ = runtime.block_on(server::accept(listener, Arc::new(Mutex::new(engine))));
    });
    Ok(Glimpse { endpoint: Endpoint { url: url(port), ..endpoint }, lacks_some })
}

/// Serves until SIGINT or SIGTERM; `ready` is told the address first.
pub fn serve(options: &Options, ready: &mut dyn FnMut(&Endpoint)) -> Result<(), SandboxError> {
    let wait = signals()?;
    let endpoint = attach(options)?;
    banner(&endpoint, options);
    ready(&endpoint);
    // the sender's end says that no signal can come any more
    let _ = wait.recv();
    Ok(())
}

fn signals() -> Result<mpsc::Receiver<()>, SandboxError> {
    use tokio::signal::unix::{SignalKind, signal};
    let (tell, wait) = mpsc::channel();
    let runtime = runtime()?;
    let error = || SandboxError::file("signals");
    let (mut interrupt, mut terminate) = {
        let _inside = runtime.enter();
        (signal(SignalKind::interrupt()).map_err(error())?, signal(SignalKind::terminate()).map_err(error())?)
    };
    std::thread::spawn(move || {
        runtime.block_on(async {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        });
        let _ = tell.send(());
    });
    Ok(wait)
}

fn banner(endpoint: &Endpoint, options: &Options) {
    let role = if endpoint.owned { "serving" } else { "standing by; another process is serving" };
    let kept = options.data.as_ref().map_or("memory only".to_owned(), |folder| folder.display().to_string());
    let Endpoint { url, account_id, region, time_scale, .. } = endpoint;
    let text = format!(
        "provisor sandbox: a SIMULATED AWS Service Catalog, {role} {} at {url}\n\
         account {account_id}, region {region}, {time_scale} simulated seconds per second; world in {kept}\n\
         nothing here reaches AWS; put no real secrets into it\n",
        options.world.display()
    );
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Becomes the server.
fn host(options: &Options, lock: Option<File>, port: u16) -> Result<Endpoint, SandboxError> {
    let folder = options.data.as_deref().map(Folder::open).transpose()?.map(Arc::new);
    let last = folder.as_deref().and_then(withdraw);
    let catalog = load(&options.world, &options.reader)?;
    let (account_id, region) = (catalog.account_id.clone(), catalog.region.clone());
    let time_scale = catalog.time_scale;
    let engine =
        Engine::open(catalog, folder.as_deref(), call_log(options, folder.as_ref())?, server::wall())?;
    let runtime = runtime()?;
    let listener = {
        let _inside = runtime.enter();
        listen(port, last)?
    };
    let port = listener.local_addr().map_err(|source| SandboxError::Listen { port, source })?.port();
    if let Some(folder) = &folder {
        // others may stand in another folder
        let world = std::path::absolute(&options.world).unwrap_or_else(|_| options.world.clone());
        announce(folder, &Serving { pid: std::process::id(), port, world })?;
    }
    std::thread::spawn(move || {
        let _lock = lock;
        let _ = runtime.block_on(server::accept(listener, Arc::new(Mutex::new(engine))));
    });
    Ok(Endpoint { url: url(port), account_id, region, time_scale, owned: true })
}

/// Uses another process's server and waits to take its place; `None` where it has just ended.
fn join(
    options: &Options,
    lock: File,
    serving: &Serving,
    patience: Instant,
) -> Result<Option<Endpoint>, SandboxError> {
    let (pid, port) = (serving.pid, serving.port);
    let busy = |why: String, hint: String| SandboxError::Busy { pid, port, why, hint };
    if options.reset {
        let hint = format!("end it first, or `curl -X POST {}/_sandbox/reset`", url(port));
        return Err(busy("the world cannot be reset meanwhile".to_owned(), hint));
    }
    if options.port != 0 && options.port != port {
        let hint = format!("use port {port} or leave the port out, or end process {pid} first");
        return Err(busy(format!("port {} cannot be had", options.port), hint));
    }
    if !same(&serving.world, &options.world) {
        let hint = "two world files cannot share a data folder: rename or move one of them".to_owned();
        return Err(busy(format!("its world is `{}`", serving.world.display()), hint));
    }
    let catalog = load(&options.world, &options.reader)?;
    match ask_to_reload(port, patience) {
        Ok(None) => {}
        Ok(Some(why)) => return Err(busy(why, format!("end process {pid}, then try again"))),
        Err(_) => return Ok(None),
    }
    let owned = pid == std::process::id();
    if !owned {
        let standby = options.clone();
        std::thread::spawn(move || {
            if lock.lock().is_ok() {
                // nobody is left to tell if this fails; clients see a refused connection
                let _ = host(&standby, Some(lock), port);
            }
        });
    }
    let Catalog { account_id, region, time_scale, .. } = catalog;
    Ok(Some(Endpoint { url: url(port), account_id, region, time_scale, owned }))
}

/// The server takes up what the world file says now; that does nothing if it is what it has read. Gives why it cannot.
fn ask_to_reload(port: u16, patience: Instant) -> std::io::Result<Option<String>> {
    let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    let left = patience.saturating_duration_since(Instant::now());
    stream.set_read_timeout(Some(left.max(Duration::from_millis(100))))?;
    let head =
        "POST /_sandbox/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    // cut off: it ended while it answered
    let ended = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(ended)?;
    // 404 is a server of an earlier version: it goes on with what it has read
    if [" 200 ", " 404 "].iter().any(|status| head.get(8..13) == Some(status)) {
        return Ok(None);
    }
    let said: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let message = said.as_ref().and_then(|said| said.get("message")?.as_str());
    Ok(Some(format!("it cannot read its world again: {}", message.unwrap_or(head))))
}

fn same(one: &Path, other: &Path) -> bool {
    one == other
        || std::fs::canonicalize(one).ok().is_some_and(|one| std::fs::canonicalize(other).ok() == Some(one))
}

fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn runtime() -> Result<tokio::runtime::Runtime, SandboxError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(SandboxError::file("tokio"))
}

/// The port that is asked for, else the one that this folder's server had last, else any.
fn listen(port: u16, last: Option<u16>) -> Result<TcpListener, SandboxError> {
    let bind = |port: u16| {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        socket.listen(BACKLOG)
    };
    if port == 0 {
        let again = last.and_then(|last| bind(last).ok());
        return again.map_or_else(|| bind(0), Ok).map_err(|source| SandboxError::Listen { port, source });
    }
    // the process that had it may be gone for less than a moment
    let patience = Instant::now() + Duration::from_secs(2);
    loop {
        match bind(port) {
            Ok(listener) => return Ok(listener),
            Err(source) if Instant::now() > patience => return Err(SandboxError::Listen { port, source }),
            Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
}

fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_millis(500)).is_ok()
}

/// Whether a process was stopped by a signal or a debugger; not where the system does not tell.
fn is_stopped(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // its name comes first, in parentheses, and may hold anything
    let state = status.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| ['T', 't'].contains(&state))
}

fn lock_file(folder: &Folder) -> Result<File, SandboxError> {
    // two that make it at once: the second one finds it
    folder.file("lock", OFlags::WRONLY).or_else(|_| folder.file("lock", OFlags::WRONLY))
}

fn serving(folder: &Folder) -> Option<Serving> {
    serde_json::from_slice(&folder.read("server.json").ok()??).ok()
}

/// Takes back what a server before us announced, so that nobody is sent to whoever has its port by now. Gives
/// that port.
fn withdraw(folder: &Folder) -> Option<u16> {
    let last = serving(folder)?.port;
    let _ = folder.remove("server.json");
    Some(last)
}

/// Replaces `server.json` as a whole, so that nobody reads half of it.
fn announce(folder: &Folder, serving: &Serving) -> Result<(), SandboxError> {
    let text = serde_json::to_vec(serving).unwrap_or_default();
    folder.replace("server.json", |mut file| file.write_all(&text)).map(drop)
}

/// The log that is asked for is only ever added to; our own starts anew when it has grown large.
fn call_log(options: &Options, folder: Option<&Arc<Folder>>) -> Result<CallLog, SandboxError> {
    if let Some(path) = &options.log {
        return CallLog::endless(path).map_err(SandboxError::file(path));
    }
    folder.map_or_else(|| Ok(CallLog::default()), |folder| CallLog::bounded(Arc::clone(folder)))
}
