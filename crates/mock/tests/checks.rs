//! Requests that the mock server rejects, and the errors that it returns.

use onlyfansapi_mock::MockServer;
use serde_json::{Value, json};

use crate::common::{send, send_bare, send_json};

const FANS: &str = "/api/acct_1/fans/active";
const QUEUE: &str = "/api/a/queue?publishDateStart=x&publishDateEnd=x&timezone=x";
const MESSAGES: &str = "/api/a/chats/1/messages";

#[tokio::test]
async fn missing_or_wrong_key_is_401() {
    let server = MockServer::start().await.unwrap();
    for headers in [
        "",
        "Authorization: Bearer other\r\n",
        "Authorization: other\r\n",
    ] {
        let response = send_bare(&server, "GET", "/api/whoami", headers, "").await;
        assert_eq!(response.status, 401);
        let message =
            "Unauthorized. Go to https://app.onlyfansapi.com/api-keys to get your API key.";
        assert_eq!(response.json(), json!({"error": message}));
    }
}

#[tokio::test]
async fn unknown_path_is_404_and_unknown_method_is_405() {
    let server = MockServer::start().await.unwrap();
    let response = send(&server, "GET", "/api/no/such/thing/at/all", "", "").await;
    assert_eq!(response.status, 404);
    assert_eq!(
        response.json()["message"],
        "The route api/no/such/thing/at/all could not be found."
    );
    let response = send(&server, "PUT", "/api/webhooks", "", "").await;
    assert_eq!(
        (response.status, response.header("allow")),
        (405, "get, post")
    );
    assert!(
        response.json()["message"]
            .as_str()
            .unwrap()
            .contains("Supported methods: GET, POST.")
    );
}

#[tokio::test]
async fn invalid_query_parameters_are_reported_by_field() {
    let server = MockServer::start().await.unwrap();
    for (target, field, message) in [
        (
            format!("{FANS}?filter[online]=2"),
            "filter[online]",
            "The selected filter[online] is invalid.",
        ),
        (
            format!("{FANS}?filter[online]=true"),
            "filter[online]",
            "The filter[online] field must be an integer.",
        ),
        (
            format!("{FANS}?limit=many"),
            "limit",
            "The limit field must be an integer.",
        ),
        (
            format!("{FANS}?filter[max_total_spent]=NaN"),
            "filter[max_total_spent]",
            "The filter[max total spent] field must be a number.",
        ),
        (
            format!("{FANS}?type=nobody"),
            "type",
            "The selected type is invalid.",
        ),
        (
            format!("{QUEUE}&type=chat,post"),
            "type",
            "The type field must be an array.",
        ),
        (
            format!("{QUEUE}&type[]=chat&type[]=mail"),
            "type.1",
            "The selected type.1 is invalid.",
        ),
        (
            "/api/a/queue?publishDateStart=x&publishDateEnd=x".to_owned(),
            "timezone",
            "The timezone field is required.",
        ),
        (
            "/api/a/queue?publishDateStart=x&publishDateEnd=x&timezone=".to_owned(),
            "timezone",
            "The timezone field is required.",
        ),
        (
            "/api/a/tracking-links?synchronous=yes".to_owned(),
            "synchronous",
            "The synchronous field must be true or false.",
        ),
        (
            "/api/a/users/list?ids=1,2,3,4,5,6,7,8,9,10,11".to_owned(),
            "ids",
            "The ids field must not have more than 10 items.",
        ),
        (
            "/api/smart-link-postbacks/abc".to_owned(),
            "postback_id",
            "The postback id field must be an integer.",
        ),
    ] {
        let response = send(&server, "GET", &target, "", "").await;
        let body = response.json();
        assert_eq!(
            (response.status, &body["error"]),
            (422, &json!("VALIDATION_ERROR")),
            "{target}: {body}"
        );
        assert_eq!(body["errors"][field], json!([message]), "{target}: {body}");
        assert_eq!(body["message"], message);
        assert_eq!(body["_meta"]["_credits"]["used"], 0);
    }
}

