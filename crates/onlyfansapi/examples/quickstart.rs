//! The first calls: list the active fans of an account, and send a message to one of them.
//!
//! If `ONLYFANSAPI_API_KEY` is set, the example calls the real service for the account on the command line and only
//! lists fans. Otherwise it uses a mock server on loopback.

use onlyfansapi::Client;
use onlyfansapi_mock::MockServer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let is_real = std::env::var_os("ONLYFANSAPI_API_KEY").is_some();
    let account = std::env::args().nth(1);

    let server;
    let client = if is_real {
        println!("calling the real service");
        Client::from_env()?
    } else {
        server = MockServer::start().await?;
        let url = server.url();
        println!("ONLYFANSAPI_API_KEY is not set: calling a mock server at {url}");
        server.client()
    };
    let account = match account {
        Some(account) => account,
        None if is_real => return Err("usage: quickstart ACCOUNT, for example acct_0123".into()),
        None => "acct_0123".to_owned(),
    };

    let fans = client
        .api()
        .list_active_fans()
        .account(&account)
        .limit(10)
        .await?;
    for fan in fans.list.iter().flatten() {
        let name = fan.name.as_deref().unwrap_or("without a name");
        println!("fan {:?}: {name}", fan.id);
    }
    if let Some(credits) = fans.meta().credits() {
        println!("{} credits left", credits.balance);
    }

    // Messages are sent to the mock server only.
    if !is_real {
        let sent = client
            .api()
            .send_message()
            .account(&account)
            .chat_id(12345)
            .text("Hello!")
            .await?;
        println!("sent message {:?}", sent.id);
    }
    Ok(())
}
