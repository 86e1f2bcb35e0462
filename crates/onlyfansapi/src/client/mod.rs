//! The client.

mod builder;
mod key;

use std::fmt;
use std::sync::Arc;

use onlyfansapi_client::Client as Api;
use onlyfansapi_core::http::Method;
use onlyfansapi_core::transport::{Dispatcher, ErrorBuilder};
use onlyfansapi_core::{Decode, Error, RawRequest, support};

pub use builder::ClientBuilder;
pub use key::ApiKey;

use crate::resources::SmartLinkPostbacks;
use crate::transport::HttpTransport;

/// A client for the service.
///
/// Cheap to clone, `Send` and `Sync`; clones share connections.
///
/// ```no_run
/// # async fn example() -> Result<(), onlyfansapi::Error> {
/// let client = onlyfansapi::Client::from_env()?; // ONLYFANSAPI_API_KEY
///
/// let fans = client.api().list_active_fans().account("acct_0123").limit(20).await?;
/// for fan in fans.list.iter().flatten() {
///     println!("{:?}", fan.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    api: Api,
    dispatcher: Dispatcher,
    decode: Decode,
    transport: Arc<HttpTransport>,
}

impl Client {
    /// Creates a client from environment variables: the API key from `ONLYFANSAPI_API_KEY`; the base URL from
    /// `ONLYFANSAPI_BASE_URL` or, if that is not set, from `ONLY_FANS_API_BASE_URL` (the vendor's own clients use both
    /// names). By default, the base URL is the document's server.
    ///
    /// # Errors
    ///
    /// Returns an error if the key is not set, or if one of the values is invalid.
    pub fn from_env() -> Result<Self, Error> {
        let Some(key) = variable("ONLYFANSAPI_API_KEY")? else {
            return Err(ErrorBuilder::configuration(
                "ONLYFANSAPI_API_KEY is not set; create an API key at https://app.onlyfansapi.com/api-keys",
            )
            .build());
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

    /// Creates a client with the API key `key` and default settings.
    ///
    /// # Errors
    ///
    /// Returns an error if the key cannot be sent in a header.
    pub fn new(key: impl Into<ApiKey>) -> Result<Self, Error> {
        Self::builder().key(key).build()
    }

    /// Returns a builder for a client with custom settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Returns a client with another API key that shares connections and settings with this client.
    ///
    /// # Errors
    ///
    /// Returns an error if the key cannot be sent in a header.
    pub fn with_key(&self, key: impl Into<ApiKey>) -> Result<Self, Error> {
        Ok(Self::on(
            self.transport.with_key(key.into().header()?),
            self.decode,
        ))
    }

    /// Returns the operations of the document, one method each.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Returns the team's Smart Link postbacks.
    pub fn smart_link_postbacks(&self) -> SmartLinkPostbacks {
        SmartLinkPostbacks::new(self.api.clone())
    }

    /// Creates a request that the document does not describe, with the same key, limits and errors.
    ///
    /// `path` starts with `/` and is percent-encoded.
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        support::raw_request(self.dispatcher.clone(), method, path)
    }

    #[cfg(test)]
    pub(crate) fn transport(&self) -> &HttpTransport {
        &self.transport
    }

    fn on(transport: HttpTransport, decode: Decode) -> Self {
        let transport = Arc::new(transport);
        let dispatcher = Dispatcher::new(Arc::clone(&transport) as Arc<_>).with_decode(decode);
        Self {
            api: Api::from(dispatcher.clone()),
            dispatcher,
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

/// Reads an environment variable; an empty variable counts as unset.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(ErrorBuilder::configuration(format!("{name} is not valid UTF-8")).build())
        }
    }
}
