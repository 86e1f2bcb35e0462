//! The retry budget: a token bucket that all calls of a client share, so that they do not retry en masse.
//!
//! Each retry costs tokens; each success refunds some. During an outage the bucket soon empties, and calls are not
//! retried until some succeed again.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens in a full bucket.
const FULL: u32 = 500;

/// Tokens per retry: 100 retries are possible before any call succeeds.
const COST: u32 = 5;

/// The token bucket.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(FULL))
    }
}

impl Budget {
    /// Takes the tokens for a retry; returns `false` if there are too few.
    pub(crate) fn take(&self) -> bool {
        let take = |tokens: u32| tokens.checked_sub(COST);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }

    /// Returns tokens for a call that succeeded after `attempts`.
    pub(crate) fn give(&self, attempts: u32) {
        // Success at the first attempt returns a token too, so that an empty bucket refills.
        let tokens = if attempts > 1 { COST } else { 1 };
        let give = |now: u32| (now < FULL).then(|| (now + tokens).min(FULL));
        // An error means that the bucket is full.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_retries_and_refills_on_success() {
        let budget = Budget::default();
        assert_eq!((0..1000).filter(|_| budget.take()).count(), 100);
        assert!(!budget.take());
        (0..4).for_each(|_| budget.give(1));
        assert!(!budget.take());
        budget.give(2);
        assert!(budget.take());
        (0..10_000).for_each(|_| budget.give(3));
        assert_eq!((0..1000).filter(|_| budget.take()).count(), 100);
    }
}
