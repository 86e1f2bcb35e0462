//! How far a request got.

/// How far a request got before its call failed. After several attempts, the kind covers all of them, not only the
/// last.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::ErrorKind;
///
/// fn is_safe_to_repeat(error: &onlyfansapi::Error) -> bool {
///     matches!(error.kind(), ErrorKind::NeverBuilt | ErrorKind::NeverSent)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request was never built: an argument, the API key or the configuration is invalid. Nothing was sent. The
    /// error lists every invalid argument.
    NeverBuilt,
    /// The request was built and provably never sent: DNS, the connection or TLS failed. If there were earlier
    /// attempts, none of them took effect either: each was not sent, or was refused before it was processed. It is safe
    /// to retry.
    NeverSent,
    /// The request may have reached the service, but there is no response: a timeout or a broken connection. A write may
    /// have taken effect. Also the kind of a call whose last attempt was not sent, if an earlier attempt may have taken
    /// effect.
    MaybeSent,
    /// The service, or a proxy or CDN in front of it, refused the request: a 4xx or 5xx status, a redirect, or a 2xx
    /// response that reports failure (`success: false`).
    Refused,
    /// The service responded with success, but the body is incomplete or does not match the type.
    Unreadable,
}