#[tokio::test]
async fn filters_with_dots_are_rejected_and_brackets_accepted() {
    let server = MockServer::start().await.unwrap();
    let response = send(&server, "GET", &format!("{FANS}?filter.online=1"), "", "").await;
    assert_eq!(response.status, 422);
    let message = response.json()["errors"]["filter.online"][0].clone();
    assert!(
        message.as_str().unwrap().ends_with("filter[online]."),
        "{message}"
    );
    for query in [
        "filter[online]=1",
        "filter%5Bonline%5D=0",
        "filter[online]=",
    ] {
        assert_eq!(
            send(&server, "GET", &format!("{FANS}?{query}"), "", "")
                .await
                .status,
            200,
            "{query}"
        );
    }
    for query in ["type[]=chat&type[]=post", "type[0]=chat", "type%5B%5D=post"] {
        assert_eq!(
            send(&server, "GET", &format!("{QUEUE}&{query}"), "", "")
                .await
                .status,
            200,
            "{query}"
        );
    }
    for value in ["1", "0", "true", "false"] {
        let target = format!("/api/a/tracking-links?synchronous={value}");
        assert_eq!(
            send(&server, "GET", &target, "", "").await.status,
            200,
            "{value}"
        );
    }
}

#[tokio::test]
async fn ignored_parts_of_a_request_are_findings() {
    let server = MockServer::start().await.unwrap();
    assert_eq!(
        send(
            &server,
            "GET",
            &format!("{FANS}?filter[onlien]=1&q=2&filter=3"),
            "",
            ""
        )
        .await
        .status,
        200
    );
    let body = json!({"text": "hi", "txet": 1});
    assert_eq!(
        send_json(&server, "POST", MESSAGES, &body).await.status,
        200
    );
    assert_eq!(
        send(&server, "GET", "/api/whoami", "", "x").await.status,
        200
    );
    let findings: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.findings)
        .collect();
    assert_eq!(
        findings,
        [
            vec![
                "unknown query parameter `filter[onlien]`",
                "unknown query parameter `q`",
                "unknown query parameter `filter`"
            ],
            vec!["unknown body field `txet`"],
            vec!["unexpected request body; the operation does not define one"],
        ]
    );
}

