//! A test as a user writes it: a message that is refused once, then sent, and is there once.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use onlyfansapi_mock::{MockReply, MockServer, RetryAfter};

// The body of this test is what the documentation promises: at most ten lines.
#[tokio::test]
async fn a_message_that_is_refused_once_is_sent_once() {
    let server = MockServer::start().await.unwrap();
    let api = server.client().api().clone();
    let wait = MockReply::too_many_requests(RetryAfter::Seconds(0));
    server.next("sendMessage").reply(wait);
    let sent = api.send_message().account("acct_1").chat_id(5).text("hi");
    assert_eq!(sent.fetch().await.unwrap().attempts(), 2);
    let messages = api.list_chat_messages().account("acct_1").chat_id(5);
    assert_eq!(messages.fetch().await.unwrap().len(), 1);
}
