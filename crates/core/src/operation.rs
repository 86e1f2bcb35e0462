//! The static descriptions of the document's operations.

use http::Method;

/// One operation of the document: a method and path, its parameters, and how it responds.
///
/// The generator writes one `static` per operation.
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::Operation;
///
/// fn describe(operation: &Operation) -> String {
///     format!("{}: {} {}", operation.id, operation.method, operation.path)
/// }
/// ```
#[derive(Debug)]
pub struct Operation {
    /// The operationId in the document, for example `showSmartLinkPostback`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path with its placeholders, for example `/api/smart-link-postbacks/{postback_id}`.
    pub path: &'static str,
    /// The tag that groups the operation in the document; empty if it has none.
    pub tag: &'static str,
    /// Parameters, including the fields of the body.
    pub parameters: &'static [Parameter],
    /// How the body is encoded.
    pub body: BodyFormat,
    /// What is sent if the caller sets no part of the body.
    pub empty_body: EmptyBody,
    /// The media type of the `Accept` header.
    pub accept: &'static str,
    /// The location of the typed value in a successful response.
    pub shape: ResponseShape,
    /// The markers that identify a 2xx response as a refusal; empty if there are none.
    pub refusal: &'static [RefusalMarker],
}

impl Operation {
    /// Returns the name of the header for an idempotency key, if the operation accepts a key. If a request is repeated
    /// with the same key, the service returns the stored response without repeating the effect.
    ///
    /// Source: the header parameters of the document and the overlay.
    #[must_use]
    pub fn idempotency_header(&self) -> Option<&'static str> {
        self.parameters
            .iter()
            .find(|parameter| {
                parameter.location == ParameterLocation::Header
                    && parameter.name.eq_ignore_ascii_case("idempotency-key")
            })
            .map(|parameter| parameter.name)
    }
}

/// One parameter of an operation.
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::{Operation, ParameterLocation};
///
/// fn required_query(operation: &Operation) -> Vec<&str> {
///     let parameters = operation.parameters.iter();
///     let required = parameters.filter(|p| p.required && p.location == ParameterLocation::Query);
///     required.map(|parameter| parameter.name).collect()
/// }
/// ```
#[derive(Debug)]
pub struct Parameter {
    /// The name on the wire, for example `filter[online]`.
    pub name: &'static str,
    /// The name of the setter, for example `filter_online`; error messages use it.
    pub setter: &'static str,
    /// Where it is sent.
    pub location: ParameterLocation,
    /// Whether the request cannot be built without it.
    pub required: bool,
    /// The requirement on the value, phrased to complete "must be …", for example `a 64-bit integer`.
    pub expects: &'static str,
    /// How lists and objects are serialized in the query.
    pub style: QueryStyle,
}

impl Parameter {
    /// Creates a parameter. The generator emits one call for each parameter in the document.
    #[must_use]
    pub const fn new(
        location: ParameterLocation,
        name: &'static str,
        setter: &'static str,
        required: bool,
        expects: &'static str,
    ) -> Self {
        Self {
            name,
            setter,
            location,
            required,
            expects,
            style: QueryStyle::Php,
        }
    }

    /// Returns the same parameter with another style for lists and objects.
    #[must_use]
    pub const fn with_style(mut self, style: QueryStyle) -> Self {
        self.style = style;
        self
    }
}

/// How lists and objects are serialized in the query. Scalars are serialized the same way in every style.
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::{Parameter, QueryStyle};
///
/// fn is_comma_separated(parameter: &Parameter) -> bool {
///     parameter.style == QueryStyle::Comma
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueryStyle {
    /// As PHP parses it: `ids[]=1&ids[]=2`, `filter[online]=1`. For objects this is OpenAPI's `deepObject`.
    #[default]
    Php,
    /// `ids=1&ids=2`; each member of an object becomes its own parameter.
    Repeated,
    /// `ids=1,2`.
    Comma,
    /// `ids=1 2`, with the space percent-encoded.
    Space,
    /// `ids=1|2`.
    Pipe,
}

/// How a request encodes its body.
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::{BodyFormat, Operation};
///
/// fn is_upload(operation: &Operation) -> bool {
///     operation.body == BodyFormat::Multipart
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// The operation has no body.
    None,
    /// JSON with this media type.
    Json(&'static str),
    /// `application/x-www-form-urlencoded`, as PHP parses it.
    Form,
    /// `multipart/form-data`: fields, and streamed files.
    Multipart,
    /// The caller's bytes with this media type.
    Bytes(&'static str),
}

/// Where a parameter is sent.
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::{Operation, ParameterLocation};
///
/// fn body_fields(operation: &Operation) -> usize {
///     let parameters = operation.parameters.iter();
///     parameters.filter(|p| p.location == ParameterLocation::Body).count()
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterLocation {
    /// In a placeholder of the path, percent-encoded as one segment.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
    /// As a field of the body.
    Body,
    /// As a file of a multipart body.
    File,
}

/// What is sent if the caller sets no part of the body.
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::{EmptyBody, Operation};
///
/// fn needs_body(operation: &Operation) -> bool {
///     operation.empty_body == EmptyBody::Required
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyBody {
    /// An object or form without fields.
    Object,
    /// No body.
    Nothing,
    /// No request is sent: the body is required, and its type has no empty value.
    Required,
}

/// The location of the typed value in a successful response.
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::{Operation, ResponseShape};
///
/// fn has_envelope(operation: &Operation) -> bool {
///     operation.shape == ResponseShape::Envelope
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseShape {
    /// Under `data` of a JSON object, next to `_meta` and `_pagination`.
    Envelope,
    /// The whole JSON body.
    Whole,
    /// Under `data` if the body is an object with `data` whose other members are `links`, `meta` or start with an
    /// underscore; otherwise the whole body.
    Detect,
    /// The whole body as text.
    Text,
    /// The whole body as bytes, which can also be streamed.
    Bytes,
    /// The `Location` header of a redirect, which is not followed.
    Redirect,
    /// Nowhere: the operation returns no value.
    Empty,
}

/// A marker that identifies a 2xx response as a refusal.
///
/// Source: the vendor's pages and clients. The overlay sets the markers of operations that differ from
/// [`DEFAULT`](Self::DEFAULT).
///
/// ```
/// # mod onlyfansapi { pub use onlyfansapi_core as api; }
/// use onlyfansapi::api::{Operation, RefusalMarker};
///
/// fn can_refuse_with_200(operation: &Operation) -> bool {
///     operation.refusal.contains(&RefusalMarker::SuccessFalse)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalMarker {
    /// `success: false` at the top of the body or directly under `data`.
    SuccessFalse,
    /// `hasError: true` at the top of the body or directly under `data`.
    HasError,
    /// A non-empty list or map in `errors` at the top of the body.
    Errors,
    /// A non-empty `error` at the top of a body without `data`. Not used if the whole body is the value.
    Error,
}

impl RefusalMarker {
    /// The default markers, used unless the document or the overlay sets others.
    pub const DEFAULT: &'static [Self] = &[Self::SuccessFalse, Self::Errors, Self::Error];
}
