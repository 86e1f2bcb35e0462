//! Scripted responses and expected request counts.

use std::collections::HashMap;
use std::time::Duration;

use crate::MockReply;
use crate::server::{MockServer, lock};
use crate::transfer::BodyTransfer;

/// The action for a scripted request.
#[derive(Clone, Debug)]
pub(crate) enum ScriptedAction {
    /// Sends this response. The request has no effect.
    Reply(Box<MockReply>),
    /// Resets the connection before the request body is read. The request has no effect.
    ResetBefore,
    /// Executes the request, then resets the connection instead of sending the response.
    ResetAfter,
    /// Executes the request, then sends the regular response after a delay.
    Execute(Duration, BodyTransfer),
}

/// Scripts by operationId, and fixed replies by method and path.
#[derive(Debug, Default)]
pub(crate) struct Scripts {
    next: HashMap<String, Vec<Script>>,
    always: HashMap<(String, String), MockReply>,
    pub(crate) expected: Vec<(String, usize)>,
}

#[derive(Debug)]
struct Script {
    remaining: usize,
    action: ScriptedAction,
}

impl Scripts {
    /// If the next script of an operation is a `ResetBefore`, consumes it and returns true.
    pub(crate) fn take_reset_before(&mut self, operation: &str) -> bool {
        let next = self.next.get(operation).and_then(|scripts| scripts.first());
        let is_reset =
            next.is_some_and(|script| matches!(script.action, ScriptedAction::ResetBefore));
        is_reset && self.take(operation).is_some()
    }

    /// Consumes and returns the next scripted action of an operation.
    pub(crate) fn take(&mut self, operation: &str) -> Option<ScriptedAction> {
        let scripts = self.next.get_mut(operation)?;
        let first = scripts.first_mut()?;
        first.remaining -= 1;
        let action = first.action.clone();
        if first.remaining == 0 {
            scripts.remove(0);
        }
        Some(action)
    }

    /// Queues an action for the next `times` requests of an operation, after the actions already queued.
    pub(crate) fn push(&mut self, operation: &str, times: usize, action: ScriptedAction) {
        if times > 0 {
            let scripts = self.next.entry(operation.to_owned()).or_default();
            scripts.push(Script {
                remaining: times,
                action,
            });
        }
    }

    /// Returns the fixed reply for a method and path.
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

/// Scripts the next requests of an operation; created by [`MockServer::next`].
///
/// Call [`times`](Self::times) to script more than one request, then finish with one of the other methods.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
///
/// use onlyfansapi_mock::{MockReply, MockServer};
///
/// let server = MockServer::start().await?;
/// let api = server.client().api().clone();
///
/// // Two 503 responses, then the regular one after 20 ms.
/// server.next("whoami").times(2).reply(MockReply::status(503));
/// server.next("whoami").delay(Duration::from_millis(20));
/// let me = api.whoami().await?;
/// assert_eq!(me.meta().attempts(), 3);
/// assert!(me.meta().elapsed() >= Duration::from_millis(20));
///
/// // The client sees an error in both cases, but only the second list is created.
/// server.next("createUserList").reset_before();
/// assert!(api.create_user_list().account("acct_0123").name("VIP").await.is_err());
/// server.next("createUserList").reset_after();
/// assert!(api.create_user_list().account("acct_0123").name("VIP").await.is_err());
/// assert_eq!(api.list_user_lists().account("acct_0123").await?.len(), 1);
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "nothing is scripted until `reply`, `delay` or another final method is called"]
pub struct ScriptedResponse<'a> {
    pub(crate) server: &'a MockServer,
    pub(crate) operation: String,
    pub(crate) times: usize,
}

impl ScriptedResponse<'_> {
    /// Sets how many requests are scripted. Defaults to 1.
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// Sends `reply`. The request has no effect.
    pub fn reply(self, reply: MockReply) {
        self.finish(ScriptedAction::Reply(Box::new(reply)));
    }

    /// Executes the request and sends the response after `delay`.
    pub fn delay(self, delay: Duration) {
        self.finish(ScriptedAction::Execute(delay, BodyTransfer::Whole));
    }

    /// Executes the request, sends the first half of the response body and closes the connection.
    pub fn truncate(self) {
        self.finish(ScriptedAction::Execute(
            Duration::ZERO,
            BodyTransfer::Truncated,
        ));
    }

    /// Executes the request and sends the response body in ten chunks, with `pause` before each.
    pub fn throttle(self, pause: Duration) {
        self.finish(ScriptedAction::Execute(
            Duration::ZERO,
            BodyTransfer::Throttled(pause),
        ));
    }

    /// Resets the connection before the request body is read. The request has no effect.
    pub fn reset_before(self) {
        self.finish(ScriptedAction::ResetBefore);
    }

    /// Executes the request, then resets the connection, so that the client cannot know whether it took effect.
    pub fn reset_after(self) {
        self.finish(ScriptedAction::ResetAfter);
    }

    fn finish(self, action: ScriptedAction) {
        lock(&self.server.state.scripts).push(&self.operation, self.times, action);
    }
}
