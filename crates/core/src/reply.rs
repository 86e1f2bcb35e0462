//! A successful answer: the typed value, and everything that came with it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::envelope::Envelope;
use crate::{Answer, CacheInfo, Credits, Error, Operation, Pagination, RateLimits, Shape};

/// A successful answer.
///
/// Derefs to the value, which is what stands under `data`, or the whole body where the operation
/// has no envelope. Status, headers and the raw body stay reachable.
pub struct Reply<T> {
    value: T,
    has_data: bool,
    answer: Answer,
    envelope: OnceLock<Envelope>,
}

impl<T: DeserializeOwned> Reply<T> {
    /// Decodes `answer`, which has a status of success, as `operation` documents it.
    ///
    /// # Errors
    ///
    /// "Answered but unreadable" when the body does not fit `T`; status, headers and body are kept.
    pub fn decode(operation: &'static Operation, answer: Answer) -> Result<Self, Error> {
        let decoded = match operation.shape {
            // 204 and 304 have no body by definition, an empty body has no value.
            _ if answer.body.is_empty() || matches!(answer.status.as_u16(), 204 | 304) => {
                absent(operation.shape)
            }
            Shape::Empty => absent(Shape::Empty),
            Shape::Text => text(&answer.body),
            Shape::Whole => whole(&answer.body),
            Shape::Envelope => enveloped(&answer.body),
        };
        match decoded {
            Ok((value, has_data)) => Ok(Self {
                value,
                has_data,
                answer,
                envelope: OnceLock::new(),
            }),
            Err(why) => Err(Error::unreadable(operation, answer, why)),
        }
    }
}

impl<T> Reply<T> {
    /// Whether the answer carried a value; without one, structs and lists are empty.
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.has_data
    }

    /// The value alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The response headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// The body as it came, whatever of it the type does not know included.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.answer.body
    }

    /// Whether the service answered 304 to a conditional request; there is no value then.
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.answer.status == StatusCode::NOT_MODIFIED
    }

    /// What the call cost in credits, and what is left; headers win over the body.
    #[must_use]
    pub fn credits(&self) -> Option<&Credits> {
        self.envelope().credits.as_ref()
    }

    /// How many calls may still be made; headers win over the body.
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.envelope().rate_limits.as_ref()
    }

    /// Whether the answer came from the service's cache; the header wins over the body.
    #[must_use]
    pub fn cache(&self) -> Option<&CacheInfo> {
        self.envelope().cache.as_ref()
    }

    /// Where the next page is; `None` when the answer does not say, which is not the same as the
    /// last page.
    #[must_use]
    pub fn pagination(&self) -> Option<&Pagination> {
        self.envelope().pagination.as_ref()
    }

    /// How many requests were sent for the call.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.answer.attempts
    }

    /// Time from the start of the first attempt to the end of the body.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.answer.elapsed
    }

    fn envelope(&self) -> &Envelope {
        self.envelope
            .get_or_init(|| Envelope::read(&self.answer.headers, &self.answer.body))
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Reply<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("value", &self.value)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

/// A value and whether the answer carried it, or why it cannot be had (kinds only, never values).
type Decoded<T> = Result<(T, bool), String>;

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct DataOnly<T> {
    #[serde(default = "Option::default")]
    data: Option<T>,
}

fn enveloped<T: DeserializeOwned>(body: &[u8]) -> Decoded<T> {
    match decode::<DataOnly<T>>(body)?.data {
        Some(value) => Ok((value, true)),
        None => absent(Shape::Envelope),
    }
}

fn whole<T: DeserializeOwned>(body: &[u8]) -> Decoded<T> {
    match decode::<Option<T>>(body)? {
        Some(value) => Ok((value, true)),
        None => absent(Shape::Whole),
    }
}

fn text<T: DeserializeOwned>(body: &[u8]) -> Decoded<T> {
    let text = std::str::from_utf8(body)
        .map_err(|e| format!("its text is not UTF-8 from byte {} on", e.valid_up_to()))?;
    match serde_json::from_value(Value::from(text)) {
        Ok(value) => Ok((value, true)),
        Err(_) => Err("its text does not fit the type asked for".to_owned()),
    }
}

/// The value of an answer that carries none: what the type makes of null, of an object without
/// members, of an empty list, or of an empty text, in this order.
fn absent<T: DeserializeOwned>(shape: Shape) -> Decoded<T> {
    let candidates: &[&str] = match shape {
        Shape::Text => &["\"\""],
        _ => &["null", "{}", "[]"],
    };
    let value = candidates
        .iter()
        .find_map(|json| serde_json::from_str(json).ok());
    value
        .map(|value| (value, false))
        .ok_or_else(|| "there is no data in it, and the type has no empty value".to_owned())
}

/// Decodes `body`; only when that fails, a second time to learn where.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let error = match serde_json::from_slice(body) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if !error.is_data() {
        return Err(format!(
            "its body is not JSON: broken at line {} column {}",
            error.line(),
            error.column()
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(value) => Ok(value),
        Err(error) => {
            // serde's message quotes the value found; what was expected is all that may be told.
            let message = error.inner().to_string();
            let expected = message
                .rsplit_once(", expected ")
                .map_or("another kind", |(_, tail)| tail);
            let expected = expected.split(" at line ").next().unwrap_or(expected);
            Err(format!(
                "at `{}` it does not fit its type: expected {expected}",
                error.path()
            ))
        }
    }
}
