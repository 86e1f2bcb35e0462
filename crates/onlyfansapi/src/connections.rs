//! The HTTP clients of reqwest: one, and one more for each limit of the time to connect that a call sets, because
//! reqwest knows that limit for a whole pool only.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use onlyfansapi_core::{Error, Limit};

/// How many pools beside the main one are kept; who sets more limits than this makes connections anew.
const MOST: usize = 16;

type Make = dyn Fn(Option<Duration>) -> Result<reqwest::Client, Error> + Send + Sync;

/// The clients.
pub(crate) struct Connections {
    main: reqwest::Client,
    connect: Option<Duration>,
    /// `None` where the client is the user's own.
    make: Option<Box<Make>>,
    others: Mutex<HashMap<Option<Duration>, reqwest::Client>>,
}

impl Connections {
    /// Clients made by `make`, the main one with the limit `connect`.
    pub(crate) fn new(
        connect: Option<Duration>,
        make: impl Fn(Option<Duration>) -> Result<reqwest::Client, Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Ok(Self {
            main: make(connect)?,
            connect,
            make: Some(Box::new(make)),
            others: Mutex::default(),
        })
    }

    /// The user's own client, for every call.
    pub(crate) fn own(http: reqwest::Client) -> Self {
        Self {
            main: http,
            connect: None,
            make: None,
            others: Mutex::default(),
        }
    }

    /// The client for a call.
    ///
    /// # Errors
    ///
    /// "Never built" when the call has a limit of its own, and the HTTP client is the user's.
    pub(crate) fn client(&self, connect: Limit<Duration>) -> Result<reqwest::Client, Error> {
        let limit = connect.or(self.connect);
        if connect == Limit::Unset || limit == self.connect && self.make.is_some() {
            return Ok(self.main.clone());
        }
        let Some(make) = &self.make else {
            return Err(Error::configuration(
                "a call cannot limit the time to connect of an HTTP client of your own; set it there",
            ));
        };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(http) = others.get(&limit) {
            return Ok(http.clone());
        }
        if others.len() >= MOST {
            others.clear();
        }
        let http = make(limit)?;
        others.insert(limit, http.clone());
        Ok(http)
    }
}
