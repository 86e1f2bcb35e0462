//! What a test says in advance, and what it asks afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, SystemTime};

use common::{send, send_json};
use onlyfansapi::{CallOptions, ErrorKind};
use onlyfansapi_mock::{MockReply, MockServer, RetryAfter};
use serde_json::json;

#[tokio::test]
async fn the_next_calls_end_as_scripted_and_those_after_them_do_not() {
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
    let mut came = Vec::new();
    for _ in 0..7 {
        came.push(send(&server, "GET", "/api/whoami", "", "").await);
    }
    let statuses: Vec<_> = came.iter().map(|came| came.status).collect();
    assert_eq!(statuses, [503, 503, 502, 429, 429, 429, 200]);
    assert_eq!(
        (came[0].header("x-a"), came[0].json()["message"].as_str()),
        ("b", Some("later"))
    );
    assert!(
        came[2].header("content-type").starts_with("text/html")
            && came[2].text.contains("<h1>Bad gateway</h1>")
    );
    let waits: Vec<_> = came[3..6]
        .iter()
        .map(|came| came.header("retry-after"))
        .collect();
    assert_eq!(waits, ["7", "thu, 01 jan 1970 00:00:00 gmt", ""]);
}

#[tokio::test]
async fn a_reset_before_does_nothing_and_one_after_has_done_it() {
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
        let came = send_json(&server, "POST", lists, &json!({"name": "VIP"})).await;
        if script == "truncated" {
            assert_eq!(came.status, 200);
            let length: usize = came.header("content-length").parse().unwrap();
            assert_eq!(came.text.len(), length / 2);
        } else {
            assert_eq!((came.status, came.text.as_str()), (0, ""));
        }
        let made = server
            .requests()
            .into_iter()
            .rfind(|request| request.method == "POST");
        assert_eq!(made.unwrap().status, came.status, "{script}");
        assert_eq!(count().await, expected, "{script}");
    }
}

#[tokio::test]
async fn delays_and_slow_bodies_take_their_time() {
    let server = MockServer::start().await.unwrap();
    let client = server.client();
    let whole = client.api().whoami().fetch().await.unwrap();
    server.next("whoami").delay(Duration::from_millis(60));
    server.next("whoami").slowly(Duration::from_millis(6));
    for _ in 0..2 {
        let reply = client.api().whoami().fetch().await.unwrap();
        assert!(
            reply.elapsed() >= Duration::from_millis(60),
            "{:?}",
            reply.elapsed()
        );
        assert_eq!(reply.raw(), whole.raw());
    }
}

#[tokio::test]
async fn the_client_says_how_far_a_cut_call_got() {
    let server = MockServer::start().await.unwrap();
    let client = server.client();
    let once = || CallOptions::new().no_retry();
    server.next("createUserList").reset_after();
    let lost = client
        .api()
        .create_user_list()
        .account("a")
        .name("VIP")
        .with(once())
        .fetch()
        .await;
    assert_eq!(lost.unwrap_err().kind(), ErrorKind::MaybeSent);
    server.next("whoami").truncate();
    let half = client.api().whoami().with(once()).fetch().await;
    assert!(half.is_err());
}

#[tokio::test]
async fn calls_are_counted_and_expected() {
    let server = MockServer::start().await.unwrap();
    send(&server, "GET", "/api/whoami", "", "").await;
    server.assert_called("whoami", 1);
    let message = |work: &dyn Fn()| {
        let panic = catch_unwind(AssertUnwindSafe(work)).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    let counted = message(&|| server.assert_called("whoami", 2));
    assert_eq!(
        counted,
        "`whoami` was called 1 times, not 2; the requests were:\n  GET /api/whoami 200 whoami"
    );
    let unknown = message(&|| server.assert_called("whoareyou", 0));
    assert_eq!(unknown, "the document has no operation `whoareyou`");
    assert_eq!(
        message(&|| drop(server.next("nobody"))),
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
            .starts_with("`whoami` was called 0 times, not 1")
    );
}

#[tokio::test]
async fn the_journal_keeps_the_last_requests() {
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
async fn programs_in_other_languages_script_over_http() {
    let server = MockServer::start().await.unwrap();
    let script =
        async |body: serde_json::Value| send_json(&server, "POST", "/stand-in/next", &body).await;
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
    let requests = send(&server, "GET", "/stand-in/requests", "", "").await;
    assert_eq!(requests.json().as_array().unwrap().len(), 3);
    assert!(!requests.text.contains(onlyfansapi_mock::KEY));
    assert_eq!(
        send(&server, "POST", "/stand-in/reset", "", "")
            .await
            .status,
        204
    );
    assert_eq!(
        send(&server, "GET", "/stand-in/requests", "", "")
            .await
            .json(),
        json!([])
    );
    for (body, message) in [
        (
            json!({"operation": "who"}),
            "the document has no operation `who`",
        ),
        (
            json!({"operation": "whoami", "time": 1}),
            "`time` is no field; there are operation, times, status, headers, body, delay_ms, pause_ms, end",
        ),
        (
            json!({"operation": "whoami", "times": -1}),
            "`times` must be a whole number",
        ),
        (
            json!({"operation": "whoami", "times": 0}),
            "`times` must be at least 1",
        ),
        (
            json!({"operation": "whoami", "headers": {"a": "b"}}),
            "`headers` means nothing without a status",
        ),
        (
            json!({"operation": "whoami", "status": 200, "headers": [1]}),
            "`headers` must be an object of names and values",
        ),
        (
            json!({"operation": "whoami", "status": 42}),
            "`status` must be one of an answer, from 200 to 999",
        ),
        (
            json!({"operation": "whoami", "end": "reset_after", "status": 200}),
            "`status` means nothing with reset_after",
        ),
        (
            json!({"operation": "whoami", "end": "bang"}),
            "`bang` is no end; there are reset_before, reset_after and truncate",
        ),
    ] {
        let came = script(body).await;
        assert_eq!(
            (came.status, came.json()["message"].as_str()),
            (422, Some(message))
        );
    }
    assert_eq!(
        send(&server, "GET", "/stand-in/elsewhere", "", "")
            .await
            .status,
        404
    );
}
