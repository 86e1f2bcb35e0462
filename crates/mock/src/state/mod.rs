//! What the stand-in remembers: things that were made can be listed, shown, changed and deleted.
//!
//! Of a thing only the facts are kept that a request has set; an answer is the complete one of its operation with these
//! facts in it. So the same thing has the fields of each operation that shows it, as at the service.

mod kinds;
mod seed;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use self::kinds::{KINDS, Kind, LISTS, Role};
use crate::envelope::put;
use crate::pages::{self, Next};
use crate::service::{Operation, Service, plain, sent};

/// What is known of a thing, by the names of its fields.
type Facts = Map<String, Value>;

/// A collection: its kind, and the path parameters that it lies under.
type Key = (&'static str, Vec<String>);

/// How many things a page has where the request does not say and the operation has pages.
const PAGE: usize = 10;

/// All that is remembered.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// The things of each collection in the order of their making.
    collections: HashMap<Key, Vec<Thing>>,
    /// How many things were made: where their ids come from.
    made: i64,
}

/// One thing.
#[derive(Clone, Debug)]
struct Thing {
    facts: Facts,
    /// What the document's examples call it in a path, where that is no id that it could have.
    alias: Option<String>,
}

impl Thing {
    fn new(id: Value) -> Self {
        Self {
            facts: Map::from_iter([("id".to_owned(), id)]),
            alias: None,
        }
    }

    fn has_id(&self, id: &str) -> bool {
        let own = match self.facts.get("id") {
            Some(Value::String(own)) => own == id,
            Some(own) => plain(own) == id,
            None => false,
        };
        own || self.alias.as_deref() == Some(id)
    }
}

/// A call that the state has a word to say in.
pub(crate) struct Ask<'a> {
    pub(crate) service: &'a Service,
    pub(crate) operation: &'a Operation,
    pub(crate) path: &'a [(String, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a Value,
    /// The URL of the request without its query.
    pub(crate) address: &'a str,
}

impl Ask<'_> {
    fn path(&self, name: &str) -> Option<&str> {
        sent(self.path, name)
    }

    fn query(&self, name: &str) -> Option<&str> {
        sent(self.query, name)
    }
}

/// The thing that a call is about is not there.
#[derive(Debug)]
pub(crate) struct NotFound;

impl State {
    /// Acts on a call and writes what is known into `answer`, the complete answer of the operation.
    pub(crate) fn act(&mut self, ask: &Ask<'_>, answer: &mut Value) -> Result<(), NotFound> {
        for kind in KINDS {
            // A document of the user's own may call something else by the same operationId.
            if let Some(role) = kind.role(&ask.operation.id)
                && let Some(under) = kind.place(role, ask)
            {
                self.of_kind(kind, role, under, ask, answer)?;
            }
        }
        Ok(())
    }

