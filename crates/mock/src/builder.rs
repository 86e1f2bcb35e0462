//! How a stand-in is started.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::Router;
use tokio::net::TcpListener;

use crate::connection::{Cut, Door};
use crate::envelope::Account;
use crate::journal::Journal;
use crate::server::{Key, Shared};
use crate::service::Service;
use crate::{KEY, MockServer, handle};

/// How a stand-in is started, from [`MockServer::builder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is started before `start()`"]
pub struct MockServerBuilder {
    port: u16,
    key: Key,
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
            key: Key(KEY.to_owned()),
            document: None,
            journal: 10_000,
            credits: 1_000_000,
            rate_limit: 10_000_000,
            is_logged: false,
        }
    }

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
        self.key = Key(key.into());
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
            key: self.key,
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
