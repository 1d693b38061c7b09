//! The adapter itself: its locations, its runtime, and how a batch and a single call are run. What is asked stands in
//! `reads`, `offers` and `submit`.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::join_all;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{OnceCell, Semaphore};

use super::clients::Clients;
use super::clock::{CallSink, Listener, ServerClock};
use super::errors::{Call, here, is_skewed, is_throttled};
use super::failures::{action_of, catalog_error};
use super::pacing::{Pace, ROUNDS, pause};
use super::transport::Transport;
use super::{AccessConfig, LocationConfig, Patience};
use crate::{Answers, CallListener, CatalogError, CatalogErrorKind, statement};
use provisor_model::access::AccessLevel;
use provisor_model::endpoint::CatalogKind;
use provisor_model::ids::LocationName;
use provisor_model::time::Timestamp;

/// Calls in flight at one location: enough to hide latency, few enough for one service quota.
const IN_FLIGHT: usize = 16;

/// Service Catalog through the AWS SDK.
#[derive(Debug)]
pub struct AwsCatalog {
    locations: BTreeMap<LocationName, AwsLocation>,
    patience: Patience,
    transport: Transport,
    /// Who is told of calls.
    listener: Option<Arc<dyn CallListener>>,
    handle: Handle,
    /// Taken out at the end only.
    runtime: Option<Runtime>,
}

/// One location, whose clients are made when it is first asked.
#[derive(Debug)]
pub(super) struct AwsLocation {
    pub(super) config: LocationConfig,
    pub(super) clock: Arc<ServerClock>,
    link: OnceCell<Link>,
    gate: Semaphore,
}

/// What a call to one location needs.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) clients: Clients,
    /// Whose provisioned products are asked for.
    pub(super) access_level: AccessLevel,
    clock: Arc<ServerClock>,
    /// What answers for AWS there, as far as its endpoint tells.
    catalog: CatalogKind,
    /// A sandbox has none.
    pace: Option<Pace>,
    scale: f64,
    /// Who is told of its calls.
    told: Option<CallSink>,
}

impl AwsCatalog {
    /// Takes the locations; reads and connects nothing yet.
    ///
    /// # Errors
    /// Two locations of one name, or no threads to be had.
    pub fn new(locations: Vec<LocationConfig>) -> Result<Self, CatalogError> {
        Self::with_patience(locations, Patience::default())
    }

    /// The same, with other time-outs.
    ///
    /// # Errors
    /// As [`AwsCatalog::new`].
    pub fn with_patience(locations: Vec<LocationConfig>, patience: Patience) -> Result<Self, CatalogError> {
        let mut by_name = BTreeMap::new();
        for config in locations {
            let name = config.name.clone();
            if by_name.insert(name.clone(), AwsLocation::new(config)).is_some() {
                let message = format!("location `{name}` is configured twice");
                return Err(here(CatalogErrorKind::Refused, message));
            }
        }
        let runtime =
            Builder::new_multi_thread().worker_threads(2).thread_name("catalog").enable_all().build();
        let runtime = runtime.map_err(|error| {
            here(CatalogErrorKind::NotSent, format!("cannot start the catalog's threads: {error}"))
        })?;
        let handle = runtime.handle().clone();
        Ok(Self {
            locations: by_name,
            patience,
            transport: Transport::default(),
            listener: None,
            handle,
            runtime: Some(runtime),
        })
    }

    /// Tells somebody of every call from here on.
    #[must_use]
    pub fn telling(mut self, listener: Arc<dyn CallListener>) -> Self {
        self.listener = Some(listener);
        self
    }

    pub(super) fn location(&self, name: &LocationName) -> Result<&AwsLocation, CatalogError> {
        self.locations
            .get(name)
            .ok_or_else(|| here(CatalogErrorKind::Refused, format!("there is no location `{name}`")))
    }

    /// Asks for all items, as many at once as each location bears; answers in the items' order.
    pub(super) fn batch<I, T>(
        &self,
        items: &[I],
        place: impl Fn(&I) -> &LocationName,
        ask: impl AsyncFn(&Link, &I) -> Result<T, CatalogError>,
    ) -> Answers<T> {
        let (place, ask) = (&place, &ask);
        self.handle.block_on(join_all(items.iter().map(|item| async move {
            let location = self.location(place(item))?;
            let _turn = location.gate.acquire().await;
            let link = location.link(self).await?;
            // boxed here: an item that still waits for its turn stays small
            Box::pin(ask(link, item)).await
        })))
    }
}

impl Drop for AwsCatalog {
    /// A name resolution that hangs must not keep the process.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl AwsLocation {
    fn new(config: LocationConfig) -> Self {
        let clock = Arc::new(ServerClock::new(&config.pacing));
        Self { config, clock, link: OnceCell::new(), gate: Semaphore::new(IN_FLIGHT) }
    }

