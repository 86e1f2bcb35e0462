//! The client and how it is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use onlyfansapi_client::Client as Api;
use onlyfansapi_core::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use onlyfansapi_core::{Decode, Error, Hook, RawRequest};

use crate::connections::Connections;
use crate::key::ApiKey;
use crate::policy::backoff::Backoff;
use crate::policy::budget::Budget;
use crate::policy::world::Real;
use crate::smart_link_postbacks::SmartLinkPostbacks;
use crate::transport::{Defaults, HttpTransport};
use crate::{base_url, tls};

/// A client of the service.
///
/// Cheap to clone, `Send` and `Sync`; clones share connections.
#[derive(Clone)]
pub struct Client {
    api: Api,
    hook: Hook,
    decode: Decode,
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
        Ok(Self::on(
            self.transport.with_key(key.into().header()?),
            self.decode,
        ))
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

    /// The Smart Link postbacks of the team.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let postback = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", postback.url);
    /// # Ok(())
    /// # }
    /// ```
    pub fn smart_link_postbacks(&self) -> SmartLinkPostbacks {
        SmartLinkPostbacks::new(self.api.clone())
    }

    /// A call of anything: what the document does not know yet, with the same key, limits and errors.
    ///
    /// `path` begins with `/` and is percent-encoded.
    ///
    /// ```no_run
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// use onlyfansapi::http::Method;
    ///
    /// let value: serde_json::Value = client.request(Method::GET, "/api/new-thing").query(&[("limit", 5)]).fetch().await?;
    /// # let _ = value;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.hook.clone(), method, path)
    }

    #[cfg(test)]
    pub(crate) fn transport(&self) -> &HttpTransport {
        &self.transport
    }

    fn on(transport: HttpTransport, decode: Decode) -> Self {
        let transport = Arc::new(transport);
        let hook = Hook::new(Arc::clone(&transport) as Arc<_>).with_decode(decode);
        Self {
            api: Api::new(hook.clone()),
            hook,
            decode,
            transport,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.transport.base_url.as_str())
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
    proxy: Option<String>,
    root_certificates: Vec<Vec<u8>>,
    user_agent: Option<String>,
    headers: Vec<(String, String)>,
    gzip: bool,
    connect_timeout: Option<Duration>,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retries: u32,
    max_response_bytes: Option<u64>,
    backoff: Backoff,
    decode: Decode,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            key: None,
            base_url: None,
            http: None,
            proxy: None,
            root_certificates: Vec::new(),
            user_agent: None,
            headers: Vec::new(),
            gzip: true,
            connect_timeout: Some(Duration::from_secs(5)),
            timeout: Some(Duration::from_secs(180)),
            attempt_timeout: Some(Duration::from_secs(60)),
            retries: 2,
            max_response_bytes: Some(64 << 20),
            backoff: Backoff::DEFAULT,
            decode: Decode::default(),
        }
    }
}

