//! Enumerations that Rust can name.
//!
//! Before: `enum: [1, 0]`, values that make one Rust name (`asc` and `ASC`, `net` and `-net`), the empty
//! text, null. After: enumerations of texts, each value with a name of its own, told by the mark
//! `x-codegen-values` where it is not that of the value; numbers and mixed kinds are the plain type, with
//! the values in the description. Null and doubled values are dropped.

use std::collections::HashSet;

use heck::ToPascalCase;
use serde_json::{Map, Value};

use super::words;
use crate::Report;
use crate::walk::{plain, schemas};

/// The mark of an enumeration whose names are not those of its values: name, value on the wire.
pub(crate) const VALUES: &str = "x-codegen-values";

/// Above this number an enumeration is a list of data, not of names.
const MOST: usize = 1000;

pub(super) fn run(root: &mut Value, report: &mut Report) {
    schemas(root, |schema, place| {
        let is_string = schema["type"] == "string";
        let Some(members) = schema.as_object_mut() else {
            return;
        };
        let Some(values) = members.get("enum").and_then(Value::as_array).cloned() else {
            return;
        };
        if values.iter().any(Value::is_null) && place.side != crate::walk::Side::Parameter {
            members.insert("nullable".to_owned(), true.into());
        }
        let mut kept: Vec<Value> = Vec::new();
        let mut seen = HashSet::new();
        for value in values.iter().filter(|value| !value.is_null()) {
            if seen.insert(value.to_string()) {
                kept.push(value.clone());
            }
        }
        // In an order of their own, so that the document's does not matter.
        kept.sort_by_key(plain);
        let texts: Option<Vec<&str>> = kept.iter().map(Value::as_str).collect();
        let texts = texts.filter(|texts| {
            let says_something = texts.iter().any(|text| !text.is_empty());
            is_string && says_something && texts.len() <= MOST
        });
        if let Some(texts) = texts {
            if kept.len() != values.len() {
                report.note(
                    place.at,
                    Some(place.operation),
                    format!(
                        "{} values, null or doubled ones among them -> {}",
                        values.len(),
                        kept.len()
                    ),
                );
            }
            if let Some(named) = named(&texts) {
                let list = named
                    .iter()
                    .map(|(name, value)| format!("`{}` is {name}", plain(value)))
                    .collect::<Vec<_>>();
                report.note(
                    place.at,
                    Some(place.operation),
                    format!(
                        "values that make no names of their own -> {}",
                        list.join(", ")
                    ),
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
            place.at,
            Some(place.operation),
            format!("the enumeration {list} -> the plain type: it makes no names of its own"),
        );
        let old = members
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let description = format!("{old} One of {list}.").trim().to_owned();
        members.insert("description".to_owned(), description.into());
    });
}

/// Names of Rust for values of which not each makes one, with the values; `None` where each does.
fn named(texts: &[&str]) -> Option<Map<String, Value>> {
    let mut taken = HashSet::new();
    let all_are = texts.iter().all(|text| {
        let name = text.to_pascal_case();
        // The generator keeps letters of every script; here only those that all fonts have.
        // `+1`: the sign says something of the number.
        let is_signed = name.starts_with(|c: char| c.is_ascii_digit())
            && !text.starts_with(|c: char| c.is_ascii_digit());
        let is_name = text.is_ascii() && !name.is_empty() && name.len() <= 80 && !is_signed;
        is_name && taken.insert(name)
    });
    if all_are {
        return None;
    }
    let mut order: Vec<&str> = texts.to_vec();
    // Those that are written small get the plain names.
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

/// The name of one value.
fn variant(text: &str) -> String {
    // Signs in front say something; those between words separate them.
    let signs = text.trim().chars().map_while(sign).collect::<Vec<_>>();
    let name = if text.trim().is_empty() {
        "Empty".to_owned()
    } else {
        words::pascal(&format!("{} {text}", signs.join(" ")))
    };
    match name.chars().next() {
        None => "Sign".to_owned(),
        Some(c) if c.is_ascii_digit() => format!("X{name}"),
        // A variant that every open enumeration has, and a word that Rust has.
        Some(_) if name == "Other" || name == "Self" => format!("{name}Value"),
        Some(_) => name,
    }
}

/// The word for a sign.
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
    fn only_enumerations_with_names_of_their_own_stay() {
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
