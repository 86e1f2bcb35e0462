//! Response metadata, paging and variations of the response body.

use onlyfansapi_mock::{MockServer, Variation};
use serde_json::{Value, json};

use crate::common::{send, send_bare, send_json};

#[tokio::test]
async fn credits_and_rate_limits_agree_in_headers_and_body() {
    let server = MockServer::builder()
        .credits(1_000)
        .rate_limit(50)
        .start()
        .await
        .unwrap();
    for (target, used, balance, remaining) in [
        ("/api/a/me", 1, 999, 49),
        ("/api/webhooks", 0, 999, 48),
        ("/api/search?q=a", 1, 998, 47),
    ] {
        let response = send(&server, "GET", target, "", "").await;
        let meta = &response.json()["_meta"];
        assert_eq!(meta["_credits"]["used"], used, "{target}");
        assert_eq!(meta["_credits"]["balance"], balance, "{target}");
        assert_eq!(meta["_rate_limits"]["limit_minute"], 50, "{target}");
        assert_eq!(
            meta["_rate_limits"]["remaining_minute"], remaining,
            "{target}"
        );
        for (name, value) in [
            ("x-ofapi-credits-used", used),
            ("x-ofapi-credits-balance", balance),
            ("x-rate-limit-limit-minute", 50),
            ("x-rate-limit-remaining-minute", remaining),
        ] {
            assert_eq!(response.header(name), value.to_string(), "{target}: {name}");
        }
    }
    let response = send(
        &server,
        "POST",
        "/api/a/fans/5/summary",
        "Content-Type: application/json\r\n",
        "{}",
    )
    .await;
    assert_eq!(
        (response.status, response.header("x-ofapi-credits-used")),
        (200, "200")
    );
}

#[tokio::test]
async fn exceeding_the_rate_limit_returns_429() {
    let server = MockServer::builder().rate_limit(2).start().await.unwrap();
    for status in [200, 200, 429] {
        let response = send(&server, "GET", "/api/whoami", "", "").await;
        assert_eq!(response.status, status);
        if status == 429 {
            assert!((1..=60).contains(&response.header("retry-after").parse::<u64>().unwrap()));
        }
    }
}

#[tokio::test]
async fn path_ids_appear_in_the_response() {
    let server = MockServer::start().await.unwrap();
    let link = send(&server, "GET", "/api/a/tracking-links/4711", "", "")
        .await
        .json();
    assert_eq!(link["data"]["id"], 4711);
    let redelivered = send(
        &server,
        "POST",
        "/api/webhooks/wh_9/deliveries/5/redeliver",
        "",
        "",
    )
    .await
    .json();
    assert_eq!(
        (
            &redelivered["data"]["webhook_id"],
            &redelivered["data"]["delivery_id"]
        ),
        (&json!("wh_9"), &json!(5))
    );
}

#[tokio::test]
async fn lists_have_two_pages_and_the_first_links_to_the_second() {
    let server = MockServer::start().await.unwrap();
    let first = send(
        &server,
        "GET",
        "/api/a/fans/active?filter[online]=1&limit=5",
        "",
        "",
    )
    .await
    .json();
    assert_eq!(first["data"]["hasMore"], true);
    let next = first["_pagination"]["next_page"].as_str().unwrap();
    let target = next.strip_prefix(&server.url()).unwrap();
    assert_eq!(
        target,
        "/api/a/fans/active?filter%5Bonline%5D=1&limit=5&offset=5"
    );
    let last = send(&server, "GET", target, "", "").await.json();
    assert_eq!(
        (&last["data"]["hasMore"], &last["_pagination"]["next_page"]),
        (&json!(false), &json!(null))
    );
}

#[tokio::test]
async fn matching_etag_returns_304_and_costs_credits() {
    let server = MockServer::start().await.unwrap();
    let lists = "/api/a/media/vault/lists";
    let etag = send(&server, "GET", lists, "", "")
        .await
        .header("etag")
        .to_owned();
    let response = send(
        &server,
        "GET",
        lists,
        &format!("If-None-Match: {etag}\r\n"),
        "",
    )
    .await;
    assert_eq!(
        (
            response.status,
            response.body.as_str(),
            response.header("x-ofapi-credits-used")
        ),
        (304, "", "1")
    );
    let response = send(&server, "GET", lists, "If-None-Match: \"other\"\r\n", "").await;
    assert_eq!(response.status, 200);
}

#[tokio::test]
async fn download_redirects_to_a_file_that_needs_no_key() {
    let server = MockServer::start().await.unwrap();
    let file = "/api/a/media/download/https%3A%2F%2Fcdn2.onlyfans.com%2Ff%2Fa.jpg%3FTag%3D2";
    let response = send(&server, "GET", file, "", "").await;
    assert_eq!(response.status, 302);
    let location = response.header("location").to_owned();
    assert_eq!(location, format!("{}/mock/files/a.jpg", server.url()));
    let response = send_bare(&server, "GET", "/mock/files/a.jpg", "", "").await;
    assert_eq!((response.status, response.body.as_str()), (200, "a.jpg"));
}

