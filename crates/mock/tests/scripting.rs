//! Scripted responses, and assertions on the requests that arrived.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use onlyfansapi::{CallOptions, ErrorKind};
use onlyfansapi_mock::{MockReply, MockServer, RetryAfter};
use serde_json::json;

use crate::common::{send, send_json};

#[tokio::test]
async fn scripted_responses_apply_to_the_next_calls_only() {
    let server = MockServer::start().await.unwrap();
    let next = || server.next("whoami");
    next()
        .times(2)
        .reply(MockReply::json(503, &json!({"message": "later"})).header("x-a", "b"));
    next().reply(MockReply::bad_gateway());
    next().reply(MockReply::too_many_requests(RetryAfter::Seconds(7)));
    next().reply(MockReply::too_many_requests(RetryAfter::Date(
        SystemTime::UNIX_EPOCH,
    )));
    next().reply(MockReply::too_many_requests(RetryAfter::Absent));
    let mut responses = Vec::new();
    for _ in 0..7 {
        responses.push(send(&server, "GET", "/api/whoami", "", "").await);
    }
    let statuses: Vec<_> = responses.iter().map(|response| response.status).collect();
    assert_eq!(statuses, [503, 503, 502, 429, 429, 429, 200]);
    assert_eq!(
        (
            responses[0].header("x-a"),
            responses[0].json()["message"].as_str()
        ),
        ("b", Some("later"))
    );
    assert!(
        responses[2].header("content-type").starts_with("text/html")
            && responses[2].body.contains("<h1>Bad gateway</h1>")
    );
    let waits: Vec<_> = responses[3..6]
        .iter()
        .map(|response| response.header("retry-after"))
        .collect();
    assert_eq!(waits, ["7", "thu, 01 jan 1970 00:00:00 gmt", ""]);
}

#[tokio::test]
async fn reset_before_drops_the_request_and_reset_after_processes_it() {
    let server = MockServer::start().await.unwrap();
    let lists = "/api/a/user-lists";
    let count = async || {
        send(&server, "GET", lists, "", "").await.json()["data"]
            .as_array()
            .unwrap()
            .len()
    };
    for (expected, script) in [(0, "before"), (1, "after"), (2, "truncated")] {
        let next = server.next("createUserList");
        match script {
            "before" => next.reset_before(),
            "after" => next.reset_after(),
            _ => next.truncate(),
        }
        let response = send_json(&server, "POST", lists, &json!({"name": "VIP"})).await;
        if script == "truncated" {
            assert_eq!(response.status, 200);
            let length: usize = response.header("content-length").parse().unwrap();
            assert_eq!(response.body.len(), length / 2);
        } else {
            assert_eq!((response.status, response.body.as_str()), (0, ""));
        }
        let create_request = server
            .requests()
            .into_iter()
            .rfind(|request| request.method == "POST");
        assert_eq!(create_request.unwrap().status, response.status, "{script}");
        assert_eq!(count().await, expected, "{script}");
    }
}

#[tokio::test]
async fn delayed_and_slow_responses_take_the_scripted_time() {
    let server = MockServer::start().await.unwrap();
    let client = server.client();
    let undelayed = client.api().whoami().send().await.unwrap();
    server.next("whoami").delay(Duration::from_millis(60));
    server.next("whoami").throttle(Duration::from_millis(6));
    for _ in 0..2 {
        let reply = client.api().whoami().send().await.unwrap();
        assert!(
            reply.meta().elapsed() >= Duration::from_millis(60),
            "{:?}",
            reply.meta().elapsed()
        );
        assert_eq!(reply.meta().body(), undelayed.meta().body());
    }
}

#[tokio::test]
async fn the_client_reports_whether_an_interrupted_call_may_have_been_sent() {
    let server = MockServer::start().await.unwrap();
    let client = server.client();
    let no_retry = || CallOptions::new().no_retry();
    server.next("createUserList").reset_after();
    let lost = client
        .api()
        .create_user_list()
        .account("a")
        .name("VIP")
        .with(no_retry())
        .send()
        .await;
    assert_eq!(lost.unwrap_err().kind(), ErrorKind::MaybeSent);
    server.next("whoami").truncate();
    let truncated = client.api().whoami().with(no_retry()).send().await;
    assert!(truncated.is_err());
}

