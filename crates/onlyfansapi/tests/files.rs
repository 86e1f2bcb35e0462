//! Files both ways: what an upload is on the wire, a download that is read as it comes, a redirect that
//! is not followed.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use common::start;
use onlyfansapi::FilePart;
use onlyfansapi::http::Method;
use onlyfansapi_mock::MockReply;
use serde_json::json;

#[tokio::test]
async fn an_upload_carries_fields_and_the_file() {
    let (server, client) = start().await;
    server.reply_at(
        "POST",
        "/api/acct_1/media/upload",
        MockReply::json(200, &json!({"prefixed_id": "ofapi_media_1"})),
    );
    let file = FilePart::new("clip.mp4", b"\0\x01\r\n--not a boundary".as_slice())
        .content_type("video/mp4");
    let reply = client
        .api()
        .upload_media_to_the_only_fans_cdn()
        .account("acct_1")
        .file(file)
        .async_(true)
        .fetch()
        .await
        .unwrap();
    assert_eq!(reply.prefixed_id.as_deref(), Some("ofapi_media_1"));
    let sent = &server.requests()[0];
    let media = sent.header("content-type").to_owned();
    let boundary = media
        .strip_prefix("multipart/form-data; boundary=")
        .expect("multipart");
    let expected = [
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"async\"\r\n\r\n1\r\n")
            .into_bytes(),
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"clip.mp4\"\r\nContent-Type: video/mp4\r\n\r\n").into_bytes(),
        b"\0\x01\r\n--not a boundary".to_vec(),
        format!("\r\n--{boundary}--\r\n").into_bytes(),
    ]
    .concat();
    assert_eq!(&*sent.body, &*expected);
    assert_eq!(sent.header("content-length"), expected.len().to_string());
}

#[tokio::test]
async fn a_body_is_read_as_it_comes() {
    let (server, client) = start().await;
    let file: Vec<u8> = (0..200_000u32).flat_map(u32::to_le_bytes).collect();
    server.reply_at(
        "GET",
        "/api/file",
        MockReply::status(200).body("application/octet-stream", file.clone()),
    );
    let mut download = client
        .request(Method::GET, "/api/file")
        .stream()
        .await
        .unwrap();
    assert_eq!(download.status(), 200);
    assert_eq!(
        download.headers()["content-type"],
        "application/octet-stream"
    );
    let (mut got, mut chunks) = (Vec::new(), 0);
    while let Some(bytes) = download.chunk().await.unwrap() {
        got.extend_from_slice(&bytes);
        chunks += 1;
    }
    assert_eq!(got, file);
    assert!(chunks > 1, "{chunks} chunks");
    assert_eq!(server.requests()[0].header("accept"), "*/*");
}

#[tokio::test]
async fn a_refused_stream_is_the_error_of_every_call() {
    let (server, client) = start().await;
    server.reply_at(
        "GET",
        "/api/file",
        MockReply::json(404, &json!({"message": "No such file."})),
    );
    let error = client
        .request(Method::GET, "/api/file")
        .stream()
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.message(), Some("No such file."));
}

#[tokio::test]
async fn the_target_of_a_redirect_is_the_answer_and_is_not_followed() {
    let (server, client) = start().await;
    let target = "https://cdn.example/file?signature=s";
    server.reply_at(
        "GET",
        "/api/acct_1/media/download/https%3A%2F%2Fcdn.example%2Fa.jpg",
        MockReply::status(302).header("location", target),
    );
    let reply = client
        .api()
        .download_media_from_the_only_fans_cdn()
        .account("acct_1")
        .cdn_url("https://cdn.example/a.jpg")
        .fetch()
        .await
        .unwrap();
    assert_eq!(reply.as_str(), target);
    assert_eq!(reply.status(), 302);
    assert_eq!(server.requests().len(), 1);
}
