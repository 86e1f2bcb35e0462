//! [`MockServer`]: the handle of a running mock server, and the state that its requests share.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinHandle;

use crate::envelope::Usage;
use crate::idempotency::IdempotencyStore;
use crate::journal::Journal;
use crate::script::{ScriptedResponse, Scripts};
use crate::service::{Operation, Service};
use crate::state::ObjectStore;
use crate::{MockReply, MockServerBuilder, RecordedRequest, Variation, check, synthesis};

/// A mock server for the OnlyFans API in this process, on its own loopback port.
///
/// Dropping it stops the server and checks the counts set with [`expect`](Self::expect).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use onlyfansapi_mock::{MockReply, MockServer};
///
/// let server = MockServer::start().await?;
/// server.next("whoami").reply(MockReply::bad_gateway());
/// let me = server.client().api().whoami().await?;
/// assert!(me.team.is_some());
/// // The first attempt got the 502.
/// assert_eq!(me.meta().attempts(), 2);
///
/// server.assert_called("whoami", 2);
/// let statuses: Vec<u16> = server.requests().iter().map(|request| request.status).collect();
/// assert_eq!(statuses, [502, 200]);
///
/// server.reset();
/// server.assert_called("whoami", 0);
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct MockServer {
    pub(crate) state: Arc<SharedState>,
    pub(crate) task: JoinHandle<()>,
}

/// The accepted API key. `Debug` does not print it, because callers may configure a real key.
#[derive(Clone)]
pub(crate) struct RedactedKey(pub(crate) String);

impl fmt::Debug for RedactedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedactedKey(..)")
    }
}

/// The state that all requests share.
#[derive(Debug)]
pub(crate) struct SharedState {
    pub(crate) service: Arc<Service>,
    pub(crate) base: String,
    pub(crate) key: RedactedKey,
    pub(crate) is_logged: bool,
    pub(crate) usage: Mutex<Usage>,
    pub(crate) objects: Mutex<ObjectStore>,
    pub(crate) idempotency: Mutex<IdempotencyStore>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) scripts: Mutex<Scripts>,
    /// By operationId.
    pub(crate) response_options: Mutex<HashMap<String, ResponseOptions>>,
}

impl SharedState {
    /// Restores the initial state.
    pub(crate) fn reset(&self) {
        *lock(&self.objects) = ObjectStore::default();
        *lock(&self.idempotency) = IdempotencyStore::default();
        *lock(&self.scripts) = Scripts::default();
        lock(&self.response_options).clear();
        lock(&self.usage).reset();
        lock(&self.journal).clear();
    }
}

/// How response bodies of an operation are synthesized.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ResponseOptions {
    pub(crate) variation: Option<Variation>,
    /// The index into the alternatives of a `oneOf` or `anyOf`.
    pub(crate) schema_index: usize,
}

