//! What went wrong, and what to do next.

use super::{Error, ErrorKind};

impl Error {
    fn has_status(&self, status: u16) -> bool {
        self.status().is_some_and(|known| known == status)
    }

    /// Returns whether the request may have reached the service.
    ///
    /// # Troubleshooting
    ///
    /// Before you repeat a write, check whether it took effect, for example by listing the chat's messages or
    /// retrieving the object.
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        !matches!(
            self.inner.kind,
            ErrorKind::NeverBuilt | ErrorKind::NeverSent
        )
    }

    /// Returns whether the arguments or the configuration are invalid; nothing was sent.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::invalid_arguments`] lists each argument with the reason. If it is empty, the client could not be created
    /// and the message names the setting.
    #[must_use]
    pub fn is_never_built(&self) -> bool {
        self.inner.kind == ErrorKind::NeverBuilt
    }

    /// Returns whether no connection could be established.
    ///
    /// # Troubleshooting
    ///
    /// Check the base URL, the network, the proxy and TLS: a build without a TLS feature can only call loopback.
    #[must_use]
    pub fn is_never_sent(&self) -> bool {
        self.inner.kind == ErrorKind::NeverSent
    }

    /// Returns whether a timeout expired: the connect timeout, the attempt timeout or the call timeout.
    ///
    /// # Troubleshooting
    ///
    /// Reading a chat's history can take a minute. Give slow calls a longer limit with
    /// [`CallOptions::timeout`](crate::CallOptions::timeout). A write may have taken effect unless
    /// [`Error::is_never_sent`] returns true.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.inner.is_timeout
    }

    /// Returns whether the service reported success, but the body is incomplete or does not match its type.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::body`] returns the bytes that arrived. Decode it yourself, or call `send_as` with your own type. If
    /// strict decoding failed, [`Error::drift`] lists the locations.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.inner.kind == ErrorKind::Unreadable
    }

    /// Returns whether the service refused the request with a 4xx or 5xx status, a redirect, or a 2xx response that
    /// reports failure.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::status`], [`Error::code`] and [`Error::message`] explain why.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.inner.kind == ErrorKind::Refused
    }

    /// Returns whether the API key is missing, wrong or revoked (401).
    ///
    /// # Troubleshooting
    ///
    /// Create a key at <https://app.onlyfansapi.com/api-keys>. A 401 with an HTML page comes from the CDN in front of
    /// the service and does not mean that the key is wrong.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.has_status(401)
    }

    /// Returns whether the team is out of credits (402).
    ///
    /// # Troubleshooting
    ///
    /// The service documents 402 only for one download; for other operations, the SDK assumes the usual meaning of the
    /// status. [`Error::credits`] returns the balance if the response includes it.
    #[must_use]
    pub fn is_out_of_credits(&self) -> bool {
        self.has_status(402)
    }

    /// Returns whether the API key lacks a permission (403).
    ///
    /// # Troubleshooting
    ///
    /// Keys have permissions (read, write, delete) and can be restricted to certain accounts. An HTML page comes from
    /// the CDN in front of the service.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.has_status(403)
    }

    /// Returns whether the object does not exist (404).
    ///
    /// # Troubleshooting
    ///
    /// The account in the path is the service's own id (`acct_…`), never the number that OnlyFans uses. If
    /// [`Error::is_upstream`] is true, the object does not exist on OnlyFans.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.has_status(404)
    }

    /// Returns whether the request conflicts with another request (409).
    ///
    /// # Troubleshooting
    ///
    /// With the code `IDEMPOTENCY_CONFLICT`, the first request with this key is still running: wait, then repeat the
    /// same request. For a webhook redelivery, a conflict means that the webhook is disabled or the last redelivery was
    /// too recent.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.has_status(409)
    }

    /// Returns whether the service rejected the arguments (422).
    ///
    /// # Troubleshooting
    ///
    /// [`Error::field`] returns the messages for one field; [`Error::api_error`] returns all of them.
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.has_status(422)
    }

    /// Returns whether the rate limit was exceeded (429).
    ///
    /// # Troubleshooting
    ///
    /// Wait for [`Error::retry_after`] if the response includes it. All keys and accounts of a team share one limit;
    /// [`Error::rate_limits`] returns it.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.has_status(429)
    }

    /// Returns whether OnlyFans refused the request and the service forwarded the refusal.
    ///
    /// # Troubleshooting
    ///
    /// [`Error::upstream`] has the status and body from OnlyFans. Rely on this status: it can differ from the status of
    /// the response.
    #[must_use]
    pub fn is_upstream(&self) -> bool {
        self.upstream().is_some() || self.code() == Some("ONLYFANS_COM_ERROR")
    }

    /// Returns whether the service, or a proxy or CDN in front of it, failed (5xx).
    ///
    /// # Troubleshooting
    ///
    /// Retry reads after a while. A write may have taken effect.
    #[must_use]
    pub fn is_server_error(&self) -> bool {
        self.kind() == ErrorKind::Refused
            && self.status().is_some_and(|status| status.is_server_error())
    }
}
