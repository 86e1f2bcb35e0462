//! The one loop in which a call is tried: policy, clock, sleep and chance are its arguments, and attempts are
//! counted nowhere else.

use std::future::Future;
use std::time::{Duration, SystemTime};

use onlyfansapi_core::{Attempts, Error};

use super::backoff::Backoff;
use super::budget::Budget;
use super::verdict::Verdict;
use super::world::World;

/// The longest wait that is slept; a longer one is an error with the wait in it.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// What a call may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// How often the request may be sent again.
    pub(crate) retries: u32,
    /// The time of one attempt.
    pub(crate) attempt: Option<Duration>,
    /// The time of all attempts and waits.
    pub(crate) total: Option<Duration>,
    /// How long to wait where the service does not say.
    pub(crate) backoff: Backoff,
}

/// Makes attempts until one is the call's outcome.
///
/// `attempt` is given the time that it may take; `verdict` says what its result means, and may ask for the date; `again` hears
/// of each further attempt before the wait: the number of attempts so far, and the wait.
pub(crate) async fn run<T, F>(
    plan: Plan,
    world: &dyn World,
    budget: &Budget,
    mut attempt: impl FnMut(Option<Duration>) -> F,
    verdict: impl Fn(&Result<T, Error>, &dyn Fn() -> SystemTime) -> Verdict,
    again: impl Fn(&Result<T, Error>, u32, Duration),
) -> (Result<T, Error>, Attempts)
where
    F: Future<Output = Result<T, Error>>,
{
    let start = world.now();
    let left = |now| plan.total.map(|total| total.saturating_sub(now - start));
    let mut attempts = 0;
    loop {
        let now = if attempts == 0 { start } else { world.now() };
        let limit = match (plan.attempt, left(now)) {
            (Some(attempt), Some(left)) => Some(attempt.min(left)),
            (one, other) => one.or(other),
        };
        attempts += 1;
        let result = attempt(limit).await;
        let now = world.now();
        let mut told = Attempts::new(attempts, now - start);
        let Verdict::Again(asked) = verdict(&result, &|| world.date()) else {
            if result.is_ok() {
                budget.give(attempts);
            }
            return (result, told);
        };
        if attempts > plan.retries {
            return (result, told);
        }
        let wait = asked.unwrap_or_else(|| plan.backoff.wait(attempts, world.chance()));
        if left(now).is_some_and(|left| left.is_zero()) {
            return (result, told);
        }
        // A wait that leaves no time for an attempt is one for nothing.
        if wait > LONGEST_WAIT || left(now).is_some_and(|left| wait >= left) {
            told.wait = Some(wait);
            return (result, told);
        }
        if !budget.take() {
            return (result, told);
        }
        again(&result, attempts, wait);
        world.sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::super::world::simulated::Simulated;
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

    /// Attempts that take a second each and all fail in a way that may pass; the waits that the service asks for.
    async fn failing(
        plan: Plan,
        chance: f64,
        asks: Option<Duration>,
    ) -> (Attempts, Vec<Duration>, Vec<Option<Duration>>) {
        let world = Simulated::new(chance);
        let limits = RefCell::new(Vec::new());
        let (result, told) = run(
            plan,
            &*world,
            &Budget::default(),
            |limit| {
                limits.borrow_mut().push(limit);
                world.pass(Duration::from_secs(1));
                std::future::ready(Err::<(), _>(Error::maybe_sent(&WHOAMI, "silence")))
            },
            |_, _| Verdict::Again(asks),
            |_, _, _| {},
        )
        .await;
        assert!(result.is_err());
        (told, world.slept(), limits.into_inner())
    }

    #[tokio::test]
    async fn retries_are_counted_and_waits_are_backoff() {
        let (told, slept, limits) = failing(PLAN, 0.5, None).await;
        assert_eq!(slept, seconds(&[0.25, 0.5]));
        assert_eq!((told.count, told.wait), (3, None));
        assert_eq!(told.elapsed, Duration::from_millis(3750));
        assert_eq!(limits, [Some(Duration::from_secs(10)); 3]);
    }

    #[tokio::test]
    async fn without_retries_there_is_one_attempt() {
        let (told, slept, _) = failing(Plan { retries: 0, ..PLAN }, 0.5, None).await;
        assert_eq!((told.count, slept.len()), (1, 0));
    }

    #[tokio::test]
    async fn the_service_s_wait_counts_up_to_a_minute() {
        let asked = Some(Duration::from_secs(7));
        let (told, slept, limits) = failing(PLAN, 0.5, asked).await;
        assert_eq!((told.count, slept), (3, seconds(&[7.0, 7.0])));
        // The last attempt has what is left of the call's time, if that is less.
        assert_eq!(limits[2], Some(Duration::from_secs(10)));
        let endless = Plan {
            total: None,
            ..PLAN
        };
        let (told, slept, _) = failing(endless, 0.5, Some(Duration::from_secs(60))).await;
        assert_eq!((told.count, slept), (3, seconds(&[60.0, 60.0])));
        let (told, slept, _) = failing(endless, 0.5, Some(Duration::from_secs(61))).await;
        assert_eq!((told.count, slept.len()), (1, 0));
        assert_eq!(told.wait, Some(Duration::from_secs(61)));
    }

    #[tokio::test]
    async fn a_wait_longer_than_what_is_left_is_told_and_not_slept() {
        let (told, slept, _) = failing(PLAN, 0.5, Some(Duration::from_secs(29))).await;
        assert_eq!((told.count, slept.len()), (1, 0));
        assert_eq!(told.wait, Some(Duration::from_secs(29)));
        let (told, slept, limits) = failing(PLAN, 0.5, Some(Duration::from_secs(24))).await;
        assert_eq!((told.count, slept), (2, seconds(&[24.0])));
        assert_eq!(
            limits,
            [Some(Duration::from_secs(10)), Some(Duration::from_secs(5))]
        );
        assert_eq!(told.wait, Some(Duration::from_secs(24)));
    }

    #[tokio::test]
    async fn an_empty_budget_ends_a_call_at_its_first_attempt() {
        let world = Simulated::new(0.0);
        let budget = Budget::default();
        let mut attempts = Vec::new();
        for _ in 0..60 {
            let (_, told) = run(
                PLAN,
                &*world,
                &budget,
                |_| std::future::ready(Err::<(), _>(Error::never_sent(&WHOAMI, "down"))),
                |_, _| Verdict::Again(None),
                |_, _, _| {},
            )
            .await;
            attempts.push(told.count);
        }
        // A hundred attempts more than calls, and no more.
        assert_eq!(attempts.iter().sum::<u32>(), 160);
        assert!(
            attempts[50..].iter().all(|count| *count == 1),
            "{attempts:?}"
        );
    }
}
