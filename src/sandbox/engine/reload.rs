//! The world file, read again while the server runs: what it says now goes for everything that happens from here
//! on. What is provisioned, the counters of faults and the time stay.

use crate::catalog::Catalog;
use crate::clock::Millis;
use crate::error::SandboxError;
use crate::journal::Line;

use super::Engine;

impl Engine {
    /// Takes up the world file as it is on disk; whether there was anything new. On an error all stays as it was.
    pub(super) fn reload(&mut self) -> Result<bool, SandboxError> {
        let fresh = crate::load(&self.catalog.file, &self.catalog.reader)?;
        let changed = fresh.digest != self.catalog.digest;
        if changed {
            self.take_up(fresh);
        }
        Ok(changed)
    }

    fn take_up(&mut self, fresh: Catalog) {
        self.faults.reload(&fresh.faults, &fresh.seed);
        let (old, new) = (&self.catalog.knobs, &fresh.knobs);
        let lags = (old.path_lag_calls, old.launch_role_lag_calls);
        let relaid = lags != (new.path_lag_calls, new.launch_role_lag_calls);
        self.catalog = fresh;
        if relaid {
            for scope in self.locations.keys().cloned().collect::<Vec<_>>() {
                let lags = self.lags();
                self.location(&scope).lags = lags;
            }
        }
    }

    /// The line to keep if the clock has to run at another speed now.
    pub(super) fn rescaled(&mut self, wall: Millis) -> Option<Line> {
        if self.clock.scale() == self.catalog.time_scale {
            return None;
        }
        self.clock.rescale(wall, self.catalog.time_scale);
        Some(Line { at: self.clock.now(wall), clock: Some(self.clock), ..Line::default() })
    }
}
