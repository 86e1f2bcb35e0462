//! Tests uploads, streamed downloads and redirects to files.

use onlyfansapi::FilePart;
use onlyfansapi::http::Method;
use onlyfansapi_mock::MockReply;
use serde_json::json;

use crate::common::start;

#[tokio::test]
async fn uploads_fields_and_file_as_multipart() {
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
        .await
        .unwrap();
    assert_eq!(reply.prefixed_id.as_deref(), Some("ofapi_media_1"));
    let request = &server.requests()[0];
    let content_type = request.header("content-type").to_owned();
    let boundary = content_type
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
    assert_eq!(&*request.body, &*expected);
    assert_eq!(request.header("content-length"), expected.len().to_string());
}

#[tokio::test]
async fn streams_a_download_in_chunks() {
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
    let (mut received, mut chunks) = (Vec::new(), 0);
    while let Some(bytes) = download.chunk().await.unwrap() {
        received.extend_from_slice(&bytes);
        chunks += 1;
    }
    assert_eq!(received, file);
    assert!(chunks > 1, "{chunks} chunks");
    assert_eq!(server.requests()[0].header("accept"), "*/*");
}

#[tokio::test]
async fn returns_a_refused_download_as_an_error() {
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
async fn returns_the_target_of_a_redirect_without_following_it() {
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
        .await
        .unwrap();
    assert_eq!(reply.as_str(), target);
    assert_eq!(reply.meta().status(), 302);
    assert_eq!(server.requests().len(), 1);
}
