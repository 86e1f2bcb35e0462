//! Smart Link postbacks from beginning to end: create, show, list, update, delete.
//!
//! Runs against a stand-in on loopback, so that nothing of yours is changed.

use onlyfansapi::{ConversionType, PostbackMethod, PostbackSpec};
use onlyfansapi_mock::MockServer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stand_in = MockServer::start().await?;
    let client = stand_in.client();
    let postbacks = client.smart_link_postbacks();

    let spec = PostbackSpec::global(
        "https://example.com/p?click={external_click_id}",
        [ConversionType::NewSubscriber],
    )
    .method(PostbackMethod::Post)
    .body(r#"{"value": "{amount_gross}"}"#)
    .header("X-Source", "smart-link");
    let created = postbacks.create(&spec).await?;
    let id = created.id.ok_or("the service sent no id")?;
    println!("created  {id} with status {}", created.status());

    let shown = postbacks.show(id).await?;
    println!(
        "shown    {} {}",
        shown
            .http_method
            .as_ref()
            .map_or("none", PostbackMethod::as_str),
        shown.url.as_deref().unwrap_or("none")
    );

    let all = postbacks.list().await?;
    println!(
        "listed   {} postbacks: {:?}",
        all.len(),
        all.iter()
            .filter_map(|postback| postback.id)
            .collect::<Vec<_>>()
    );

    let spec = PostbackSpec::for_links(
        "https://example.com/q",
        [ConversionType::NewTransaction],
        ["01JTESTLINK000000000000001"],
    );
    let updated = postbacks.update(id, &spec).await?;
    println!(
        "updated  {:?}, {} Smart Link",
        updated.smart_link_scope,
        updated.smart_links.as_deref().unwrap_or_default().len()
    );

    postbacks.delete(id).await?;
    let gone = postbacks
        .show(id)
        .await
        .err()
        .ok_or("a deleted postback was shown")?;
    println!("deleted  {id}; to show it now: {gone}");

    let wrong = PostbackSpec::for_links("ftp://example.com", [], [""; 0])
        .body("{}")
        .header("bad name", "a\nb");
    let faults = postbacks
        .create(&wrong)
        .await
        .err()
        .ok_or("a postback full of faults was taken")?;
    println!("refused before sending:");
    for fault in faults.faults() {
        println!("  {fault}");
    }
    Ok(())
}
