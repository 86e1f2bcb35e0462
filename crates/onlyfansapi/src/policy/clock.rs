//! Time, sleep and randomness behind a trait, so that tests of policies take no time.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// The time source of the policies.
pub(crate) trait Clock: Send + Sync {
    /// Returns the monotonic time.
    fn now(&self) -> Instant;

    /// Returns the date, for headers that contain dates.
    fn date(&self) -> SystemTime;

    /// Sleeps for `time`.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// Returns a random number from 0 (inclusive) to 1 (exclusive), for jitter.
    fn random(&self) -> f64;
}

/// The real clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(time))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

#[cfg(test)]
pub(crate) mod manual {
    //! A clock that advances when it sleeps, without taking real time.

    use std::sync::Mutex;

    use super::*;

    pub(crate) struct ManualClock {
        start: Instant,
        passed: Mutex<Duration>,
        pub(crate) slept: Mutex<Vec<Duration>>,
        random: f64,
    }

    impl ManualClock {
        pub(crate) fn new(random: f64) -> std::sync::Arc<Self> {
            std::sync::Arc::new(Self {
                start: Instant::now(),
                passed: Mutex::default(),
                slept: Mutex::default(),
                random,
            })
        }

        pub(crate) fn pass(&self, time: Duration) {
            *self.passed.lock().unwrap() += time;
        }

        pub(crate) fn slept(&self) -> Vec<Duration> {
            self.slept.lock().unwrap().clone()
        }
    }

    impl Clock for ManualClock {
        fn now(&self) -> Instant {
            self.start + *self.passed.lock().unwrap()
        }

        fn date(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
                + Duration::from_secs(1_800_000_000)
                + *self.passed.lock().unwrap()
        }

        fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            self.pass(time);
            self.slept.lock().unwrap().push(time);
            Box::pin(std::future::ready(()))
        }

        fn random(&self) -> f64 {
            self.random
        }
    }
}
