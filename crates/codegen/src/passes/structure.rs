//! Ensures that every part of the document has the JSON type that its position requires.
//!
//! Before: `tags: Chats`, `responses: []` and `properties: []` (PHP's empty array for an empty object),
//! `properties: [{…}]` (a PHP list for the keys 0, 1, …), `get: null`, `required: true` on a property, a string
//! instead of a parameter, uppercase `GET`. After: lists are arrays and maps are objects. Unreadable parts are
//! dropped one by one, so that later passes need no further checks.

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

/// Calls `visit` for every member of `holder[member]`.
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

/// Converts a member that must be an object, if it is present.
fn map(holder: &mut Map<String, Value>, member: &str, at: &Pointer, report: &mut Report) {
    if let Some(value) = holder.get_mut(member)
        && !value.is_object()
    {
        let found = kind(value);
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        // PHP writes an object with the keys 0, 1, … as a list.
        let numbered: Map<String, Value> = items
            .iter()
            .enumerate()
            .map(|(i, item)| (i.to_string(), item.clone()))
            .collect();
        let now = if numbered.is_empty() {
            "an empty object".to_owned()
        } else {
            format!("an object with numeric keys ({})", numbered.len())
        };
        let is_loss = !matches!(value, Value::Array(_) | Value::Null);
        report_change(
            report,
            &at.child(member),
            is_loss,
            format!("{found} -> {now}: `{member}` must be an object"),
        );
        *value = numbered.into();
    }
}

/// Converts a member that must be an array, if it is present.
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
    report_change(
        report,
        &at.child(member),
        is_loss,
        format!(
            "{} -> an array of length {}: `{member}` must be an array",
            kind(value),
            items.len()
        ),
    );
    *value = items.into();
}

/// Converts a member that must be a string, if it is present.
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

/// Converts a member that must be a boolean, if it is present.
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
    let uppercase: Vec<String> = members
        .keys()
        .filter(|key| method_of(members, key).is_some_and(|method| method != key.as_str()))
        .cloned()
        .collect();
    for method in uppercase {
        let lower = method.to_ascii_lowercase();
        report.note(
            &at.child(&method),
            None,
            format!("`{method}` -> `{lower}`: method names are lowercase"),
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
            format!("{} -> an undocumented operation", kind(value)),
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

/// Normalizes a parameter. Sets it to null if it is unusable.
fn parameter(value: &mut Value, at: &Pointer, report: &mut Report) {
    let Some(members) = value.as_object_mut() else {
        report.warn(
            at,
            None,
            format!("{} -> dropped: a parameter must be an object", kind(value)),
        );
        *value = Value::Null;
        return;
    };
    if members.contains_key("$ref") {
        return;
    }
    if members.get("name").is_none_or(Value::is_null) {
        report.warn(at, None, "parameter without a name -> dropped");
        *value = Value::Null;
        return;
    }
    text(members, "name");
    text(members, "in");
    text(members, "description");
    flag(members, "required");
    let location = members
        .get("in")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if !["path", "query", "header", "cookie"].contains(&location) {
        let lower = location.to_ascii_lowercase();
        let known = ["path", "query", "header", "cookie"]
            .into_iter()
            .find(|known| *known == lower)
            .unwrap_or("query");
        report.warn(
            &at.child("in"),
            None,
            format!("parameter in \"{location}\" -> in {known}"),
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
                format!("parameter with content {media} -> a string that the caller encodes"),
            );
            json!({"type": "string"})
        } else {
            // As in Swagger 2.0, where the schema's members are in the parameter itself.
            let own: Map<String, Value> = ["type", "format", "items", "enum"]
                .into_iter()
                .filter_map(|key| Some((key.to_owned(), members.get(key)?.clone())))
                .collect();
            if own.is_empty() {
                report.note(at, None, "parameter without a schema -> string");
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

/// Normalizes a request body or a response.
fn body(value: &mut Value, at: &Pointer, report: &mut Report) {
    if !value.is_object() {
        if !value.is_null() {
            report.warn(
                at,
                None,
                format!("{} -> an empty object: nothing is documented", kind(value)),
            );
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

/// Copies the example next to a schema into the schema, unless the schema has its own example.
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

/// Normalizes a schema and everything in it.
pub(super) fn schema(value: &mut Value, at: &Pointer, report: &mut Report) {
    if !value.is_object() {
        let is_loss = !matches!(value, Value::Bool(_) | Value::Null)
            && value.as_array().is_none_or(|items| !items.is_empty());
        report_change(
            report,
            at,
            is_loss,
            format!("{} -> a schema for any JSON value", kind(value)),
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
        // PHP may write `items: {…}` as `items: [{…}]`.
        if let Value::Array(list) = items
            && list.len() == 1
        {
            report.note(&at, None, "array with one schema -> the schema");
            *items = list.remove(0);
        }
        schema(items, &at, report);
    }
    if let Some(values) = members.get_mut("additionalProperties") {
        match values {
            // Additional properties do not affect the type, and the raw body keeps them.
            Value::Bool(false) => {
                members.shift_remove("additionalProperties");
            }
            Value::Bool(true) => *values = json!({}),
            values => schema(values, &at.child("additionalProperties"), report),
        }
    }
    for keyword in ["oneOf", "anyOf", "allOf"] {
        list(members, keyword, at, report);
        let at = at.child(keyword);
        let branches = members.get_mut(keyword).and_then(Value::as_array_mut);
        for (i, branch) in branches.into_iter().flatten().enumerate() {
            schema(branch, &at.child(i), report);
        }
        if members
            .get(keyword)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            members.shift_remove(keyword);
        }
    }
    let at_properties = at.child("properties");
    let mut required: Vec<Value> = required_here;
    let properties = members.get_mut("properties").and_then(Value::as_object_mut);
    for (name, property) in properties.into_iter().flatten() {
        let at = at_properties.child(name);
        // Old drafts of JSON Schema and Scribe's own files set `required: true` on the property itself.
        if property.get("required").is_some_and(Value::is_boolean) {
            let flag = property
                .as_object_mut()
                .and_then(|property| property.shift_remove("required"));
            if flag == Some(Value::Bool(true)) && !required.iter().any(|known| known == name) {
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

/// Returns the names that a schema requires, without duplicates and non-strings.
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
                "{} -> nothing required: `required` must be an array of names",
                kind(other)
            ),
        ),
    }
    found
}

/// Normalizes `enum` to an array of scalars, and moves the `enum` of an array to its items.
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
    if members.get("type").is_some_and(|name| name == "array")
        && let Some(values) = members.shift_remove("enum")
    {
        report.note(
            &at.child("enum"),
            None,
            "`enum` on an array -> `enum` on its items",
        );
        let items = members.entry("items").or_insert_with(|| json!({}));
        if let Some(items) = items.as_object_mut()
            && !items.contains_key("enum")
        {
            items.insert("enum".to_owned(), values);
        }
    }
}

fn report_change(report: &mut Report, at: &Pointer, is_loss: bool, what: String) {
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
    fn interprets_php_shapes() {
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
    fn an_operation_of_the_wrong_type_stays_an_operation() {
        let (root, lines) = crate::passes::test_run(
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
            lines
                .iter()
                .any(|line| line.contains("/paths/~1c: a number -> a path without operations")),
            "{lines:#?}"
        );
    }
}
