//! A successful response: the typed value, and its metadata.

use std::fmt;
use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::de::value::{BytesDeserializer, Error as FromBytes};
use serde_json::Value;

use super::decode::{self, Decode, Drift};
use super::envelope::{is_bare_envelope, is_envelope, is_envelope_member, is_object};
use super::{Meta, Response, json};
use crate::error::{ApiError, Error, ErrorBuilder};
use crate::{Operation, ResponseShape};

/// A successful response.
///
/// Dereferences to the value: the value under `data`, or the whole body if the operation has no envelope. Everything
/// else about the response is in [`meta`](Self::meta), so that field names of the value cannot collide with methods.
///
/// ```
/// # use onlyfansapi_core as onlyfansapi;
/// use onlyfansapi::Reply;
///
/// # struct Fan { name: String }
/// # fn example(reply: Reply<Vec<Fan>>) {
/// println!("{} fans, status {}", reply.len(), reply.meta().status());
/// for fan in &reply {
///     println!("{}", fan.name);
/// }
/// let (fans, meta) = reply.into_parts();
/// # let _ = (fans, meta);
/// # }
/// ```
#[derive(Clone)]
pub struct Reply<T> {
    value: T,
    meta: Meta,
}

impl<T> Reply<T> {
    /// Returns everything about the response except its value.
    #[must_use]
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// Returns only the value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the value and everything else about the response.
    #[must_use]
    pub fn into_parts(self) -> (T, Meta) {
        (self.value, self.meta)
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: IntoIterator> IntoIterator for Reply<T> {
    type Item = T::Item;
    type IntoIter = T::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.value.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Reply<T>
where
    &'a T: IntoIterator,
{
    type Item = <&'a T as IntoIterator>::Item;
    type IntoIter = <&'a T as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        (&self.value).into_iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("value", &self.value)
            .field("meta", &self.meta)
            .finish()
    }
}

/// Decodes `response`, which has a success status or 304, by the response shape of `operation`.
///
/// # Errors
///
/// - [`Refused`](crate::ErrorKind::Refused) if the body reports failure, unless `accept_refusal` is set
/// - [`Unreadable`](crate::ErrorKind::Unreadable) if the body is blank or not JSON, if it has no value of type `T`, or
///   if `mode` is strict and a location does not match
///
/// The error keeps the status, headers and body.
pub fn decode<T: DeserializeOwned>(
    operation: &'static Operation,
    mut response: Response,
    mode: Decode,
    accept_refusal: bool,
) -> Result<Reply<T>, Error> {
    // RFC 8259 lets a parser ignore a byte order mark. Text and files keep theirs.
    if !matches!(operation.shape, ResponseShape::Text | ResponseShape::Bytes) {
        let json = json::without_byte_order_mark(&response.body);
        response.body = response.body.slice_ref(json);
    }
    // The fast path for lists, whose bodies are the longest: searching them for refusal markers takes as much time as
    // everything else that the SDK adds to a call.
    let is_list = operation.shape == ResponseShape::Envelope
        && !has_no_content(&response)
        && starts_with_list(&response.body);
    if is_list
        && let Some(member) = decode::data_member(&response.body)
        && !member.may_refuse
    {
        return Ok(Reply {
            value: member.value,
            meta: Meta::new(response, true, Vec::new(), None),
        });
    }
    let refusal = ApiError::in_success(&response.body, operation);
    if let (Some(refusal), false) = (&refusal, accept_refusal) {
        return Err(ErrorBuilder::refused_in_success(operation, response, refusal.clone()).build());
    }
    let body = &response.body;
    let decoded = match operation.shape {
        ResponseShape::Redirect => location(&response),
        shape if has_no_content(&response) => absent(shape),
        shape @ (ResponseShape::Text | ResponseShape::Bytes) if body.is_empty() => absent(shape),
        ResponseShape::Empty => nothing(&response),
        ResponseShape::Text if response.media_type() == Some("text/html") => {
            Err("its body is an HTML page".to_owned())
        }
        ResponseShape::Text => text(body),
        ResponseShape::Bytes => T::deserialize(BytesDeserializer::<FromBytes>::new(body))
            .map(Decoded::exact)
            .map_err(|_| "its body is a file, which the requested type does not accept".to_owned()),
        _ if body.trim_ascii().is_empty() => blank(),
        ResponseShape::Whole => value(body, ""),
        ResponseShape::Envelope if is_list => any_envelope(body),
        ResponseShape::Envelope => enveloped(body),
        ResponseShape::Detect if is_envelope(body) => enveloped(body),
        ResponseShape::Detect => value(body, ""),
    };
    match decoded {
        Ok(Decoded { drift, .. }) if mode == Decode::Strict && !drift.is_empty() => {
            let why = format!(
                "{} of its values do not match their types, and decoding is strict; the first is {}",
                drift.len(),
                drift[0]
            );
            Err(ErrorBuilder::unreadable(operation, response, why)
                .drift(drift)
                .build())
        }
        Ok(Decoded {
            value,
            has_data,
            drift,
        }) => Ok(Reply {
            value,
            meta: Meta::new(response, has_data, drift, refusal),
        }),
        Err(why) => {
            let why = if response.media_type() == Some("text/html") {
                "its body is an HTML page, which the service itself does not send".to_owned()
            } else {
                why
            };
            Err(ErrorBuilder::unreadable(operation, response, why).build())
        }
    }
}

struct Decoded<T> {
    value: T,
    has_data: bool,
    drift: Vec<Drift>,
}

impl<T> Decoded<T> {
    /// Creates the result for a value that matches its type.
    fn exact(value: T) -> Self {
        Self {
            value,
            has_data: true,
            drift: Vec::new(),
        }
    }

    /// Creates the result for a response without a value.
    fn empty(value: T) -> Self {
        Self {
            value,
            has_data: false,
            drift: Vec::new(),
        }
    }
}

/// The value, or the end of the sentence "responded with 200 OK, but …".
type DecodeResult<T> = Result<Decoded<T>, String>;

/// Returns whether the response has no body by definition (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5).
fn has_no_content(response: &Response) -> bool {
    matches!(response.status.as_u16(), 204 | 205 | 304)
}

/// Decodes a blank body. Returns a value only if the type accepts null: an object whose fields are all optional would
/// hide that the service sent nothing.
fn blank<T: DeserializeOwned>() -> DecodeResult<T> {
    serde_json::from_str("null")
        .map(Decoded::empty)
        .map_err(|_| "the response body is empty".to_owned())
}

/// Returns whether the body is an object whose first member is `data` with a list.
fn starts_with_list(body: &[u8]) -> bool {
    [b"{".as_slice(), b"\"data\"", b":", b"["]
        .iter()
        .try_fold(body, |rest, token| {
            rest.trim_ascii_start().strip_prefix(*token)
        })
        .is_some()
}

/// Decodes `json`, which is at the pointer `at` of the body.
fn value<T: DeserializeOwned>(json: &[u8], at: &str) -> DecodeResult<T> {
    match decode::lenient(json, at) {
        // Null, if the type has an empty value.
        Err(_) if json.trim_ascii() == b"null" => absent(ResponseShape::Whole),
        Ok((value, drift)) => Ok(Decoded {
            value,
            has_data: json.trim_ascii() != b"null",
            drift,
        }),
        Err(failure) => Err(failure.message(at)),
    }
}

fn enveloped<T: DeserializeOwned>(body: &[u8]) -> DecodeResult<T> {
    // Nearly every response is decoded in one pass.
    match decode::data_member(body) {
        Some(member) => Ok(Decoded::exact(member.value)),
        None => any_envelope(body),
    }
}

/// Decodes an envelope that does not match its type exactly.
fn any_envelope<T: DeserializeOwned>(body: &[u8]) -> DecodeResult<T> {
    if !is_object(body) {
        // Not an envelope but the bare value, as other operations return it.
        return value(body, "");
    }
    let members = decode::members(body).map_err(|(line, column)| {
        format!("the response body is not valid JSON (line {line}, column {column})")
    })?;
    // The last of duplicate members is kept.
    let data = members.iter().rev().find(|(name, _)| name == "data");
    match data {
        Some((_, data)) if *data != b"null" => value(data, "/data"),
        _ => without_data(body),
    }
}

/// Decodes an object without `data`. Members other than those of an envelope are drift.
fn without_data<T: DeserializeOwned>(body: &[u8]) -> DecodeResult<T> {
    let mut decoded = absent(ResponseShape::Envelope)?;
    if !is_bare_envelope(body) {
        decoded.drift.push(Drift {
            pointer: "/data".to_owned(),
            expected: "the value under `data`",
            found: "an object without `data`",
            is_converted: false,
            occurrences: 1,
        });
    }
    Ok(decoded)
}

/// Decodes the body of an operation that returns no value. It may contain the members of an envelope, and a note in
/// `message` or `success`. Any other body did not come from this operation.
fn nothing<T: DeserializeOwned>(response: &Response) -> DecodeResult<T> {
    let body = &response.body;
    if matches!(body.trim_ascii(), b"" | b"null") {
        return absent(ResponseShape::Empty);
    }
    let is_note = |name: &str| matches!(name, "message" | "success");
    match decode::members(body) {
        Ok(members)
            if members
                .iter()
                .all(|(name, _)| is_note(name) || is_envelope_member(name)) =>
        {
            absent(ResponseShape::Empty)
        }
        _ => Err("it has a body, and the operation returns none".to_owned()),
    }
}

/// Returns the target of a redirect.
fn location<T: DeserializeOwned>(response: &Response) -> DecodeResult<T> {
    let target = response
        .headers
        .get(http::header::LOCATION)
        .and_then(|target| target.to_str().ok());
    match target {
        Some(target) => value(Value::from(target).to_string().as_bytes(), ""),
        None => Err("it is not a redirect".to_owned()),
    }
}

fn text<T: DeserializeOwned>(body: &[u8]) -> DecodeResult<T> {
    let text = std::str::from_utf8(body).map_err(|e| {
        format!(
            "its text is not valid UTF-8 from byte {} on",
            e.valid_up_to()
        )
    })?;
    value(Value::from(text).to_string().as_bytes(), "")
}

/// Returns the empty value for a response without a value.
fn absent<T: DeserializeOwned>(shape: ResponseShape) -> DecodeResult<T> {
    let value = if shape == ResponseShape::Text {
        serde_json::from_str("\"\"").ok()
    } else {
        decode::empty()
    };
    value
        .map(Decoded::empty)
        .ok_or_else(|| "it has no data, and the requested type has no empty value".to_owned())
}
