//! Describes the cause of a failure.

use std::error::Error;

/// Prefixes of error messages from HTTP libraries that do not state a cause.
const WRAPPERS: [&str; 6] = [
    "error sending request",
    "client error (",
    "dns error",
    "error resolving DNS",
    "tcp connect error",
    "error decoding response body",
];

/// Returns the messages of `error` and its sources, from the outermost to the root cause. Omits wrappers and
/// repetitions. Example: `failed to lookup address information: Name or service not known`.
///
/// ```
/// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
/// assert_eq!(onlyfansapi_core::transport::cause(&refused), "connection refused");
/// ```
#[must_use]
pub fn cause(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        next = error.source();
        let text = error.to_string();
        let is_wrapper = WRAPPERS.iter().any(|wrapper| text.starts_with(wrapper));
        // Many errors repeat the message of their source.
        if texts.last().is_some_and(|last| last.contains(&text)) || is_wrapper {
            continue;
        }
        texts.push(text);
    }
    if texts.is_empty() {
        return error.to_string();
    }
    texts.join(": ")
}
