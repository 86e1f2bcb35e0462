//! Smart Link postbacks: create, retrieve, list, update, delete.
//!
//! Runs against a mock server on loopback.

use onlyfansapi::PostbackSpec;
use onlyfansapi::api::types::{ConversionType, PostbackMethod};
use onlyfansapi_mock::MockServer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = MockServer::start().await?;
    let client = server.client();
    let postbacks = client.smart_link_postbacks();

    let spec = PostbackSpec::global(
        "https://example.com/p?click={external_click_id}",
        [ConversionType::NewSubscriber],
    )
    .method(PostbackMethod::Post)
    .body(r#"{"value": "{amount_gross}"}"#)
    .header("X-Source", "smart-link");
    let created = postbacks.create(&spec).await?;
    let id = created.id.ok_or("the response has no id")?;
    println!("created    {id} with status {}", created.meta().status());

    let retrieved = postbacks.retrieve(id).await?;
    println!(
        "retrieved  {:?} {}",
        retrieved.http_method,
        retrieved.url.as_deref().unwrap_or("without a URL")
    );

    let all = postbacks.list().await?;
    let ids: Vec<i64> = all.iter().filter_map(|postback| postback.id).collect();
    println!("listed     {} postbacks: {ids:?}", all.len());

    let spec = PostbackSpec::for_links(
        "https://example.com/q",
        [ConversionType::NewTransaction],
        ["01JTESTLINK000000000000001"],
    );
    let updated = postbacks.update(id, &spec).await?;
    println!("updated    scope {:?}", updated.smart_link_scope);

    postbacks.delete(id).await?;
    match postbacks.retrieve(id).await {
        Ok(_) => return Err("the deleted postback still exists".into()),
        Err(error) => println!("deleted    {id}; retrieving it now fails: {error}"),
    }

    let invalid = PostbackSpec::for_links("ftp://example.com", [], [""; 0])
        .body("{}")
        .header("bad name", "a\nb");
    if let Err(error) = postbacks.create(&invalid).await {
        println!("rejected before sending:");
        for argument in error.invalid_arguments() {
            println!("  {argument}");
        }
    }
    Ok(())
}
