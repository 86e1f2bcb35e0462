//! Errors of the HTTP library, classified by how far the request got.

use std::error::Error as StdError;

use onlyfansapi_core::Operation;
use onlyfansapi_core::transport::{ErrorBuilder, cause};

use crate::policy::attempts::TimeLimit;

/// The error of a request that has no response.
pub(super) fn sending(
    operation: &'static Operation,
    error: reqwest::Error,
    limit: Option<TimeLimit>,
    connect: Option<std::time::Duration>,
) -> ErrorBuilder {
    // The URL can contain secrets.
    let error = error.without_url();
    let builder = if error.is_connect() && error.is_timeout() {
        let message = match connect {
            Some(limit) => format!("no connection within the connect timeout of {limit:?}"),
            None => expired(limit, "connecting"),
        };
        ErrorBuilder::never_sent(operation, message)
    } else if error.is_connect() {
        ErrorBuilder::never_sent(operation, format!("{}: {}", stage(&error), cause(&error)))
    } else if error.is_builder() {
        let message = format!("the HTTP client rejected it: {}", cause(&error));
        ErrorBuilder::never_sent(operation, message)
    } else if error.is_timeout() {
        ErrorBuilder::maybe_sent(operation, expired(limit, "waiting for the response"))
    } else {
        ErrorBuilder::maybe_sent(
            operation,
            format!("the connection broke: {}", cause(&error)),
        )
    };
    with_cause(builder, error)
}

/// The end of the sentence "responded with 200 OK, but its body …".
pub(super) fn body(error: &reqwest::Error, received: usize, limit: Option<TimeLimit>) -> String {
    if error.is_timeout() {
        let expired = expired(limit, "reading the body");
        format!("its body was incomplete after {received} bytes: {expired}")
    } else {
        format!(
            "its body broke off after {received} bytes: {}",
            cause(error)
        )
    }
}

/// Adds the error as the source, and whether it is an expired time limit.
pub(super) fn with_cause(builder: ErrorBuilder, error: reqwest::Error) -> ErrorBuilder {
    let error = error.without_url();
    let builder = if error.is_timeout() {
        builder.timeout()
    } else {
        builder
    };
    builder.source(error)
}

/// Which limit expired, and how long it is.
fn expired(limit: Option<TimeLimit>, activity: &str) -> String {
    match limit {
        Some(limit) => format!(
            "the {} of {:?} expired while {activity}",
            limit.setting, limit.configured
        ),
        None => format!("a time limit of the HTTP client expired while {activity}"),
    }
}

/// What failed while connecting.
fn stage(error: &reqwest::Error) -> &'static str {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = next {
        if is_tls(error) {
            return "the TLS handshake failed";
        }
        if error.to_string().starts_with("dns error") {
            return "the host name could not be resolved";
        }
        next = error.source();
    }
    "no connection"
}

#[cfg(any(feature = "rustls", feature = "rustls-graviola"))]
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    // The source of an `io::Error` is that of the error inside it, which is skipped.
    let inner = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    error.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}

#[cfg(not(any(feature = "rustls", feature = "rustls-graviola")))]
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let text = error.to_string();
    ["certificate", "SSL", "TLS", "handshake"]
        .iter()
        .any(|word| text.contains(word))
}