/// Locks a mutex and ignores poisoning: only a panicking test poisons it, and that panic is already reported.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MockServer {
    /// Starts a mock server for the vendored document on a free loopback port.
    ///
    /// # Errors
    ///
    /// Returns an error if no port is available.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Returns a builder with the default settings.
    pub fn builder() -> MockServerBuilder {
        MockServerBuilder::new()
    }

    /// Returns the base URL, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        self.state.base.clone()
    }

    /// Returns a client that is configured with the URL and the key of this server.
    ///
    /// # Panics
    ///
    /// Panics if the client cannot be built.
    #[cfg(feature = "client")]
    #[must_use]
    #[track_caller]
    pub fn client(&self) -> onlyfansapi::Client {
        let key = self.state.key.0.as_str();
        let client = onlyfansapi::Client::builder().key(key).base_url(self.url());
        match client.build() {
            Ok(client) => client,
            Err(error) => panic!("failed to build a client for the mock server: {error}"),
        }
    }

    /// Iterates over the operationIds of the document, in document order.
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

    /// Scripts the response to the next request of an operation, given by its operationId.
    ///
    /// # Panics
    ///
    /// Panics if the document has no such operation.
    #[track_caller]
    pub fn next(&self, operation: &str) -> ScriptedResponse<'_> {
        self.operation(operation);
        ScriptedResponse {
            server: self,
            operation: operation.to_owned(),
            times: 1,
        }
    }

    /// Sends `reply` to all further requests with this method and path.
    ///
    /// `path` is compared with the percent-encoded path of the request and does not have to be in the document.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::{MockReply, MockServer};
    ///
    /// let server = MockServer::start().await?;
    /// server.reply_at("GET", "/api/whoami", MockReply::status(403));
    /// assert!(server.client().api().whoami().await.is_err());
    /// # Ok(()) }
    /// ```
    pub fn reply_at(&self, method: &str, path: &str, reply: MockReply) {
        lock(&self.state.scripts).set_always(method, path, reply);
    }

    /// Applies `variation` to all further responses of an operation; `None` restores complete responses.
    ///
    /// Over HTTP, the request header `X-Mock-Variation` does the same for a single request.
    ///
    /// # Panics
    ///
    /// Panics if the document has no such operation.
    #[track_caller]
    pub fn vary(&self, operation: &str, variation: Option<Variation>) {
        self.operation(operation);
        let mut options = lock(&self.state.response_options);
        options.entry(operation.to_owned()).or_default().variation = variation;
    }

    /// Selects the schema for all further responses of an operation whose response is documented with `oneOf` or
    /// `anyOf`. `index` is the position of the schema in that list.
    ///
    /// # Panics
    ///
    /// Panics if the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// let client = server.client();
    /// for index in 0..server.response_schema_count("getUploadStatus") {
    ///     server.use_response_schema("getUploadStatus", index);
    ///     client.api().get_upload_status().account("acct_0123").upload("ofapi_media_1").await?;
    /// }
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn use_response_schema(&self, operation: &str, index: usize) {
        self.operation(operation);
        let mut options = lock(&self.state.response_options);
        options
            .entry(operation.to_owned())
            .or_default()
            .schema_index = index;
    }

    /// Returns the number of alternative schemas of an operation's response; 1 without `oneOf` and `anyOf`.
    ///
    /// # Panics
    ///
    /// Panics if the document has no such operation.
    #[must_use]
    #[track_caller]
    pub fn response_schema_count(&self, operation: &str) -> usize {
        let operation = self.operation(operation);
        let service = &self.state.service;
        let success = synthesis::successes(operation).next();
        success.map_or(1, |success| synthesis::schema_count(service, success))
    }

    /// Expects exactly `times` requests of an operation before the server is dropped; dropping it panics otherwise.
    ///
    /// # Panics
    ///
    /// Panics if the document has no such operation.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.expect("whoami", 1);
    /// server.client().api().whoami().await?;
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn expect(&self, operation: &str, times: usize) {
        self.operation(operation);
        let mut scripts = lock(&self.state.scripts);
        scripts.expected.push((operation.to_owned(), times));
    }

    /// Asserts that an operation has received exactly `times` requests so far, regardless of the responses.
    ///
    /// # Panics
    ///
    /// Panics if the count differs, with a list of the recorded requests. Also panics if the document has no such
    /// operation.
    #[track_caller]
    pub fn assert_called(&self, operation: &str, times: usize) {
        self.operation(operation);
        if let Some(mismatch) = self.count_mismatch(operation, times) {
            panic!("{mismatch}");
        }
    }

    /// Returns the recorded requests, in the order in which they were handled.
    ///
    /// The journal keeps the last 10,000 requests, or as many as [`MockServerBuilder::journal`] sets, and at most
    /// 64 MiB of bodies.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        let journal = lock(&self.state.journal);
        journal
            .iter()
            .map(|request| RecordedRequest::clone(request))
            .collect()
    }

    /// Restores the initial state: drops created objects, idempotency keys, recorded requests, scripts and
    /// expectations, and restores the credit balance.
    pub fn reset(&self) {
        self.state.reset();
    }

    /// Lists the documented query parameters, headers and body fields of the request's operation that the request
    /// does not contain. Query parameters are named as they would be sent.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.client().api().list_user_lists().account("acct_0123").limit(10).offset(0).await?;
    /// assert_eq!(server.unsent(&server.requests()[0]), ["query `view`"]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn unsent(&self, request: &RecordedRequest) -> Vec<String> {
        let operation = self.state.service.operation(&request.operation);
        operation.map_or_else(Vec::new, |operation| {
            check::unsent(&self.state.service, operation, request)
        })
    }

    #[track_caller]
    fn operation(&self, id: &str) -> &Operation {
        match self.state.service.operation(id) {
            Some(operation) => operation,
            None => panic!("the document has no operation `{id}`"),
        }
    }

    /// Returns the panic message if the number of requests of an operation is not `times`.
    fn count_mismatch(&self, operation: &str, times: usize) -> Option<String> {
        let journal = lock(&self.state.journal);
        let count = journal.count(operation);
        if count == times {
            return None;
        }
        let lines: Vec<String> = journal
            .iter()
            .map(|request| {
                let RecordedRequest {
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
            "expected {times} calls of `{operation}`, got {count}; recorded requests:{}",
            lines.concat()
        ))
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.task.abort();
        let expected = std::mem::take(&mut lock(&self.state.scripts).expected);
        // A second panic would abort the process and hide the first failure.
        if std::thread::panicking() {
            return;
        }
        for (operation, times) in expected {
            if let Some(mismatch) = self.count_mismatch(&operation, times) {
                panic!("{mismatch}");
            }
        }
    }
}
