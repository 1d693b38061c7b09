//! Ctrl-C and SIGTERM: the first asks the run to stop, the second ends the process. Nothing is lost either way: what
//! is in flight was written down before it was sent. A hang-up is one of them, unless `nohup` had it ignored.

use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::future::select_all;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::edge::Edge;
use super::exit::Exit;
use super::process;
use crate::apply::Wake;
use crate::report::events::DrawnRows;

/// Whether somebody wants the run to stop.
#[derive(Clone, Default)]
pub struct Signals {
    heard: Arc<(Mutex<Heard>, Condvar)>,
    /// What is on the screen, to be taken away by whoever ends the process.
    drawn: Arc<Mutex<DrawnRows>>,
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

    /// What is drawn from now on is not left behind by the second signal.
    pub fn take_away(&self, drawn: &DrawnRows) {
        *self.drawn.lock().unwrap_or_else(PoisonError::into_inner) = drawn.clone();
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
            let Ok(mut signals) = listeners() else { return };
            while next(&mut signals).await {
                let heard = *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner);
                match heard {
                    Heard::AtRest => std::process::exit(Exit::Error as i32),
                    Heard::Running => self.turn(Heard::Stopped),
                    Heard::Stopped => {
                        if let Some(wiping) =
                            self.drawn.lock().unwrap_or_else(PoisonError::into_inner).close()
                        {
                            Edge::draw(&wiping);
                        }
                        std::process::exit(Exit::Pending as i32)
                    }
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

/// What asks a run to stop, made once so that none is missed. Who started us may have had a signal ignored, as `nohup` does
/// with a hang-up and a script's `&` with an interrupt: it stays ignored.
fn listeners() -> std::io::Result<Vec<Signal>> {
    let ignored = process::ignored_signals();
    let asked = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    asked.into_iter().filter(|kind| !ignored.contains(&kind.as_raw_value())).map(signal).collect()
}

/// Waits for the next of them; false where there is none to wait for.
async fn next(signals: &mut [Signal]) -> bool {
    if signals.is_empty() {
        return false;
    }
    let each = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    select_all(each).await.0.is_some()
}