#[tokio::test]
async fn invalid_body_fields_are_reported_by_field() {
    let server = MockServer::start().await.unwrap();
    let postback = json!({"url": "https://example.com", "smart_link_scope": "global", "conversion_types": ["new_subscriber"]});
    let with = |name: &str, value: Value| {
        let mut body = postback.clone();
        body[name] = value;
        body
    };
    for (body, field, message) in [
        (json!({}), "url", "The url field is required."),
        (with("url", json!("")), "url", "The url field is required."),
        (
            with("url", json!(null)),
            "url",
            "The url field is required.",
        ),
        (
            with("url", json!(5)),
            "url",
            "The url field must be a string.",
        ),
        (
            with("conversion_types", json!([])),
            "conversion_types",
            "The conversion types field is required.",
        ),
        (
            with("conversion_types", json!("a")),
            "conversion_types",
            "The conversion types field must be an array.",
        ),
        (
            with("conversion_types", json!([1])),
            "conversion_types.0",
            "The conversion types.0 field must be a string.",
        ),
        (
            with("http_method", json!("PUT")),
            "http_method",
            "The selected http method is invalid.",
        ),
        (
            with("headers", json!([{"name": 5}])),
            "headers.0.name",
            "The headers.0.name field must be a string.",
        ),
        (
            with("smart_link_scope", json!("campaign_specific")),
            "smart_link_ids",
            "The smart link ids field is required.",
        ),
        (json!([]), "body", "The body field must be an object."),
    ] {
        let response = send_json(&server, "POST", "/api/smart-link-postbacks", &body).await;
        let error = response.json();
        assert_eq!(response.status, 422, "{body}: {error}");
        assert_eq!(error["errors"][field], json!([message]), "{body}: {error}");
    }
    assert_eq!(
        send_json(&server, "POST", "/api/smart-link-postbacks", &postback)
            .await
            .status,
        200
    );
    // The rejected requests created nothing: the list has the initial postback and the last one.
    let list = send(&server, "GET", "/api/smart-link-postbacks", "", "")
        .await
        .json();
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn unreadable_bodies_are_rejected_with_a_reason() {
    let server = MockServer::start().await.unwrap();
    let json = "Content-Type: application/json\r\n";
    for (headers, body, status, message) in [
        (
            json,
            "{\"text\": ",
            400,
            "The body is not valid JSON: EOF while parsing a value at line 1 column 9",
        ),
        ("", "{}", 415, "The body must be application/json, not ."),
        (
            "Content-Type: text/plain\r\n",
            "{}",
            415,
            "The body must be application/json, not text/plain.",
        ),
    ] {
        let response = send(&server, "POST", MESSAGES, headers, body).await;
        assert_eq!(
            (response.status, response.json()["message"].as_str()),
            (status, Some(message))
        );
    }
    let response = send(
        &server,
        "POST",
        "/api/a/media/vault",
        "Content-Type: multipart/form-data\r\n",
        "x",
    )
    .await;
    assert_eq!(response.status, 400);
    assert!(
        response
            .message()
            .starts_with("The body is not a valid multipart form: ")
    );
}

#[tokio::test]
async fn forms_are_validated_by_field_and_priced_by_size() {
    let server = MockServer::start().await.unwrap();
    let form = "Content-Type: multipart/form-data; boundary=B\r\n";
    let part = |disposition: &str, body: &str| {
        format!("--B\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{body}\r\n")
    };
    let file = part("name=\"file\"; filename=\"a.mp4\"", &"x".repeat(2_500_000));
    let form_body = |parts: &[String]| parts.concat() + "--B--\r\n";
    let upload = "/api/a/media/vault";
    let response = send(
        &server,
        "POST",
        upload,
        form,
        &form_body(std::slice::from_ref(&file)),
    )
    .await;
    // 2.5 MB are billed as three megabytes (decimal).
    assert_eq!(
        (response.status, response.header("x-ofapi-credits-used")),
        (200, "9")
    );
    let in_background = form_body(&[file, part("name=\"async\"", "true")]);
    assert_eq!(
        send(&server, "POST", upload, form, &in_background)
            .await
            .status,
        202
    );
    let invalid = form_body(&[
        part("name=\"async\"", "soon"),
        part("name=\"file\"", "no file"),
    ]);
    let response = send(&server, "POST", upload, form, &invalid).await;
    let errors = &response.json()["errors"];
    assert_eq!(
        errors["async"],
        json!(["The async field must be true or false."])
    );
    assert_eq!(errors["file"], json!(["The file field must be a file."]));
}

#[tokio::test]
async fn idempotency_keys_replay_conflict_and_mismatch() {
    let server = MockServer::start().await.unwrap();
    let headers =
        |key: &str| format!("Content-Type: application/json\r\nIdempotency-Key: {key}\r\n");
    let send_with = async |key: &str, target: &str, text: &str| {
        send(
            &server,
            "POST",
            target,
            &headers(key),
            &json!({"text": text}).to_string(),
        )
        .await
    };
    let first = send_with("k", MESSAGES, "hi").await;
    let again = send_with("k", MESSAGES, "hi").await;
    assert_eq!(
        (first.status, first.header("idempotent-replayed")),
        (200, "")
    );
    assert_eq!(
        (again.status, again.header("idempotent-replayed")),
        (200, "true")
    );
    assert_eq!(first.json()["data"], again.json()["data"]);
    assert_eq!(first.json()["_meta"]["_credits"]["used"], 1);
    assert_eq!(again.json()["_meta"]["_credits"]["used"], 0);
    for (key, target, text, status, code) in [
        ("k", MESSAGES, "other", 422, "IDEMPOTENCY_KEY_MISMATCH"),
        (
            "k",
            "/api/a/chats/2/messages",
            "hi",
            422,
            "IDEMPOTENCY_KEY_MISMATCH",
        ),
        (
            &"k".repeat(256),
            MESSAGES,
            "hi",
            400,
            "IDEMPOTENCY_KEY_INVALID",
        ),
    ] {
        let response = send_with(key, target, text).await;
        assert_eq!(
            (response.status, response.json()["error"].as_str()),
            (status, Some(code))
        );
    }
    // Idempotency keys are scoped to the account.
    assert_eq!(
        send_with("k", "/api/b/chats/1/messages", "other")
            .await
            .status,
        200
    );
    // A second request while the first is in progress.
    server
        .next("sendMessage")
        .delay(std::time::Duration::from_millis(200));
    let delayed = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        send_with("slow", MESSAGES, "hi").await
    };
    let (slow, meanwhile) = tokio::join!(send_with("slow", MESSAGES, "hi"), delayed);
    assert_eq!(slow.status, 200);
    assert_eq!(
        (meanwhile.status, &meanwhile.json()["error"]),
        (409, &json!("IDEMPOTENCY_CONFLICT"))
    );
    // The chat has two messages, sent with the keys `k` and `slow`.
    let list = send(&server, "GET", MESSAGES, "", "").await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn fields_required_only_by_the_description_are_required() {
    let server = MockServer::start().await.unwrap();
    for (method, target, body, field) in [
        ("POST", MESSAGES, json!({}), "text"),
        (
            "POST",
            MESSAGES,
            json!({"text": "hi", "price": 5}),
            "mediaFiles",
        ),
        (
            "POST",
            "/api/a/mass-messaging",
            json!({"text": "hi", "price": 5}),
            "mediaFiles",
        ),
        ("POST", "/api/authenticate", json!({}), "password"),
        (
            "POST",
            "/api/authenticate",
            json!({"auth_type": "raw_data"}),
            "cookies",
        ),
        (
            "POST",
            "/api/smart-links",
            json!({"account_id": "a", "name": "n", "link_type": "free_trial"}),
            "free_trial_days",
        ),
        (
            "POST",
            "/api/a/posts",
            json!({"text": "hi", "votingType": "quiz"}),
            "votingOptions",
        ),
    ] {
        let response = send_json(&server, method, target, &body).await;
        assert_eq!(response.status, 422, "{target} {body}: {}", response.body);
        assert!(
            response.json()["errors"][field].is_array(),
            "{target} {body}: {}",
            response.body
        );
    }
    let without_body = send(&server, "POST", MESSAGES, "", "").await;
    assert_eq!(
        (without_body.status, without_body.json()["message"].as_str()),
        (422, Some("The text field is required."))
    );
    for (method, target, body) in [
        ("POST", MESSAGES, json!({"mediaFiles": [1]})),
        (
            "POST",
            "/api/authenticate",
            json!({"auth_type": "mobile_app"}),
        ),
        // These operations accept empty values.
        (
            "PUT",
            "/api/a/fans/5/custom-name",
            json!({"custom_name": ""}),
        ),
        (
            "PUT",
            "/api/a/settings/blocked-countries",
            json!({"blockedCountries": []}),
        ),
        ("DELETE", "/api/a/users/5/subscribe", json!({"reason": ""})),
    ] {
        let response = send_json(&server, method, target, &body).await;
        assert_eq!(response.status, 200, "{target} {body}: {}", response.body);
    }
    let form = "Content-Type: multipart/form-data; boundary=B\r\n";
    let empty_form = send(&server, "POST", "/api/a/media/vault", form, "--B--\r\n").await;
    assert_eq!(
        empty_form.json()["errors"]["file"],
        json!(["The file field is required."])
    );
}

#[tokio::test]
async fn debug_and_json_output_do_not_contain_the_key() {
    let builder = MockServer::builder().key("not-a-real-key");
    assert!(!format!("{builder:?}").contains("not-a-real-key"));
    let server = builder.start().await.unwrap();
    let response = send_bare(
        &server,
        "GET",
        "/api/whoami",
        "Authorization: bearer not-a-real-key\r\n",
        "",
    )
    .await;
    assert_eq!(response.status, 200);
    let output = format!(
        "{server:?}{:?}{}",
        server.requests(),
        server.requests()[0].to_json()
    );
    assert!(!output.contains("not-a-real-key"), "{output}");
    assert_eq!(
        server.requests()[0].header("authorization"),
        "Bearer not-a-real-key".replace('B', "b")
    );
}
