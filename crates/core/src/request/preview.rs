//! A request as it would be sent, for inspection.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, Method};

/// A request as it would be sent, returned by a builder's `preview()`. The API key is redacted.
///
/// `Display` prints the whole request, including the body. `Debug` prints no values.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// # fn example(builder: onlyfansapi::RawRequest) -> Result<(), onlyfansapi::Error> {
/// let preview = builder.preview()?;
/// println!("{} {}", preview.method, preview.url);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RequestPreview {
    /// The HTTP method.
    pub method: Method,
    /// The whole URL.
    pub url: String,
    /// The headers; `Authorization` is `[redacted]`.
    pub headers: HeaderMap,
    /// The body; empty if the request has none or streams it.
    pub body: Bytes,
}

impl fmt::Display for RequestPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.url)?;
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        if !self.body.is_empty() {
            write!(f, "\n{}", String::from_utf8_lossy(&self.body))?;
        }
        Ok(())
    }
}

impl fmt::Debug for RequestPreview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.keys().map(http::HeaderName::as_str).collect();
        f.debug_struct("RequestPreview")
            .field("method", &self.method)
            .field("headers", &names)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
