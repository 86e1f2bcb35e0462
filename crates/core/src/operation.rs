//! The static description of an operation, one for each that the document has.

use http::Method;

/// One operation of the document: a method on a path, with what it takes and how it answers.
///
/// The generator writes one `static` of this for each operation.
#[derive(Debug)]
pub struct Operation {
    /// The operationId as it stands in the document, for example `showSmartLinkPostback`.
    pub id: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path with its placeholders, for example `/api/smart-link-postbacks/{postback_id}`.
    pub path: &'static str,
    /// The tag that groups the operation in the document; empty where there is none.
    pub tag: &'static str,
    /// What the caller gives: parameters, and the fields of the body.
    pub parameters: &'static [Parameter],
    /// In which form a body is sent.
    pub body: BodyFormat,
    /// What is sent where the caller sets nothing of the body.
    pub empty_body: EmptyBody,
    /// What the request says it accepts: a media type.
    pub accept: &'static str,
    /// Where the typed value stands in a successful answer.
    pub shape: Shape,
    /// Whether `success: false` in an answer of success means that the service refused. It is the answer
    /// itself where the operation asks a question.
    pub refuses_in_success: bool,
}

impl Operation {
    /// The header that carries an idempotency key, if the operation takes one: the service then gives the same
    /// answer to the same request again, without a second effect.
    ///
    /// Source: the document's header parameters, or the overlay's.
    ///
    /// ```
    /// use onlyfansapi::api::operations;
    ///
    /// assert_eq!(operations::SEND_MESSAGE.idempotency_header(), Some("Idempotency-Key"));
    /// assert_eq!(operations::WHOAMI.idempotency_header(), None);
    /// ```
    #[must_use]
    pub fn idempotency_header(&self) -> Option<&'static str> {
        self.parameters
            .iter()
            .find(|parameter| {
                parameter.place == Place::Header
                    && parameter.name.eq_ignore_ascii_case("idempotency-key")
            })
            .map(|parameter| parameter.name)
    }
}

/// One parameter of an operation.
#[derive(Debug)]
pub struct Parameter {
    /// The name on the wire, for example `filter[online]`.
    pub name: &'static str,
    /// The name of the setter, for example `filter_online`; messages use it.
    pub setter: &'static str,
    /// Where it travels.
    pub place: Place,
    /// Whether the request cannot be built without it.
    pub required: bool,
    /// What its value must be, as the end of "must be …", for example `an integer of 64 bits`.
    pub expects: &'static str,
    /// How a list or an object is written in the query.
    pub style: Style,
}

impl Parameter {
    /// A parameter, in the order in which the generator writes its facts.
    ///
    /// ```
    /// use onlyfansapi::api::{Parameter, Place};
    ///
    /// static LIMIT: Parameter = Parameter::new(Place::Query, "limit", "limit", false, "a text");
    /// assert!(!LIMIT.required);
    /// ```
    #[must_use]
    pub const fn new(
        place: Place,
        name: &'static str,
        setter: &'static str,
        required: bool,
        expects: &'static str,
    ) -> Self {
        Self {
            name,
            setter,
            place,
            required,
            expects,
            style: Style::Php,
        }
    }

    /// The same, with lists and objects written in another way.
    ///
    /// ```
    /// use onlyfansapi::api::{Parameter, Place, Style};
    ///
    /// static IDS: Parameter = Parameter::new(Place::Query, "ids", "ids", false, "a list").with_style(Style::Comma);
    /// assert_eq!(IDS.style, Style::Comma);
    /// ```
    #[must_use]
    pub const fn with_style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

/// How a list or an object is written in the query; scalars are written alike in all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As PHP reads it: `ids[]=1&ids[]=2`, `filter[online]=1`. OpenAPI's `deepObject` is this for objects.
    #[default]
    Php,
    /// `ids=1&ids=2`; the members of an object as parameters of their own.
    Repeated,
    /// `ids=1,2`.
    Comma,
    /// `ids=1 2`, the space percent-encoded.
    Space,
    /// `ids=1|2`.
    Pipe,
}

/// In which form a request carries its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyFormat {
    /// There is none.
    None,
    /// JSON, under this media type; `{}` where the caller sets nothing of it.
    Json(&'static str),
    /// `application/x-www-form-urlencoded`, in the form that PHP reads.
    Form,
    /// `multipart/form-data`: fields, and files that are streamed.
    Multipart,
    /// Bytes or text as the caller gives them, under this media type.
    Bytes(&'static str),
}

/// Where a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a placeholder of the path, percent-encoded as one segment.
    Path,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// In a cookie.
    Cookie,
    /// A field of the body.
    Body,
    /// A file of a multipart body.
    File,
}

/// What is sent where the caller sets nothing of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyBody {
    /// An object or form without fields.
    Object,
    /// No body.
    Nothing,
    /// Nothing at all: the body is required, and no value of its type is empty.
    Refused,
}

/// Where the typed value stands in a successful answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Under `data` of a JSON object; `_meta` and `_pagination` stand beside it.
    Envelope,
    /// The whole JSON body.
    Whole,
    /// Not known beforehand: under `data` where the body is an object with `data` and, beside it,
    /// nothing but names with an underscore in front, `links` and `meta`; else the whole body.
    Detect,
    /// The whole body as text.
    Text,
    /// The whole body as bytes, which can also be read as they come.
    Bytes,
    /// The target of a redirect, which is not followed: the value of the header `Location`.
    Redirect,
    /// There is no value: only status and headers count.
    Empty,
}
