//! The stand-in as a value: how it is started, and what a test asks of it.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::connection::{Cut, Door};
use crate::envelope::Account;
use crate::idempotency::Keys;
use crate::journal::Journal;
use crate::script::{Next, Scripts};
use crate::service::Service;
use crate::state::State;
use crate::{KEY, MockReply, Recorded, Variation, answer, check, handle};

/// A stand-in that runs in this process, on a port of its own, until it is dropped.
///
/// Dropping it checks what was [expected](Self::expect).
#[derive(Debug)]
pub struct MockServer {
    pub(crate) state: Arc<Shared>,
    task: JoinHandle<()>,
}

/// What the requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) service: Arc<Service>,
    pub(crate) base: String,
    pub(crate) key: String,
    pub(crate) is_logged: bool,
    pub(crate) account: Mutex<Account>,
    pub(crate) memory: Mutex<State>,
    pub(crate) keys: Mutex<Keys>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) scripts: Mutex<Scripts>,
    pub(crate) shapes: Mutex<HashMap<String, Shape>>,
}

impl Shared {
    /// Forgets what was made, the keys, the requests and the scripts.
    pub(crate) fn reset(&self) {
        *lock(&self.memory) = State::default();
        *lock(&self.keys) = Keys::default();
        *lock(&self.scripts) = Scripts::default();
        lock(&self.shapes).clear();
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

/// How a stand-in is started, from [`MockServer::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is started before `start()`"]
pub struct MockServerBuilder {
    port: u16,
    key: String,
    document: Option<(PathBuf, Option<PathBuf>)>,
    journal: usize,
    credits: u64,
    rate_limit: u64,
    is_logged: bool,
}

impl MockServerBuilder {
    /// The port of loopback; a free one without this, or with 0.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::builder().port(0).start().await?;
    /// assert!(server.url().starts_with("http://127.0.0.1:"));
    /// # Ok(()) }
    /// ```
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The key that is taken; [`KEY`] without this.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::builder().key("another key").start().await?;
    /// # let _ = server; Ok(()) }
    /// ```
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }

    /// A document of your own in place of the vendored one, and an overlay that corrects it.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::builder().document("mine.yaml", None).start().await?;
    /// # let _ = server; Ok(()) }
    /// ```
    pub fn document(mut self, document: impl Into<PathBuf>, overlay: Option<PathBuf>) -> Self {
        self.document = Some((document.into(), overlay));
        self
    }

    /// How many requests are kept, the last ones; 10,000 without this, none with 0.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::builder().journal(1).start().await?;
    /// for _ in 0..3 {
    ///     server.client().api().whoami().fetch().await?;
    /// }
    /// assert_eq!(server.requests().len(), 1);
    /// # Ok(()) }
    /// ```
    pub fn journal(mut self, requests: usize) -> Self {
        self.journal = requests;
        self
    }

    /// The credits that are there at the start; a million without this. A call takes its documented price.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::builder().credits(10).start().await?;
    /// let me = server.client().api().get_current_account().account("acct_1").fetch().await?;
    /// assert_eq!(me.credits().unwrap().balance, 9);
    /// # Ok(()) }
    /// ```
    pub fn credits(mut self, credits: u64) -> Self {
        self.credits = credits;
        self
    }

    /// How many requests a minute may have before they are answered with 429; ten million without this.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::builder().rate_limit(1).start().await?;
    /// let client = server.client();
    /// let reply = client.api().whoami().fetch().await?;
    /// assert_eq!(reply.rate_limits().unwrap().remaining_minute, Some(0));
    /// let options = onlyfansapi::CallOptions::new().no_retry();
    /// assert!(client.api().whoami().with(options).fetch().await.unwrap_err().is_rate_limited());
    /// # Ok(()) }
    /// ```
    pub fn rate_limit(mut self, requests: u64) -> Self {
        self.rate_limit = requests;
        self
    }

    /// Writes a line to standard error for every request.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// let server = onlyfansapi_mock::MockServer::builder().log(true).start().await?;
    /// # let _ = server; Ok(()) }
    /// ```
    pub fn log(mut self, is_logged: bool) -> Self {
        self.is_logged = is_logged;
        self
    }

    /// Starts the stand-in.
    ///
    /// # Errors
    ///
    /// When the port is taken, or the document cannot be read; then with file, line and what is wrong there.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let builder = onlyfansapi_mock::MockServer::builder();
    /// let error = builder.document("not/there.yaml", None).start().await.unwrap_err();
    /// assert!(error.to_string().contains("not/there.yaml"));
    /// # }
    /// ```
    pub async fn start(self) -> io::Result<MockServer> {
        let service = match &self.document {
            Some((document, overlay)) => Service::read(document, overlay.as_deref())?,
            None => Service::vendored()?,
        };
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await?;
        let state = Arc::new(Shared {
            service,
            base: format!("http://{}", listener.local_addr()?),
            key: format!("Bearer {}", self.key),
            is_logged: self.is_logged,
            account: Mutex::new(Account::new(self.credits, self.rate_limit)),
            memory: Mutex::default(),
            keys: Mutex::default(),
            journal: Mutex::new(Journal::new(self.journal)),
            scripts: Mutex::default(),
            shapes: Mutex::default(),
        });
        let app = Router::new()
            .fallback(handle::request)
            .with_state(Arc::clone(&state))
            .into_make_service_with_connect_info::<Cut>();
        let task = tokio::spawn(async move {
            // Serving ends with the task; an error of one connection does not end it.
            let _ = axum::serve(Door(listener), app).await;
        });
        Ok(MockServer { state, task })
    }
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
        MockServerBuilder {
            port: 0,
            key: KEY.to_owned(),
            document: None,
            journal: 10_000,
            credits: 1_000_000,
            rate_limit: 10_000_000,
            is_logged: false,
        }
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
        let key = self.state.key.trim_start_matches("Bearer ");
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

    /// The requests so far, in the order of arrival; the last 10,000, or as the builder was told.
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

    /// Forgets everything: what was made, the keys, the requests, what was scripted and expected.
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
        let called = journal
            .iter()
            .filter(|request| request.operation == operation);
        let count = called.count();
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
