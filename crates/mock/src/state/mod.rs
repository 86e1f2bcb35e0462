//! Stored objects: created objects can be listed, shown, changed and deleted.
//!
//! Only the fields that requests have set are stored. A response starts from the operation's complete example body,
//! overwritten with the stored fields. As with the service, different operations therefore return different subsets of
//! the same object.

mod resources;
mod seed;

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use self::resources::{Action, RESOURCES, Resource, USER_LISTS};
use crate::envelope::replace_id;
use crate::pages::{self, NextPage};
use crate::service::{Operation, Service, first_value, plain_string};

/// The known fields of an object.
type Fields = Map<String, Value>;

/// The key of a collection: the name of the resource, and the values of the path parameters that scope it.
type CollectionKey = (&'static str, Vec<String>);

/// The default page size of paginated lists.
const PAGE_SIZE: usize = 10;

/// All stored objects.
#[derive(Debug, Default)]
pub(crate) struct ObjectStore {
    /// The objects of each collection, oldest first.
    collections: HashMap<CollectionKey, Vec<StoredObject>>,
    /// The number of created objects, from which ids are derived.
    created: i64,
}

/// A stored object.
#[derive(Clone, Debug)]
struct StoredObject {
    fields: Fields,
    /// A second id that matches the object: the id in the document's example paths, which can differ from the object's id.
    alias: Option<String>,
}

impl StoredObject {
    fn new(id: Value) -> Self {
        Self {
            fields: Map::from_iter([("id".to_owned(), id)]),
            alias: None,
        }
    }

    fn has_id(&self, id: &str) -> bool {
        let is_own_id = match self.fields.get("id") {
            Some(Value::String(own)) => own == id,
            Some(own) => plain_string(own) == id,
            None => false,
        };
        is_own_id || self.alias.as_deref() == Some(id)
    }
}

/// A request to the object store.
pub(crate) struct StateRequest<'a> {
    pub(crate) service: &'a Service,
    pub(crate) operation: &'a Operation,
    pub(crate) path: &'a [(String, String)],
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a Value,
    /// The URL of the request without its query.
    pub(crate) address: &'a str,
}

impl StateRequest<'_> {
    fn path(&self, name: &str) -> Option<&str> {
        first_value(self.path, name)
    }

    fn query(&self, name: &str) -> Option<&str> {
        first_value(self.query, name)
    }
}

/// The requested object does not exist.
#[derive(Debug)]
pub(crate) struct NotFound;

impl ObjectStore {
    /// Executes a request and writes the stored fields into `response`, the complete body of the operation.
    pub(crate) fn execute(
        &mut self,
        request: &StateRequest<'_>,
        response: &mut Value,
    ) -> Result<(), NotFound> {
        for resource in RESOURCES {
            // A custom document may use the same operationId with another path.
            if let Some(action) = resource.action(&request.operation.id)
                && let Some(scope) = resource.scope_values(action, request)
            {
                self.execute_action(resource, action, scope, request, response)?;
            }
        }
        Ok(())
    }

    fn execute_action(
        &mut self,
        resource: &'static Resource,
        action: Action,
        scope: Vec<String>,
        request: &StateRequest<'_>,
        response: &mut Value,
    ) -> Result<(), NotFound> {
        let key = (resource.name, scope);
        let id = resource
            .id
            .and_then(|name| request.path(name))
            .unwrap_or_default();
        match action {
            Action::List(pointer) => {
                let objects = self.objects(resource, &key, request);
                write_list(resource, objects, pointer, request, response);
            }
            Action::Show => {
                let objects = self.objects(resource, &key, request);
                let object = objects
                    .iter()
                    .find(|object| object.has_id(id))
                    .ok_or(NotFound)?;
                write_data(&object.fields, response);
            }
            Action::Create => {
                self.created += 1;
                let mut object = StoredObject::new((resource.new_id)(self.created));
                (resource.initialize)(request.body, &mut object.fields);
                write_data(&object.fields, response);
                self.objects_mut(resource, &key, request).push(object);
            }
            Action::Change(update) => {
                let object = self.find(resource, &key, id, request)?;
                update(request.body, &mut object.fields);
                write_data(&object.fields, response);
            }
            Action::Delete => {
                let objects = self.objects_mut(resource, &key, request);
                let index = objects
                    .iter()
                    .position(|object| object.has_id(id))
                    .ok_or(NotFound)?;
                objects.remove(index);
                if let Some(contained) = resource.contains {
                    let scope = key.1.iter().cloned().chain([id.to_owned()]).collect();
                    self.collections.insert((contained, scope), Vec::new());
                }
            }
            Action::Touch(update) => {
                // The id of the contained object that was just created.
                let created_id = response["data"]["id"].clone();
                let objects = self.objects_mut(resource, &key, request);
                let index = objects.iter().position(|object| object.has_id(id));
                let existing = index.map(|index| objects.remove(index));
                let mut object = existing.unwrap_or_else(|| StoredObject::new(id.into()));
                update(request.body, &mut object.fields);
                if let Some(last) = object
                    .fields
                    .get_mut("lastMessage")
                    .and_then(Value::as_object_mut)
                {
                    last.insert("id".to_owned(), created_id);
                }
                objects.push(object);
            }
            Action::Add(field) => self.add_members(resource, &key, field, request, response)?,
            Action::Clear => self.objects_mut(resource, &key, request).clear(),
        }
        match (action, resource.name) {
            (Action::Add(_) | Action::Delete | Action::Clear, resources::MEMBERS) => {
                self.update_member_count(&key, request)
            }
            (Action::Delete, resources::MESSAGES) => self.update_last_message(&key, request),
            _ => {}
        }
        Ok(())
    }

