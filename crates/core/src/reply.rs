//! A successful answer: the typed value, and everything that came with it.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;
use serde::de::value::{BytesDeserializer, Error as FromBytes};
use serde_json::Value;

use crate::envelope::{Envelope, Parts, is_bare_envelope, is_envelope, is_object};
use crate::{
    Answer, ApiError, CacheInfo, Credits, Decode, Drift, Error, Operation, Pagination, RateLimits,
    Shape, decode,
};

/// A successful answer.
///
/// Derefs to the value, which is what stands under `data`, or the whole body where the operation
/// has no envelope. Status, headers and the raw body stay reachable.
pub struct Reply<T> {
    value: T,
    has_data: bool,
    drift: Vec<Drift>,
    answer: Answer,
    // In boxes: few replies are asked for them, and every reply is moved.
    envelope: OnceLock<Box<Envelope>>,
    operation: &'static Operation,
    refused: OnceLock<Option<Box<ApiError>>>,
}

impl<T: DeserializeOwned> Reply<T> {
    /// Decodes `answer`, which has a status of success, as `operation` documents it.
    ///
    /// # Errors
    ///
    /// "Answered but unreadable" when the body is no JSON, or no value of `T` can be made of it, or
    /// `mode` is strict and a place does not fit; status, headers and body are kept.
    ///
    /// ```
    /// use onlyfansapi::http::{HeaderMap, StatusCode};
    /// use onlyfansapi_core::{Answer, Decode, Reply};
    ///
    /// let answer = Answer::new(StatusCode::OK, HeaderMap::new(), r#"{"data":{"id":1}}"#.into());
    /// let operation = onlyfansapi::api::operations::ALL[0];
    /// let reply: Reply<serde_json::Value> = Reply::decode(operation, answer, Decode::Lenient)?;
    /// assert_eq!(reply.status(), 200);
    /// # Ok::<(), onlyfansapi::Error>(())
    /// ```
    pub fn decode(
        operation: &'static Operation,
        answer: Answer,
        mode: Decode,
    ) -> Result<Self, Error> {
        let decoded = match operation.shape {
            Shape::Redirect => location(&answer),
            // 204 and 304 have no body by definition, an empty body has no value.
            _ if answer.body.is_empty() || matches!(answer.status.as_u16(), 204 | 304) => {
                absent(operation.shape)
            }
            Shape::Empty => absent(Shape::Empty),
            Shape::Text => text(&answer.body),
            Shape::Bytes => T::deserialize(BytesDeserializer::<FromBytes>::new(&answer.body))
                .map(Decoded::of)
                .map_err(|_| "its body is a file, and the type takes no bytes".to_owned()),
            Shape::Whole => value(&answer.body, ""),
            Shape::Envelope => enveloped(&answer.body),
            Shape::Detect if is_envelope(&answer.body) => enveloped(&answer.body),
            Shape::Detect => value(&answer.body, ""),
        };
        match decoded {
            Ok(Decoded { drift, .. }) if mode == Decode::Strict && !drift.is_empty() => {
                let why = format!(
                    "{} of its places do not fit their types, and decoding is strict; the first is {}",
                    drift.len(),
                    drift[0]
                );
                Err(Error::unreadable(operation, answer, why).with_drift(drift))
            }
            Ok(Decoded {
                value,
                has_data,
                drift,
            }) => Ok(Self {
                value,
                has_data,
                drift,
                answer,
                envelope: OnceLock::new(),
                operation,
                refused: OnceLock::new(),
            }),
            Err(why) => Err(Error::unreadable(operation, answer, why)),
        }
    }
}

