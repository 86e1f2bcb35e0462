//! The builder of [`MockServer`].

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use tokio::net::TcpListener;

use crate::connection::{AbortableListener, ConnectionAbort};
use crate::envelope::Usage;
use crate::journal::Journal;
use crate::server::{RedactedKey, SharedState};
use crate::service::Service;
use crate::{API_KEY, MockServer, handle};

/// Configures and starts a [`MockServer`]; created by [`MockServer::builder`].
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = onlyfansapi_mock::MockServer::builder()
///     .key("another-key")
///     .credits(10)
///     .rate_limit(1)
///     .start()
///     .await?;
/// let client = server.client();
/// let account = client.api().get_current_account().account("acct_0123").await?;
/// assert_eq!(account.meta().credits().unwrap().balance, 9);
/// assert_eq!(account.meta().rate_limits().unwrap().remaining_minute, Some(0));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[must_use = "the server does not run until `start()` is called"]
pub struct MockServerBuilder {
    port: u16,
    key: RedactedKey,
    document: Option<(PathBuf, Option<PathBuf>)>,
    journal: usize,
    credits: u64,
    rate_limit: u64,
    is_logged: bool,
}

impl MockServerBuilder {
    pub(crate) fn new() -> Self {
        Self {
            port: 0,
            key: RedactedKey(API_KEY.to_owned()),
            document: None,
            journal: 10_000,
            credits: 1_000_000,
            rate_limit: 10_000_000,
            is_logged: false,
        }
    }

    /// Sets the port on loopback. The default, 0, picks a free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the API key to accept. Defaults to [`API_KEY`].
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = RedactedKey(key.into());
        self
    }

    /// Serves this OpenAPI document instead of the vendored one, with an optional overlay applied to it.
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

    /// Sets how many of the most recent requests [`MockServer::requests`] keeps. Defaults to 10,000; 0 keeps none.
    pub fn journal(mut self, requests: usize) -> Self {
        self.journal = requests;
        self
    }

    /// Sets the initial credit balance. Defaults to 1,000,000. Each request deducts its documented price.
    pub fn credits(mut self, credits: u64) -> Self {
        self.credits = credits;
        self
    }

    /// Sets how many requests are allowed per minute; further requests get a 429. Defaults to 10,000,000.
    pub fn rate_limit(mut self, requests: u64) -> Self {
        self.rate_limit = requests;
        self
    }

    /// Sets whether each request is logged to standard error. Defaults to `false`.
    pub fn log(mut self, is_logged: bool) -> Self {
        self.is_logged = is_logged;
        self
    }

    /// Starts the mock server.
    ///
    /// # Errors
    ///
    /// Returns an error if the port is taken or the document cannot be read. If the document is invalid, the error
    /// states the file, the line and the problem.
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
        let state = Arc::new(SharedState {
            service,
            base: format!("http://{}", listener.local_addr()?),
            key: self.key,
            is_logged: self.is_logged,
            usage: Mutex::new(Usage::new(self.credits, self.rate_limit)),
            objects: Mutex::default(),
            idempotency: Mutex::default(),
            journal: Mutex::new(Journal::new(self.journal)),
            scripts: Mutex::default(),
            response_options: Mutex::default(),
        });
        let app = Router::new()
            .fallback(handle::request)
            .with_state(Arc::clone(&state))
            .into_make_service_with_connect_info::<ConnectionAbort>();
        let task = tokio::spawn(async move {
            // Runs until the task is aborted; an error on one connection does not stop it.
            let _ = axum::serve(AbortableListener(listener), app).await;
        });
        Ok(MockServer { state, task })
    }
}