    /// Returns the objects of a collection. Stores the collection only if it has initial objects, so that reads of
    /// other collections use no memory.
    fn objects(
        &mut self,
        resource: &'static Resource,
        key: &CollectionKey,
        request: &StateRequest<'_>,
    ) -> &[StoredObject] {
        if !self.collections.contains_key(key) {
            let seed = seed::objects(resource, request);
            if !seed.is_empty() {
                self.collections.insert(key.clone(), seed);
            }
        }
        self.collections.get(key).map_or(&[], Vec::as_slice)
    }

    /// Returns the objects of a collection for modification.
    fn objects_mut(
        &mut self,
        resource: &'static Resource,
        key: &CollectionKey,
        request: &StateRequest<'_>,
    ) -> &mut Vec<StoredObject> {
        let collection = self.collections.entry(key.clone());
        collection.or_insert_with(|| seed::objects(resource, request))
    }

    fn find(
        &mut self,
        resource: &'static Resource,
        key: &CollectionKey,
        id: &str,
        request: &StateRequest<'_>,
    ) -> Result<&mut StoredObject, NotFound> {
        let mut objects = self.objects_mut(resource, key, request).iter_mut();
        objects.find(|object| object.has_id(id)).ok_or(NotFound)
    }

    /// Adds users to a user list; ids that are not numbers are reported as failed.
    fn add_members(
        &mut self,
        resource: &'static Resource,
        key: &CollectionKey,
        field: &str,
        request: &StateRequest<'_>,
        response: &mut Value,
    ) -> Result<(), NotFound> {
        let (list, scope) = key.1.split_last().ok_or(NotFound)?;
        let lists_key = (USER_LISTS.name, scope.to_vec());
        let mut lists = self.objects(&USER_LISTS, &lists_key, request).iter();
        let exists = lists.any(|object| object.has_id(list));
        if !exists && !seed::is_example(request, USER_LISTS.id, list) {
            return Err(NotFound);
        }
        let members = self.objects_mut(resource, key, request);
        let (mut added, mut failed) = (Vec::new(), Map::new());
        for id in request.body[field].as_array().into_iter().flatten() {
            let Ok(number) = plain_string(id).parse::<i64>() else {
                failed.insert(plain_string(id), json!("User not found"));
                continue;
            };
            if !members
                .iter()
                .any(|member| member.has_id(&number.to_string()))
            {
                members.push(StoredObject::new(number.into()));
            }
            added.push(number);
        }
        if let Some(data) = response.get_mut("data") {
            *data = match request.body["skip_invalid"].as_bool() {
                Some(true) => json!({"added": added, "failed": failed}),
                _ => json!({list: added}),
            };
        }
        Ok(())
    }

