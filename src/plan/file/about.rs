//! What a saved plan says beside its steps: when and by whom it was made, and what it was made with. It stands under the
//! signature, and outside the fingerprint.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::form::{Form, mirror};
use super::words::Author;
use crate::declare::{Access, Location};
use crate::model::access::AccessLevel;
use crate::model::ids::LocationName;
use crate::model::secret::DigestKey;
use crate::model::time::{Timestamp, duration};
use crate::plan::{self, Plan};

/// Clocks of two machines are never quite alike: so far ahead a plan may be.
const AHEAD: Duration = Duration::from_secs(60);

/// How a location is reached: the settings' words for it, and what they say.
pub type Route = BTreeMap<String, String>;

/// What a saved plan says beside its steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// When it was made, by the clock of the machine that made it.
    pub at: Timestamp,
    /// Who made it.
    pub by: Option<crate::state::Author>,
    /// Somebody said that its refused steps are left out, and the others done.
    pub skips_refused: bool,
    /// What `--max-terminate` allowed: it raised the guard of whoever made the plan.
    pub max_terminate: Option<String>,
    /// It was made for `destroy`, which no guard holds that nobody wrote.
    pub destroys: bool,
    /// Values that the settings are written with: without them the state and the locations would not be found.
    pub variables: BTreeMap<String, String>,
    /// How the locations of its steps were reached.
    pub routes: BTreeMap<LocationName, Route>,
}

mirror!(struct AboutDto of plan::file::About {
    at: i64,
    by: Option<Author>,
    skips_refused: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_terminate: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    destroys: bool,
    variables: BTreeMap<String, String>,
    routes: Routes,
});

/// Locations by name.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Routes(BTreeMap<String, Route>);

impl Form<Routes> for BTreeMap<LocationName, Route> {
    fn write(&self) -> Routes {
        Routes(self.iter().map(|(name, route)| (name.to_string(), route.clone())).collect())
    }
    fn read(Routes(file): Routes) -> Self {
        file.into_iter().map(|(name, route)| (LocationName::new(name), route)).collect()
    }
}

/// Why a saved plan is not carried out any more, though nothing that it is about has moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfTime {
    /// It is older than it may be.
    #[error("the saved plan has expired: it was made {} ago, and may be {} old", duration(*.age), duration(*.may_be))]
    Expired {
        /// How old it is.
        age: Duration,
        /// How old it may be.
        may_be: Duration,
    },
    /// It was made later than now.
    #[error("the saved plan was made in the future: {} from now, by this machine's clock", duration(*.ahead))]
    Future {
        /// How far in the future.
        ahead: Duration,
    },
}

impl About {
    /// How old the plan is.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Duration {
        now.since(self.at)
    }

    /// Whether the plan may still be carried out, by the clock of this machine.
    ///
    /// # Errors
    /// [`OutOfTime`]
    pub fn in_time(&self, now: Timestamp, may_be: Duration) -> Result<(), OutOfTime> {
        let (age, ahead) = (self.age(now), self.at.since(now));
        if ahead > AHEAD {
            return Err(OutOfTime::Future { ahead });
        }
        if age > may_be { Err(OutOfTime::Expired { age, may_be }) } else { Ok(()) }
    }

    /// What has been changed of the way to its locations since: the location's name, and which word of the settings.
    #[must_use]
    pub fn detours(
        &self,
        locations: &BTreeMap<LocationName, Location>,
        key: &DigestKey,
    ) -> Vec<(LocationName, String)> {
        let mut moved = Vec::new();
        for (name, then) in &self.routes {
            let Some(location) = locations.get(name) else {
                moved.push((name.clone(), "the settings do not name it any more".to_owned()));
                continue;
            };
            let now = route(location, key);
            let words: std::collections::BTreeSet<&String> = then.keys().chain(now.keys()).collect();
            let changed = words.into_iter().filter(|word| then.get(*word) != now.get(*word));
            moved.extend(changed.map(|word| (name.clone(), detour(word, then.get(word), now.get(word)))));
        }
        moved
    }
}

fn detour(word: &str, then: Option<&String>, now: Option<&String>) -> String {
    let text = |value: Option<&String>| match value {
        // a digest says nothing to anybody
        Some(_) if word == EXTERNAL_ID => "another".to_owned(),
        Some(value) => format!("`{value}`"),
        None if word == ACCESS_LEVEL => format!("`{}`", AccessLevel::Account),
        None => "none".to_owned(),
    };
    format!("its `{word}` is {} now, and was {} when the plan was made", text(now), text(then))
}

/// How the locations of a plan's steps are reached.
#[must_use]
pub fn routes(
    plan: &Plan,
    locations: &BTreeMap<LocationName, Location>,
    key: &DigestKey,
) -> BTreeMap<LocationName, Route> {
    let names = plan.steps.iter().map(|step| &step.address.location);
    let known = names.filter_map(|name| locations.get(name));
    known.map(|location| (location.name.clone(), route(location, key))).collect()
}

const ACCESS_LEVEL: &str = "access_level";

/// Part of a trust policy, and as good as a password to some.
const EXTERNAL_ID: &str = "external_id";

fn route(location: &Location, key: &DigestKey) -> Route {
    let mut route = Route::new();
    // left out where it is what holds where nobody says it, as in files from before it could be said
    if !location.access_level.sees_all() {
        route.insert(ACCESS_LEVEL.to_owned(), location.access_level.to_string());
    }
    let mut say = |word: &str, value: Option<&String>| {
        route.extend(value.map(|value| (word.to_owned(), value.clone())));
    };
    match &location.access {
        Access::Aws { profile, role, endpoint_url, .. } => {
            say("profile", profile.as_ref());
            say("endpoint_url", endpoint_url.as_ref());
            if let Some(role) = role {
                say("role_arn", Some(&role.arn));
                say("session_name", role.session_name.as_ref());
                let digest =
                    role.external_id.as_ref().map(|id| key.sign(&[EXTERNAL_ID.as_bytes(), id.as_bytes()]));
                say(EXTERNAL_ID, digest.as_ref());
            }
        }
        Access::Sandbox { file } => say("sandbox", Some(file)),
        Access::Unknown => {}
    }
    route
}