#[tokio::test]
async fn calls_are_counted_and_expectations_checked() {
    let server = MockServer::start().await.unwrap();
    send(&server, "GET", "/api/whoami", "", "").await;
    server.assert_called("whoami", 1);
    let panic_message = |work: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(work)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let counted = panic_message(&|| server.assert_called("whoami", 2));
    assert_eq!(
        counted,
        "expected 2 calls of `whoami`, got 1; recorded requests:\n  GET /api/whoami 200 whoami"
    );
    let unknown = panic_message(&|| server.assert_called("whoareyou", 0));
    assert_eq!(unknown, "the document has no operation `whoareyou`");
    assert_eq!(
        panic_message(&|| drop(server.next("nobody"))),
        "the document has no operation `nobody`"
    );

    server.expect("whoami", 2);
    send(&server, "GET", "/api/whoami", "", "").await;
    drop(server);
    let server = MockServer::start().await.unwrap();
    server.expect("whoami", 1);
    let missed = catch_unwind(AssertUnwindSafe(|| drop(server))).unwrap_err();
    assert!(
        missed
            .downcast_ref::<String>()
            .unwrap()
            .starts_with("expected 1 calls of `whoami`, got 0")
    );
}

#[tokio::test]
async fn the_journal_keeps_the_most_recent_requests() {
    let server = MockServer::builder().journal(3).start().await.unwrap();
    for index in 0..5 {
        send(&server, "GET", &format!("/api/whoami?{index}"), "", "").await;
    }
    let queries: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.query)
        .collect();
    assert_eq!(queries, ["2", "3", "4"]);
    server.assert_called("whoami", 5);
    let server = MockServer::builder().journal(0).start().await.unwrap();
    send(&server, "GET", "/api/whoami", "", "").await;
    assert!(server.requests().is_empty());
    server.assert_called("whoami", 1);
    server.reset();
    server.assert_called("whoami", 0);
}

#[tokio::test]
async fn scripting_works_over_http() {
    let server = MockServer::start().await.unwrap();
    let script =
        async |body: serde_json::Value| send_json(&server, "POST", "/mock/next", &body).await;
    let scripted = script(
        json!({"operation": "whoami", "status": 429, "headers": {"Retry-After": 1}, "body": {"message": "m"}}),
    );
    assert_eq!(scripted.await.status, 204);
    assert_eq!(
        script(json!({"operation": "whoami", "end": "reset_after"}))
            .await
            .status,
        204
    );
    assert_eq!(
        script(json!({"operation": "whoami", "end": "truncate"}))
            .await
            .status,
        204
    );
    let refused = send(&server, "GET", "/api/whoami", "", "").await;
    assert_eq!(
        (
            refused.status,
            refused.header("retry-after"),
            refused.json()
        ),
        (429, "1", json!({"message": "m"}))
    );
    assert_eq!(send(&server, "GET", "/api/whoami", "", "").await.status, 0);
    assert_eq!(
        send(&server, "GET", "/api/whoami", "", "").await.status,
        200
    );
    let requests = send(&server, "GET", "/mock/requests", "", "").await;
    assert_eq!(requests.json().as_array().unwrap().len(), 3);
    assert!(!requests.body.contains(onlyfansapi_mock::API_KEY));
    assert_eq!(
        send(&server, "POST", "/mock/reset", "", "").await.status,
        204
    );
    assert_eq!(
        send(&server, "GET", "/mock/requests", "", "").await.json(),
        json!([])
    );
    for (body, message) in [
        (
            json!({"operation": "who"}),
            "the document has no operation `who`",
        ),
        (
            json!({"operation": "whoami", "time": 1}),
            "unknown field `time`; expected one of operation, times, status, headers, body, delay_ms, pause_ms, end",
        ),
        (
            json!({"operation": "whoami", "times": -1}),
            "`times` must be a non-negative integer",
        ),
        (
            json!({"operation": "whoami", "times": 0}),
            "`times` must be at least 1",
        ),
        (
            json!({"operation": "whoami", "headers": {"a": "b"}}),
            "`headers` requires `status`",
        ),
        (
            json!({"operation": "whoami", "status": 200, "headers": [1]}),
            "`headers` must be an object that maps names to values",
        ),
        (
            json!({"operation": "whoami", "status": 42}),
            "`status` must be between 200 and 999",
        ),
        (
            json!({"operation": "whoami", "end": "reset_after", "status": 200}),
            "`status` cannot be combined with reset_after",
        ),
        (
            json!({"operation": "whoami", "end": "bang"}),
            "unknown `end` `bang`; expected reset_before, reset_after or truncate",
        ),
    ] {
        let response = script(body).await;
        assert_eq!(
            (response.status, response.json()["message"].as_str()),
            (422, Some(message))
        );
    }
    assert_eq!(
        send(&server, "GET", "/mock/elsewhere", "", "").await.status,
        404
    );
}