    /// Updates the last message of a chat after a message was deleted.
    fn update_last_message(&mut self, key: &CollectionKey, request: &StateRequest<'_>) {
        let last = self
            .collections
            .get(key)
            .and_then(|messages| messages.last());
        let last = last.map(|message| message.fields.clone());
        let Some((chat, scope)) = key.1.split_last() else {
            return;
        };
        let chats_key = (resources::CHATS.name, scope.to_vec());
        if let Ok(chat) = self.find(&resources::CHATS, &chats_key, chat, request) {
            match last {
                Some(last) => chat.fields.insert("lastMessage".to_owned(), last.into()),
                None => chat.fields.remove("lastMessage"),
            };
        }
    }

    /// Updates the members and the member count in a user list object.
    fn update_member_count(&mut self, key: &CollectionKey, request: &StateRequest<'_>) {
        let members = self.objects(&resources::LIST_MEMBERS, key, request).iter();
        let users: Vec<Value> = members
            .map(|member| json!({"id": member.fields["id"]}))
            .collect();
        let Some((list, scope)) = key.1.split_last() else {
            return;
        };
        let lists_key = (USER_LISTS.name, scope.to_vec());
        if let Ok(list) = self.find(&USER_LISTS, &lists_key, list, request) {
            list.fields
                .insert("usersCount".to_owned(), json!(users.len()));
            list.fields.insert("users".to_owned(), json!(users));
        }
    }
}

/// Writes the fields of an object into `data`; does nothing if the body is not an object.
fn write_data(fields: &Fields, response: &mut Value) {
    if let Some(data) = response.get_mut("data") {
        write_fields(fields, data);
    }
}

/// Writes the fields of an object into the fields of `target` with the same names; skips fields that `target` does not
/// have.
fn write_fields(fields: &Fields, target: &mut Value) {
    for (name, field) in fields {
        match (target.get_mut(name), field) {
            (Some(current @ Value::Null), id) if name == "id" => *current = id.clone(),
            (Some(current), id) if name == "id" => replace_id(current, &plain_string(id)),
            (Some(current @ Value::Object(_)), Value::Object(inner)) => {
                write_fields(inner, current);
            }
            (Some(current), field) if is_compatible(current, field) => *current = field.clone(),
            _ => {}
        }
    }
}

/// Returns whether a field may replace `current`. Two operations may show a field with different JSON types.
fn is_compatible(current: &Value, field: &Value) -> bool {
    current.is_null()
        || field.is_null()
        || std::mem::discriminant(current) == std::mem::discriminant(field)
}

/// Writes a page of objects into the array at `pointer`. Each item is a copy of the array's first item with the fields
/// of an object written into it.
fn write_list(
    resource: &Resource,
    objects: &[StoredObject],
    pointer: &str,
    request: &StateRequest<'_>,
    response: &mut Value,
) {
    let has_parameter = |name: &str| request.operation.parameter("query", name).is_some();
    let limit = request.query("limit").and_then(|limit| limit.parse().ok());
    let limit = limit.unwrap_or(if has_parameter("limit") {
        PAGE_SIZE
    } else {
        usize::MAX
    });
    let is_reversed = resource.newest_first && request.query("order") != Some("asc");
    let ordered: Vec<&StoredObject> = if is_reversed {
        objects.iter().rev().collect()
    } else {
        objects.iter().collect()
    };
    // The page starts at an offset, or at the object with a given id. `id` appears only in `next_page` URLs.
    let first_id = ["id", "first_id"]
        .iter()
        .find_map(|name| request.query(name));
    let start = match first_id {
        Some(id) => ordered
            .iter()
            .position(|object| object.has_id(id))
            .unwrap_or(ordered.len()),
        None => request
            .query("offset")
            .and_then(|offset| offset.parse().ok())
            .unwrap_or(0),
    };
    let end = start.saturating_add(limit).min(ordered.len());
    let page = ordered.get(start..end).unwrap_or_default();
    let next = ordered.get(end).filter(|_| end > start).map(|following| {
        let (name, value) = if has_parameter("offset") {
            ("offset", end.to_string())
        } else {
            ("id", plain_string(&following.fields["id"]))
        };
        pages::url(request.address, request.query, name, &value)
    });
    let has_next = next.is_some();
    pages::write_next_page(
        response,
        &NextPage {
            url: next,
            offset: has_next.then_some(end),
            ..NextPage::default()
        },
    );
    let Some(Value::Array(items)) = response.pointer_mut(pointer) else {
        return;
    };
    let template = items.first().cloned().unwrap_or_default();
    *items = page
        .iter()
        .map(|object| {
            let mut item = template.clone();
            write_fields(&object.fields, &mut item);
            item
        })
        .collect();
}
