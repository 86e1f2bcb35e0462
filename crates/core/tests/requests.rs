//! Tests how requests are built: the location of each parameter, and the encoding of the body.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::sync::Arc;

use http::Method;
use onlyfansapi_core::support::RequestBuilder;
use onlyfansapi_core::transport::{
    Call, Dispatcher, ErrorBuilder, Response, Transport, TransportFuture,
};
use onlyfansapi_core::{
    Body, BodyFormat, EmptyBody, Error, FilePart, Operation, Parameter, ParameterLocation,
    QueryStyle, RefusalMarker, RequestPreview, ResponseShape,
};
use serde_json::{Value, json};

/// A transport that fails every call without sending it.
struct Unreachable;

impl Transport for Unreachable {
    fn send(self: Arc<Self>, call: Call) -> TransportFuture<Response> {
        let error = ErrorBuilder::never_sent(call.operation, "unreachable").build();
        Box::pin(async { Err(error) })
    }

    fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        Err(ErrorBuilder::never_sent(call.operation, "unreachable").build())
    }
}

const fn operation(
    parameters: &'static [Parameter],
    body: BodyFormat,
    empty_body: EmptyBody,
) -> Operation {
    Operation {
        id: "op",
        method: Method::POST,
        path: "/a/{id}",
        tag: "",
        parameters,
        body,
        empty_body,
        accept: "application/vnd.api+json",
        shape: ResponseShape::Whole,
        refusal: RefusalMarker::DEFAULT,
    }
}

const ID: Parameter = Parameter::new(ParameterLocation::Path, "id", "id", true, "a string");
const NAME: Parameter = Parameter::new(ParameterLocation::Body, "name", "name", false, "a string");
const TAGS: Parameter = Parameter::new(ParameterLocation::Body, "tags", "tags", false, "an array");
const NOTE: Parameter = Parameter::new(ParameterLocation::Body, "note", "note", false, "a string");

static PARAMETERS: Operation = operation(
    &[
        ID,
        Parameter::new(ParameterLocation::Query, "ids", "ids", false, "an array")
            .with_style(QueryStyle::Pipe),
        Parameter::new(
            ParameterLocation::Query,
            "filter",
            "filter",
            false,
            "an object",
        ),
        Parameter::new(
            ParameterLocation::Header,
            "X-Many",
            "x_many",
            false,
            "an array",
        ),
        Parameter::new(
            ParameterLocation::Cookie,
            "session",
            "session",
            true,
            "a string",
        ),
        Parameter::new(
            ParameterLocation::Cookie,
            "theme",
            "theme",
            false,
            "a string",
        ),
    ],
    BodyFormat::None,
    EmptyBody::Nothing,
);
static FORM: Operation = operation(&[ID, NAME, TAGS, NOTE], BodyFormat::Form, EmptyBody::Object);
static JSON_API: Operation = operation(
    &[ID, NAME],
    BodyFormat::Json("application/vnd.api+json"),
    EmptyBody::Object,
);
static BYTES: Operation = operation(&[ID], BodyFormat::Bytes("image/png"), EmptyBody::Required);
static OPTIONAL: Operation = operation(&[ID], BodyFormat::Bytes("image/png"), EmptyBody::Nothing);
static LIST: Operation = operation(
    &[ID],
    BodyFormat::Json("application/json"),
    EmptyBody::Required,
);
static UPLOAD: Operation = operation(
    &[
        ID,
        NAME,
        Parameter::new(ParameterLocation::File, "file", "file", true, "a file"),
    ],
    BodyFormat::Multipart,
    EmptyBody::Object,
);

fn builder(operation: &'static Operation) -> RequestBuilder {
    let mut builder = RequestBuilder::new(Dispatcher::new(Arc::new(Unreachable)), operation);
    builder.set::<String>("id", "1/2");
    builder
}

