//! Ctrl-C and SIGTERM: the first asks the run to stop, the second ends the process. Nothing is lost either way: what
//! is in flight was written down before it was sent.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::exit::Exit;
use crate::apply::Wake;

/// Whether somebody wants the run to stop.
#[derive(Clone, Default)]
pub struct Signals {
    stopped: Arc<(Mutex<bool>, Condvar)>,
}

impl Signals {
    /// Listens from now on, on a thread of its own.
    #[must_use]
    pub fn listen() -> Self {
        let signals = Self::default();
        let heard = signals.clone();
        std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                return;
            };
            runtime.block_on(async {
                if next().await.is_ok() {
                    heard.stop();
                    if next().await.is_ok() {
                        std::process::exit(Exit::Pending as i32);
                    }
                }
            });
        });
        signals
    }

    fn stop(&self) {
        *self.stopped.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stopped.1.notify_all();
    }

    /// Sleeps; a signal ends the sleep.
    #[must_use]
    pub fn wait(&self, time: Duration) -> Wake {
        let stopped = self.stopped.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (stopped, _) = self
            .stopped
            .1
            .wait_timeout_while(stopped, time, |stopped| !*stopped)
            .unwrap_or_else(PoisonError::into_inner);
        if *stopped { Wake::Stop } else { Wake::Tick }
    }
}

async fn next() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
    Ok(())
}
