//! The stand-in as a value: how it is started, and what a test asks of it.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;

use crate::envelope::Account;
use crate::idempotency::Keys;
use crate::journal::Journal;
use crate::script::{Next, Scripts};
use crate::service::Service;
use crate::state::State;
use crate::{MockReply, MockServerBuilder, Recorded, Variation, answer, check};

/// A stand-in that runs in this process, on a port of its own, until it is dropped.
///
/// Dropping it checks what was [expected](Self::expect).
#[derive(Debug)]
pub struct MockServer {
    pub(crate) state: Arc<Shared>,
    pub(crate) task: JoinHandle<()>,
}

/// The key that is taken.
#[derive(Clone)]
pub(crate) struct Key(pub(crate) String);

impl fmt::Debug for Key {
    /// A program under test may bring a real one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// What the requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) service: Arc<Service>,
    pub(crate) base: String,
    pub(crate) key: Key,
    pub(crate) is_logged: bool,
    pub(crate) account: Mutex<Account>,
    pub(crate) memory: Mutex<State>,
    pub(crate) keys: Mutex<Keys>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) scripts: Mutex<Scripts>,
    pub(crate) shapes: Mutex<HashMap<String, Shape>>,
}

impl Shared {
    /// As at the start.
    pub(crate) fn reset(&self) {
        *lock(&self.memory) = State::default();
        *lock(&self.keys) = Keys::default();
        *lock(&self.scripts) = Scripts::default();
        lock(&self.shapes).clear();
        lock(&self.account).reset();
        lock(&self.journal).clear();
    }
}

/// How the answers of an operation are made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shape {
    pub(crate) variation: Option<Variation>,
    pub(crate) branch: usize,
}

