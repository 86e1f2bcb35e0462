//! The objects of all responses, grouped into classes: equal objects are one class, and compatible classes are
//! unified.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::Names;
use crate::inferred::TYPE_CONFLICT;
use crate::passes::VALUES;
use crate::passes::union::is_unknown;
use crate::walk::component_name;

/// Schema member that holds the index of the schema's class.
const CLASS: &str = "$class";

/// An occurrence of an object in a response.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Occurrence {
    /// The operationId in the document.
    pub(super) operation: String,
    /// The operation's name in snake case.
    pub(super) name: String,
    pub(super) tag: String,
    /// The path from the response value: property names, and `*` for the items of arrays and maps.
    pub(super) path: Vec<String>,
}

impl Occurrence {
    /// Returns the location in the form `operationId/property/*`.
    pub(super) fn location(&self) -> String {
        let start = if self.operation.is_empty() {
            &self.name
        } else {
            &self.operation
        };
        std::iter::once(start)
            .chain(&self.path)
            .cloned()
            .collect::<Vec<_>>()
            .join("/")
    }
}

#[derive(Clone, Debug, Default)]
struct Class {
    properties: BTreeMap<String, Value>,
    values: Option<Value>,
    occurrences: Vec<Occurrence>,
    /// Equal for all classes that the document defines identically, regardless of their names.
    shape: usize,
    /// The entity, according to the overlay or earlier documents. Different entities are never unified.
    known_as: Option<String>,
    /// The class into which this one was merged.
    merged_into: Option<usize>,
}

/// All classes.
#[derive(Clone, Debug, Default)]
pub(super) struct Classes {
    names: Names,
    classes: Vec<Class>,
    by_shape: HashMap<(usize, Option<String>), usize>,
    shapes: HashMap<String, usize>,
    absorbed: HashSet<(usize, usize)>,
    /// The components that are response objects.
    components: Map<String, Value>,
    /// The class of each component that has been interned.
    by_component: HashMap<String, usize>,
}

/// Returns the class that a schema refers to.
pub(super) fn class_of(schema: &Value) -> Option<usize> {
    schema.get(CLASS)?.as_u64()?.try_into().ok()
}

impl Classes {
    /// Creates an empty collection. `names` lists the entity at each location in earlier documents.
    ///
    /// A reference to one of `components` becomes the class of that component; other references are kept.
    pub(super) fn new(names: Names, components: Map<String, Value>) -> Self {
        Self {
            names,
            components,
            ..Self::default()
        }
    }

    /// Returns `schema` with every object in it replaced by its class.
    pub(super) fn intern(
        &mut self,
        schema: &Value,
        operation: &str,
        name: &str,
        tag: &str,
        path: &mut Vec<String>,
    ) -> Value {
        if let Some(component) = component_name(schema) {
            let occurrence = Occurrence {
                operation: operation.to_owned(),
                name: name.to_owned(),
                tag: tag.to_owned(),
                path: path.clone(),
            };
            return match self.component(component, occurrence) {
                Some(class) => json!({CLASS: class}),
                None => json!({"$ref": format!("#/components/schemas/{component}")}),
            };
        }
        let mut part = |classes: &mut Self, member: &str, step: &str| {
            let inner = schema.get(member).filter(|inner| inner.is_object())?;
            path.push(step.to_owned());
            let mut interned = classes.intern(inner, operation, name, tag, path);
            path.pop();
            if inner["nullable"] == true {
                interned["nullable"] = true.into();
            }
            Some(interned)
        };
        let items = part(self, "items", "*");
        let values = part(self, "additionalProperties", "*");
        let Some(properties) = schema["properties"]
            .as_object()
            .filter(|properties| !properties.is_empty())
        else {
            return leaf(schema, items, values);
        };
        let mut interned = BTreeMap::new();
        for (key, property) in properties {
            path.push(key.clone());
            interned.insert(
                key.clone(),
                self.intern(property, operation, name, tag, path),
            );
            path.pop();
        }
        let known_as = self.names.at(operation, path).map(str::to_owned);
        let shape = self.shape(&interned, values.as_ref());
        let key = (shape, known_as.clone());
        let index = *self.by_shape.entry(key).or_insert_with(|| {
            self.classes.push(Class {
                properties: interned,
                values,
                occurrences: Vec::new(),
                shape,
                known_as,
                merged_into: None,
            });
            self.classes.len() - 1
        });
        self.classes[index].occurrences.push(Occurrence {
            operation: operation.to_owned(),
            name: name.to_owned(),
            tag: tag.to_owned(),
            path: path.clone(),
        });
        json!({CLASS: index})
    }

