//! Clock, sleep and chance: what a policy must not take from the process itself, so that tests need no time.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant, SystemTime};

/// What a policy sees of the world.
pub(crate) trait World: Send + Sync {
    /// The time, for spans.
    fn now(&self) -> Instant;

    /// The date, for headers that hold one.
    fn date(&self) -> SystemTime;

    /// Waits.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    /// A number from 0 up to, and without, 1.
    fn chance(&self) -> f64;
}

/// The world as it is.
#[derive(Debug)]
pub(crate) struct Real;

impl World for Real {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn date(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(tokio::time::sleep(time))
    }

    fn chance(&self) -> f64 {
        fastrand::f64()
    }
}

#[cfg(test)]
pub(crate) mod simulated {
    //! A world in which a sleep takes no time and moves the clock.

    use std::sync::Mutex;

    use super::*;

    pub(crate) struct Simulated {
        start: Instant,
        passed: Mutex<Duration>,
        pub(crate) slept: Mutex<Vec<Duration>>,
        chance: f64,
    }

    impl Simulated {
        pub(crate) fn new(chance: f64) -> std::sync::Arc<Self> {
            std::sync::Arc::new(Self {
                start: Instant::now(),
                passed: Mutex::default(),
                slept: Mutex::default(),
                chance,
            })
        }

        pub(crate) fn pass(&self, time: Duration) {
            *self.passed.lock().unwrap() += time;
        }

        pub(crate) fn slept(&self) -> Vec<Duration> {
            self.slept.lock().unwrap().clone()
        }
    }

    impl World for Simulated {
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

        fn chance(&self) -> f64 {
            self.chance
        }
    }
}
