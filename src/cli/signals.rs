//! Ctrl-C and SIGTERM: the first asks the run to stop, the second ends the process. Nothing is lost either way: what
//! is in flight was written down before it was sent.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::exit::Exit;
use crate::apply::Wake;

/// Whether somebody wants the run to stop.
#[derive(Clone, Default)]
pub struct Signals {
    heard: Arc<(Mutex<Heard>, Condvar)>,
}

/// What a signal means, and whether there was one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Heard {
    /// Nothing is under way: the next one ends the process, as if nobody listened.
    #[default]
    AtRest,
    /// Something is under way: the next one asks it to stop.
    Running,
    /// It was asked to stop: the next one ends the process.
    Stopped,
}

/// A process listens once: what a signal does without that is gone from then on.
static SIGNALS: OnceLock<Signals> = OnceLock::new();

impl Signals {
    /// Listens from now on, on a thread of its own.
    #[must_use]
    pub fn listen() -> Self {
        let signals = SIGNALS.get_or_init(|| {
            let signals = Self::default();
            let heard = signals.clone();
            std::thread::spawn(move || heard.hear());
            signals
        });
        signals.turn(Heard::Running);
        signals.clone()
    }

    /// What was under way is over, and nothing is lost if the process ends.
    pub fn rest(&self) {
        self.turn(Heard::AtRest);
    }

    fn hear(&self) {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            while next().await.is_ok() {
                let heard = *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
                match heard {
                    Heard::AtRest => std::process::exit(Exit::Error as i32),
                    Heard::Running => self.turn(Heard::Stopped),
                    Heard::Stopped => std::process::exit(Exit::Pending as i32),
                }
            }
        });
    }

    fn turn(&self, heard: Heard) {
        *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner) = heard;
        self.heard.1.notify_all();
    }

    /// Sleeps; a signal ends the sleep.
    #[must_use]
    pub fn wait(&self, time: Duration) -> Wake {
        let heard = self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (heard, _) = self
            .heard
            .1
            .wait_timeout_while(heard, time, |heard| *heard != Heard::Stopped)
            .unwrap_or_else(PoisonError::into_inner);
        if *heard == Heard::Stopped { Wake::Stop } else { Wake::Tick }
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
