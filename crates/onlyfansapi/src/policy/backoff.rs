//! The wait before a retry, if the response does not set one: exponential backoff with full jitter.

use std::time::Duration;

/// The bounds of the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    /// The longest wait before the first retry.
    pub(crate) base: Duration,
    /// The longest wait before any retry.
    pub(crate) cap: Duration,
}

impl Backoff {
    /// Returns the values of the vendor's own clients.
    pub(crate) const DEFAULT: Self = Self {
        base: Duration::from_millis(500),
        cap: Duration::from_secs(8),
    };

    /// Returns the wait after `attempts` attempts; `random` is between 0 and 1.
    ///
    /// Full jitter: the wait is between zero and a bound that doubles, so that clients that failed together do not
    /// retry together.
    pub(crate) fn wait(self, attempts: u32, random: f64) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        let bound = self.base.saturating_mul(1 << doublings).min(self.cap);
        bound.mul_f64(random.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_the_bound_up_to_the_cap() {
        let wait = |attempts, random| Backoff::DEFAULT.wait(attempts, random);
        let bounds: Vec<_> = (1..8)
            .map(|attempts| wait(attempts, 1.0).as_millis())
            .collect();
        assert_eq!(bounds, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(wait(u32::MAX, 1.0), Duration::from_secs(8));
        assert_eq!(wait(1, 0.0), Duration::ZERO);
        assert_eq!(wait(2, 0.5), Duration::from_millis(500));
    }
}
