//! What a test says in advance: how the next calls of an operation end, and how many there must be.

use std::collections::HashMap;
use std::time::Duration;

use crate::MockReply;
use crate::reply::Sending;
use crate::server::{MockServer, lock};

/// How a call ends that was scripted.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// This answer; the service does nothing.
    Reply(Box<MockReply>),
    /// The connection is reset before the body of the request is read; the service does nothing.
    ResetBefore,
    /// The service does what it was asked, then resets the connection: the answer is lost.
    ResetAfter,
    /// The service's own answer, after this time, sent in this way.
    Own(Duration, Sending),
}

/// The scripts by operationId, and by method and path.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    next: HashMap<String, Vec<Script>>,
    always: HashMap<(String, String), MockReply>,
    pub(crate) expected: Vec<(String, usize)>,
}

#[derive(Debug)]
struct Script {
    left: usize,
    end: End,
}

impl Scripts {
    /// Whether this call is reset before it is read; takes that off the list.
    pub(crate) fn take_reset_before(&mut self, operation: &str) -> bool {
        let next = self.next.get(operation).and_then(|scripts| scripts.first());
        let is_reset = next.is_some_and(|script| matches!(script.end, End::ResetBefore));
        is_reset && self.take(operation).is_some()
    }

    /// How this call of an operation ends; takes it off the list.
    pub(crate) fn take(&mut self, operation: &str) -> Option<End> {
        let scripts = self.next.get_mut(operation)?;
        let first = scripts.first_mut()?;
        first.left -= 1;
        let end = first.end.clone();
        if first.left == 0 {
            scripts.remove(0);
        }
        Some(end)
    }

    /// The next calls of an operation end so, after those that were scripted before.
    pub(crate) fn push(&mut self, operation: &str, times: usize, end: End) {
        if times > 0 {
            let scripts = self.next.entry(operation.to_owned()).or_default();
            scripts.push(Script { left: times, end });
        }
    }

    pub(crate) fn always(&self, method: &str, path: &str) -> Option<&MockReply> {
        if self.always.is_empty() {
            return None;
        }
        self.always.get(&(method.to_owned(), path.to_owned()))
    }

    pub(crate) fn set_always(&mut self, method: &str, path: &str, reply: MockReply) {
        let key = (method.to_owned(), path.to_owned());
        self.always.insert(key, reply);
    }
}

/// The next calls of an operation, from [`MockServer::next`]; what they end with is said by its last method.
#[derive(Debug)]
#[must_use = "nothing is scripted until it is said how the calls end"]
pub struct Next<'a> {
    pub(crate) server: &'a MockServer,
    pub(crate) operation: String,
    pub(crate) times: usize,
}

impl Next<'_> {
    /// So many calls, one without this.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::{MockReply, MockServer};
    ///
    /// let server = MockServer::start().await?;
    /// server.next("whoami").times(2).reply(MockReply::status(503));
    /// assert_eq!(server.client().api().whoami().fetch().await?.attempts(), 3);
    /// # Ok(()) }
    /// ```
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// They are answered with `reply`, and the service does nothing.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::{MockReply, MockServer, RetryAfter};
    ///
    /// let server = MockServer::start().await?;
    /// server.next("whoami").reply(MockReply::too_many_requests(RetryAfter::Seconds(0)));
    /// assert_eq!(server.client().api().whoami().fetch().await?.attempts(), 2);
    /// # Ok(()) }
    /// ```
    pub fn reply(self, reply: MockReply) {
        self.end(End::Reply(Box::new(reply)));
    }

    /// They are carried out, and answered after `delay`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.next("whoami").delay(Duration::from_millis(20));
    /// assert!(server.client().api().whoami().fetch().await?.elapsed() >= Duration::from_millis(20));
    /// # Ok(()) }
    /// ```
    pub fn delay(self, delay: Duration) {
        self.end(End::Own(delay, Sending::Whole));
    }

    /// They are carried out, and half of the answer comes before the connection is cut.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.next("deleteUserList").truncate();
    /// let lost = server.client().api().delete_user_list().account("acct_1").user_list_id(5).fetch().await;
    /// assert!(lost.is_err());
    /// # Ok(()) }
    /// ```
    pub fn truncate(self) {
        self.end(End::Own(Duration::ZERO, Sending::Half));
    }

    /// They are carried out, and the answer comes in ten pieces with `pause` before each.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.next("whoami").slowly(Duration::from_millis(2));
    /// assert!(server.client().api().whoami().fetch().await?.elapsed() >= Duration::from_millis(20));
    /// # Ok(()) }
    /// ```
    pub fn slowly(self, pause: Duration) {
        self.end(End::Own(Duration::ZERO, Sending::Slowly(pause)));
    }

    /// Their connections are reset before the body of the request is read; the service does nothing.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.next("createUserList").reset_before();
    /// let api = server.client().api().clone();
    /// assert!(api.create_user_list().account("acct_1").name("VIP").fetch().await.is_err());
    /// assert_eq!(api.list_user_lists().account("acct_1").fetch().await?.len(), 0);
    /// # Ok(()) }
    /// ```
    pub fn reset_before(self) {
        self.end(End::ResetBefore);
    }

    /// They are carried out, then their connections are reset: whoever asked does not know.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.next("createUserList").reset_after();
    /// let api = server.client().api().clone();
    /// assert!(api.create_user_list().account("acct_1").name("VIP").fetch().await.is_err());
    /// assert_eq!(api.list_user_lists().account("acct_1").fetch().await?.len(), 1);
    /// # Ok(()) }
    /// ```
    pub fn reset_after(self) {
        self.end(End::ResetAfter);
    }

    fn end(self, end: End) {
        lock(&self.server.state.scripts).push(&self.operation, self.times, end);
    }
}
