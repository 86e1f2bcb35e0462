//! Collects facts about a type: what it expects at each place, learned from decoding failures.
//!
//! A place is a path of field names. All items of a list share one place, and so do all entries of a map. The number of
//! places depends only on the type, and so does the number of failures that reveal something new.

use super::scan::Kind;
use super::traced::{Expected, Failure, Reason, Step};

/// The maximum number of places. No type has more, unless the number of its fields is unbounded.
const MAX_PLACES: usize = 100_000;

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place(usize);

impl Place {
    pub(super) const ROOT: Self = Self(0);
}

/// What is known about one place.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The kind of value that the type requests.
    pub(super) expected: Option<Expected>,
    /// The JSON types that a timestamp type rejects, although it requests a value of any type.
    pub(super) rejected: Vec<Kind>,
    pub(super) rejects_null: bool,
    /// Whether the enum rejects strings that it does not list.
    pub(super) is_closed: bool,
    /// Whether an object had a duplicate member, which the type rejects.
    pub(super) has_duplicates: bool,
    /// Whether an object had a name that is not valid Unicode.
    pub(super) has_invalid_names: bool,
    /// The members that the type requires in an object.
    pub(super) required: Vec<String>,
    /// The places of rejected members. There are only a few.
    members: Vec<(String, Place)>,
    /// The kind of key that the type expects in a map.
    pub(super) key: Option<Expected>,
    /// The places of the elements of a tuple that were rejected.
    pub(super) elements: Vec<(usize, Place)>,
    /// The place that all entries of a map share.
    pub(super) entry: Option<Place>,
    /// The place that all items of a list share.
    pub(super) item: Option<Place>,
}

impl Facts {
    /// Returns whether the type is known to read the members of the object as struct fields.
    pub(super) fn is_struct(&self) -> bool {
        !self.members.is_empty()
    }

    /// Returns the place of an item of a list, or of an element of a tuple.
    pub(super) fn item(&self, index: usize) -> Option<Place> {
        let element = self.elements.iter().find(|(at, _)| *at == index);
        element.map(|(_, place)| *place).or(self.item)
    }

    /// Returns the place of a member.
    pub(super) fn member(&self, name: &str) -> Option<Place> {
        let member = self.members.iter().find(|(member, _)| member == name);
        member.map(|(_, place)| *place).or(self.entry)
    }
}

/// Everything that is known about a type.
#[derive(Debug)]
pub(super) struct Knowledge(Vec<Facts>);

impl Default for Knowledge {
    fn default() -> Self {
        Self(vec![Facts::default()])
    }
}

impl Knowledge {
    pub(super) fn at(&self, place: Place) -> &Facts {
        &self.0[place.0]
    }

    /// Learns from a failure at a value of the JSON type `found`. Returns whether the failure revealed something new.
    pub(super) fn learn(&mut self, failure: &Failure, found: Kind) -> bool {
        let mut place = Place::ROOT;
        for step in &failure.path {
            if self.0.len() >= MAX_PLACES {
                return false;
            }
            place = self.child(place, step);
        }
        let facts = &mut self.0[place.0];
        let mut is_new = match (facts.expected, failure.expected) {
            (_, Expected::Other) | (Some(Expected::Other), _) => false,
            (Some(known), now) if known == now => false,
            (None, now) => {
                facts.expected = Some(now);
                true
            }
            // The type requests different kinds of values, depending on other values.
            (Some(_), _) => {
                facts.expected = Some(Expected::Other);
                true
            }
        };
        if facts.key.is_none() && failure.key.is_some() {
            facts.key = failure.key;
            is_new = true;
        }
        // Other types, such as a tagged enum, can reject each value for a different reason.
        let is_object = matches!(failure.expected, Expected::Object | Expected::Map);
        let mut set = |fact: &mut bool| is_new |= !std::mem::replace(fact, true);
        match &failure.reason {
            Reason::MissingField(name) if is_object && !facts.required.contains(name) => {
                facts.required.push(name.clone());
                is_new = true;
            }
            Reason::DuplicateField if is_object => set(&mut facts.has_duplicates),
            Reason::UnknownVariant if matches!(failure.expected, Expected::Enum(_)) => {
                set(&mut facts.is_closed);
            }
            Reason::InvalidTimestamp if found != Kind::Null && !facts.rejected.contains(&found) => {
                facts.rejected.push(found);
                is_new = true;
            }
            _ => {}
        }
        if !is_new && found == Kind::Null {
            is_new = !std::mem::replace(&mut facts.rejects_null, true);
        }
        if !is_new && found == Kind::Object {
            is_new = !std::mem::replace(&mut facts.has_invalid_names, true);
        }
        is_new
    }

    fn child(&mut self, parent: Place, step: &Step) -> Place {
        let next = Place(self.0.len());
        let facts = &mut self.0[parent.0];
        let child = match step {
            Step::Member(name) => match facts.members.iter().find(|(member, _)| member == name) {
                Some((_, place)) => *place,
                None => {
                    facts.members.push((name.clone(), next));
                    next
                }
            },
            Step::Element(index) => match facts.elements.iter().find(|(at, _)| at == index) {
                Some((_, place)) => *place,
                None => {
                    facts.elements.push((*index, next));
                    next
                }
            },
            Step::Entry(_) => *facts.entry.get_or_insert(next),
            Step::Item(_) => *facts.item.get_or_insert(next),
        };
        if child == next {
            self.0.push(Facts::default());
        }
        child
    }
}