/// A lock is only poisoned by a panic of a test, whose own message is the one to read.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MockServer {
    /// Starts a stand-in of the vendored document on a free port of loopback.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// let postback = server.client().smart_link_postbacks().show(123).await?;
    /// assert_eq!(postback.id, Some(123));
    /// # Ok(()) }
    /// ```
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// How a stand-in is started that is not as [`Self::start`] makes one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::builder().rate_limit(60).credits(100).start().await?;
    /// # let _ = server; Ok(()) }
    /// ```
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder::new()
    }

    /// The base URL, such as `http://127.0.0.1:41234`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// assert!(server.url().starts_with("http://127.0.0.1:"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn url(&self) -> String {
        self.state.base.clone()
    }

    /// A client for this stand-in, with its key.
    ///
    /// # Panics
    ///
    /// When no client can be built at all, which its message explains.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// assert!(server.client().api().whoami().fetch().await?.team.is_some());
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "client")]
    #[must_use]
    #[track_caller]
    pub fn client(&self) -> onlyfansapi::Client {
        let key = self.state.key.0.as_str();
        let client = onlyfansapi::Client::builder().key(key).base_url(self.url());
        match client.build() {
            Ok(client) => client,
            Err(error) => panic!("no client for the stand-in: {error}"),
        }
    }

    /// The operationIds of the document, in its order.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// assert!(server.operations().any(|operation| operation == "sendMessage"));
    /// # Ok(()) }
    /// ```
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.state
            .service
            .operations
            .iter()
            .map(|operation| operation.id.as_str())
    }

    /// The next call of an operation, by its operationId; what becomes of it is said by the methods of [`Next`].
    ///
    /// # Panics
    ///
    /// When the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::{MockReply, MockServer};
    ///
    /// let server = MockServer::start().await?;
    /// server.next("whoami").reply(MockReply::bad_gateway());
    /// assert_eq!(server.client().api().whoami().fetch().await?.attempts(), 2);
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn next(&self, operation: &str) -> Next<'_> {
        self.known(operation);
        Next {
            server: self,
            operation: operation.to_owned(),
            times: 1,
        }
    }

    /// Answers every further request of `method` and `path` (as it arrives, percent-encoded) with `reply`, whether the
    /// document knows it or not.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::{MockReply, MockServer};
    ///
    /// let server = MockServer::start().await?;
    /// server.reply_at("GET", "/api/whoami", MockReply::status(403));
    /// assert!(server.client().api().whoami().fetch().await.is_err());
    /// # Ok(()) }
    /// ```
    pub fn reply_at(&self, method: &str, path: &str, reply: MockReply) {
        lock(&self.state.scripts).set_always(method, path, reply);
    }

    /// Answers further calls of an operation in a form that departs from the complete one; `None` ends it. From other
    /// languages by the header `X-Stand-In-Variation` of a request.
    ///
    /// # Panics
    ///
    /// When the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::{MockServer, Variation};
    ///
    /// let server = MockServer::start().await?;
    /// server.vary("whoami", Some(Variation::Nulls));
    /// let me = server.client().api().whoami().fetch().await?;
    /// assert_eq!(me.team.as_ref().unwrap().name, None);
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn vary(&self, operation: &str, variation: Option<Variation>) {
        self.known(operation);
        let mut shapes = lock(&self.state.shapes);
        shapes.entry(operation.to_owned()).or_default().variation = variation;
    }

    /// Answers further calls of an operation whose answer has one of several forms with the one of this number, from 0.
    ///
    /// # Panics
    ///
    /// When the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// for form in 0..server.forms("getUploadStatus") {
    ///     server.answer_in_form("getUploadStatus", form);
    ///     server.client().api().get_upload_status().account("acct_1").upload("ofapi_media_1").fetch().await?;
    /// }
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn answer_in_form(&self, operation: &str, form: usize) {
        self.known(operation);
        let mut shapes = lock(&self.state.shapes);
        shapes.entry(operation.to_owned()).or_default().branch = form;
    }

    /// How many forms the answer of an operation has in the document.
    ///
    /// # Panics
    ///
    /// When the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// assert_eq!(server.forms("whoami"), 1);
    /// # Ok(()) }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn forms(&self, operation: &str) -> usize {
        let operation = self.known(operation);
        let service = &self.state.service;
        let success = answer::successes(operation).next();
        success.map_or(1, |success| answer::branches(service, success))
    }

    /// Expects so many calls of an operation until the stand-in is dropped; dropping it panics if there were others.
    ///
    /// # Panics
    ///
    /// When the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.expect("whoami", 1);
    /// server.client().api().whoami().fetch().await?;
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn expect(&self, operation: &str, times: usize) {
        self.known(operation);
        let mut scripts = lock(&self.state.scripts);
        scripts.expected.push((operation.to_owned(), times));
    }

    /// Checks that an operation was called so many times until now, whatever the calls were answered with.
    ///
    /// # Panics
    ///
    /// When it was not, with the requests that came; and when the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.client().api().whoami().fetch().await?;
    /// server.assert_called("whoami", 1);
    /// server.assert_called("sendMessage", 0);
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn assert_called(&self, operation: &str, times: usize) {
        self.known(operation);
        if let Some(miss) = self.miss(operation, times) {
            panic!("{miss}");
        }
    }

    /// The requests so far, in the order in which they were answered; the last 10,000, or as the builder was told, and
    /// no more than 64 MiB of bodies.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.client().api().whoami().fetch().await?;
    /// let request = &server.requests()[0];
    /// assert_eq!((request.operation.as_str(), request.status), ("whoami", 200));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        let journal = lock(&self.state.journal);
        journal
            .iter()
            .map(|request| Recorded::clone(request))
            .collect()
    }

    /// As at the start: forgets what was made, the keys, the requests, what was scripted and expected, and what was paid.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.client().smart_link_postbacks().delete(123).await?;
    /// server.reset();
    /// assert!(server.client().smart_link_postbacks().show(123).await.is_ok());
    /// assert_eq!(server.requests().len(), 1);
    /// # Ok(()) }
    /// ```
    pub fn reset(&self) {
        self.state.reset();
    }

    /// What the document knows of the operation of a request and the request does not have: query names and headers as
    /// they would be sent, and the fields of the body.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.client().api().list_user_lists().account("acct_1").limit(10).offset(0).fetch().await?;
    /// assert_eq!(server.unsent(&server.requests()[0]), ["query `view`"]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn unsent(&self, request: &Recorded) -> Vec<String> {
        let operation = self.state.service.operation(&request.operation);
        operation.map_or_else(Vec::new, |operation| {
            check::unsent(&self.state.service, operation, request)
        })
    }

    #[track_caller]
    fn known(&self, operation: &str) -> &crate::service::Operation {
        match self.state.service.operation(operation) {
            Some(operation) => operation,
            None => panic!("the document has no operation `{operation}`"),
        }
    }

    fn miss(&self, operation: &str, times: usize) -> Option<String> {
        let journal = lock(&self.state.journal);
        let count = journal.count(operation);
        if count == times {
            return None;
        }
        let lines: Vec<String> = journal
            .iter()
            .map(|request| {
                let Recorded {
                    method,
                    path,
                    status,
                    operation,
                    ..
                } = &**request;
                format!("\n  {method} {path} {status} {operation}")
            })
            .collect();
        Some(format!(
            "`{operation}` was called {count} times, not {times}; the requests were:{}",
            lines.concat()
        ))
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.task.abort();
        let expected = std::mem::take(&mut lock(&self.state.scripts).expected);
        // A test that fails already has a message of its own.
        if std::thread::panicking() {
            return;
        }
        for (operation, times) in expected {
            if let Some(miss) = self.miss(&operation, times) {
                panic!("{miss}");
            }
        }
    }
}
