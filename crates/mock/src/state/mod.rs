//! What the stand-in remembers: things that were made can be listed, shown, changed and deleted.
//!
//! Of a thing only the facts are kept that a request has set; an answer is the complete one of its operation with these
//! facts in it. So the same thing has the fields of each operation that shows it, as at the service.

mod kinds;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use self::kinds::{KINDS, Kind, Role};
use crate::answer;
use crate::envelope::put;
use crate::service::{Operation, Service};

/// The facts of one thing.
type Facts = Map<String, Value>;

/// All that is remembered.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// By the kind, and the path parameters that it lies under.
    collections: HashMap<(&'static str, Vec<String>), Vec<Facts>>,
    /// How many things were made: where their ids come from.
    made: i64,
}

/// A call that the state has a word to say in.
pub(crate) struct Ask<'a> {
    pub(crate) service: &'a Service,
    pub(crate) operation: &'a Operation,
    pub(crate) path: &'a [(String, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a Value,
}

impl Ask<'_> {
    fn path(&self, name: &str) -> &str {
        let value = self.path.iter().find(|(known, _)| known == name);
        value.map_or("", |(_, value)| value)
    }

    fn query(&self, name: &str) -> Option<usize> {
        let value = self.query.iter().find(|(known, _)| known == name);
        value.and_then(|(_, value)| value.parse().ok())
    }
}

/// The thing that a call is about is not there.
#[derive(Debug)]
pub(crate) struct NotFound;

impl State {
    /// Acts on a call and writes what is known into `answer`, the complete answer of the operation.
    pub(crate) fn act(&mut self, ask: &Ask<'_>, answer: &mut Value) -> Result<(), NotFound> {
        for kind in &KINDS {
            if let Some(role) = kind.role(&ask.operation.id) {
                self.of_kind(kind, role, ask, answer)?;
            }
        }
        Ok(())
    }

    fn of_kind(
        &mut self,
        kind: &'static Kind,
        role: Role,
        ask: &Ask<'_>,
        answer: &mut Value,
    ) -> Result<(), NotFound> {
        let under: Vec<String> = kind
            .under
            .iter()
            .map(|name| ask.path(name).to_owned())
            .collect();
        let things = self
            .collections
            .entry((kind.name, under.clone()))
            .or_insert_with(|| seed(kind, ask));
        let id = kind.id_of(ask);
        let at = things.iter().position(|thing| has_id(thing, &id));
        match role {
            Role::List(place) => list(things, place, ask, answer),
            Role::Show => {
                let thing = &things[at.ok_or(NotFound)?];
                render_into(thing, answer);
            }
            Role::Create => {
                self.made += 1;
                let mut thing = Map::new();
                thing.insert("id".to_owned(), (kind.new_id)(self.made));
                (kind.set)(ask.body, &mut thing);
                render_into(&thing, answer);
                // As the service lists them: the newest first, or last.
                let end = if kind.newest_first { 0 } else { things.len() };
                things.insert(end, thing);
            }
            Role::Change(change) => {
                let thing = &mut things[at.ok_or(NotFound)?];
                change(ask.body, thing);
                render_into(thing, answer);
            }
            Role::Delete => {
                things.remove(at.ok_or(NotFound)?);
                if let Some(held) = kind.holds {
                    let under = under.into_iter().chain([id]).collect();
                    self.collections.insert((held, under), Vec::new());
                }
            }
            Role::Touch(change) => {
                let known = at.map(|at| things.remove(at));
                let mut thing = known.unwrap_or_else(|| with_id(id.into()));
                change(ask.body, &mut thing);
                things.insert(0, thing);
            }
            Role::Add(field) => {
                let sent = ask.body[field].as_array().cloned().unwrap_or_default();
                let number = |id: &Value| text(id).parse::<i64>().ok().map(Value::from);
                let mut added = Vec::new();
                let mut failed = Map::new();
                for id in &sent {
                    let Some(id) = number(id) else {
                        failed.insert(text(id), json!("User not found"));
                        continue;
                    };
                    if !things.iter().any(|thing| has_id(thing, &text(&id))) {
                        things.push(with_id(id.clone()));
                    }
                    added.push(id);
                }
                let list = under.last().cloned().unwrap_or_default();
                let data = match ask.body["skip_invalid"].as_bool() {
                    Some(true) => json!({"added": added, "failed": failed}),
                    _ => Value::Object(Map::from_iter([(list, Value::Array(added))])),
                };
                if let Some(known) = answer.get_mut("data") {
                    *known = data;
                }
            }
            Role::Clear => things.clear(),
        }
        Ok(())
    }
}

