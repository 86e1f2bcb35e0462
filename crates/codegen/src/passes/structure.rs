//! Every part of the document is of the kind that its place asks for.
//!
//! Before: `tags: Chats`, `responses: []` and `properties: []` (PHP's empty array for an empty object),
//! `properties: [{…}]` (a PHP list for the keys 0, 1, …), `get: null`, `required: true` on a property,
//! a parameter that is a text, `GET` in capitals. After: lists are lists, maps are maps, and what
//! cannot be read is set aside piece by piece, so that the passes after this one need not ask again.

use serde_json::{Map, Value, json};

use crate::walk::{METHODS, kind, method_of, plain};
use crate::{Pointer, Report};

pub(super) fn run(root: &mut Value, report: &mut Report) {
    let at = Pointer::root();
    let Some(root) = root.as_object_mut() else {
        return;
    };
    map(root, "info", &at, report);
    list(root, "servers", &at, report);
    list(root, "tags", &at, report);
    map(root, "components", &at, report);
    if let Some(components) = root.get_mut("components").and_then(Value::as_object_mut) {
        let at = at.child("components");
        for section in [
            "schemas",
            "parameters",
            "requestBodies",
            "responses",
            "headers",
            "pathItems",
        ] {
            map(components, section, &at, report);
        }
        each(components, "schemas", &at, report, schema);
        each(components, "parameters", &at, report, parameter);
        each(components, "requestBodies", &at, report, body);
        each(components, "responses", &at, report, body);
        each(components, "pathItems", &at, report, path_item);
    }
    let at = at.child("paths");
    if let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths {
            path_item(item, &at.child(path), report);
        }
    }
}

/// Runs `visit` over every member of `holder[member]`.
fn each(
    holder: &mut Map<String, Value>,
    member: &str,
    at: &Pointer,
    report: &mut Report,
    visit: fn(&mut Value, &Pointer, &mut Report),
) {
    let at = at.child(member);
    let members = holder.get_mut(member).and_then(Value::as_object_mut);
    for (name, value) in members.into_iter().flatten() {
        visit(value, &at.child(name), report);
    }
}

/// A member that must be a map, if it is there.
fn map(holder: &mut Map<String, Value>, member: &str, at: &Pointer, report: &mut Report) {
    if let Some(value) = holder.get_mut(member)
        && !value.is_object()
    {
        let found = kind(value);
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        // A PHP list is a map with the keys 0, 1, …
        let numbered: Map<String, Value> = items
            .iter()
            .enumerate()
            .map(|(i, item)| (i.to_string(), item.clone()))
            .collect();
        let now = if numbered.is_empty() {
            "an empty map".to_owned()
        } else {
            format!("a map with {} numbered names", numbered.len())
        };
        let is_loss = !matches!(value, Value::Array(_) | Value::Null);
        tell(
            report,
            &at.child(member),
            is_loss,
            format!("{found} -> {now}: `{member}` is a map of names"),
        );
        *value = numbered.into();
    }
}

/// A member that must be a list, if it is there.
fn list(holder: &mut Map<String, Value>, member: &str, at: &Pointer, report: &mut Report) {
    let Some(value) = holder.get_mut(member) else {
        return;
    };
    let items = match &*value {
        Value::Array(_) => return,
        Value::Null => Vec::new(),
        Value::Object(members) => members.values().cloned().collect(),
        scalar => vec![scalar.clone()],
    };
    let is_loss = value.is_null();
    tell(
        report,
        &at.child(member),
        is_loss,
        format!(
            "{} -> a list of {}: `{member}` is a list",
            kind(value),
            items.len()
        ),
    );
    *value = items.into();
}

/// A member that must be a text, if it is there.
fn text(holder: &mut Map<String, Value>, member: &str) {
    if let Some(value) = holder.get_mut(member)
        && !value.is_string()
    {
        *value = if value.is_null() {
            "".into()
        } else {
            plain(value).into()
        };
    }
}

/// A member that must be true or false, if it is there.
fn flag(holder: &mut Map<String, Value>, member: &str) {
    if let Some(value) = holder.get_mut(member)
        && !value.is_boolean()
    {
        *value = (["true", "1", "yes"].contains(&plain(value).as_str())).into();
    }
}