    fn of_kind(
        &mut self,
        kind: &'static Kind,
        role: Role,
        under: Vec<String>,
        ask: &Ask<'_>,
        answer: &mut Value,
    ) -> Result<(), NotFound> {
        let key = (kind.name, under);
        let id = kind.id.and_then(|name| ask.path(name)).unwrap_or_default();
        match role {
            Role::List(place) => {
                let things = self.things(kind, &key, ask);
                list(kind, things, place, ask, answer);
            }
            Role::Show => {
                let things = self.things(kind, &key, ask);
                let thing = things
                    .iter()
                    .find(|thing| thing.has_id(id))
                    .ok_or(NotFound)?;
                render_into(&thing.facts, answer);
            }
            Role::Create => {
                self.made += 1;
                let mut thing = Thing::new((kind.new_id)(self.made));
                (kind.set)(ask.body, &mut thing.facts);
                render_into(&thing.facts, answer);
                self.kept(kind, &key, ask).push(thing);
            }
            Role::Change(change) => {
                let thing = self.find(kind, &key, id, ask)?;
                change(ask.body, &mut thing.facts);
                render_into(&thing.facts, answer);
            }
            Role::Delete => {
                let things = self.kept(kind, &key, ask);
                let at = things
                    .iter()
                    .position(|thing| thing.has_id(id))
                    .ok_or(NotFound)?;
                things.remove(at);
                if let Some(held) = kind.holds {
                    let under = key.1.iter().cloned().chain([id.to_owned()]).collect();
                    self.collections.insert((held, under), Vec::new());
                }
            }
            Role::Touch(change) => {
                // What was just made in it, as the answer shows it.
                let made = answer["data"]["id"].clone();
                let things = self.kept(kind, &key, ask);
                let at = things.iter().position(|thing| thing.has_id(id));
                let known = at.map(|at| things.remove(at));
                let mut thing = known.unwrap_or_else(|| Thing::new(id.into()));
                change(ask.body, &mut thing.facts);
                if let Some(last) = thing
                    .facts
                    .get_mut("lastMessage")
                    .and_then(Value::as_object_mut)
                {
                    last.insert("id".to_owned(), made);
                }
                things.push(thing);
            }
            Role::Add(field) => self.add(kind, &key, field, ask, answer)?,
            Role::Clear => self.kept(kind, &key, ask).clear(),
        }
        match (role, kind.name) {
            (Role::Add(_) | Role::Delete | Role::Clear, kinds::MEMBERS) => {
                self.count_members(&key, ask)
            }
            (Role::Delete, kinds::MESSAGES) => self.tell_last_message(&key, ask),
            _ => {}
        }
        Ok(())
    }

    /// The things of a collection. A look keeps nothing but what is there from the start, which is little.
    fn things(&mut self, kind: &'static Kind, key: &Key, ask: &Ask<'_>) -> &[Thing] {
        if !self.collections.contains_key(key) {
            let seed = seed::things(kind, ask);
            if !seed.is_empty() {
                self.collections.insert(key.clone(), seed);
            }
        }
        self.collections.get(key).map_or(&[], Vec::as_slice)
    }

    /// The things of a collection, to be changed.
    fn kept(&mut self, kind: &'static Kind, key: &Key, ask: &Ask<'_>) -> &mut Vec<Thing> {
        let collection = self.collections.entry(key.clone());
        collection.or_insert_with(|| seed::things(kind, ask))
    }

    fn find(
        &mut self,
        kind: &'static Kind,
        key: &Key,
        id: &str,
        ask: &Ask<'_>,
    ) -> Result<&mut Thing, NotFound> {
        let mut things = self.kept(kind, key, ask).iter_mut();
        things.find(|thing| thing.has_id(id)).ok_or(NotFound)
    }

    /// Adds users to a list; ids that are no numbers are nobody's.
    fn add(
        &mut self,
        kind: &'static Kind,
        key: &Key,
        field: &str,
        ask: &Ask<'_>,
        answer: &mut Value,
    ) -> Result<(), NotFound> {
        let (list, under) = key.1.split_last().ok_or(NotFound)?;
        let lists = (LISTS.name, under.to_vec());
        let mut known = self.things(&LISTS, &lists, ask).iter();
        let is_there = known.any(|thing| thing.has_id(list));
        if !is_there && !seed::is_example(ask, LISTS.id, list) {
            return Err(NotFound);
        }
        let things = self.kept(kind, key, ask);
        let (mut added, mut failed) = (Vec::new(), Map::new());
        for id in ask.body[field].as_array().into_iter().flatten() {
            let Ok(number) = plain(id).parse::<i64>() else {
                failed.insert(plain(id), json!("User not found"));
                continue;
            };
            if !things.iter().any(|thing| thing.has_id(&number.to_string())) {
                things.push(Thing::new(number.into()));
            }
            added.push(number);
        }
        if let Some(known) = answer.get_mut("data") {
            *known = match ask.body["skip_invalid"].as_bool() {
                Some(true) => json!({"added": added, "failed": failed}),
                _ => json!({list: added}),
            };
        }
        Ok(())
    }

