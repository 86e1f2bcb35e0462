//! What was made can be listed, shown, changed and deleted; what is gone is gone.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod common;

use common::{findings, send, send_json};
use onlyfansapi_mock::MockServer;
use serde_json::{Value, json};

/// One kind of things: the collection, where its items stand, a body to make one and to change it, and a field of each.
struct Kind {
    collection: &'static str,
    list: &'static str,
    make: Value,
    change: Option<(&'static str, Value)>,
    /// The field that shows it, after making and after changing.
    shows: (&'static str, Value, Value),
}

#[tokio::test]
async fn every_kind_from_creation_to_deletion() {
    let server = MockServer::start().await.unwrap();
    let postback = |url: &str| json!({"url": url, "smart_link_scope": "global", "conversion_types": ["new_subscriber"]});
    let webhook = |url: &str| json!({"endpoint_url": url, "events": ["messages.received"], "account_scope": "global"});
    for kind in [
        Kind {
            collection: "/api/smart-link-postbacks",
            list: "/data",
            make: postback("https://example.com/1"),
            change: Some(("PATCH", postback("https://example.com/2"))),
            shows: (
                "url",
                json!("https://example.com/1"),
                json!("https://example.com/2"),
            ),
        },
        Kind {
            collection: "/api/webhooks",
            list: "/data",
            make: webhook("https://example.com/1"),
            change: Some(("PUT", webhook("https://example.com/2"))),
            shows: (
                "url",
                json!("https://example.com/1"),
                json!("https://example.com/2"),
            ),
        },
        Kind {
            collection: "/api/a/posts",
            list: "/data/list",
            make: json!({"text": "one"}),
            change: Some(("PUT", json!({"text": "two"}))),
            shows: ("rawText", json!("one"), json!("two")),
        },
        Kind {
            collection: "/api/a/chats/7/messages",
            list: "/data",
            make: json!({"text": "one"}),
            change: None,
            shows: ("text", json!("<p>one</p>"), json!("<p>one</p>")),
        },
        Kind {
            collection: "/api/a/user-lists",
            list: "/data",
            make: json!({"name": "one"}),
            change: Some(("PUT", json!({"name": "two"}))),
            shows: ("name", json!("one"), json!("two")),
        },
    ] {
        let path = kind.collection;
        let listed = async || {
            let list = send(&server, "GET", path, "", "").await.json();
            let items = list.pointer(kind.list).unwrap().as_array().unwrap();
            items
                .iter()
                .map(|item| item["id"].clone())
                .collect::<Vec<_>>()
        };
        let before = listed().await;
        let made = send_json(&server, "POST", path, &kind.make).await;
        assert_eq!(made.status, 200, "{path}: {}", made.text);
        let id = made.json()["data"]["id"].clone();
        assert!(!before.contains(&id), "{path}");
        let (field, first, second) = kind.shows;
        let item = format!(
            "{path}/{}",
            id.as_str().map_or_else(|| id.to_string(), str::to_owned)
        );
        let show = async || send(&server, "GET", &item, "", "").await;
        assert_eq!(show().await.json()["data"][field], first, "{item}");
        assert!(listed().await.contains(&id), "{path}");
        if let Some((method, body)) = kind.change {
            let changed = send_json(&server, method, &item, &body).await;
            assert_eq!(changed.status, 200, "{item}: {}", changed.text);
        }
        assert_eq!(show().await.json()["data"][field], second, "{item}");
        assert!([200, 204].contains(&send(&server, "DELETE", &item, "", "").await.status));
        assert_eq!(show().await.status, 404, "{item}");
        assert_eq!(
            send(&server, "DELETE", &item, "", "").await.status,
            404,
            "{item}"
        );
        assert_eq!(listed().await, before, "{path}");
    }
}

#[tokio::test]
async fn what_is_missing_under_an_account_is_onlyfans_own() {
    let server = MockServer::start().await.unwrap();
    let came = send(&server, "GET", "/api/a/posts/5", "", "").await;
    assert_eq!(
        (came.status, &came.json()["error"]),
        (404, &json!("ONLYFANS_COM_ERROR"))
    );
    let came = send(&server, "GET", "/api/webhooks/wh_5", "", "").await;
    assert_eq!((came.status, &came.json()["error"]), (404, &Value::Null));
}

#[tokio::test]
async fn a_message_makes_a_chat_and_the_chat_takes_it_along() {
    let server = MockServer::start().await.unwrap();
    let messages = "/api/a/chats/7/messages";
    for text in ["one", "two"] {
        send_json(&server, "POST", messages, &json!({"text": text})).await;
    }
    let chats = send(&server, "GET", "/api/a/chats", "", "").await.json();
    assert_eq!(chats["data"].as_array().unwrap().len(), 1);
    assert_eq!(chats["data"][0]["fan"]["id"], 7);
    assert_eq!(chats["data"][0]["lastMessage"]["text"], "<p>two</p>");
    let last = &chats["data"][0]["lastMessage"]["id"];
    send(&server, "DELETE", &format!("{messages}/{last}"), "", "").await;
    let chats = send(&server, "GET", "/api/a/chats", "", "").await.json();
    assert_eq!(chats["data"][0]["lastMessage"]["text"], "<p>one</p>");
    send_json(&server, "POST", messages, &json!({"text": "two"})).await;
    // The newest first, a page at a time.
    let page = send(&server, "GET", &format!("{messages}?limit=1"), "", "")
        .await
        .json();
    assert_eq!(page["data"][0]["text"], "<p>two</p>");
    assert_eq!(page["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        send(&server, "DELETE", "/api/a/chats/7", "", "")
            .await
            .status,
        200
    );
    let left = send(&server, "GET", messages, "", "").await.json();
    assert_eq!(left["data"], json!([]));
    assert_eq!(
        send(&server, "GET", "/api/a/chats", "", "").await.json()["data"],
        json!([])
    );
}

#[tokio::test]
async fn users_are_added_to_a_list_and_taken_out() {
    let server = MockServer::start().await.unwrap();
    let made = send_json(
        &server,
        "POST",
        "/api/a/user-lists",
        &json!({"name": "VIP"}),
    )
    .await;
    let list = made.json()["data"]["id"].to_string();
    let users = &format!("/api/a/user-lists/{list}/users");
    let ids = async || {
        let list = send(&server, "GET", users, "", "").await.json();
        let items = list["data"]["list"].as_array().unwrap().clone();
        items
            .into_iter()
            .map(|item| item["id"].clone())
            .collect::<Vec<_>>()
    };
    let added = send_json(&server, "POST", users, &json!({"ids": ["1", "2"]}))
        .await
        .json();
    assert_eq!(added["data"], json!({list: [1, 2]}));
    let added = send_json(
        &server,
        "POST",
        users,
        &json!({"ids": ["2", "x"], "skip_invalid": true}),
    )
    .await
    .json();
    assert_eq!(
        added["data"],
        json!({"added": [2], "failed": {"x": "User not found"}})
    );
    assert_eq!(ids().await, [1, 2]);
    assert_eq!(
        send(&server, "DELETE", &format!("{users}/1"), "", "")
            .await
            .status,
        200
    );
    assert_eq!(ids().await, [2]);
    assert_eq!(send(&server, "DELETE", users, "", "").await.status, 200);
    assert!(ids().await.is_empty());
}

#[tokio::test]
async fn a_list_of_things_has_as_many_pages_as_it_needs() {
    let server = MockServer::start().await.unwrap();
    for chat in 0..7 {
        send_json(
            &server,
            "POST",
            &format!("/api/a/chats/{chat}/messages"),
            &json!({"text": "hi"}),
        )
        .await;
    }
    for number in 0..7 {
        send_json(
            &server,
            "POST",
            "/api/a/chats/9/messages",
            &json!({"text": number.to_string()}),
        )
        .await;
    }
    // By offset, and by the id of a message.
    for (path, key) in [
        ("/api/a/chats", "/fan/id"),
        ("/api/a/chats/9/messages", "/id"),
    ] {
        let mut target = format!("{path}?limit=3");
        let mut ids = Vec::new();
        loop {
            let page = send(&server, "GET", &target, "", "").await.json();
            let items = page["data"].as_array().unwrap();
            assert!(!items.is_empty() && items.len() <= 3, "{target}");
            ids.extend(items.iter().map(|item| item.pointer(key).unwrap().clone()));
            match page["_pagination"]["next_page"].as_str() {
                Some(next) => target = next.strip_prefix(&server.url()).unwrap().to_owned(),
                None => break,
            }
        }
        let all = ids.len();
        ids.sort_by_key(Value::to_string);
        ids.dedup();
        assert_eq!(
            (all, ids.len()),
            if path.ends_with("chats") {
                (8, 8)
            } else {
                (7, 7)
            },
            "{path}"
        );
    }
    let findings = findings(&server);
    assert!(findings.is_empty(), "{findings:?}");
    let ascending = send(&server, "GET", "/api/a/chats/9/messages?order=asc", "", "")
        .await
        .json();
    assert_eq!(ascending["data"][0]["text"], "<p>0</p>");
}

#[tokio::test]
async fn a_user_list_counts_its_members() {
    let server = MockServer::start().await.unwrap();
    let made = send_json(
        &server,
        "POST",
        "/api/a/user-lists",
        &json!({"name": "VIP"}),
    )
    .await
    .json();
    assert_eq!(
        (&made["data"]["usersCount"], &made["data"]["users"]),
        (&json!(0), &json!([]))
    );
    let list = format!("/api/a/user-lists/{}", made["data"]["id"]);
    send_json(
        &server,
        "POST",
        &format!("{list}/users"),
        &json!({"ids": ["1", "2"]}),
    )
    .await;
    let shown = send(&server, "GET", &list, "", "").await.json();
    assert_eq!(
        (
            &shown["data"]["usersCount"],
            &shown["data"]["users"][1]["id"]
        ),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        send_json(
            &server,
            "POST",
            "/api/a/user-lists/777/users",
            &json!({"ids": ["1"]})
        )
        .await
        .status,
        404
    );
}

#[tokio::test]
async fn what_is_there_from_the_start_can_be_used() {
    let server = MockServer::start().await.unwrap();
    let account = "/api/acct_XXXXXXXXXXXXXXX";
    let chats = send(&server, "GET", &format!("{account}/chats"), "", "")
        .await
        .json();
    let chat = &chats["data"][0]["fan"]["id"];
    assert!(chat.is_number());
    assert_eq!(
        send(
            &server,
            "DELETE",
            &format!("{account}/chats/{chat}"),
            "",
            ""
        )
        .await
        .status,
        200
    );
    let posts = send(&server, "GET", &format!("{account}/posts"), "", "")
        .await
        .json();
    let post = &posts["data"]["list"][0]["id"];
    assert_eq!(
        send(&server, "GET", &format!("{account}/posts/{post}"), "", "")
            .await
            .status,
        200
    );
    // A chat that is none of the examples begins with nothing.
    let messages = send(
        &server,
        "GET",
        &format!("{account}/chats/5/messages"),
        "",
        "",
    )
    .await
    .json();
    assert_eq!(messages["data"], json!([]));
}
