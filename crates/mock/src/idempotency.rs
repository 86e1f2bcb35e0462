//! Idempotency keys: a request that comes again is answered as before, and does nothing. Source: api-conventions,
//! section 4.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::{Value, json};

/// How long an answer is kept.
const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);
/// How many keys are known at most, so that memory ends: the oldest go first.
const MOST: usize = 10_000;

/// The requests that came with a key, by operation, account and key.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    known: HashMap<Scope, Known>,
    /// By age.
    order: VecDeque<Scope>,
}

/// What a key is one of.
pub(crate) type Scope = (String, String, String);

#[derive(Debug)]
struct Known {
    /// Path and body, which must be the same again.
    request: (String, Bytes),
    since: Instant,
    /// Absent while the first request is being worked on.
    answer: Option<(u16, Value)>,
}

/// What a key says of a request.
pub(crate) enum Seen {
    /// It is the first: carry it out, then [`Keys::settle`].
    First,
    /// It is answered already.
    Replay(u16, Value),
    /// It is refused.
    Refused(u16, Value),
}

impl Keys {
    pub(crate) fn see(&mut self, scope: &Scope, path: &str, body: &Bytes) -> Seen {
        self.forget();
        let Some(known) = self.known.get(scope) else {
            let known = Known {
                request: (path.to_owned(), body.clone()),
                since: Instant::now(),
                answer: None,
            };
            self.known.insert(scope.clone(), known);
            self.order.push_back(scope.clone());
            return Seen::First;
        };
        if known.request.0 != path || known.request.1 != *body {
            let message = "This Idempotency-Key was used with another request.";
            return Seen::Refused(422, refusal("IDEMPOTENCY_KEY_MISMATCH", message));
        }
        match &known.answer {
            Some((status, answer)) => Seen::Replay(*status, answer.clone()),
            None => {
                let message = "A request with this Idempotency-Key is already in progress.";
                Seen::Refused(409, refusal("IDEMPOTENCY_CONFLICT", message))
            }
        }
    }

    /// Forgets the keys that are too old, or too many.
    fn forget(&mut self) {
        while let Some(oldest) = self.order.front() {
            let is_old = match self.known.get(oldest) {
                Some(known) => known.since.elapsed() >= RETENTION,
                // It was not kept.
                None => true,
            };
            if !is_old && self.order.len() < MOST {
                return;
            }
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }

    /// Keeps the answer of a first request; 408, 429 and 5xx are never kept.
    pub(crate) fn settle(&mut self, scope: &Scope, status: u16, answer: &Value) {
        if matches!(status, 408 | 429 | 500..) {
            self.known.remove(scope);
        } else if let Some(known) = self.known.get_mut(scope) {
            known.answer = Some((status, answer.clone()));
        }
    }
}

fn refusal(error: &str, message: &str) -> Value {
    json!({
        "error": error,
        "message": message,
        "description": "Use a new key for a new request, and the same request for a key that was used.",
    })
}