    /// Returns the class of a component and records `occurrence`; `None` if the component is not an object.
    fn component(&mut self, component: &str, occurrence: Occurrence) -> Option<usize> {
        if let Some(class) = self.by_component.get(component).copied() {
            self.classes[class].occurrences.push(occurrence);
            return Some(class);
        }
        let schema = self.components.get(component)?.clone();
        // Registered before its properties, which may refer back to it.
        let class = self.classes.len();
        let shape = self.shapes.len();
        self.shapes.insert(format!("component {component}"), shape);
        self.classes.push(Class {
            shape,
            known_as: Some(component.to_owned()),
            occurrences: vec![occurrence],
            ..Class::default()
        });
        self.by_component.insert(component.to_owned(), class);
        let name = component.to_snake_case();
        let mut path = Vec::new();
        let mut properties = BTreeMap::new();
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            path.push(key.clone());
            let interned = self.intern(property, "", &name, "", &mut path);
            properties.insert(key.clone(), interned);
            path.pop();
        }
        let values = schema.get("additionalProperties").map(|values| {
            path.push("*".to_owned());
            self.intern(values, "", &name, "", &mut path)
        });
        self.classes[class].properties = properties;
        self.classes[class].values = values;
        Some(class)
    }

    /// Returns an id that is equal for structurally identical definitions. Nested classes are compared by this id, too.
    fn shape(&mut self, properties: &BTreeMap<String, Value>, values: Option<&Value>) -> usize {
        fn written(schema: &Value, classes: &[Class]) -> String {
            if let Some(class) = class_of(schema) {
                return format!("#{}{:?}", classes[class].shape, schema.get("nullable"));
            }
            if let Some(component) = component_name(schema) {
                return format!("#{component}{:?}", schema.get("nullable"));
            }
            let inner = ["items", "additionalProperties"].map(|part| {
                schema
                    .get(part)
                    .map(|inner| written(inner, classes))
                    .unwrap_or_default()
            });
            let own = ["type", "enum", "format", "x-unknown", VALUES].map(|key| &schema[key]);
            format!("{own:?}{inner:?}{:?}", schema.get("nullable"))
        }
        let properties: Vec<_> = properties
            .iter()
            .map(|(key, schema)| (key, written(schema, &self.classes)))
            .collect();
        let values = values.map(|values| written(values, &self.classes));
        let next = self.shapes.len();
        *self
            .shapes
            .entry(format!("{properties:?} {values:?}"))
            .or_insert(next)
    }

    /// Merges every class that is defined identically to a known entity into that entity.
    pub(super) fn recognize(&mut self) {
        let mut known: BTreeMap<usize, (String, usize)> = BTreeMap::new();
        for class in self.all() {
            let entry = &self.classes[class];
            if let Some(name) = &entry.known_as {
                let found = (name.clone(), class);
                let first = known.entry(entry.shape).or_insert_with(|| found.clone());
                if found.0 < first.0 {
                    *first = found;
                }
            }
        }
        for class in self.all() {
            // An earlier iteration may have merged the class as part of another.
            if self.find(class) == class
                && self.known_as(class).is_none()
                && let Some((_, entity)) = known.get(&self.classes[class].shape)
            {
                self.merge(*entity, class);
            }
        }
    }

    /// Returns the class into which `class` was merged, or `class` itself.
    pub(super) fn find(&self, class: usize) -> usize {
        let mut class = class;
        while let Some(other) = self.classes[class].merged_into {
            class = other;
        }
        class
    }

    /// Returns every remaining class, in an order that does not depend on the document.
    pub(super) fn all(&self) -> Vec<usize> {
        let mut all: Vec<_> = (0..self.classes.len())
            .filter(|class| self.classes[*class].merged_into.is_none())
            .collect();
        all.sort_by_cached_key(|class| self.occurrences(*class).first().cloned());
        all
    }

    /// Returns the occurrences of a class, sorted.
    pub(super) fn occurrences(&self, class: usize) -> Vec<Occurrence> {
        let mut occurrences = self.classes[class].occurrences.clone();
        occurrences.sort();
        occurrences
    }

    pub(super) fn properties(&self, class: usize) -> &BTreeMap<String, Value> {
        &self.classes[class].properties
    }

    pub(super) fn values(&self, class: usize) -> Option<&Value> {
        self.classes[class].values.as_ref()
    }

    /// Returns the class at each location, in the form `operationId/property/*`.
    pub(super) fn by_location(&self) -> HashMap<String, usize> {
        let occurrences = self.all().into_iter().flat_map(|class| {
            let occurrences = self.classes[class].occurrences.iter();
            occurrences.map(move |occurrence| (occurrence.location(), class))
        });
        occurrences.collect()
    }

    /// Returns the entity of a class.
    pub(super) fn known_as(&self, class: usize) -> Option<&str> {
        self.classes[class].known_as.as_deref()
    }

    /// Sets the entity of a class.
    pub(super) fn name(&mut self, class: usize, name: &str) {
        let class = self.find(class);
        self.classes[class].known_as = Some(name.to_owned());
    }

    /// Merges all classes that are the same entity.
    pub(super) fn reunite(&mut self) {
        let mut first: HashMap<String, usize> = HashMap::new();
        for class in self.all() {
            let class = self.find(class);
            if let Some(name) = self.known_as(class) {
                let first = *first.entry(name.to_owned()).or_insert(class);
                self.merge(first, class);
            }
        }
    }

    /// Returns the tags of the operations that reach each class, directly or through other classes.
    pub(super) fn tags(&self) -> BTreeMap<usize, BTreeSet<String>> {
        let mut tags: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for class in self.all() {
            let own = self.classes[class]
                .occurrences
                .iter()
                .filter(|occurrence| !occurrence.operation.is_empty())
                .map(|occurrence| occurrence.tag.clone());
            tags.insert(class, own.collect());
        }
        if self.by_component.is_empty() {
            return tags;
        }
        let mut waiting = self.all();
        while let Some(class) = waiting.pop() {
            let own = tags[&class].clone();
            let entry = &self.classes[class];
            for schema in entry.properties.values().chain(&entry.values) {
                let Some(held) = held(schema).map(|held| self.find(held)) else {
                    continue;
                };
                let of_held = tags.entry(held).or_default();
                let before = of_held.len();
                of_held.extend(own.iter().cloned());
                if of_held.len() > before {
                    waiting.push(held);
                }
            }
        }
        tags
    }

    /// Unifies all pairs of classes that differ only where one of them is unknown.
    pub(super) fn unify(&mut self) {
        loop {
            let mut groups: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
            for class in self.all() {
                groups
                    .entry(self.properties(class).keys().cloned().collect())
                    .or_default()
                    .push(class);
            }
            let mut changed = false;
            for group in groups.into_values() {
                for (i, a) in group.iter().enumerate() {
                    for b in &group[i + 1..] {
                        let (a, b) = (self.find(*a), self.find(*b));
                        if a != b && self.compatible_classes(a, b, &mut Vec::new()) {
                            self.merge(a, b);
                            changed = true;
                        }
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Returns whether two classes can be unified.
    ///
    /// `open` holds the pairs that are being compared. Recursive objects are assumed to be compatible until another
    /// difference is found.
    fn compatible_classes(&self, a: usize, b: usize, open: &mut Vec<(usize, usize)>) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b || open.contains(&(a, b)) {
            return true;
        }
        open.push((a, b));
        let (x, y) = (&self.classes[a], &self.classes[b]);
        let are = !self.are_apart(a, b)
            && x.properties.len() == y.properties.len()
            && x.values.is_some() == y.values.is_some()
            && x.properties.iter().all(|(key, schema)| {
                y.properties
                    .get(key)
                    .is_some_and(|other| self.compatible(schema, other, open))
            });
        open.pop();
        are
    }

    fn compatible(&self, a: &Value, b: &Value, open: &mut Vec<(usize, usize)>) -> bool {
        if a == b || is_open(a) || is_open(b) {
            return true;
        }
        match (class_of(a), class_of(b)) {
            (Some(a), Some(b)) => return self.compatible_classes(a, b, open),
            (None, None) => {}
            // An object without known properties is compatible with every class.
            (Some(_), None) => {
                return b["type"] == "object" && b.get("additionalProperties").is_none();
            }
            (None, Some(_)) => {
                return a["type"] == "object" && a.get("additionalProperties").is_none();
            }
        }
        if component_name(a).is_some() || component_name(b).is_some() {
            return component_name(a) == component_name(b);
        }
        let numbers = ["integer", "number"];
        let is_number = |schema: &Value| {
            schema["type"]
                .as_str()
                .is_some_and(|name| numbers.contains(&name))
        };
        if is_number(a) && is_number(b) {
            return true;
        }
        a["type"] == b["type"]
            && ["items", "additionalProperties"].iter().all(|part| {
                match (a.get(part), b.get(part)) {
                    (Some(a), Some(b)) => self.compatible(a, b, open),
                    (a, b) => a.is_some() == b.is_some(),
                }
            })
            && a.get("enum") == b.get("enum")
            && a.get(VALUES) == b.get(VALUES)
    }

    /// Merges two classes into one with the properties of both.
    pub(super) fn merge(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        let other = std::mem::take(&mut self.classes[b]);
        self.classes[b].merged_into = Some(a);
        self.classes[a].occurrences.extend(other.occurrences);
        if self.classes[a].known_as.is_none() {
            self.classes[a].known_as = other.known_as;
        }
        for (key, schema) in other.properties {
            let joined = match self.classes[a].properties.get(&key).cloned() {
                Some(known) => self.join(&known, &schema),
                None => schema,
            };
            self.classes[a].properties.insert(key, joined);
        }
        self.classes[a].values = match (self.classes[a].values.clone(), other.values) {
            (Some(x), Some(y)) => Some(self.join_inner(&x, &y)),
            (x, y) => x.or(y),
        };
    }

    /// Returns whether two classes are different entities.
    fn are_apart(&self, a: usize, b: usize) -> bool {
        matches!((self.known_as(a), self.known_as(b)), (Some(x), Some(y)) if x != y)
    }

    /// Adds the fields of the smaller of two entities to the larger, for a location that contains both, such as a full
    /// user in one response and its short form in another. The smaller entity does not change.
    fn absorb(&mut self, a: usize, b: usize) -> usize {
        let size = |class: &usize| {
            (
                self.classes[*class].properties.len(),
                self.known_as(*class).map(str::to_owned),
            )
        };
        let (small, large) = if size(&a) < size(&b) { (a, b) } else { (b, a) };
        if self.absorbed.insert((small, large)) {
            for (key, schema) in self.classes[small].properties.clone() {
                let joined = match self.classes[large].properties.get(&key).cloned() {
                    Some(known) => self.join(&known, &schema),
                    None => schema,
                };
                let large = self.find(large);
                self.classes[large].properties.insert(key, joined);
            }
        }
        self.find(large)
    }

    /// Joins two item or value schemas as `join` does; the result is nullable if either is.
    fn join_inner(&mut self, a: &Value, b: &Value) -> Value {
        let mut joined = self.join(a, b);
        if a["nullable"] == true || b["nullable"] == true {
            joined["nullable"] = true.into();
        }
        joined
    }

    fn join(&mut self, a: &Value, b: &Value) -> Value {
        if a == b || is_open(b) {
            return a.clone();
        }
        if is_open(a) {
            return b.clone();
        }
        if let (Some(x), Some(y)) = (class_of(a), class_of(b)) {
            let (x, y) = (self.find(x), self.find(y));
            if self.are_apart(x, y) {
                return json!({CLASS: self.absorb(x, y)});
            }
            self.merge(x, y);
            return a.clone();
        }
        match (a["type"].as_str(), b["type"].as_str()) {
            (Some("integer"), Some("number")) => b.clone(),
            (Some("number"), Some("integer")) => a.clone(),
            (Some("array"), Some("array")) => {
                let items = self.join_inner(&a["items"], &b["items"]);
                json!({"type": "array", "items": items})
            }
            (Some("object"), Some("object"))
                if a.get("additionalProperties").is_some()
                    && b.get("additionalProperties").is_some() =>
            {
                let values =
                    self.join_inner(&a["additionalProperties"], &b["additionalProperties"]);
                json!({"type": "object", "additionalProperties": values})
            }
            (Some("object"), None) if class_of(b).is_some() => b.clone(),
            (None, Some("object")) if class_of(a).is_some() => a.clone(),
            // A string that is a timestamp only in some occurrences.
            (Some("string"), Some("string")) => json!({"type": "string"}),
            _ => json!({"x-unknown": TYPE_CONFLICT}),
        }
    }
}

/// Returns the class that a schema refers to, directly or as the items of an array or the values of a map.
pub(super) fn held(schema: &Value) -> Option<usize> {
    class_of(schema).or_else(|| {
        ["items", "additionalProperties"]
            .iter()
            .find_map(|part| held(schema.get(part)?))
    })
}

/// Returns whether a schema carries no type information.
fn is_open(schema: &Value) -> bool {
    class_of(schema).is_none() && is_unknown(schema)
}

/// Reduces a schema without properties to the members that determine its type.
fn leaf(schema: &Value, items: Option<Value>, values: Option<Value>) -> Value {
    let mut members = Map::new();
    for key in ["type", "enum", "format", "x-unknown", VALUES] {
        if let Some(value) = schema.get(key) {
            members.insert(key.to_owned(), value.clone());
        }
    }
    members.extend(items.map(|items| ("items".to_owned(), items)));
    members.extend(values.map(|values| ("additionalProperties".to_owned(), values)));
    Value::Object(members)
}
