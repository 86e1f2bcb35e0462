//! The objects of all answers as classes: equal ones are one, compatible ones are unified.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::Names;
use crate::names::DISAGREE;
use crate::passes::VALUES;
use crate::passes::union::is_unknown;
use crate::walk::component_name;

/// The key under which a schema names its class.
const CLASS: &str = "$class";

/// Where an object stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The operationId of the document.
    pub(super) operation: String,
    /// The operation's name in snake case.
    pub(super) name: String,
    pub(super) tag: String,
    /// The way from the value: names of properties, and `*` for the items of lists and maps.
    pub(super) path: Vec<String>,
}

impl Place {
    pub(super) fn text(&self) -> String {
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
    places: Vec<Place>,
    /// The same for all classes that the document wrote alike, whatever they are called.
    shape: usize,
    /// The entity that it is, by the overlay or by earlier documents. Two entities stay two.
    known_as: Option<String>,
    /// The class that this one has become.
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
    /// The components of answers that are objects, and the class that each has become.
    components: Map<String, Value>,
    by_component: HashMap<String, usize>,
}

/// The class that a schema names.
pub(super) fn class_of(schema: &Value) -> Option<usize> {
    schema.get(CLASS)?.as_u64()?.try_into().ok()
}

impl Classes {
    /// No classes yet; those at places that `names` knows are kept together and apart by it.
    ///
    /// A reference to one of `components` is the class of that component; other references stay.
    pub(super) fn new(names: Names, components: Map<String, Value>) -> Self {
        Self {
            names,
            components,
            ..Self::default()
        }
    }

    /// `schema` with every object in it replaced by its class.
    pub(super) fn intern(
        &mut self,
        schema: &Value,
        operation: &str,
        name: &str,
        tag: &str,
        path: &mut Vec<String>,
    ) -> Value {
        if let Some(component) = component_name(schema) {
            let place = Place {
                operation: operation.to_owned(),
                name: name.to_owned(),
                tag: tag.to_owned(),
                path: path.clone(),
            };
            return match self.component(component, place) {
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
                places: Vec::new(),
                shape,
                known_as,
                merged_into: None,
            });
            self.classes.len() - 1
        });
        self.classes[index].places.push(Place {
            operation: operation.to_owned(),
            name: name.to_owned(),
            tag: tag.to_owned(),
            path: path.clone(),
        });
        json!({CLASS: index})
    }

    /// The class of a component, which stands at `place`; `None` where it is no object.
    fn component(&mut self, component: &str, place: Place) -> Option<usize> {
        if let Some(class) = self.by_component.get(component).copied() {
            self.classes[class].places.push(place);
            return Some(class);
        }
        let schema = self.components.get(component)?.clone();
        // Before what is in it, which may refer back to it.
        let class = self.classes.len();
        let shape = self.shapes.len();
        self.shapes.insert(format!("component {component}"), shape);
        self.classes.push(Class {
            shape,
            known_as: Some(component.to_owned()),
            places: vec![place],
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

    /// The number of what the document wrote: classes within count by theirs.
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

    /// Makes what is written like a known entity that entity.
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
            // One that an earlier turn merged as part of another has gone.
            if self.find(class) == class
                && self.known_as(class).is_none()
                && let Some((_, entity)) = known.get(&self.classes[class].shape)
            {
                self.merge(*entity, class);
            }
        }
    }

    /// The class that `class` has become.
    pub(super) fn find(&self, class: usize) -> usize {
        let mut class = class;
        while let Some(other) = self.classes[class].merged_into {
            class = other;
        }
        class
    }

    /// Every class that is left, in an order that does not depend on the document's.
    pub(super) fn all(&self) -> Vec<usize> {
        let mut all: Vec<_> = (0..self.classes.len())
            .filter(|class| self.classes[*class].merged_into.is_none())
            .collect();
        all.sort_by_cached_key(|class| self.places(*class).first().cloned());
        all
    }

    /// Where a class stands, sorted.
    pub(super) fn places(&self, class: usize) -> Vec<Place> {
        let mut places = self.classes[class].places.clone();
        places.sort();
        places
    }

    pub(super) fn properties(&self, class: usize) -> &BTreeMap<String, Value> {
        &self.classes[class].properties
    }

    pub(super) fn values(&self, class: usize) -> Option<&Value> {
        self.classes[class].values.as_ref()
    }

    /// The class at each place, written `operationId/property/*`.
    pub(super) fn by_place(&self) -> HashMap<String, usize> {
        let places = self.all().into_iter().flat_map(|class| {
            let places = self.classes[class].places.iter();
            places.map(move |place| (place.text(), class))
        });
        places.collect()
    }

    /// The entity that a class is.
    pub(super) fn known_as(&self, class: usize) -> Option<&str> {
        self.classes[class].known_as.as_deref()
    }

    /// Says which entity a class is.
    pub(super) fn name(&mut self, class: usize, name: &str) {
        let class = self.find(class);
        self.classes[class].known_as = Some(name.to_owned());
    }

    /// Makes one class of all that are one entity.
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

    /// The tags of the operations that reach each class, through other classes too.
    pub(super) fn tags(&self) -> BTreeMap<usize, BTreeSet<String>> {
        let mut tags: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for class in self.all() {
            let own = self.classes[class]
                .places
                .iter()
                .filter(|place| !place.operation.is_empty())
                .map(|place| place.tag.clone());
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

    /// Unifies every two classes that differ only where one of them is unknown.
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

    /// Whether two classes can be one; `open` are those that are being compared, whose objects hold
    /// themselves: they are taken to be compatible until something else tells them apart.
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
            // An object without known properties is any class.
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
                .is_some_and(|word| numbers.contains(&word))
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

    /// Makes one class of two, with the properties of both.
    pub(super) fn merge(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        let other = std::mem::take(&mut self.classes[b]);
        self.classes[b].merged_into = Some(a);
        self.classes[a].places.extend(other.places);
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

    /// Whether two classes are different entities.
    fn are_apart(&self, a: usize, b: usize) -> bool {
        matches!((self.known_as(a), self.known_as(b)), (Some(x), Some(y)) if x != y)
    }

    /// Gives the larger of two entities the fields of the other, for a place that has both: a user in
    /// full here, and its short form there. The other stays what it is.
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

    /// As `join`, for items and values: null is a value of both if it is one of either.
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
            // A text that is not a time everywhere.
            (Some("string"), Some("string")) => json!({"type": "string"}),
            _ => json!({"x-unknown": DISAGREE}),
        }
    }
}

/// The class that a schema is, or a list or map of.
pub(super) fn held(schema: &Value) -> Option<usize> {
    class_of(schema).or_else(|| {
        ["items", "additionalProperties"]
            .iter()
            .find_map(|part| held(schema.get(part)?))
    })
}

/// Whether a schema says nothing.
fn is_open(schema: &Value) -> bool {
    class_of(schema).is_none() && is_unknown(schema)
}

/// A schema that is no object with properties, with only what makes its type.
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
