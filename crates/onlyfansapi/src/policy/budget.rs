//! What keeps many calls from trying again at once: a bucket of tokens that all calls of a client share.
//!
//! An attempt more takes tokens, a success gives some back. When a service is down for everybody, the
//! bucket is soon empty, and calls fail at their first attempt until some succeed again.

use std::sync::atomic::{AtomicU32, Ordering};

/// The tokens of a full bucket.
const FULL: u32 = 500;

/// What an attempt more costs: a hundred can be made before anything succeeds.
const COST: u32 = 5;

/// The bucket.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(FULL))
    }
}

impl Budget {
    /// Takes what an attempt more costs, if it is there.
    pub(crate) fn take(&self) -> bool {
        let take = |tokens: u32| tokens.checked_sub(COST);
        self.0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
            .is_ok()
    }

    /// Gives back for a call that succeeded after `attempts`.
    pub(crate) fn give(&self, attempts: u32) {
        // A first success gives a little, so that a bucket that was emptied fills again.
        let tokens = if attempts > 1 { COST } else { 1 };
        let give = |now: u32| (now < FULL).then(|| (now + tokens).min(FULL));
        // Refused where it is full already.
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, give);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_storm_ends_and_successes_fill_the_bucket_again() {
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
