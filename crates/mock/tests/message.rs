//! A typical user test: the first attempt to send a message is rejected, the retry succeeds, and the chat has one
//! message.

use onlyfansapi_mock::{MockReply, MockServer, RetryAfter};

// The documentation promises that such a test takes at most ten lines.
#[tokio::test]
async fn retried_message_is_sent_once() {
    let server = MockServer::start().await.unwrap();
    let api = server.client().api().clone();
    let rate_limited = MockReply::too_many_requests(RetryAfter::Seconds(0));
    server.next("sendMessage").reply(rate_limited);
    let message = api.send_message().account("acct_1").chat_id(5).text("hi");
    assert_eq!(message.await.unwrap().meta().attempts(), 2);
    let messages = api.list_chat_messages().account("acct_1").chat_id(5);
    assert_eq!(messages.await.unwrap().len(), 1);
}
