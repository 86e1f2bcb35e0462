//! Counts effects: detects calls that take effect more than once, and retries without an idempotency key after an
//! unknown outcome.

use std::collections::{HashMap, HashSet};

use super::Fault;

/// Counters of a [`FaultServer`](super::FaultServer).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Requests, including connections that were reset before anything was read.
    pub requests: usize,
    /// Writes that took effect.
    pub effects: usize,
    /// Calls whose write took effect more than once.
    pub duplicate_effects: usize,
    /// Writes without an idempotency key that were retried although an earlier attempt may have taken effect.
    pub unkeyed_retries: usize,
    /// Requests with an injected fault.
    pub faults: usize,
}

/// Tracks the effects of calls. Requests with the same `call` query parameter belong to the same call, and so do all
/// requests without it.
#[derive(Debug, Default)]
pub(super) struct EffectTracker {
    counts: Counts,
    keys: HashSet<String>,
    calls: HashMap<String, Call>,
}

#[derive(Debug, Default)]
struct Call {
    effects: usize,
    /// Whether the client cannot know the outcome of an earlier attempt.
    is_outcome_unknown: bool,
    key: Option<String>,
}

/// The parts of a request that the tracker needs.
#[derive(Debug)]
pub(super) struct TrackedRequest<'a> {
    pub(super) is_write: bool,
    pub(super) call: &'a str,
    pub(super) idempotency_key: Option<&'a str>,
}

impl EffectTracker {
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Removes a completed call to free its memory; the counts stay.
    pub(super) fn remove_call(&mut self, call: &str) {
        if let Some(key) = self.calls.remove(call).and_then(|call| call.key) {
            self.keys.remove(&key);
        }
    }

    /// Counts a connection that was reset before anything was read.
    pub(super) fn record_unread(&mut self) {
        self.counts.requests += 1;
        self.counts.faults += 1;
    }

    /// Counts a request and its fault; returns whether it is a replay of an earlier request with the same key.
    pub(super) fn record(&mut self, request: &TrackedRequest<'_>, fault: &Fault) -> bool {
        self.counts.requests += 1;
        self.counts.faults += usize::from(*fault != Fault::None);
        if !request.is_write {
            return false;
        }
        let call = self.calls.entry(request.call.to_owned()).or_default();
        if request.idempotency_key.is_none() && call.is_outcome_unknown {
            self.counts.unkeyed_retries += 1;
        }
        call.is_outcome_unknown |= fault.leaves_outcome_unknown();
        if !fault.takes_effect() {
            return false;
        }
        if call.key.is_none() {
            call.key = request.idempotency_key.map(str::to_owned);
        }
        if let Some(key) = request.idempotency_key
            && !self.keys.insert(key.to_owned())
        {
            return true;
        }
        call.effects += 1;
        self.counts.effects += 1;
        self.counts.duplicate_effects += usize::from(call.effects == 2);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write<'a>(call: &'a str, key: Option<&'a str>) -> TrackedRequest<'a> {
        TrackedRequest {
            is_write: true,
            call,
            idempotency_key: key,
        }
    }

    #[test]
    fn counts_duplicate_effects_and_unkeyed_retries() {
        let mut tracker = EffectTracker::default();
        tracker.record(&write("1", None), &Fault::ActThenReset);
        tracker.record(&write("1", None), &Fault::None);
        tracker.record(&write("2", Some("k")), &Fault::ActThenReset);
        assert!(tracker.record(&write("2", Some("k")), &Fault::None));
        tracker.record(
            &write("3", None),
            &Fault::Refused {
                status: 429,
                retry_after: None,
                html: false,
            },
        );
        tracker.record(&write("3", None), &Fault::None);
        let counts = tracker.counts();
        assert_eq!((counts.requests, counts.effects), (6, 4));
        assert_eq!((counts.duplicate_effects, counts.unkeyed_retries), (1, 1));
    }
}
