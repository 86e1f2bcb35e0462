//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use onlyfansapi_core::http::{HeaderMap, HeaderName, HeaderValue, header};
use onlyfansapi_core::transport::{ErrorBuilder, cause};
use onlyfansapi_core::{Decode, Error};
use url::Url;

use super::{ApiKey, Client};
use crate::policy::backoff::Backoff;
use crate::policy::budget::Budget;
use crate::policy::clock::SystemClock;
use crate::transport::connections::Connections;
use crate::transport::{Defaults, HttpTransport, base_url, tls};

/// Builds a [`Client`]; created by [`Client::builder`].
///
/// ```
/// use std::time::Duration;
/// use onlyfansapi::{Client, Decode};
///
/// let client = Client::builder()
///     .key("not-a-real-key")
///     .user_agent("my-tool/1.0")
///     .timeout(Duration::from_secs(20))   // all attempts and the waits between them
///     .attempt_timeout(None)              // no limit
///     .retries(5)
///     .decode(Decode::Strict)
///     .build()?;
/// # let _ = client;
/// # Ok::<(), onlyfansapi::Error>(())
/// ```
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
    /// Sets the API key. Required.
    pub fn key(mut self, key: impl Into<ApiKey>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the base URL: `https`, or `http` to loopback; a scheme and a host, without a path. Defaults to the
    /// document's server.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Uses a custom `reqwest::Client`, with its proxies, certificates and TLS settings.
    ///
    /// Configure it with `redirect::Policy::none()` and `retry::never()`, as the default client does: this crate cannot
    /// detect redirects that reqwest follows or retries that it makes. With the `rustls` feature, install a crypto
    /// provider before you build the client, for example with
    /// `rustls::crypto::ring::default_provider().install_default()`.
    pub fn http_client(mut self, http: reqwest::Client) -> Self {
        self.http = Some(http);
        self
    }

    /// Sends requests through a proxy such as `http://127.0.0.1:8080`. No proxy is used by default; proxy environment
    /// variables are ignored.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Trusts root certificates in addition to those of the platform. `pem` contains one or more certificates.
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificates.push(pem.into());
        self
    }

    /// Appends your program's name and version to the `User-Agent` header.
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent = Some(suffix.into());
        self
    }

    /// Adds a header to every request. `Authorization`, `Host` and `User-Agent` are rejected, because the client sets
    /// them.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets whether responses may be compressed; true by default. Without the `gzip` feature, they are never
    /// compressed.
    pub fn gzip(mut self, gzip: bool) -> Self {
        self.gzip = gzip;
        self
    }

    /// Limits the time to connect, TLS included. `None` for no limit; 5 seconds by default.
    pub fn connect_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.connect_timeout = limit.into();
        self
    }

    /// Limits the time of a call: all attempts and the waits between them. `None` for no limit; 3 minutes by default.
    pub fn timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.timeout = limit.into();
        self
    }

    /// Limits the time of each attempt, from sending to the last byte of the body. `None` for no limit; 60 seconds by
    /// default.
    pub fn attempt_timeout(mut self, limit: impl Into<Option<Duration>>) -> Self {
        self.attempt_timeout = limit.into();
        self
    }

    /// Sets the maximum number of retries, 2 by default.
    ///
    /// Requests are retried only if that is safe: reads, and calls with an idempotency key, after any transient
    /// failure; other writes only if they provably had no effect. A token bucket shared by all calls of the client
    /// limits retries during an outage.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// Sets the backoff bounds. The wait before the first retry is random, up to `base`; the bound
    /// doubles with each retry, up to `cap`. 0.5 and 8 seconds by default. A response can ask for a longer wait, but not
    /// for a shorter one. If a response demands a wait of more than a minute, the call fails, and [`Error::wait`]
    /// returns the wait.
    pub fn backoff(mut self, base: Duration, cap: Duration) -> Self {
        self.backoff = Backoff { base, cap };
        self
    }

    /// Limits the size of a response body, in bytes after decompression; a larger body is an error of kind
    /// [`Unreadable`](crate::ErrorKind::Unreadable). `None` for no limit; 64 MiB by default. Streamed responses are not
    /// limited.
    pub fn max_response_bytes(mut self, limit: impl Into<Option<u64>>) -> Self {
        self.max_response_bytes = limit.into();
        self
    }

    /// Sets how to handle a response that does not match its type; [`Decode::Lenient`] by default.
    pub fn decode(mut self, decode: Decode) -> Self {
        self.decode = decode;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Returns an error of kind [`NeverBuilt`](crate::ErrorKind::NeverBuilt) that names the invalid setting: a missing
    /// API key, a key that cannot be sent, a base URL that is not an origin over TLS, or an invalid header, proxy or
    /// certificate.
    pub fn build(self) -> Result<Client, Error> {
        let Some(key) = &self.key else {
            return Err(ErrorBuilder::configuration(
                "no API key was set; create one at https://app.onlyfansapi.com/api-keys",
            )
            .build());
        };
        let key = key.header()?;
        let base_url = base_url::parse(
            self.base_url
                .as_deref()
                .unwrap_or(onlyfansapi_client::SERVER),
        )?;
        let headers = self.default_headers()?;
        let proxy = self.proxy.as_deref();
        let proxy = proxy
            .map(|proxy| base_url::parse_proxy(proxy, &base_url))
            .transpose()?;
        let via = proxy.as_ref().map_or_else(String::new, |proxy| {
            format!(" through the proxy {}", base_url::origin(proxy))
        });
        let route = format!("{}{via}", base_url::origin(&base_url));
        let is_custom = self.http.is_some();
        let connections = match self.http {
            Some(_) if proxy.is_some() || !self.root_certificates.is_empty() => {
                return Err(ErrorBuilder::configuration(
                    "a proxy or root certificate was set together with a custom HTTP client; set it on that client",
                )
                .build());
            }
            Some(http) => Connections::own(http),
            None => {
                let config = HttpClientConfig {
                    proxy,
                    root_certificates: self.root_certificates,
                    #[cfg(feature = "gzip")]
                    gzip: self.gzip,
                };
                Connections::new(self.connect_timeout, move |limit| config.build(limit))?
            }
        };
        let transport = HttpTransport {
            connections: Arc::new(connections),
            base_url,
            route: route.into(),
            key,
            headers,
            defaults: Defaults {
                retries: self.retries,
                connect: self.connect_timeout.filter(|_| !is_custom),
                attempt: self.attempt_timeout,
                total: self.timeout,
                body: self.max_response_bytes,
                backoff: self.backoff,
            },
            budget: Arc::new(Budget::default()),
            clock: Arc::new(SystemClock),
        };
        Ok(Client::on(transport, self.decode))
    }

    fn default_headers(&self) -> Result<HeaderMap, Error> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let invalid = |problem: &str| {
                ErrorBuilder::configuration(format!("the default header {name:?} {problem}"))
                    .build()
            };
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| invalid("has a name that HTTP does not allow"))?;
            if [header::AUTHORIZATION, header::HOST, header::USER_AGENT].contains(&name) {
                return Err(invalid("is set by the client itself"));
            }
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| invalid("contains characters that a header value cannot have"))?;
            value.set_sensitive(true);
            headers.append(name, value);
        }
        headers.insert(header::USER_AGENT, user_agent(self.user_agent.as_deref())?);
        Ok(headers)
    }
}

