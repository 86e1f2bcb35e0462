//! The reqwest clients: a main client, and another for each connect timeout that a call sets, because reqwest has one
//! connect timeout per connection pool.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use onlyfansapi_core::Error;
use onlyfansapi_core::transport::{ErrorBuilder, Limit};

/// The maximum number of pools in addition to the main pool. Callers that use more timeouts than this reopen
/// connections.
const MAX_POOLS: usize = 16;

type Build = dyn Fn(Option<Duration>) -> Result<reqwest::Client, Error> + Send + Sync;

/// The reqwest clients of a transport.
pub(crate) struct Connections {
    main: reqwest::Client,
    connect: Option<Duration>,
    /// `None` if the caller supplied the client.
    build: Option<Box<Build>>,
    others: Mutex<HashMap<Option<Duration>, reqwest::Client>>,
}

impl Connections {
    /// Creates clients with `build`; the main client uses the `connect` timeout.
    pub(crate) fn new(
        connect: Option<Duration>,
        build: impl Fn(Option<Duration>) -> Result<reqwest::Client, Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Ok(Self {
            main: build(connect)?,
            connect,
            build: Some(Box::new(build)),
            others: Mutex::default(),
        })
    }

    /// Uses the caller's client for every call.
    pub(crate) fn own(http: reqwest::Client) -> Self {
        Self {
            main: http,
            connect: None,
            build: None,
            others: Mutex::default(),
        }
    }

    /// Returns the client for a call.
    ///
    /// # Errors
    ///
    /// Returns an error if the call sets a connect timeout and the caller supplied the HTTP client.
    pub(crate) fn client(&self, connect: Limit<Duration>) -> Result<reqwest::Client, Error> {
        let limit = connect.or(self.connect);
        if connect == Limit::Unset || limit == self.connect && self.build.is_some() {
            return Ok(self.main.clone());
        }
        let Some(build) = &self.build else {
            return Err(ErrorBuilder::configuration(
                "a call cannot set the connect timeout of a custom HTTP client; set it on that client",
            )
            .build());
        };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(http) = others.get(&limit) {
            return Ok(http.clone());
        }
        if others.len() >= MAX_POOLS {
            others.clear();
        }
        let http = build(limit)?;
        others.insert(limit, http.clone());
        Ok(http)
    }
}
