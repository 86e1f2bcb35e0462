//! The last step of every request, generated or raw: query, options of the call, body, faults.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::Value;

use crate::{Body, Call, CallOptions, Error, Fault, Operation, Request};

/// What a request is put together from.
pub(crate) struct Parts {
    pub(crate) operation: &'static Operation,
    pub(crate) method: Method,
    /// The path, percent-encoded; it may have a query already.
    pub(crate) target: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Value>,
    pub(crate) options: CallOptions,
    pub(crate) faults: Vec<Fault>,
}

impl Parts {
    /// The call, or every fault that keeps it from being made.
    pub(crate) fn call(mut self) -> Result<Call, Error> {
        self.faults.append(&mut self.options.faults);
        self.headers
            .insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        for (name, value) in std::mem::take(&mut self.options.fields) {
            match self.body.as_mut().and_then(Value::as_object_mut) {
                Some(fields) => {
                    fields.insert(name, value);
                }
                None => self.faults.push(Fault::new(
                    format!("body field {name}"),
                    "cannot be added: the request has no JSON object as its body",
                )),
            }
        }
        let body = self.body.map_or(Body::Empty, |body| {
            self.headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            Body::Bytes(body.to_string().into())
        });
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