    async fn link(&self, catalog: &AwsCatalog) -> Result<&Link, CatalogError> {
        // boxed: it is large, and every item of a batch would carry it
        let open = || {
            Box::pin(async {
                let clients =
                    Clients::open(&self.config, &catalog.patience, &catalog.transport, &self.clock).await?;
                let pace = matches!(self.config.access, AccessConfig::Aws { .. }).then(Pace::new);
                let told = |to: &Arc<dyn CallListener>| CallSink {
                    location: self.config.name.clone(),
                    to: to.clone(),
                };
                let told = catalog.listener.as_ref().map(told);
                let (catalog, scale) = (clients.catalog, self.config.pacing.scale());
                let (access_level, clock) = (self.config.access_level, Arc::clone(&self.clock));
                Ok(Link { clients, access_level, clock, catalog, pace, scale, told })
            })
        };
        self.link.get_or_try_init(open).await
    }
}

/// So long nobody may answer for a sandbox.
const HANDOVER: Duration = Duration::from_secs(2);

/// How often a read is signed anew whose signature was of another time.
const RESIGNED: u32 = 2;

impl Link {
    /// The service is spared by its pace; a sandbox is not.
    fn is_sandbox(&self) -> bool {
        self.pace.is_none()
    }

    /// What answers for AWS there: by its endpoint, or by its own word if it is not the service's own.
    pub(super) fn catalog(&self) -> CatalogKind {
        match self.catalog {
            CatalogKind::Custom if self.clock.is_simulated() => CatalogKind::Sandbox,
            kind => kind,
        }
    }

    /// One read, in the location's pace. What is throttled past the SDK's attempts is asked again, a bounded number
    /// of times. The second half of the answer is the server's clock, whether it was a good answer or not.
    pub(super) async fn ask<T, E>(
        &self,
        call: impl AsyncFn(Listener) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> (Result<T, CatalogError>, Timestamp)
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let mut round = 0;
        loop {
            let listener = Listener::new(&self.clock, None, self.told.as_ref());
            let answer = self.paced(&listener, call(listener.clone())).await;
            let is_lost = matches!(answer, Err(SdkError::DispatchFailure(_)));
            let answer = answer.map_err(|error| self.explained::<E>(catalog_error(Call::Read, &error)));
            match &answer {
                Err(error) if is_throttled(&error.code) && round < ROUNDS => {
                    tokio::time::sleep(pause(round, self.scale)).await;
                    round += 1;
                }
                // the answer has set the clock: what is signed now is of the service's time
                Err(error) if is_skewed(&error.code, &error.message) && round < RESIGNED => round += 1,
                // whoever serves a sandbox has ended, and another is about to take its place
                Err(_) if self.is_sandbox() && is_lost && round < ROUNDS => {
                    tokio::time::sleep(HANDOVER / ROUNDS).await;
                    round += 1;
                }
                _ => return (answer, listener.asked()),
            }
        }
    }

    /// What IAM does not permit is told with the statement that would.
    fn explained<E>(&self, error: CatalogError) -> CatalogError {
        let is_open = error.kind == CatalogErrorKind::NotAllowed && error.hint.is_none();
        let Some(action) = action_of::<E>().filter(|_| is_open) else { return error };
        let statement = statement(&action, self.access_level);
        CatalogError { hint: Some(format!("this statement would permit `{action}`: {statement}")), ..error }
    }

    /// One read whose failure is nothing special.
    pub(super) async fn get<T, E>(
        &self,
        call: impl AsyncFn(Listener) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<(T, Timestamp), CatalogError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (answer, asked) = self.ask(call).await;
        Ok((answer?, asked))
    }

    /// One request that changes the cloud: sent once or not at all, and never signed after `sign_by`.
    pub(super) async fn tell<T, E>(
        &self,
        sign_by: Timestamp,
        call: impl AsyncFnOnce(Listener) -> Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<(T, Timestamp), CatalogError>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let listener = Listener::new(&self.clock, Some(sign_by), self.told.as_ref());
        let answer = self.paced(&listener, call(listener.clone())).await;
        let answer = answer.map_err(|error| self.explained::<E>(catalog_error(Call::Mutation, &error)))?;
        Ok((answer, listener.asked()))
    }

    async fn paced<T>(&self, listener: &Listener, call: impl Future<Output = T>) -> T {
        if let Some(pace) = &self.pace {
            pace.turn().await;
        }
        let answer = call.await;
        if let Some(pace) = &self.pace {
            pace.learn(listener.was_throttled());
        }
        answer
    }
}