impl fmt::Debug for ClientBuilder {
    /// Omits the proxy and the headers, which can contain secrets.
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

/// The configuration of the reqwest clients.
struct HttpClientConfig {
    proxy: Option<Url>,
    root_certificates: Vec<Vec<u8>>,
    #[cfg(feature = "gzip")]
    gzip: bool,
}

impl HttpClientConfig {
    fn build(&self, connect_timeout: Option<Duration>) -> Result<reqwest::Client, Error> {
        tls::ensure_provider();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        builder = match &self.proxy {
            None => builder.no_proxy(),
            Some(url) => {
                // reqwest's error would show the URL, which can contain a password.
                let proxy = reqwest::Proxy::all(url.as_str()).map_err(|_| {
                    ErrorBuilder::configuration("the proxy is not a valid URL").build()
                })?;
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
        builder.build().map_err(|e| {
            let message = format!("the HTTP client cannot be built: {}", cause(&e));
            ErrorBuilder::configuration(message).source(e).build()
        })
    }
}

fn user_agent(suffix: Option<&str>) -> Result<HeaderValue, Error> {
    let own = concat!("onlyfansapi-rust/", env!("CARGO_PKG_VERSION"));
    let text = suffix.map_or_else(|| own.to_owned(), |suffix| format!("{own} {suffix}"));
    HeaderValue::from_str(&text).map_err(|_| {
        ErrorBuilder::configuration(
            "the user-agent suffix contains characters that a header value cannot have",
        )
        .build()
    })
}
