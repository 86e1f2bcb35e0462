//! What a call may not do, seen from the service's side: take effect twice, or be sent again without a key when
//! its fate was open.

use std::collections::{HashMap, HashSet};

use super::Fault;

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Requests of which anything arrived.
    pub requests: usize,
    /// Writes that took effect.
    pub effects: usize,
    /// Writes that took effect more than once.
    pub doubled: usize,
    /// Writes without a key that were seen again after an answer, or a silence that left their fate open.
    pub seen_again: usize,
    /// Requests that a fault met.
    pub faults: usize,
}

/// Remembers calls by the parameter `call` of their query; those without one are all the same call.
#[derive(Debug, Default)]
pub(super) struct Judge {
    counts: Counts,
    keys: HashSet<String>,
    calls: HashMap<String, Call>,
}

#[derive(Debug, Default)]
struct Call {
    effects: usize,
    is_open: bool,
    key: Option<String>,
}

/// What the judge needs of a request.
#[derive(Debug)]
pub(super) struct Seen<'a> {
    pub(super) is_write: bool,
    pub(super) call: &'a str,
    pub(super) key: Option<&'a str>,
}

impl Judge {
    pub(super) fn counts(&self) -> Counts {
        self.counts
    }

    /// Forgets a call that has ended; the counts stay.
    pub(super) fn forget(&mut self, call: &str) {
        if let Some(key) = self.calls.remove(call).and_then(|call| call.key) {
            self.keys.remove(&key);
        }
    }

    /// A connection of which nothing was read.
    pub(super) fn unread(&mut self) {
        self.counts.requests += 1;
        self.counts.faults += 1;
    }

    /// A request and what meets it; whether it is the replay of an earlier one with the same key.
    pub(super) fn request(&mut self, seen: &Seen<'_>, fault: &Fault) -> bool {
        self.counts.requests += 1;
        self.counts.faults += usize::from(*fault != Fault::None);
        if !seen.is_write {
            return false;
        }
        let call = self.calls.entry(seen.call.to_owned()).or_default();
        if seen.key.is_none() && call.is_open {
            self.counts.seen_again += 1;
        }
        call.is_open |= fault.leaves_open();
        if !fault.acts() {
            return false;
        }
        if call.key.is_none() {
            call.key = seen.key.map(str::to_owned);
        }
        if let Some(key) = seen.key
            && !self.keys.insert(key.to_owned())
        {
            return true;
        }
        call.effects += 1;
        self.counts.effects += 1;
        self.counts.doubled += usize::from(call.effects == 2);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write<'a>(call: &'a str, key: Option<&'a str>) -> Seen<'a> {
        Seen {
            is_write: true,
            call,
            key,
        }
    }

    #[test]
    fn a_doubled_write_and_one_that_is_seen_again_are_counted() {
        let mut judge = Judge::default();
        judge.request(&write("1", None), &Fault::ActThenReset);
        judge.request(&write("1", None), &Fault::None);
        judge.request(&write("2", Some("k")), &Fault::ActThenReset);
        assert!(judge.request(&write("2", Some("k")), &Fault::None));
        judge.request(
            &write("3", None),
            &Fault::Refused {
                status: 429,
                retry_after: None,
                html: false,
            },
        );
        judge.request(&write("3", None), &Fault::None);
        let counts = judge.counts();
        assert_eq!((counts.requests, counts.effects), (6, 4));
        assert_eq!((counts.doubled, counts.seen_again), (1, 1));
    }
}
