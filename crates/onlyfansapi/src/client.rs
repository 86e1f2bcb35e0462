//! The client and how it is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use onlyfansapi_client::Client as Api;
use onlyfansapi_core::http::{HeaderMap, HeaderName, HeaderValue, header};
use onlyfansapi_core::{Error, Hook};
use url::Url;

use crate::key::ApiKey;
use crate::transport::HttpTransport;
use crate::{base_url, tls};

/// A client of the service.
///
/// Cheap to clone, `Send` and `Sync`; clones share connections.
#[derive(Clone)]
pub struct Client {
    api: Api,
    transport: Arc<HttpTransport>,
}

impl Client {
    /// A client from the environment: the key from `ONLYFANSAPI_API_KEY`; the base URL from
    /// `ONLYFANSAPI_BASE_URL`, else `ONLY_FANS_API_BASE_URL` (both names are in use by the vendor's
    /// own clients), else the document's server.
    ///
    /// # Errors
    ///
    /// "Never built" when the key is not set, or one of them cannot be used.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), onlyfansapi::Error> {
    /// let client = onlyfansapi::Client::from_env()?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        let Some(key) = variable("ONLYFANSAPI_API_KEY")? else {
            return Err(Error::configuration(
                "ONLYFANSAPI_API_KEY is not set; a key is made at https://app.onlyfansapi.com/api-keys",
            ));
        };
        let mut builder = Self::builder().key(key);
        for name in ["ONLYFANSAPI_BASE_URL", "ONLY_FANS_API_BASE_URL"] {
            if let Some(base_url) = variable(name)? {
                builder = builder.base_url(base_url);
                break;
            }
        }
        builder.build()
    }

    /// A client with `key`, for the document's server.
    ///
    /// # Errors
    ///
    /// "Never built" when the key cannot be sent.
    ///
    /// ```
    /// let client = onlyfansapi::Client::new("not-a-real-key")?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn new(key: impl Into<ApiKey>) -> Result<Self, Error> {
        Self::builder().key(key).build()
    }

    /// A client with settings of its own.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let client = onlyfansapi::Client::builder()
    ///     .key("not-a-real-key")
    ///     .user_agent("my-tool/1.0")
    ///     .timeout(Duration::from_secs(20))
    ///     .build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// The same client with another key, on the same connections.
    ///
    /// # Errors
    ///
    /// "Never built" when the key cannot be sent.
    ///
    /// ```
    /// let one = onlyfansapi::Client::new("not-a-real-key")?;
    /// let other = one.with_key("another-key")?;
    /// # let _ = other;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn with_key(&self, key: impl Into<ApiKey>) -> Result<Self, Error> {
        Ok(Self::on(self.transport.with_key(key.into().header()?)))
    }

    /// Every operation of the document, one method each.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let me = client.api().get_current_account().account("acct_0123").fetch().await?;
    /// # let _ = me;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    #[cfg(test)]
    pub(crate) fn transport(&self) -> &HttpTransport {
        &self.transport
    }

    fn on(transport: HttpTransport) -> Self {
        let transport = Arc::new(transport);
        Self {
            api: Api::new(Hook::new(Arc::clone(&transport) as Arc<_>)),
            transport,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.transport.base_url().as_str())
            .finish_non_exhaustive()
    }
}

/// An environment variable; one that is empty counts as not set.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(Error::configuration(format!("{name} is not UTF-8 text")))
        }
    }
}

/// Makes a [`Client`]; from [`Client::builder`].
#[must_use]
pub struct ClientBuilder {
    key: Option<ApiKey>,
    base_url: Option<String>,
    http: Option<reqwest::Client>,
    user_agent: Option<String>,
    connect_timeout: Option<Duration>,
    timeout: Option<Duration>,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            key: None,
            base_url: None,
            http: None,
            user_agent: None,
            connect_timeout: Some(Duration::from_secs(5)),
            timeout: Some(Duration::from_secs(60)),
        }
    }
}

impl ClientBuilder {
    /// Sets the API key.
    pub fn key(mut self, key: impl Into<ApiKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the base URL: `https`, or `http` to loopback; a scheme and a host, without a path.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sends by a `reqwest::Client` of your own, with its proxies, certificates and TLS.
    ///
    /// Give it `redirect::Policy::none()` and `retry::never()`, as the built-in one has: a redirect
    /// that reqwest follows is not seen here, and a try of its own is not counted.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Adds your program's name and version to the `User-Agent`.
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent = Some(suffix.into());
        self
    }

    /// Limits the time to connect; `None` for no limit. 5 seconds by default. Not used with
    /// [`ClientBuilder::http_client`], which has its own.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// Limits the time of a call, from sending to the last byte of the body; `None` for no limit.
    /// 60 seconds by default.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// "Never built", with what is wrong: no key, a key that cannot be sent, a base URL that is not
    /// an origin over TLS.
    pub fn build(self) -> Result<Client, Error> {
        let key = self.key.ok_or_else(|| {
            Error::configuration(
                "no API key was given; one is made at https://app.onlyfansapi.com/api-keys",
            )
        })?;
        let key = key.header()?;
        let base_url: Url = base_url::parse(
            self.base_url
                .as_deref()
                .unwrap_or(onlyfansapi_client::SERVER),
        )?;
        let headers = HeaderMap::from_iter([(
            header::USER_AGENT,
            user_agent(self.user_agent.as_deref())?,
        )] as [(HeaderName, HeaderValue); 1]);
        let http = match self.http {
            Some(http) => http,
            None => {
                tls::ensure_provider();
                let mut builder = reqwest::Client::builder()
                    .redirect(reqwest::redirect::Policy::none())
                    .retry(reqwest::retry::never());
                if let Some(limit) = self.connect_timeout {
                    builder = builder.connect_timeout(limit);
                }
                builder.build().map_err(|e| {
                    Error::configuration("the HTTP client cannot be made").with_source(e)
                })?
            }
        };
        Ok(Client::on(HttpTransport::new(
            http,
            base_url,
            key,
            headers,
            self.timeout,
        )))
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("key", &self.key)
            .field("base_url", &self.base_url)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let own = concat!("onlyfansapi-rust/", env!("CARGO_PKG_VERSION"));
    let text = suffix.map_or_else(|| own.to_owned(), |suffix| format!("{own} {suffix}"));
    HeaderValue::from_str(&text).map_err(|_| {
        Error::configuration("the user-agent suffix has a character that no header can carry")
    })
}
