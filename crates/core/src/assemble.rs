//! The last step of every request, generated or raw: query, options of the call, body, faults.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;

use crate::{
    Body, BodyFormat, Call, CallOptions, Error, Fault, FilePart, Operation, Request, multipart,
    query,
};

/// What a request carries, before it is written out.
pub(crate) enum Content {
    /// Nothing.
    None,
    /// Fields, to be written in a format.
    Fields(BodyFormat, Value),
    /// Bytes as the caller gave them, under a media type.
    Bytes(&'static str, Body),
}

/// What a request is put together from.
pub(crate) struct Parts {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    /// The path, percent-encoded; it may have a query already.
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// The files of a multipart body: name and file.
    pub(crate) files: Vec<(&'static str, FilePart)>,
    pub(crate) options: CallOptions,
    pub(crate) faults: Vec<Fault>,
}

impl Parts {
    /// The call, or every fault that keeps it from being made.
    pub(crate) fn call(mut self) -> Result<Call, Error> {
        self.faults.append(&mut self.options.faults);
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
                None => self.faults.push(Fault::new(
                    format!("body field {name}"),
                    "cannot be added: the request has no object as its body",
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
                    .extend_pairs(query::members(&body))
                    .finish();
                let media = HeaderValue::from_static("application/x-www-form-urlencoded");
                (Some(media), Body::Bytes(text.into()))
            }
            Content::Fields(BodyFormat::Multipart, body) => {
                let (media, body) = multipart::written(query::members(&body), self.files);
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
        if !self.faults.is_empty() {
            return Err(Error::never_built(self.operation, self.faults));
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
        Ok(Call::new(self.operation, request, self.options))
    }
}