    /// Writes into a chat which message is its last now.
    fn tell_last_message(&mut self, key: &Key, ask: &Ask<'_>) {
        let last = self
            .collections
            .get(key)
            .and_then(|messages| messages.last());
        let last = last.map(|message| message.facts.clone());
        let Some((chat, under)) = key.1.split_last() else {
            return;
        };
        if let Ok(chat) = self.find(
            &kinds::CHATS,
            &(kinds::CHATS.name, under.to_vec()),
            chat,
            ask,
        ) {
            match last {
                Some(last) => chat.facts.insert("lastMessage".to_owned(), last.into()),
                None => chat.facts.remove("lastMessage"),
            };
        }
    }

    /// Writes into a user list how many members it has.
    fn count_members(&mut self, key: &Key, ask: &Ask<'_>) {
        let members = self.things(&kinds::MEMBERS_KIND, key, ask).iter();
        let users: Vec<Value> = members
            .map(|member| json!({"id": member.facts["id"]}))
            .collect();
        let Some((list, under)) = key.1.split_last() else {
            return;
        };
        if let Ok(list) = self.find(&LISTS, &(LISTS.name, under.to_vec()), list, ask) {
            list.facts
                .insert("usersCount".to_owned(), json!(users.len()));
            list.facts.insert("users".to_owned(), json!(users));
        }
    }
}

fn render_into(facts: &Facts, answer: &mut Value) {
    // An answer may be a text.
    if let Some(data) = answer.get_mut("data") {
        render(facts, data);
    }
}

/// Writes the facts of a thing into the fields of the same names; facts that the operation does not show stay away.
fn render(facts: &Facts, answer: &mut Value) {
    for (name, fact) in facts {
        match (answer.get_mut(name), fact) {
            (Some(known @ Value::Null), id) if name == "id" => *known = id.clone(),
            (Some(known), id) if name == "id" => put(known, &plain(id)),
            (Some(known @ Value::Object(_)), Value::Object(inner)) => render(inner, known),
            (Some(known), fact) if fits(known, fact) => *known = fact.clone(),
            _ => {}
        }
    }
}

/// Whether a fact can stand where an operation has `known`: two operations may show the same field in two forms.
fn fits(known: &Value, fact: &Value) -> bool {
    known.is_null()
        || fact.is_null()
        || std::mem::discriminant(known) == std::mem::discriminant(fact)
}

/// A page of the list at `place`: each thing in the form of the list's first item.
fn list(kind: &Kind, things: &[Thing], place: &str, ask: &Ask<'_>, answer: &mut Value) {
    let has = |name: &str| ask.operation.parameter("query", name).is_some();
    let limit = ask.query("limit").and_then(|limit| limit.parse().ok());
    let limit = limit.unwrap_or(if has("limit") { PAGE } else { usize::MAX });
    // Newest first, where the service does so and nothing else is asked for.
    let is_reversed = kind.newest_first && ask.query("order") != Some("asc");
    let order: Vec<&Thing> = if is_reversed {
        things.iter().rev().collect()
    } else {
        things.iter().collect()
    };
    // By the number of things, or by one of them, which comes first in the page: `id` stands in `next_page` only.
    let from = ["id", "first_id"].iter().find_map(|name| ask.query(name));
    let start = match from {
        Some(id) => order
            .iter()
            .position(|thing| thing.has_id(id))
            .unwrap_or(order.len()),
        None => ask
            .query("offset")
            .and_then(|offset| offset.parse().ok())
            .unwrap_or(0),
    };
    let end = start.saturating_add(limit).min(order.len());
    let page = order.get(start..end).unwrap_or_default();
    let next = order.get(end).filter(|_| end > start).map(|following| {
        let (name, value) = if has("offset") {
            ("offset", end.to_string())
        } else {
            ("id", plain(&following.facts["id"]))
        };
        pages::url(ask.address, ask.query, name, &value)
    });
    let has_next = next.is_some();
    pages::go_on(
        answer,
        &Next {
            url: next,
            offset: has_next.then_some(end),
            ..Next::default()
        },
    );
    let Some(Value::Array(items)) = answer.pointer_mut(place) else {
        return;
    };
    let form = items.first().cloned().unwrap_or_default();
    *items = page
        .iter()
        .map(|thing| {
            let mut item = form.clone();
            render(&thing.facts, &mut item);
            item
        })
        .collect();
}