fn bytes(call: &Call) -> String {
    let Body::Bytes(bytes) = &call.request.body else {
        panic!("{:?}", call.request.body)
    };
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn invalid(builder: RequestBuilder) -> Vec<String> {
    let error = builder.build().unwrap_err();
    let invalid = error.invalid_arguments().iter();
    invalid.map(ToString::to_string).collect()
}

#[test]
fn sends_each_parameter_in_its_location() {
    let mut builder = builder(&PARAMETERS);
    builder.set::<Vec<i64>>("ids", [1, 2]);
    builder.set::<Value>("filter", json!({"online": true, "tags": ["a"]}));
    builder.set::<Vec<String>>("x_many", ["a", "b"]);
    builder.set::<String>("session", "s; x=y");
    builder.set::<String>("theme", "dark");
    let request = builder.build().unwrap().request;
    assert_eq!(
        request.target,
        "/a/1%2F2?ids=1%7C2&filter%5Bonline%5D=1&filter%5Btags%5D%5B%5D=a"
    );
    assert_eq!(request.headers["x-many"], "a,b");
    assert_eq!(
        request.headers["cookie"],
        "session=s%3B%20x%3Dy; theme=dark"
    );
    assert_eq!(request.headers["accept"], "application/vnd.api+json");
    assert!(!request.headers.contains_key("content-type"));
}

#[test]
fn reports_a_missing_required_cookie() {
    assert_eq!(
        invalid(builder(&PARAMETERS)),
        ["`session` is required and was not set"]
    );
}

#[test]
fn encodes_a_form_as_php_parses_it() {
    let mut builder = builder(&FORM);
    builder.set::<String>("name", "a&b");
    builder.set::<Vec<String>>("tags", ["x", "y"]);
    builder.set_null("note");
    let call = builder.build().unwrap();
    assert_eq!(
        call.request.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    // The fields are in the order of the map, which depends on a serde_json feature.
    let body = bytes(&call);
    let mut pairs: Vec<&str> = body.split('&').collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        ["name=a%26b", "note=", "tags%5B%5D=x", "tags%5B%5D=y"]
    );
}

#[test]
fn sends_json_with_the_documented_media_type() {
    let mut builder = builder(&JSON_API);
    builder.set::<String>("name", "n");
    let call = builder.build().unwrap();
    assert_eq!(
        call.request.headers["content-type"],
        "application/vnd.api+json"
    );
    assert_eq!(bytes(&call), r#"{"name":"n"}"#);
}

#[test]
fn sends_bytes_unchanged_and_requires_them() {
    assert_eq!(
        invalid(builder(&BYTES)),
        ["`body` is required and was not set"]
    );
    let mut builder = builder(&BYTES);
    builder.bytes("png");
    let call = builder.build().unwrap();
    assert_eq!(call.request.headers["content-type"], "image/png");
    assert_eq!(bytes(&call), "png");
}

#[test]
fn requires_a_file_and_sends_the_last_one_set() {
    assert_eq!(
        invalid(builder(&UPLOAD)),
        ["`file` is required and was not set"]
    );
    let mut builder = builder(&UPLOAD);
    builder.files("file", [FilePart::new("old.txt", "old")]);
    builder.files("file", [FilePart::new("new.txt", "new")]);
    builder.set::<String>("name", "n");
    let body = bytes(&builder.build().unwrap());
    assert!(body.contains("name=\"name\"\r\n\r\nn\r\n"), "{body}");
    assert!(
        body.contains("filename=\"new.txt\"") && !body.contains("old"),
        "{body}"
    );
}

#[test]
fn requires_or_omits_a_body_that_is_not_an_object() {
    assert_eq!(
        invalid(builder(&LIST)),
        ["`body` is required and was not set"]
    );
    let mut list = builder(&LIST);
    list.body::<Vec<i64>>([1, 2]);
    assert_eq!(bytes(&list.build().unwrap()), "[1,2]");
    let request = builder(&OPTIONAL).build().unwrap().request;
    assert!(matches!(request.body, Body::Empty));
    assert!(!request.headers.contains_key("content-type"));
}

#[test]
fn rejects_numbers_that_are_not_finite_in_query_and_body() {
    static NUMBERS: Operation = operation(
        &[
            ID,
            Parameter::new(ParameterLocation::Query, "max", "max", false, "a number"),
            Parameter::new(ParameterLocation::Body, "price", "price", false, "a number"),
            Parameter::new(ParameterLocation::Body, "data", "data", false, "an object"),
        ],
        BodyFormat::Json("application/json"),
        EmptyBody::Object,
    );
    #[derive(Clone, serde::Serialize)]
    struct Data {
        amount: Option<f64>,
    }
    impl onlyfansapi_core::support::Argument for Data {}

    let mut builder = builder(&NUMBERS);
    builder.set::<f64>("max", f64::NAN);
    builder.set::<f64>("price", f32::INFINITY);
    builder.set::<Data>(
        "data",
        Data {
            amount: Some(f64::NAN),
        },
    );
    assert_eq!(
        invalid(builder.clone()),
        [
            "`max` must be a finite number; JSON has neither NaN nor infinity",
            "`price` must be a finite number; JSON has neither NaN nor infinity",
            "`data` must contain finite numbers only; JSON has neither NaN nor infinity",
        ]
    );
    builder.set::<f64>("max", 1);
    builder.set::<f64>("price", "9.99");
    builder.set::<Data>("data", &Data { amount: None });
    let call = builder.build().unwrap();
    assert_eq!(call.request.target, "/a/1%2F2?max=1.0");
    let body: Value = serde_json::from_str(&bytes(&call)).unwrap();
    assert_eq!(body, json!({"price": 9.99, "data": {"amount": null}}));
}

#[test]
fn leaves_an_argument_unchanged_if_the_value_is_none() {
    let mut builder = builder(&FORM);
    builder.set::<String>("name", None::<&str>);
    assert_eq!(bytes(&builder.clone().build().unwrap()), "");
    builder.set::<String>("name", Some("n"));
    builder.set::<String>("name", None::<String>);
    assert_eq!(bytes(&builder.build().unwrap()), "name=n");
}
