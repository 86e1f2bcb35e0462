//! The retry loop. Policies, clock and randomness are passed as arguments; attempts are counted only here.

use std::future::Future;
use std::time::{Duration, SystemTime};

use onlyfansapi_core::Error;
use onlyfansapi_core::transport::{Attempts, DecodeLimit};

use super::backoff::Backoff;
use super::budget::Budget;
use super::clock::Clock;
use super::retry::Decision;

/// The longest wait before a retry. A longer wait is reported in the error instead.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// The limits of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// The maximum number of retries.
    pub(crate) retries: u32,
    /// The time limit of one attempt.
    pub(crate) attempt: Option<Duration>,
    /// The time limit of all attempts and waits.
    pub(crate) total: Option<Duration>,
    /// The wait before a retry, unless the response asks for a longer one.
    pub(crate) backoff: Backoff,
}

/// The time limit of an attempt, and the setting that it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimeLimit {
    /// The time that the attempt may take.
    pub(crate) time: Duration,
    /// The name of the setting, for errors.
    pub(crate) setting: &'static str,
    /// The value of the setting, which is longer than `time` if earlier attempts used up part of it.
    pub(crate) configured: Duration,
}

impl Plan {
    /// Returns the attempt timeout or the time left for the call, whichever is shorter.
    fn limit(&self, elapsed: Duration) -> Option<TimeLimit> {
        let attempt = self.attempt.map(|time| TimeLimit {
            time,
            setting: "attempt timeout",
            configured: time,
        });
        let total = self.total.map(|total| TimeLimit {
            time: total.saturating_sub(elapsed),
            setting: "call timeout",
            configured: total,
        });
        match (attempt, total) {
            (Some(attempt), Some(total)) if total.time < attempt.time => Some(total),
            (attempt, total) => attempt.or(total),
        }
    }
}

