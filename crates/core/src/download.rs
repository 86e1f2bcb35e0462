//! Answers that are read as they come, and the small values of answers that are no JSON.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize, Serializer};

use crate::{Answer, Attempts, BodyStream, Error};

/// What a transport gives for an answer whose body is still coming.
#[non_exhaustive]
pub struct Opened {
    /// The HTTP status.
    pub status: StatusCode,
    /// The response headers.
    pub headers: HeaderMap,
    /// The rest of the answer.
    pub body: BodyStream,
    /// How it was come by, without the time of the body.
    pub attempts: Attempts,
}

impl Opened {
    /// An answer with a body that is still coming.
    #[must_use]
    pub fn new(status: StatusCode, headers: HeaderMap, body: BodyStream) -> Self {
        Self {
            status,
            headers,
            body,
            attempts: Attempts::new(1, Duration::ZERO),
        }
    }

    /// The same of a body whose errors are another library's; `error` says what of them may be seen.
    #[must_use]
    pub fn streamed<S, E>(
        status: StatusCode,
        headers: HeaderMap,
        body: S,
        error: fn(E) -> std::io::Error,
    ) -> Self
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: 'static,
    {
        let body = Box::pin(body);
        Self::new(status, headers, Box::pin(Chunks { body, error }))
    }

    /// An answer that was read already, as one whose body is still coming.
    #[must_use]
    pub fn read(answer: Answer) -> Self {
        let body = Box::pin(Once(Some(answer.body)));
        let mut opened = Self::new(answer.status, answer.headers, body);
        opened.attempts = answer.attempts;
        opened
    }
}

/// A body as it comes, its errors translated.
struct Chunks<S, E> {
    body: Pin<Box<S>>,
    error: fn(E) -> std::io::Error,
}

impl<S: Stream<Item = Result<Bytes, E>>, E> Stream for Chunks<S, E> {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let error = self.error;
        self.body.as_mut().poll_next(context).map_err(error)
    }
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// The future of a call whose answer is read as it comes; resolves to a [`Download`] or an [`Error`].
#[must_use = "nothing is sent until the future is awaited"]
pub struct Opening(pub(crate) Pin<Box<dyn Future<Output = Result<Download, Error>> + Send>>);

impl Future for Opening {
    type Output = Result<Download, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.as_mut().poll(context)
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening")
    }
}

/// A successful answer whose body is read as it comes: a [`Stream`] of its bytes.
///
/// An item that is an error ends it: the connection broke, or the time limit ran out.
pub struct Download {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: BodyStream,
}

impl Download {
    /// The HTTP status.
    ///
    /// ```
    /// fn example(download: &onlyfansapi::Download) {
    ///     println!("{}", download.status());
    /// }
    /// ```
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The response headers.
    ///
    /// ```
    /// fn example(download: &onlyfansapi::Download) {
    ///     println!("{:?}", download.headers().get("content-type"));
    /// }
    /// ```
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the body breaks off; what came before is not the whole.
    ///
    /// ```
    /// # async fn example(mut download: onlyfansapi::Download) -> std::io::Result<()> {
    /// while let Some(bytes) = download.chunk().await? {
    ///     println!("{} bytes", bytes.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn chunk(&mut self) -> std::io::Result<Option<Bytes>> {
        std::future::poll_fn(|context| self.body.as_mut().poll_next(context))
            .await
            .transpose()
    }
}

impl Stream for Download {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.body.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A body in memory that is read once, as a stream.
pub(crate) struct Once(pub(crate) Option<Bytes>);

impl Stream for Once {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// The body of an answer that is a file and no JSON, read to its end.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blob(Bytes);

impl Blob {
    /// The bytes.
    ///
    /// ```
    /// assert!(onlyfansapi::Blob::default().bytes().is_empty());
    /// ```
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for Blob {
    /// The size only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({} bytes)", self.0.len())
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Blob;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Blob, E> {
                Ok(Blob(Bytes::copy_from_slice(bytes)))
            }

            fn visit_unit<E>(self) -> Result<Blob, E> {
                Ok(Blob::default())
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// The target of a redirect that was not followed.
///
/// Often a link that is a secret for as long as it is valid, so `Debug` shows no more than the host.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<String>", into = "String")]
pub struct Location(String);

impl From<Location> for String {
    fn from(location: Location) -> Self {
        location.0
    }
}

impl From<Option<String>> for Location {
    fn from(text: Option<String>) -> Self {
        Self(text.unwrap_or_default())
    }
}

impl Location {
    /// The target as the service sent it: a URL, or a path of the same host. Empty where the answer had
    /// no header `Location`.
    ///
    /// ```
    /// assert_eq!(onlyfansapi::Location::default().as_str(), "");
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.0.split_once("://").map_or("", |(_, rest)| {
            rest.split(['/', '?', '#']).next().unwrap_or("")
        });
        // A user and password stand in front of the host.
        let host = host.rsplit('@').next().unwrap_or_default();
        write!(f, "Location({host})")
    }
}

/// Both stand where JSON would: a schema of texts for the target, of anything for a file.
#[cfg(feature = "schemars")]
mod schemas {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator};

    use super::{Blob, Location};

    impl JsonSchema for Location {
        fn schema_name() -> Cow<'static, str> {
            "Location".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            String::json_schema(generator)
        }
    }

    impl JsonSchema for Blob {
        fn schema_name() -> Cow<'static, str> {
            "Blob".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            Schema::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_secret_is_not_shown() {
        for (target, shown) in [
            (
                "https://user:pass@cdn.example/file?signature=secret",
                "Location(cdn.example)",
            ),
            ("/api/file?signature=secret", "Location()"),
        ] {
            let location = Location::from(Some(target.to_owned()));
            assert_eq!(location.as_str(), target);
            assert_eq!(format!("{location:?}"), shown);
        }
        let blob = Blob(Bytes::from_static(b"secret"));
        assert_eq!(format!("{blob:?}"), "Blob(6 bytes)");
    }
}
