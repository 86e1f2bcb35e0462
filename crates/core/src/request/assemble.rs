//! The last step of building every request, generated or raw: adds the query, the call options and the body, and
//! reports invalid arguments.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;

use super::{Body, FilePart, Request, multipart, query};
use crate::transport::{Call, ErrorBuilder};
use crate::{BodyFormat, CallOptions, Error, InvalidArgument, Operation};

/// The content of a request, before it is encoded.
pub(crate) enum Content {
    /// No content.
    None,
    /// Fields to encode in the given format.
    Fields(BodyFormat, Value),
    /// The caller's bytes and their media type.
    Bytes(&'static str, Body),
}

/// The parts of a request.
pub(crate) struct Parts {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    /// The path, percent-encoded; may already have a query.
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// The files of a multipart body, each with its name.
    pub(crate) files: Vec<(&'static str, FilePart)>,
    pub(crate) options: CallOptions,
    pub(crate) invalid: Vec<InvalidArgument>,
}

impl Parts {
    /// Builds the call, or returns an error that lists every invalid argument.
    pub(crate) fn call(mut self) -> Result<Call, Error> {
        self.invalid.append(&mut self.options.invalid);
        self.headers.insert(
            header::ACCEPT,
            HeaderValue::from_static(self.operation.accept),
        );
        for (name, value) in std::mem::take(&mut self.options.fields) {
            let fields = match &mut self.content {
                Content::Fields(_, body) => body.as_object_mut(),
                _ => None,
            };
            match fields {
                Some(fields) => {
                    fields.insert(name, value);
                }
                None => self.invalid.push(InvalidArgument::new(
                    format!("body field {name}"),
                    "cannot be added: the request body is not an object",
                )),
            }
        }
        let (media_type, body) = match self.content {
            Content::None | Content::Fields(BodyFormat::None, _) => (None, Body::Empty),
            Content::Fields(BodyFormat::Json(media) | BodyFormat::Bytes(media), body) => (
                Some(HeaderValue::from_static(media)),
                Body::Bytes(body.to_string().into()),
            ),
            Content::Fields(BodyFormat::Form, body) => {
                let text = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(query::form_pairs(&body))
                    .finish();
                let media = HeaderValue::from_static("application/x-www-form-urlencoded");
                (Some(media), Body::Bytes(text.into()))
            }
            Content::Fields(BodyFormat::Multipart, body) => {
                let (media, body) = multipart::encode(query::form_pairs(&body), self.files);
                (HeaderValue::try_from(media).ok(), body)
            }
            Content::Bytes(media, body) => (Some(HeaderValue::from_static(media)), body),
        };
        if let Some(media_type) = media_type {
            self.headers.insert(header::CONTENT_TYPE, media_type);
        }
        for (name, value) in &self.options.headers {
            self.headers.insert(name, value.clone());
        }
        if !self.invalid.is_empty() {
            return Err(ErrorBuilder::invalid_arguments(self.operation, self.invalid).build());
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.query)
            .extend_pairs(&self.options.query)
            .finish();
        if !query.is_empty() {
            self.target
                .push(if self.target.contains('?') { '&' } else { '?' });
            self.target.push_str(&query);
        }
        let request = Request {
            method: self.method,
            target: self.target,
            headers: self.headers,
            body,
        };
        Ok(Call::new(self.operation, request, self.options.settings))
    }
}