/// The one thing that is there from the start: that of the document's examples. Under an account it is there for the
/// account of the examples only, so that a test that takes another begins with nothing.
fn seed(kind: &Kind, ask: &Ask<'_>) -> Vec<Facts> {
    let Some(operation) = ask.service.operation(kind.seed_id) else {
        return Vec::new();
    };
    let example = |name: &str| {
        let mut parameters = operation.parameters.iter();
        let parameter = parameters.find(|p| p.place == "path" && p.name == name)?;
        (!parameter.example.is_null()).then_some(&parameter.example)
    };
    let is_example = |account: &str| example("account").is_none_or(|known| text(known) == account);
    if kind.under.contains(&"account") && !is_example(ask.path("account")) {
        return Vec::new();
    }
    let Some(id) = kind.id.and_then(example) else {
        return Vec::new();
    };
    let mut thing = with_id(id.clone());
    let success = answer::successes(operation).next();
    let shown = success.map(|success| answer::body(ask.service, success, 0));
    let shown = shown.as_ref().and_then(|shown| shown["data"].as_object());
    for (name, value) in shown.into_iter().flatten() {
        // Null says nothing, and of lists under an account another operation may show more.
        let is_list = value[0].is_object() && !kind.under.is_empty();
        if !value.is_null() && !is_list {
            thing.entry(name).or_insert_with(|| value.clone());
        }
    }
    vec![thing]
}

fn with_id(id: Value) -> Facts {
    Map::from_iter([("id".to_owned(), id)])
}

fn has_id(thing: &Facts, id: &str) -> bool {
    thing.get("id").is_some_and(|known| text(known) == id)
}

/// An id as it stands in a path.
fn text(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn render_into(thing: &Facts, answer: &mut Value) {
    // An answer may be a text.
    if let Some(data) = answer.get_mut("data") {
        render(thing, data);
    }
}

/// Writes the facts of a thing into the fields of the same names; facts that the operation does not show stay away.
fn render(thing: &Facts, answer: &mut Value) {
    for (name, fact) in thing {
        match (answer.get_mut(name), fact) {
            (Some(known @ Value::Null), id) if name == "id" => *known = id.clone(),
            (Some(known), id) if name == "id" => put(known, &text(id)),
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

/// The list at `place`: each thing in the form of the list's first item.
fn list(things: &[Facts], place: &str, ask: &Ask<'_>, answer: &mut Value) {
    let Some(Value::Array(items)) = answer.pointer_mut(place) else {
        return;
    };
    let form = items.first().cloned().unwrap_or_default();
    let offset = ask.query("offset").unwrap_or(0);
    let limit = ask.query("limit").unwrap_or(usize::MAX);
    let page = things.iter().skip(offset).take(limit);
    *items = page
        .map(|thing| {
            let mut item = form.clone();
            render(thing, &mut item);
            item
        })
        .collect();
    let has_more = offset.saturating_add(items.len()) < things.len();
    if let Some(known @ Value::Bool(_)) = answer.pointer_mut("/data/hasMore") {
        *known = has_more.into();
    }
    if !has_more && let Some(known) = answer.pointer_mut("/_pagination/next_page") {
        *known = Value::Null;
    }
}