impl ClientBuilder {
    /// Sets the API key.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn key(mut self, key: impl Into<ApiKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the base URL: `https`, or `http` to loopback; a scheme and a host, without a path. The
    /// document's server by default.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").base_url("http://127.0.0.1:4010").build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Sends by a `reqwest::Client` of your own, with its proxies, certificates and TLS.
    ///
    /// Give it `redirect::Policy::none()` and `retry::never()`, as the built-in one has: a redirect
    /// that reqwest follows is not seen here, and a try of its own is not counted. With the feature
    /// `rustls`, rustls needs a provider before a client of your own is made: install one, for example
    /// by `rustls::crypto::ring::default_provider().install_default()`.
    ///
    /// ```no_run
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").http_client(reqwest::Client::new()).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Sends by a proxy, such as `http://127.0.0.1:8080`. Without one, none is used, whatever the
    /// environment says.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").proxy("http://127.0.0.1:8080").build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Trusts root certificates beside those of the platform; `pem` is the PEM text of one or more.
    ///
    /// ```
    /// let builder = onlyfansapi::Client::builder().root_certificate("-----BEGIN CERTIFICATE-----\n…");
    /// # let _ = builder;
    /// ```
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Adds your program's name and version to the `User-Agent`.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").user_agent("my-tool/1.0").build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent = Some(suffix.into());
        self
    }

    /// Adds a header to every request. `Authorization`, `Host` and `User-Agent` have their own ways.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").header("X-Team", "blue").build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Whether answers may be compressed; they may by default. Needs the feature `gzip`, without
    /// which they never are.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").gzip(false).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = gzip;
        self
    }

    /// Limits the time to connect; `None` for no limit. 5 seconds by default.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").connect_timeout(std::time::Duration::from_secs(2)).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// Limits the time of a call: of all its attempts and the waits between them; `None` for no limit. Three
    /// minutes by default.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").timeout(None).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Limits the time of each attempt, from sending to the last byte of the body; `None` for no limit. 60
    /// seconds by default, which the service's slowest reads need.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").attempt_timeout(std::time::Duration::from_secs(20)).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn attempt_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.attempt_timeout = limit.into();
        self
    }

    /// Sends a request again at most `retries` times, where that is safe; 2 by default.
    ///
    /// Safe are: reads, after everything that may pass (no connection, a reset, a time limit, 408, 429, 500, 502, 503,
    /// 504, a page of HTML with 5xx); calls with an idempotency key, likewise; any other write only if it
    /// provably took no effect (no connection; refused with 429, or with 503 and `Retry-After`). The wait is
    /// what the service asks for, else a random part of half a second, doubled with each attempt up to 8
    /// seconds. A wait of more than a minute, or than is left of the call's time, is an error at once.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").retries(0).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the bounds of the wait before a further attempt where the service does not say how long: a random
    /// part of `base` before the second, doubled before each further one up to `cap`. Half a second and 8
    /// seconds by default.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let client = onlyfansapi::Client::builder()
    ///     .key("not-a-real-key")
    ///     .backoff(Duration::from_secs(1), Duration::from_secs(30))
    ///     .build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.backoff = Backoff { base, cap };
        self
    }

    /// Limits the size of an answer, in bytes after decompression; `None` for no limit. 64 MiB by default.
    /// A larger one is "answered but unreadable". Answers that are read as they come have no limit.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").max_response_bytes(1 << 20).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn max_response_bytes(mut self, limit: impl Into<Option<u64>>) -> Self {
        self.max_response_bytes = limit.into();
        self
    }

    /// Says what to do with answers that do not fit their types; [`Decode::Lenient`] by default.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").decode(onlyfansapi::Decode::Strict).build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn decode(mut self, decode: Decode) -> Self {
        self.decode = decode;
        self
    }

    /// Makes the client.
    ///
    /// # Errors
    ///
    /// "Never built", with what is wrong: no key, a key that cannot be sent, a base URL that is not
    /// an origin over TLS, a header that is none, a proxy or certificate that cannot be read.
    ///
    /// ```
    /// let client = onlyfansapi::Client::builder().key("not-a-real-key").build()?;
    /// # let _ = client;
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn build(self) -> Result<Client, Error> {
        let Some(key) = &self.key else {
            return Err(Error::configuration(
                "no API key was given; one is made at https://app.onlyfansapi.com/api-keys",
            ));
        };
        let key = key.header()?;
        let base_url = base_url::parse(
            self.base_url
                .as_deref()
                .unwrap_or(onlyfansapi_client::SERVER),
        )?;
        let headers = self.default_headers()?;
        if let (Some(proxy), "http") = (&self.proxy, base_url.scheme()) {
            base_url::expect_loopback_proxy(proxy)?;
        }
        let connections = match &self.http {
            Some(_) if self.proxy.is_some() || !self.root_certificates.is_empty() => {
                return Err(Error::configuration(
                    "a proxy or root certificate was given beside an HTTP client of your own; set them there",
                ));
            }
            Some(http) => Connections::own(http.clone()),
            None => {
                let recipe = Recipe {
                    proxy: self.proxy.clone(),
                    root_certificates: self.root_certificates.clone(),
                    #[cfg(feature = "gzip")]
                    gzip: self.gzip,
                };
                Connections::new(self.connect_timeout, move |limit| recipe.http(limit))?
            }
        };
        let transport = HttpTransport {
            connections: Arc::new(connections),
            base_url,
            key,
            headers,
            defaults: Defaults {
                retries: self.retries,
                attempt: self.attempt_timeout,
                total: self.timeout,
                body: self.max_response_bytes,
                backoff: self.backoff,
            },
            budget: Arc::new(Budget::default()),
            world: Arc::new(Real),
        };
        Ok(Client::on(transport, self.decode))
    }

    fn default_headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let fault =
                |what: &str| Error::configuration(format!("the default header {name:?} {what}"));
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| fault("has a name that HTTP does not allow"))?;
            if [header::AUTHORIZATION, header::HOST, header::USER_AGENT].contains(&name) {
                return Err(fault("is set by the client itself"));
            }
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| fault("has a value that no header can carry"))?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        headers.insert(header::USER_AGENT, user_agent(self.user_agent.as_deref())?);
        Ok(headers)
    }
}

/// How the HTTP clients are made.
struct Recipe {
    proxy: Option<String>,
    root_certificates: Vec<Vec<u8>>,
    #[cfg(feature = "gzip")]
    gzip: bool,
}

impl Recipe {
    fn http(&self, connect_timeout: Option<Duration>) -> Result<reqwest::Client, Error> {
        tls::ensure_provider();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        builder = match &self.proxy {
            None => builder.no_proxy(),
            Some(url) => {
                // reqwest's own words would show the URL, which can hold a password.
                let proxy = reqwest::Proxy::all(url.as_str())
                    .map_err(|_| Error::configuration("the proxy is not a URL that can be used"))?;
                builder.proxy(proxy)
            }
        };
        builder = tls::trust(builder, &self.root_certificates)?;
        #[cfg(feature = "gzip")]
        {
            builder = builder.gzip(self.gzip);
        }
        if let Some(limit) = connect_timeout {
            builder = builder.connect_timeout(limit);
        }
        builder
            .build()
            .map_err(|e| Error::configuration("the HTTP client cannot be made").with_source(e))
    }
}

impl fmt::Debug for ClientBuilder {
    /// What can hold a secret (proxy, headers) is not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("key", &self.key)
            .field("gzip", &self.gzip)
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retries", &self.retries)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("decode", &self.decode)
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