fn path_item(item: &mut Value, at: &Pointer, report: &mut Report) {
    if !item.is_object() {
        report.warn(
            at,
            None,
            format!("{} -> a path without operations", kind(item)),
        );
        *item = json!({});
    }
    let Some(members) = item.as_object_mut() else {
        return;
    };
    let capitals: Vec<String> = members
        .keys()
        .filter(|key| method_of(members, key).is_some_and(|method| method != key.as_str()))
        .cloned()
        .collect();
    for method in capitals {
        let lower = method.to_ascii_lowercase();
        report.note(
            &at.child(&method),
            None,
            format!("`{method}` -> `{lower}`: methods are written small"),
        );
        if let Some(operation) = members.shift_remove(&method) {
            members.insert(lower, operation);
        }
    }
    parameters(members, at, report);
    for method in METHODS {
        if let Some(value) = members.get_mut(method) {
            operation(value, &at.child(method), report);
        }
    }
}

fn operation(value: &mut Value, at: &Pointer, report: &mut Report) {
    if !value.is_object() {
        report.warn(
            at,
            None,
            format!(
                "{} -> an operation of which nothing is documented",
                kind(value)
            ),
        );
        *value = json!({});
    }
    let Some(members) = value.as_object_mut() else {
        return;
    };
    for member in ["operationId", "summary", "description"] {
        text(members, member);
    }
    flag(members, "deprecated");
    list(members, "tags", at, report);
    for tag in members
        .get_mut("tags")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        *tag = plain(tag).into();
    }
    parameters(members, at, report);
    if let Some(request) = members.get_mut("requestBody") {
        body(request, &at.child("requestBody"), report);
    }
    map(members, "responses", at, report);
    each(members, "responses", at, report, body);
}

fn parameters(holder: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    list(holder, "parameters", at, report);
    let at = at.child("parameters");
    let Some(parameters) = holder.get_mut("parameters").and_then(Value::as_array_mut) else {
        return;
    };
    let mut index = 0;
    parameters.retain_mut(|value| {
        let at = at.child(index);
        index += 1;
        parameter(value, &at, report);
        value.is_object()
    });
}

/// One parameter; null where it cannot be read.
fn parameter(value: &mut Value, at: &Pointer, report: &mut Report) {
    let Some(members) = value.as_object_mut() else {
        report.warn(at, None, format!("{} -> no parameter", kind(value)));
        *value = Value::Null;
        return;
    };
    if members.contains_key("$ref") {
        return;
    }
    if members.get("name").is_none_or(Value::is_null) {
        report.warn(at, None, "a parameter without a name -> no parameter");
        *value = Value::Null;
        return;
    }
    text(members, "name");
    text(members, "in");
    text(members, "description");
    flag(members, "required");
    let place = members
        .get("in")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !["path", "query", "header", "cookie"].contains(&place) {
        let lower = place.to_ascii_lowercase();
        let known = ["path", "query", "header", "cookie"]
            .into_iter()
            .find(|known| *known == lower)
            .unwrap_or("query");
        report.warn(
            &at.child("in"),
            None,
            format!("a parameter in \"{place}\" -> in {known}"),
        );
        members.insert("in".to_owned(), known.into());
    }
    if !members.contains_key("schema") {
        let of_content = members
            .get("content")
            .and_then(Value::as_object)
            .and_then(|content| content.keys().next());
        let schema = if let Some(media) = of_content {
            report.note(
                at,
                None,
                format!("a parameter of {media} -> a text, which the caller writes"),
            );
            json!({"type": "string"})
        } else {
            // As Swagger 2.0 wrote them: the schema's members stand in the parameter.
            let own: Map<String, Value> = ["type", "format", "items", "enum"]
                .into_iter()
                .filter_map(|key| Some((key.to_owned(), members.get(key)?.clone())))
                .collect();
            if own.is_empty() {
                report.note(at, None, "a parameter without a schema -> a text");
                json!({"type": "string"})
            } else {
                own.into()
            }
        };
        members.insert("schema".to_owned(), schema);
    }
    if let Some(value) = members.get_mut("schema") {
        schema(value, &at.child("schema"), report);
    }
}

