//! The first call: shows one Smart Link postback.
//!
//! With `ONLYFANSAPI_API_KEY` set it asks the real service for the postback whose id stands on the
//! command line (123 if none does); without, a stand-in on loopback.

use onlyfansapi::Client;
use onlyfansapi_mock::MockServer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let id: i64 = std::env::args().nth(1).map_or(Ok(123), |id| id.parse())?;

    let stand_in;
    let client = if std::env::var_os("ONLYFANSAPI_API_KEY").is_some() {
        println!("asking the service");
        Client::from_env()?
    } else {
        stand_in = MockServer::start().await?;
        println!(
            "ONLYFANSAPI_API_KEY is not set: asking a stand-in on {}",
            stand_in.url()
        );
        stand_in.client()
    };

    let postback = client
        .api()
        .show_smart_link_postback()
        .postback_id(id)
        .fetch()
        .await?;

    println!("postback          {}", postback.id.unwrap_or_default());
    println!(
        "url               {}",
        postback.url.as_deref().unwrap_or("none")
    );
    println!(
        "conversion types  {}",
        postback
            .conversion_types
            .as_deref()
            .unwrap_or_default()
            .join(", ")
    );
    if let Some(credits) = postback.credits() {
        println!("credit balance    {}", credits.balance);
    }
    Ok(())
}