/// Makes attempts until the call has a result.
///
/// `attempt` receives its time limit. `decide` receives a result and can read the current time. `on_retry` is called
/// before the wait for each retry, with the number of attempts so far.
pub(crate) async fn run<T, F>(
    plan: Plan,
    clock: &dyn Clock,
    budget: &Budget,
    mut attempt: impl FnMut(Option<TimeLimit>) -> F,
    decide: impl Fn(&Result<T, Error>, &dyn Fn() -> SystemTime) -> Decision,
    mut on_retry: impl FnMut(&Result<T, Error>, u32, Duration),
) -> (Result<T, Error>, Attempts)
where
    F: Future<Output = Result<T, Error>>,
{
    let start = clock.now();
    let mut count = 0;
    loop {
        let now = if count == 0 { start } else { clock.now() };
        let limit = plan.limit(now - start);
        count += 1;
        let result = attempt(limit).await;
        let elapsed = clock.now() - start;
        let left = plan.total.map(|total| total.saturating_sub(elapsed));
        let mut attempts = Attempts::new(count, elapsed);
        attempts.decode_limit = plan.total.map(|timeout| DecodeLimit {
            left: timeout.saturating_sub(elapsed),
            timeout,
        });
        let Decision::Retry(requested) = decide(&result, &|| clock.date()) else {
            if result.is_ok() {
                budget.give(count);
            }
            return (result, attempts);
        };
        if count > plan.retries {
            return (result, attempts);
        }
        // A response cannot shorten the wait: `Retry-After: 0` in an outage must not cause a burst of retries.
        let backoff = plan.backoff.wait(count, clock.random());
        let wait = requested.unwrap_or_default().max(backoff);
        if left.is_some_and(|left| left.is_zero()) {
            return (result, attempts);
        }
        // A wait that leaves no time for an attempt is pointless.
        if wait > LONGEST_WAIT || left.is_some_and(|left| wait >= left) {
            attempts.wait = Some(wait);
            return (result, attempts);
        }
        if !budget.take() {
            return (result, attempts);
        }
        on_retry(&result, count, wait);
        clock.sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use onlyfansapi_core::transport::ErrorBuilder;

    use super::super::clock::manual::ManualClock;
    use super::*;
    use crate::api::operations::WHOAMI;

    const PLAN: Plan = Plan {
        retries: 2,
        attempt: Some(Duration::from_secs(10)),
        total: Some(Duration::from_secs(30)),
        backoff: Backoff::DEFAULT,
    };

    fn seconds(list: &[f64]) -> Vec<Duration> {
        list.iter().copied().map(Duration::from_secs_f64).collect()
    }

    /// Runs attempts that each take one second and fail with a transient error. `requested` is the delay that the service
    /// asks for, if any.
    async fn failing(
        plan: Plan,
        random: f64,
        requested: Option<Duration>,
    ) -> (Attempts, Vec<Duration>, Vec<Option<Duration>>) {
        let clock = ManualClock::new(random);
        let limits = RefCell::new(Vec::new());
        let (result, attempts) = run(
            plan,
            &*clock,
            &Budget::default(),
            |limit| {
                limits.borrow_mut().push(limit.map(|limit| limit.time));
                clock.pass(Duration::from_secs(1));
                std::future::ready(Err::<(), _>(
                    ErrorBuilder::maybe_sent(&WHOAMI, "silence").build(),
                ))
            },
            |_, _| Decision::Retry(requested),
            |_, _, _| {},
        )
        .await;
        assert!(result.is_err());
        (attempts, clock.slept(), limits.into_inner())
    }

    #[tokio::test]
    async fn counts_retries_and_waits_with_backoff() {
        let (attempts, slept, limits) = failing(PLAN, 0.5, None).await;
        assert_eq!(slept, seconds(&[0.25, 0.5]));
        assert_eq!((attempts.count, attempts.wait), (3, None));
        assert_eq!(attempts.elapsed, Duration::from_millis(3750));
        assert_eq!(limits, [Some(Duration::from_secs(10)); 3]);
    }

    #[tokio::test]
    async fn makes_one_attempt_without_retries() {
        let (attempts, slept, _) = failing(Plan { retries: 0, ..PLAN }, 0.5, None).await;
        assert_eq!((attempts.count, slept.len()), (1, 0));
    }

    #[tokio::test]
    async fn honors_the_requested_wait_up_to_a_minute() {
        let requested = Some(Duration::from_secs(7));
        let (attempts, slept, limits) = failing(PLAN, 0.5, requested).await;
        assert_eq!((attempts.count, slept), (3, seconds(&[7.0, 7.0])));
        // The last attempt is limited by the time left for the call.
        assert_eq!(limits[2], Some(Duration::from_secs(10)));
        let endless = Plan {
            total: None,
            ..PLAN
        };
        let (attempts, slept, _) = failing(endless, 0.5, Some(Duration::from_secs(60))).await;
        assert_eq!((attempts.count, slept), (3, seconds(&[60.0, 60.0])));
        let (attempts, slept, _) = failing(endless, 0.5, Some(Duration::from_secs(61))).await;
        assert_eq!((attempts.count, slept.len()), (1, 0));
        assert_eq!(attempts.wait, Some(Duration::from_secs(61)));
    }

    #[tokio::test]
    async fn a_requested_wait_never_shortens_the_backoff() {
        let (_, slept, _) = failing(PLAN, 0.5, Some(Duration::ZERO)).await;
        assert_eq!(slept, seconds(&[0.25, 0.5]));
        let (_, slept, _) = failing(PLAN, 0.5, Some(Duration::from_millis(300))).await;
        assert_eq!(slept, seconds(&[0.3, 0.5]));
        let (attempts, slept, _) = failing(PLAN, 0.5, Some(Duration::MAX)).await;
        assert_eq!((slept.len(), attempts.wait), (0, Some(Duration::MAX)));
    }

    #[tokio::test]
    async fn reports_a_wait_that_exceeds_the_time_left() {
        let (attempts, slept, _) = failing(PLAN, 0.5, Some(Duration::from_secs(29))).await;
        assert_eq!((attempts.count, slept.len()), (1, 0));
        assert_eq!(attempts.wait, Some(Duration::from_secs(29)));
        let (attempts, slept, limits) = failing(PLAN, 0.5, Some(Duration::from_secs(24))).await;
        assert_eq!((attempts.count, slept), (2, seconds(&[24.0])));
        assert_eq!(
            limits,
            [Some(Duration::from_secs(10)), Some(Duration::from_secs(5))]
        );
        assert_eq!(attempts.wait, Some(Duration::from_secs(24)));
    }

    #[tokio::test]
    async fn stops_after_the_first_attempt_when_the_budget_is_empty() {
        let clock = ManualClock::new(0.0);
        let budget = Budget::default();
        let mut attempts = Vec::new();
        for _ in 0..60 {
            let (_, of_call) = run(
                PLAN,
                &*clock,
                &budget,
                |_| {
                    std::future::ready(Err::<(), _>(
                        ErrorBuilder::never_sent(&WHOAMI, "down").build(),
                    ))
                },
                |_, _| Decision::Retry(None),
                |_, _, _| {},
            )
            .await;
            attempts.push(of_call.count);
        }
        // A hundred retries in total.
        assert_eq!(attempts.iter().sum::<u32>(), 160);
        assert!(
            attempts[50..].iter().all(|count| *count == 1),
            "{attempts:?}"
        );
    }
}