/// A request body or a response.
fn body(value: &mut Value, at: &Pointer, report: &mut Report) {
    if !value.is_object() {
        if !value.is_null() {
            report.warn(at, None, format!("{} -> nothing documented", kind(value)));
        }
        *value = json!({});
    }
    let Some(members) = value.as_object_mut() else {
        return;
    };
    text(members, "description");
    flag(members, "required");
    map(members, "content", at, report);
    let at = at.child("content");
    let content = members.get_mut("content").and_then(Value::as_object_mut);
    for (media, value) in content.into_iter().flatten() {
        let at = at.child(media);
        if !value.is_object() {
            *value = json!({});
        }
        example_into_schema(value);
        if let Some(value) = value.get_mut("schema") {
            schema(value, &at.child("schema"), report);
        }
    }
}

/// The example beside a schema belongs into it, where it says what the schema does not.
fn example_into_schema(media: &mut Value) {
    let example = media.get("example").cloned().or_else(|| {
        let named = media.get("examples")?.as_object()?;
        named
            .values()
            .find_map(|example| example.get("value").cloned())
    });
    let Some(example) = example else {
        return;
    };
    let schema = &mut media["schema"];
    if schema.is_null() {
        *schema = json!({});
    }
    if let Some(members) = schema.as_object_mut()
        && !members.contains_key("example")
    {
        members.insert("example".to_owned(), example);
    }
}

/// A schema and everything in it.
pub(super) fn schema(value: &mut Value, at: &Pointer, report: &mut Report) {
    if !value.is_object() {
        let is_loss = !matches!(value, Value::Bool(_) | Value::Null)
            && value.as_array().is_none_or(|items| !items.is_empty());
        tell(
            report,
            at,
            is_loss,
            format!("{} -> a schema of any value", kind(value)),
        );
        *value = json!({});
    }
    let Some(members) = value.as_object_mut() else {
        return;
    };
    text(members, "description");
    if members
        .get("$ref")
        .is_some_and(|target| !target.is_string())
    {
        members.shift_remove("$ref");
    }
    flag(members, "nullable");
    map(members, "properties", at, report);
    let required_here = required(members, at, report);
    enumeration(members, at, report);
    if let Some(items) = members.get_mut("items") {
        let at = at.child("items");
        // `items: [{…}]` is a PHP list with one schema.
        if let Value::Array(list) = items
            && list.len() == 1
        {
            report.note(&at, None, "a list of one schema -> the schema");
            *items = list.remove(0);
        }
        schema(items, &at, report);
    }
    if let Some(values) = members.get_mut("additionalProperties") {
        match values {
            // What else an object may have is kept by the raw body, and says nothing of its type.
            Value::Bool(false) => {
                members.shift_remove("additionalProperties");
            }
            Value::Bool(true) => *values = json!({}),
            values => schema(values, &at.child("additionalProperties"), report),
        }
    }
    for word in ["oneOf", "anyOf", "allOf"] {
        list(members, word, at, report);
        let at = at.child(word);
        let branches = members.get_mut(word).and_then(Value::as_array_mut);
        for (i, branch) in branches.into_iter().flatten().enumerate() {
            schema(branch, &at.child(i), report);
        }
        if members
            .get(word)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            members.shift_remove(word);
        }
    }
    let at_properties = at.child("properties");
    let mut required: Vec<Value> = required_here;
    let properties = members.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let at = at_properties.child(name);
        // `required: true` belongs to the property in JSON Schema of old, and in Scribe's own files.
        if property.get("required").is_some_and(Value::is_boolean) {
            let word = property
                .as_object_mut()
                .and_then(|property| property.shift_remove("required"));
            if word == Some(Value::Bool(true)) && !required.iter().any(|known| known == name) {
                required.push(name.as_str().into());
            }
        }
        schema(property, &at, report);
    }
    if required.is_empty() {
        members.shift_remove("required");
    } else {
        members.insert("required".to_owned(), required.into());
    }
}