#[tokio::test]
async fn variations_apply_by_header_and_by_method() {
    let server = MockServer::start().await.unwrap();
    for (variation, name) in Variation::ALL {
        let target = "/api/a/posts/labels";
        let response = send(
            &server,
            "GET",
            target,
            &format!("X-Mock-Variation: {name}\r\n"),
            "",
        )
        .await;
        server.vary("listLabels", Some(variation));
        let by_method = send(&server, "GET", target, "", "").await;
        server.vary("listLabels", None);
        let data = response.json()["data"].clone();
        assert_eq!(data, by_method.json()["data"], "{name}");
        let item = &data["list"][0];
        match variation {
            Variation::Nulls => assert!(
                data["hasMore"].is_null() && item["name"].is_null() && item.get("name").is_some()
            ),
            Variation::Missing => assert!(
                data.get("hasMore").is_none() && item.is_object() && item.get("name").is_none()
            ),
            Variation::EmptyLists => assert_eq!(data["list"], json!([])),
            Variation::UnknownFields => {
                assert_eq!(item["unknown_field"], json!({"nested": [1]}))
            }
            _ => {
                let me = send(
                    &server,
                    "GET",
                    "/api/whoami",
                    "X-Mock-Variation: lists-for-objects\r\n",
                    "",
                )
                .await;
                assert_eq!(me.json()["team"], json!([]));
            }
        }
    }
    let response = send(
        &server,
        "GET",
        "/api/whoami",
        "X-Mock-Variation: odd\r\n",
        "",
    )
    .await;
    assert_eq!(response.status, 400);
    assert!(
        response
            .message()
            .starts_with("unknown variation `odd`; expected one of nulls, ")
    );
}

#[tokio::test]
async fn custom_document_with_references_is_served() {
    let folder = std::env::temp_dir().join(format!("onlyfansapi-mock-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (document, overlay) = (folder.join("custom.yaml"), folder.join("overlay.yaml"));
    std::fs::write(
        &document,
        "
openapi: 3.0.3
info: {title: Custom, version: 1.0.0}
paths:
  /trees/{id}:
    get:
      parameters:
      - {$ref: '#/components/parameters/id'}
      responses:
        '200':
          description: ok
          content: {application/json: {schema: {$ref: '#/components/schemas/Tree'}}}
  /posts:
    post:
      operationId: createPost
      requestBody: {content: {application/xml: {schema: {}}, application/json: {schema: {$ref: '#/components/schemas/Pair'}}}}
      responses:
        default: {description: e, content: {application/json: {schema: {type: object, properties: {code: {type: string}}}}}}
        '201': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Pair'}}}}
  /posts/{id}:
    get:
      operationId: getPost
      parameters: [{$ref: '#/components/parameters/id'}]
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Leaf'}}}}}
components:
  parameters:
    id: {in: path, name: id, required: true, schema: {type: integer}}
  schemas:
    Tree:
      type: object
      properties:
        id: {type: integer}
        kind: {type: string, enum: [oak, ash]}
        left: {allOf: [{$ref: '#/components/schemas/Leaf'}]}
        children: {type: array, items: {$ref: '#/components/schemas/Tree'}}
    Pair: {type: object, properties: {left: {$ref: '#/components/schemas/Pair'}, right: {$ref: '#/components/schemas/Pair'}}}
    Leaf: {type: object, properties: {green: {type: boolean}}}
",
    )
    .unwrap();
    std::fs::write(&overlay, "overlay: 1.0.0\ninfo: {title: o, version: 1.0.0}\nactions: [{target: '$.components.schemas.Leaf.properties', update: {size: {type: number}}}]\n").unwrap();
    let builder = MockServer::builder().document(&document, Some(overlay));
    let server = builder.start().await.unwrap();
    let tree = send(&server, "GET", "/trees/5", "", "").await;
    assert_eq!(tree.status, 200);
    let tree = tree.json();
    assert_eq!(
        (&tree["id"], &tree["kind"], &tree["left"]),
        (
            &json!(5),
            &json!("oak"),
            &json!({"green": true, "size": 1.5})
        )
    );
    assert_eq!(tree["children"][0]["kind"], "oak");
    assert_eq!(send(&server, "GET", "/trees/elm", "", "").await.status, 422);
    server.assert_called("GET /trees/{id}", 2);
    // A schema that refers to itself twice, a default error response, and an operationId that the service also uses.
    let pair = send_json(&server, "POST", "/posts", &json!({})).await;
    assert_eq!(
        (pair.status, pair.json()),
        (
            201,
            json!({"left": {"left": null, "right": null}, "right": {"left": null, "right": null}})
        )
    );
    assert_eq!(send(&server, "GET", "/posts/5", "", "").await.status, 200);
    std::fs::write(&document, "swagger: '2.0'\nopenapi: 2.3.0\npaths: {}\n").unwrap();
    let error = MockServer::builder()
        .document(&document, None)
        .start()
        .await;
    assert!(error.unwrap_err().to_string().starts_with("custom.yaml:"));
    std::fs::write(&document, "a: [").unwrap();
    let error = MockServer::builder()
        .document(&document, None)
        .start()
        .await
        .unwrap_err()
        .to_string();
    assert!(error.starts_with("custom.yaml:"), "{error}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn every_paging_style_has_a_last_page() {
    let server = MockServer::start().await.unwrap();
    for (target, at) in [
        ("/api/search?query=a", "/_pagination/next_page_url"),
        ("/api/banned-words", "/links/next"),
        ("/api/a/transactions", "/_pagination/next_page"),
        ("/api/a/users/blocked", "/_pagination/next_page"),
    ] {
        let first = send(&server, "GET", target, "", "").await.json();
        let next = first
            .pointer(at)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{target}: {first}"))
            .to_owned();
        let next = next
            .strip_prefix(&server.url())
            .expect("a URL of the mock server");
        let last = send(&server, "GET", next, "", "").await;
        assert_eq!(
            (last.status, last.json().pointer(at)),
            (200, Some(&Value::Null)),
            "{next}"
        );
    }
}

#[tokio::test]
async fn reset_restores_the_initial_state() {
    let server = MockServer::builder().credits(10).start().await.unwrap();
    for _ in 0..2 {
        assert_eq!(
            send(&server, "GET", "/api/a/me", "", "")
                .await
                .header("x-ofapi-credits-balance"),
            "9"
        );
        server.reset();
    }
}
