//! Keeps the enumerations whose values can be named in Rust.
//!
//! Before: `enum: [1, 0]`, values that yield the same Rust name (`asc` and `ASC`, `net` and `-net`), the empty
//! string, null. After: enumerations of strings, each with a unique name; if the names cannot be derived from
//! the values, `x-codegen-values` maps the names to the values. Enumerations of numbers or mixed types become the
//! plain type, with the values in the description. Null and duplicate values are dropped.

use std::collections::HashSet;

use heck::ToPascalCase;
use serde_json::{Map, Value};

use super::words;
use crate::Report;
use crate::walk::{plain, schemas};

/// Maps variant names to wire values, for an enumeration whose names cannot be derived from its values.
pub(crate) const VALUES: &str = "x-codegen-values";

/// An enumeration with more values than this lists data, not names.
const MOST: usize = 1000;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, context| {
        let is_string = schema["type"] == "string";
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        let Some(values) = members.get("enum").and_then(Value::as_array).cloned() else {
            return;
        };
        if values.iter().any(Value::is_null) && context.side != crate::walk::Side::Parameter {
            members.insert("nullable".to_owned(), true.into());
        }
        let mut kept: Vec<Value> = Vec::new();
        let mut seen = HashSet::new();
        for value in values.iter().filter(|value| !value.is_null()) {
            if seen.insert(value.to_string()) {
                kept.push(value.clone());
            }
        }
        // Sorted, so that the order in the document does not matter.
        kept.sort_by_key(plain);
        let strings: Option<Vec<&str>> = kept.iter().map(Value::as_str).collect();
        let strings = strings.filter(|strings| {
            let has_non_empty = strings.iter().any(|text| !text.is_empty());
            is_string && has_non_empty && strings.len() <= MOST
        });
        if let Some(strings) = strings {
            if kept.len() != values.len() {
                report.note(
                    context.at,
                    Some(context.operation),
                    format!(
                        "{} values, including null or duplicates -> {}",
                        values.len(),
                        kept.len()
                    ),
                );
            }
            if let Some(named) = named(&strings) {
                let list = named
                    .iter()
                    .map(|(name, value)| format!("`{}` is {name}", plain(value)))
                    .collect::<Vec<_>>();
                report.note(
                    context.at,
                    Some(context.operation),
                    format!("values without unique Rust names -> {}", list.join(", ")),
                );
                let names: Vec<Value> = named.keys().map(|name| name.as_str().into()).collect();
                members.insert("enum".to_owned(), names.into());
                members.insert(VALUES.to_owned(), named.into());
            } else if kept != values {
                members.insert("enum".to_owned(), kept.into());
            }
            return;
        }
        members.shift_remove("enum");
        let shown = kept
            .iter()
            .take(50)
            .map(|value| format!("`{}`", plain(value)));
        let mut list = shown.collect::<Vec<_>>().join(", ");
        if kept.len() > 50 {
            list.push_str(&format!(" and {} more", kept.len() - 50));
        }
        report.note(
            context.at,
            Some(context.operation),
            format!("enumeration {list} -> the plain type: its values cannot be named in Rust"),
        );
        let old = members
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let description = format!("{old} One of {list}.").trim().to_owned();
        members.insert("description".to_owned(), description.into());
    });
}

/// Returns unique Rust names and their values; `None` if each value already yields a unique name.
fn named(strings: &[&str]) -> Option<Map<String, Value>> {
    let mut taken = HashSet::new();
    let all_are = strings.iter().all(|text| {
        let name = text.to_pascal_case();
        // Don't turn `+1` into `1`: the sign is significant.
        let is_signed = name.starts_with(|c: char| c.is_ascii_digit())
            && !text.starts_with(|c: char| c.is_ascii_digit());
        // The generator would keep letters from any script; names here are ASCII only.
        let is_name = text.is_ascii() && !name.is_empty() && name.len() <= 80 && !is_signed;
        is_name && taken.insert(name)
    });
    if all_are {
        return None;
    }
    let mut order: Vec<&str> = strings.to_vec();
    // Lowercase values get the plain names.
    order.sort_by_key(|text| (!text.starts_with(|c: char| c.is_ascii_lowercase()), *text));
    let mut taken = HashSet::new();
    let mut names = Map::new();
    for text in order {
        let base = variant(text);
        let is_capitals =
            text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_lowercase);
        let capitals = is_capitals.then(|| format!("{base}Upper"));
        let name = std::iter::once(base.clone())
            .chain(capitals)
            .chain((2..).map(|n| format!("{base}V{n}")))
            .find(|name| taken.insert(name.clone()))
            .unwrap_or(base);
        names.insert(name, text.into());
    }
    names.sort_keys();
    Some(names)
}

/// Derives the variant name of a value.
fn variant(text: &str) -> String {
    // Leading signs are significant; signs between words are separators.
    let signs = text.trim().chars().map_while(sign).collect::<Vec<_>>();
    let name = if text.trim().is_empty() {
        "Empty".to_owned()
    } else {
        words::pascal(&format!("{} {text}", signs.join(" ")))
    };
    match name.chars().next() {
        None => "Sign".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("X{name}"),
        // `Other` is a variant of every open enumeration, and `Self` is a Rust keyword.
        Some(_) if name == "Other" || name == "Self" => format!("{name}Value"),
        Some(_) => name,
    }
}

/// Returns the name of a sign.
fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '-' => "minus",
        '+' => "plus",
        '<' => "less",
        '>' => "greater",
        '=' => "equal",
        '!' => "not",
        '*' => "any",
        '&' => "and",
        '|' => "or",
        '%' => "percent",
        '$' => "dollar",
        '#' => "number",
        '~' => "about",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn read(schema: &str) -> serde_json::Value {
        let yaml = format!(
            "paths: {{/a: {{get: {{parameters: [{{in: query, name: q, schema: {schema}}}]}}}}}}"
        );
        let (mut root, _) = crate::passes::test_run("enums", &yaml);
        root["paths"]["/a"]["get"]["parameters"][0]["schema"].take()
    }

    #[test]
    fn keeps_only_enumerations_that_can_be_named() {
        assert_eq!(
            read("{type: string, enum: [a, b, a, null]}"),
            json!({"type": "string", "enum": ["a", "b"]})
        );
        assert_eq!(
            read("{type: integer, enum: [1, 0], description: Online.}"),
            json!({"type": "integer", "description": "Online. One of `0`, `1`."})
        );
        assert_eq!(
            read("{type: string, enum: [net, -net, asc, ASC, '', Asc]}"),
            json!({
                "type": "string",
                "enum": ["Asc", "AscUpper", "AscV2", "Empty", "MinusNet", "Net"],
                "x-codegen-values": {"Asc": "asc", "AscUpper": "ASC", "AscV2": "Asc", "Empty": "", "MinusNet": "-net", "Net": "net"}
            })
        );
        assert_eq!(read("{type: string, enum: ['']}")["type"], "string");
        assert!(read("{type: string, enum: ['']}").get("enum").is_none());
        assert_eq!(
            read("{enum: [1, a]}"),
            json!({"description": "One of `1`, `a`."})
        );
    }
}