/// The names that a schema requires, each once, and only those that are texts.
fn required(members: &mut Map<String, Value>, at: &Pointer, report: &mut Report) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    match members.get("required") {
        None | Some(Value::Bool(_) | Value::Null) => {}
        Some(Value::Array(names)) => {
            for name in names.iter().filter(|name| name.is_string()) {
                if !found.contains(name) {
                    found.push(name.clone());
                }
            }
        }
        Some(other) => report.note(
            &at.child("required"),
            None,
            format!(
                "{} -> nothing required: it is no list of names",
                kind(other)
            ),
        ),
    }
    found
}

/// The enumeration is a list of values; that of a list belongs to its items.
fn enumeration(members: &mut Map<String, Value>, at: &Pointer, report: &mut Report) {
    list(members, "enum", at, report);
    let is_empty = members
        .get("enum")
        .and_then(Value::as_array)
        .is_some_and(|values| {
            values.is_empty() || values.iter().any(|v| v.is_array() || v.is_object())
        });
    if is_empty {
        members.shift_remove("enum");
    }
    if members.get("type").is_some_and(|word| word == "array")
        && let Some(values) = members.shift_remove("enum")
    {
        report.note(
            &at.child("enum"),
            None,
            "an enumeration on a list -> on its items",
        );
        let items = members.entry("items").or_insert_with(|| json!({}));
        if let Some(items) = items.as_object_mut()
            && !items.contains_key("enum")
        {
            items.insert("enum".to_owned(), values);
        }
    }
}

fn tell(report: &mut Report, at: &Pointer, is_loss: bool, what: String) {
    if is_loss {
        report.warn(at, None, what);
    } else {
        report.note(at, None, what);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn read(schema: &str) -> Value {
        let yaml = format!(
            "paths: {{/a: {{get: {{parameters: [{{in: query, name: q, schema: {schema}}}]}}}}}}"
        );
        let (mut root, _) = crate::passes::test_run("structure", &yaml);
        root["paths"]["/a"]["get"]["parameters"][0]["schema"].take()
    }

    #[test]
    fn php_shapes_are_read_as_they_were_meant() {
        assert_eq!(
            read("{type: object, properties: []}"),
            json!({"type": "object", "properties": {}})
        );
        assert_eq!(
            read("{type: object, properties: [{type: string}]}"),
            json!({"type": "object", "properties": {"0": {"type": "string"}}})
        );
        assert_eq!(read("[]"), json!({}));
        assert_eq!(
            read("{type: array, items: [{type: string}]}"),
            json!({"type": "array", "items": {"type": "string"}})
        );
        assert_eq!(
            read("{type: array, items: []}"),
            json!({"type": "array", "items": {}})
        );
        assert_eq!(
            read("{type: array, items: {type: string}, enum: [a]}"),
            json!({"type": "array", "items": {"type": "string", "enum": ["a"]}})
        );
        assert_eq!(
            read("{type: object, required: x, properties: {a: {type: string, required: true}}}"),
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}})
        );
        assert_eq!(
            read(
                "{type: object, properties: {properties: {type: array}, required: {type: string}}}"
            ),
            json!({"type": "object", "properties": {"properties": {"type": "array"}, "required": {"type": "string"}}})
        );
    }

    #[test]
    fn an_operation_of_the_wrong_kind_stays_an_operation() {
        let (root, told) = crate::passes::test_run(
            "structure",
            "paths: {/a: {GET: null, parameters: x}, /b: {post: {tags: Chats, parameters: {p: {name: 1, in: Query}, q: 5}, responses: []}}, /c: 7}",
        );
        assert_eq!(root["paths"]["/a"]["get"], json!({}));
        assert_eq!(
            root["paths"]["/b"]["post"],
            json!({"tags": ["Chats"], "parameters": [{"name": "1", "in": "query", "schema": {"type": "string"}}], "responses": {}})
        );
        assert_eq!(root["paths"]["/c"], json!({}));
        assert!(
            told.iter()
                .any(|line| line.contains("/paths/~1c: a number -> a path without operations")),
            "{told:#?}"
        );
    }
}
