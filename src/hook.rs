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
}

/// The draft of a request of `client`; every builder starts here.
#[allow(dead_code)] // a document without operations has no builders
pub(crate) fn draft(client: &Client, operation: &'static Operation) -> Draft {
    Draft::new(client.inner.clone(), operation)
}
