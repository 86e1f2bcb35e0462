//! The one hook of every request. It only forwards: what is sent, when and how often is the
//! transport's business.

use onlyfansapi_core::{Draft, Hook, Operation};

use crate::Client;

impl Client {
    /// A client whose requests all go through `hook`.
    #[must_use]
    pub fn new(hook: Hook) -> Self {
        Self { inner: hook }
    }

    /// The hook of every request, for another generated client that is to go the same way: with the same key, retries
    /// and limits.
    ///
    /// ```
    /// fn again(client: &onlyfansapi_client::Client) -> onlyfansapi_client::Client {
    ///     onlyfansapi_client::Client::new(client.hook().clone())
    /// }
    /// ```
    #[must_use]
    pub fn hook(&self) -> &Hook {
        &self.inner
    }
}

/// The draft of a request of `client`; every builder starts here.
#[allow(dead_code)] // a document without operations has no builders
pub(crate) fn draft(client: &Client, operation: &'static Operation) -> Draft {
    Draft::new(client.inner.clone(), operation)
}
