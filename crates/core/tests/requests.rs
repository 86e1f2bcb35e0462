//! What a draft becomes: where each parameter goes, and in which form the body is written.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use http::Method;
use onlyfansapi_core::{
    Answer, Body, BodyFormat, Call, Draft, EmptyBody, Error, FilePart, Hook, Operation, Parameter,
    Place, RequestPreview, Shape, Style, Transport,
};
use serde_json::json;

/// A way out that nothing takes.
struct Nowhere;

impl Transport for Nowhere {
    fn send(
        self: Arc<Self>,
        call: Call,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'static>> {
        Box::pin(async move { Err(Error::never_sent(call.operation, "nowhere")) })
    }

    fn preview(&self, call: &Call) -> Result<RequestPreview, Error> {
        Err(Error::never_sent(call.operation, "nowhere"))
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
        shape: Shape::Whole,
        refuses_in_success: true,
    }
}

const ID: Parameter = Parameter::new(Place::Path, "id", "id", true, "a text");
const NAME: Parameter = Parameter::new(Place::Body, "name", "name", false, "a text");
const TAGS: Parameter = Parameter::new(Place::Body, "tags", "tags", false, "a list");
const NOTE: Parameter = Parameter::new(Place::Body, "note", "note", false, "a text");

static PARAMETERS: Operation = operation(
    &[
        ID,
        Parameter::new(Place::Query, "ids", "ids", false, "a list").with_style(Style::Pipe),
        Parameter::new(Place::Query, "filter", "filter", false, "an object"),
        Parameter::new(Place::Header, "X-Many", "x_many", false, "a list"),
        Parameter::new(Place::Cookie, "session", "session", true, "a text"),
        Parameter::new(Place::Cookie, "theme", "theme", false, "a text"),
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
static BYTES: Operation = operation(&[ID], BodyFormat::Bytes("image/png"), EmptyBody::Refused);
static OPTIONAL: Operation = operation(&[ID], BodyFormat::Bytes("image/png"), EmptyBody::Nothing);
static LIST: Operation = operation(
    &[ID],
    BodyFormat::Json("application/json"),
    EmptyBody::Refused,
);
static UPLOAD: Operation = operation(
    &[
        ID,
        NAME,
        Parameter::new(Place::File, "file", "file", true, "a file"),
    ],
    BodyFormat::Multipart,
    EmptyBody::Object,
);

fn draft(operation: &'static Operation) -> Draft {
    let mut draft = Draft::new(Hook::new(Arc::new(Nowhere)), operation);
    draft.text("id", "1/2");
    draft
}

fn bytes(call: &Call) -> String {
    let Body::Bytes(bytes) = &call.request.body else {
        panic!("{:?}", call.request.body)
    };
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn faults(draft: Draft) -> Vec<String> {
    let error = draft.build().unwrap_err();
    error.faults().iter().map(ToString::to_string).collect()
}

#[test]
fn every_parameter_goes_where_it_belongs() {
    let mut draft = draft(&PARAMETERS);
    draft.set("ids", Ok::<_, ()>([1, 2]));
    draft.set(
        "filter",
        Ok::<_, ()>(json!({"online": true, "tags": ["a"]})),
    );
    draft.set("x_many", Ok::<_, ()>(["a", "b"]));
    draft.text("session", "s; x=y");
    draft.text("theme", "dark");
    let request = draft.build().unwrap().request;
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
fn a_cookie_that_is_required_is_asked_for() {
    assert_eq!(
        faults(draft(&PARAMETERS)),
        ["`session` is required and was not set"]
    );
}

#[test]
fn a_form_is_written_as_php_reads_it() {
    let mut draft = draft(&FORM);
    draft.set("name", Ok::<_, ()>("a&b"));
    draft.set("tags", Ok::<_, ()>(["x", "y"]));
    draft.set("note", Ok::<_, ()>(()));
    let call = draft.build().unwrap();
    assert_eq!(
        call.request.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    // The order of the fields is that of the map, which a feature of serde_json decides.
    let body = bytes(&call);
    let mut pairs: Vec<&str> = body.split('&').collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        ["name=a%26b", "note=", "tags%5B%5D=x", "tags%5B%5D=y"]
    );
}

#[test]
fn json_goes_out_under_the_media_type_of_the_document() {
    let mut draft = draft(&JSON_API);
    draft.set("name", Ok::<_, ()>("n"));
    let call = draft.build().unwrap();
    assert_eq!(
        call.request.headers["content-type"],
        "application/vnd.api+json"
    );
    assert_eq!(bytes(&call), r#"{"name":"n"}"#);
}

#[test]
fn bytes_are_sent_as_they_are_and_asked_for() {
    assert_eq!(
        faults(draft(&BYTES)),
        ["`body` is required and was not set"]
    );
    let mut draft = draft(&BYTES);
    draft.bytes("png");
    let call = draft.build().unwrap();
    assert_eq!(call.request.headers["content-type"], "image/png");
    assert_eq!(bytes(&call), "png");
}

#[test]
fn a_required_file_is_asked_for_and_the_last_one_counts() {
    assert_eq!(
        faults(draft(&UPLOAD)),
        ["`file` is required and was not set"]
    );
    let mut draft = draft(&UPLOAD);
    draft.files("file", [FilePart::new("old.txt", "old")]);
    draft.files("file", [FilePart::new("new.txt", "new")]);
    draft.set("name", Ok::<_, ()>("n"));
    let body = bytes(&draft.build().unwrap());
    assert!(body.contains("name=\"name\"\r\n\r\nn\r\n"), "{body}");
    assert!(
        body.contains("filename=\"new.txt\"") && !body.contains("old"),
        "{body}"
    );
}

#[test]
fn a_body_that_is_no_object_is_asked_for_or_left_out() {
    assert_eq!(faults(draft(&LIST)), ["`body` is required and was not set"]);
    let mut list = draft(&LIST);
    list.body(Ok::<_, ()>([1, 2]));
    assert_eq!(bytes(&list.build().unwrap()), "[1,2]");
    let request = draft(&OPTIONAL).build().unwrap().request;
    assert!(matches!(request.body, Body::Empty));
    assert!(!request.headers.contains_key("content-type"));
}
