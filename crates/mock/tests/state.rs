//! Resources that a client creates can be listed, shown, updated and deleted.

use onlyfansapi_mock::MockServer;
use serde_json::{Value, json};

use crate::common::{findings, send, send_json};

/// A kind of resource, and how to create, update and recognize an instance.
struct Kind {
    /// The path of the collection.
    collection: &'static str,
    /// The JSON pointer to the items in a response of the collection.
    items: &'static str,
    /// The body that creates an instance.
    create: Value,
    /// The method and the body that update it.
    update: Option<(&'static str, Value)>,
    /// A field, its value after the creation and its value after the update.
    field: (&'static str, Value, Value),
}

#[tokio::test]
async fn every_kind_can_be_created_listed_updated_and_deleted() {
    let server = MockServer::start().await.unwrap();
    let postback = |url: &str| json!({"url": url, "smart_link_scope": "global", "conversion_types": ["new_subscriber"]});
    let webhook = |url: &str| json!({"endpoint_url": url, "events": ["messages.received"], "account_scope": "global"});
    for kind in [
        Kind {
            collection: "/api/smart-link-postbacks",
            items: "/data",
            create: postback("https://example.com/1"),
            update: Some(("PATCH", postback("https://example.com/2"))),
            field: (
                "url",
                json!("https://example.com/1"),
                json!("https://example.com/2"),
            ),
        },
        Kind {
            collection: "/api/webhooks",
            items: "/data",
            create: webhook("https://example.com/1"),
            update: Some(("PUT", webhook("https://example.com/2"))),
            field: (
                "url",
                json!("https://example.com/1"),
                json!("https://example.com/2"),
            ),
        },
        Kind {
            collection: "/api/a/posts",
            items: "/data/list",
            create: json!({"text": "one"}),
            update: Some(("PUT", json!({"text": "two"}))),
            field: ("rawText", json!("one"), json!("two")),
        },
        Kind {
            collection: "/api/a/chats/7/messages",
            items: "/data",
            create: json!({"text": "one"}),
            update: None,
            field: ("text", json!("<p>one</p>"), json!("<p>one</p>")),
        },
        Kind {
            collection: "/api/a/user-lists",
            items: "/data",
            create: json!({"name": "one"}),
            update: Some(("PUT", json!({"name": "two"}))),
            field: ("name", json!("one"), json!("two")),
        },
    ] {
        let path = kind.collection;
        let listed = async || {
            let list = send(&server, "GET", path, "", "").await.json();
            let items = list.pointer(kind.items).unwrap().as_array().unwrap();
            items
                .iter()
                .map(|item| item["id"].clone())
                .collect::<Vec<_>>()
        };
        let before = listed().await;
        let created = send_json(&server, "POST", path, &kind.create).await;
        assert_eq!(created.status, 200, "{path}: {}", created.body);
        let id = created.json()["data"]["id"].clone();
        assert!(!before.contains(&id), "{path}");
        let (field, first, second) = kind.field;
        let item = format!(
            "{path}/{}",
            id.as_str().map_or_else(|| id.to_string(), str::to_owned)
        );
        let show = async || send(&server, "GET", &item, "", "").await;
        assert_eq!(show().await.json()["data"][field], first, "{item}");
        assert!(listed().await.contains(&id), "{path}");
        if let Some((method, body)) = kind.update {
            let updated = send_json(&server, method, &item, &body).await;
            assert_eq!(updated.status, 200, "{item}: {}", updated.body);
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
async fn missing_resource_of_an_account_returns_an_onlyfans_error() {
    let server = MockServer::start().await.unwrap();
    let response = send(&server, "GET", "/api/a/posts/5", "", "").await;
    assert_eq!(
        (response.status, &response.json()["error"]),
        (404, &json!("ONLYFANS_COM_ERROR"))
    );
    let response = send(&server, "GET", "/api/webhooks/wh_5", "", "").await;
    assert_eq!(
        (response.status, &response.json()["error"]),
        (404, &Value::Null)
    );
}

#[tokio::test]
async fn sending_creates_a_chat_and_deleting_the_chat_deletes_its_messages() {
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
    // Newest first, one message per page.
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
    let remaining = send(&server, "GET", messages, "", "").await.json();
    assert_eq!(remaining["data"], json!([]));
    assert_eq!(
        send(&server, "GET", "/api/a/chats", "", "").await.json()["data"],
        json!([])
    );
}

#[tokio::test]
async fn users_can_be_added_to_a_list_and_removed() {
    let server = MockServer::start().await.unwrap();
    let created = send_json(
        &server,
        "POST",
        "/api/a/user-lists",
        &json!({"name": "VIP"}),
    )
    .await;
    let list = created.json()["data"]["id"].to_string();
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
async fn lists_of_created_resources_have_as_many_pages_as_needed() {
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
    // Chats are paged by offset, messages by the id of a message.
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
async fn user_list_reports_its_member_count() {
    let server = MockServer::start().await.unwrap();
    let created = send_json(
        &server,
        "POST",
        "/api/a/user-lists",
        &json!({"name": "VIP"}),
    )
    .await
    .json();
    assert_eq!(
        (&created["data"]["usersCount"], &created["data"]["users"]),
        (&json!(0), &json!([]))
    );
    let list = format!("/api/a/user-lists/{}", created["data"]["id"]);
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
async fn initial_resources_can_be_used() {
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
    // A chat that is not in the examples has no messages.
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