impl<T> Reply<T> {
    /// Whether the answer carried a value; without one, structs and lists are empty.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{}", reply.has_data());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn has_data(&self) -> bool {
        self.has_data
    }

    /// Every place of the answer that did not fit its type; empty for nearly every answer.
    ///
    /// Worth logging: it names places and kinds, never values.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// for place in reply.drift() {
    ///     println!("{place}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn drift(&self) -> &[Drift] {
        &self.drift
    }

    /// What stood at a place that did not fit, as it came.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// for place in reply.drift() {
    ///     println!("{:?}", reply.original(place).is_some());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn original(&self, drift: &Drift) -> Option<Value> {
        let body: Value = serde_json::from_slice(&self.answer.body).ok()?;
        body.pointer(&drift.pointer).cloned()
    }

    /// The value alone.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// let postback = reply.into_inner();
    /// println!("{:?}", postback.url);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The HTTP status.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{}", reply.status());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The response headers.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.headers().get("etag"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// The body as it came, whatever of it the type does not know included.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{} bytes", reply.raw().len());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.answer.body
    }

    /// Whether the service answered 304 to a conditional request; there is no value then.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{}", reply.is_not_modified());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_not_modified(&self) -> bool {
        self.answer.status == StatusCode::NOT_MODIFIED
    }

    /// What the call cost in credits, and what is left; headers win over the body.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.credits().map(|credits| credits.balance));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn credits(&self) -> Option<&Credits> {
        self.envelope().credits.as_ref()
    }

    /// How many calls may still be made; headers win over the body.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.rate_limits().and_then(|limits| limits.remaining_minute));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn rate_limits(&self) -> Option<&RateLimits> {
        self.envelope().rate_limits.as_ref()
    }

    /// Whether the answer came from the service's cache; the header wins over the body.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.cache().map(|cache| cache.is_cached));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn cache(&self) -> Option<&CacheInfo> {
        self.envelope().cache.as_ref()
    }

    /// Where the next page is; `None` when the answer does not say, which is not the same as the
    /// last page.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.pagination().and_then(|page| page.next_page.as_ref()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn pagination(&self) -> Option<&Pagination> {
        self.envelope().pagination.as_ref()
    }

    /// What the service said against an answer of success: `success: false`, `hasError: true`, or `errors`. `None`
    /// where it said nothing of the kind, or where `success` is itself the answer, as it is when a user name is
    /// checked.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// if let Some(refusal) = reply.refused() {
    ///     println!("{:?}", refusal.message);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn refused(&self) -> Option<&ApiError> {
        let read = || {
            let counts = self.operation.refuses_in_success;
            let refusal = counts.then(|| ApiError::in_success(&self.answer.body))?;
            refusal.map(Box::new)
        };
        self.refused.get_or_init(read).as_deref()
    }

    /// Whether this is the stored answer to an earlier request with the same idempotency key: the service
    /// did nothing, and charged nothing.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{}", reply.replayed());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn replayed(&self) -> bool {
        let value = self.answer.headers.get("idempotent-replayed");
        value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
    }

    /// The idempotency key that the request carried, given or made for the call.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.idempotency_key());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn idempotency_key(&self) -> Option<&str> {
        self.answer.attempts.idempotency_key.as_deref()
    }

    /// The id that the service, or the edge before it, gave the request: what its support asks for.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.request_id());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.answer.request_id()
    }

    /// How many requests were sent for the call.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{}", reply.attempts());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.answer.attempts.count
    }

    /// Time from the start of the first attempt to the end of the body.
    ///
    /// ```
    /// # async fn example(client: onlyfansapi::Client) -> Result<(), onlyfansapi::Error> {
    /// let reply = client.smart_link_postbacks().show(123).await?;
    /// println!("{:?}", reply.elapsed());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.answer.attempts.elapsed
    }

    fn envelope(&self) -> &Envelope {
        self.envelope
            .get_or_init(|| Box::new(Envelope::read(&self.answer.headers, &self.answer.body)))
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
            .field("drift", &self.drift)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

struct Decoded<T> {
    value: T,
    has_data: bool,
    drift: Vec<Drift>,
}

impl<T> Decoded<T> {
    /// A value as it came.
    fn of(value: T) -> Self {
        Self {
            value,
            has_data: true,
            drift: Vec::new(),
        }
    }
}

/// The value, or why there is none (kinds only, never values).
type Outcome<T> = Result<Decoded<T>, String>;

/// Decodes `json`, which stands at the pointer `at` of the body.
fn value<T: DeserializeOwned>(json: &[u8], at: &str) -> Outcome<T> {
    match decode::lenient(json, at) {
        // A null where the type has an empty value.
        Err(_) if json.trim_ascii() == b"null" => absent(Shape::Whole),
        Ok((value, drift)) => Ok(Decoded {
            value,
            has_data: json.trim_ascii() != b"null",
            drift,
        }),
        Err(failure) => Err(failure.why(at)),
    }
}

fn enveloped<T: DeserializeOwned>(body: &[u8]) -> Outcome<T> {
    // Nearly every answer is one pass.
    if let Some(value) = decode::under_data(body) {
        return Ok(Decoded::of(value));
    }
    if !is_object(body) {
        // No envelope after all: the bare value, which other operations of the service send.
        return value(body, "");
    }
    match Parts::read(body) {
        Ok(Parts {
            data: Some(data), ..
        }) => value(data.get().as_bytes(), "/data"),
        Ok(_) => without_data(body),
        // A doubled member of the envelope: the last one counts.
        Err(_) => match serde_json::from_slice::<Value>(body) {
            Ok(body) if !body["data"].is_null() => {
                value(body["data"].to_string().as_bytes(), "/data")
            }
            Ok(_) => without_data(body),
            Err(error) => Err(format!(
                "its body is not JSON: broken at line {} column {}",
                error.line(),
                error.column()
            )),
        },
    }
}

/// The value of an object without `data`. Where something else stands in its place, that is drift.
fn without_data<T: DeserializeOwned>(body: &[u8]) -> Outcome<T> {
    let mut decoded = absent(Shape::Envelope)?;
    if !is_bare_envelope(body) {
        let found = "an object without it";
        decoded.drift.push(Drift {
            pointer: "/data".to_owned(),
            expected: "the value under `data`",
            found,
            is_converted: false,
        });
    }
    Ok(decoded)
}

/// The target of a redirect.
fn location<T: DeserializeOwned>(answer: &Answer) -> Outcome<T> {
    let target = answer
        .headers
        .get(http::header::LOCATION)
        .and_then(|target| target.to_str().ok());
    match target {
        Some(target) => value(Value::from(target).to_string().as_bytes(), ""),
        None => absent(Shape::Redirect),
    }
}

fn text<T: DeserializeOwned>(body: &[u8]) -> Outcome<T> {
    let text = std::str::from_utf8(body)
        .map_err(|e| format!("its text is not UTF-8 from byte {} on", e.valid_up_to()))?;
    value(Value::from(text).to_string().as_bytes(), "")
}

/// The value of an answer that carries none.
fn absent<T: DeserializeOwned>(shape: Shape) -> Outcome<T> {
    let value = if shape == Shape::Text {
        serde_json::from_str("\"\"").ok()
    } else {
        decode::empty()
    };
    match value {
        Some(value) => Ok(Decoded {
            value,
            has_data: false,
            drift: Vec::new(),
        }),
        None => Err("there is no data in it, and the type has no empty value".to_owned()),
    }
}
