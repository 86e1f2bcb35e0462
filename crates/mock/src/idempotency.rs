//! Idempotency keys: a repeated request gets the stored response and has no effect. Source: api-conventions, section 4.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

/// How long a response is stored.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);
/// The maximum number of stored keys; the oldest are evicted first.
const MAX_KEYS: usize = 10_000;

/// Requests with an idempotency key and their responses.
#[derive(Debug, Default)]
pub(crate) struct IdempotencyStore {
    entries: HashMap<KeyScope, Entry>,
    /// Oldest first.
    order: VecDeque<KeyScope>,
}

/// The operationId, account and idempotency key, which together identify a request.
pub(crate) type KeyScope = (String, String, String);

#[derive(Debug)]
struct Entry {
    /// Path and body. A repeated request must have the same path and body.
    request: (String, Bytes),
    since: Instant,
    /// Status and body; `None` while the first request is in progress.
    response: Option<(u16, Value)>,
}

/// The result of looking up an idempotency key.
pub(crate) enum KeyCheck {
    /// The key is new: execute the request, then call [`IdempotencyStore::complete`].
    New,
    /// The key has a stored response, with this status and body.
    Replay(u16, Value),
    /// The request is rejected with this status and body.
    Rejected(u16, Value),
}

impl IdempotencyStore {
    /// Looks up the key of a request; stores a new key as in progress.
    pub(crate) fn check(&mut self, scope: &KeyScope, path: &str, body: &Bytes) -> KeyCheck {
        self.evict();
        let Some(entry) = self.entries.get(scope) else {
            let entry = Entry {
                request: (path.to_owned(), body.clone()),
                since: Instant::now(),
                response: None,
            };
            self.entries.insert(scope.clone(), entry);
            self.order.push_back(scope.clone());
            return KeyCheck::New;
        };
        if entry.request.0 != path || entry.request.1 != *body {
            let message = "This Idempotency-Key was used with another request.";
            return KeyCheck::Rejected(422, error_body("IDEMPOTENCY_KEY_MISMATCH", message));
        }
        match &entry.response {
            Some((status, body)) => KeyCheck::Replay(*status, body.clone()),
            None => {
                let message = "A request with this Idempotency-Key is already in progress.";
                KeyCheck::Rejected(409, error_body("IDEMPOTENCY_CONFLICT", message))
            }
        }
    }

    /// Removes expired keys, and the oldest ones above the limit.
    fn evict(&mut self) {
        while let Some(oldest) = self.order.front() {
            let is_expired = match self.entries.get(oldest) {
                Some(entry) => entry.since.elapsed() >= RETENTION,
                // The response for this key was not stored.
                None => true,
            };
            if !is_expired && self.order.len() < MAX_KEYS {
                return;
            }
            if let Some(oldest) = self.order.pop_front() {
                self.entries.remove(&oldest);
            }
        }
    }

    /// Stores the response of a new key. Responses with 408, 429 or 5xx are not stored, and free the key.
    pub(crate) fn complete(&mut self, scope: &KeyScope, status: u16, body: &Value) {
        if matches!(status, 408 | 429 | 500..) {
            self.entries.remove(scope);
        } else if let Some(entry) = self.entries.get_mut(scope) {
            entry.response = Some((status, body.clone()));
        }
    }
}

fn error_body(error: &str, message: &str) -> Value {
    json!({
        "error": error,
        "message": message,
        "description": "Use a new key for a new request, or repeat the original request with this key.",
    })
}
