//! Serializes values as query parameters or form fields in PHP's notation.
//!
//! This is the notation of PHP's `http_build_query`: `limit=5`, `fresh=1`, `type[]=chat&type[]=post`,
//! `filter[online]=1`.

use serde_json::Value;

use crate::QueryStyle;

/// Appends the name-value pairs of the `name` parameter in the given style, not yet percent-encoded.
pub(crate) fn append_styled(
    name: &str,
    value: &Value,
    style: QueryStyle,
    out: &mut Vec<(String, String)>,
) {
    let separator = match style {
        QueryStyle::Php => return append_pairs(name, value, out),
        QueryStyle::Repeated => {
            match value {
                Value::Array(items) => items.iter().for_each(|item| append_pairs(name, item, out)),
                Value::Object(members) => members
                    .iter()
                    .for_each(|(key, member)| append_pairs(key, member, out)),
                scalar => append_pairs(name, scalar, out),
            }
            return;
        }
        QueryStyle::Comma => ",",
        QueryStyle::Space => " ",
        QueryStyle::Pipe => "|",
    };
    let mut parts = Vec::new();
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| append_pairs("", item, &mut parts)),
        // Without `explode`, OpenAPI serializes an object as `name,value,name,value`.
        Value::Object(members) => {
            for (key, member) in members {
                parts.push((String::new(), key.clone()));
                append_pairs("", member, &mut parts);
            }
        }
        scalar => return append_pairs(name, scalar, out),
    }
    if !parts.is_empty() {
        let values: Vec<_> = parts.into_iter().map(|(_, value)| value).collect();
        out.push((name.to_owned(), values.join(separator)));
    }
}

/// Appends the name-value pairs of `value` in PHP's notation, not yet percent-encoded.
///
/// - Booleans become `1` and `0`: Laravel's `boolean` rule accepts these and rejects the strings `true` and `false`
///   (<https://laravel.com/docs/validation#rule-boolean>).
/// - An array becomes one `name[]` pair per item; `[]` is not appended to a name that already ends in it.
/// - Null is left out, because a query string cannot express it.
pub(crate) fn append_pairs(name: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => out.push((name.to_owned(), if *flag { "1" } else { "0" }.to_owned())),
        Value::Number(number) => out.push((name.to_owned(), number.to_string())),
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        Value::Array(items) => {
            let base = name.strip_suffix("[]").unwrap_or(name);
            for (index, item) in items.iter().enumerate() {
                // Without an explicit index, PHP would parse each member of a nested item as a separate item.
                let name = if item.is_array() || item.is_object() {
                    format!("{base}[{index}]")
                } else {
                    format!("{base}[]")
                };
                append_pairs(&name, item, out);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                append_pairs(&format!("{name}[{key}]"), member, out);
            }
        }
    }
}

/// Returns the form fields for the members of an object, or no fields if `object` is not an object.
///
/// Null becomes an empty string, which PHP frameworks read as null in a form.
pub(crate) fn form_pairs(object: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        if value.is_null() {
            out.push((name.clone(), String::new()));
        }
        append_pairs(name, value, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn php_pairs(name: &str, value: serde_json::Value) -> Vec<(String, String)> {
        let mut out = Vec::new();
        super::append_pairs(name, &value, &mut out);
        out
    }

    #[test]
    fn serializes_arrays_and_objects_in_the_style_of_the_parameter() {
        let styled = |value: serde_json::Value, style| {
            let mut out = Vec::new();
            super::append_styled("ids", &value, style, &mut out);
            let pairs: Vec<_> = out
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            pairs.join("&")
        };
        use crate::QueryStyle;
        for (style, array, object) in [
            (QueryStyle::Php, "ids[]=1&ids[]=2", "ids[a]=1&ids[b]=x"),
            (QueryStyle::Repeated, "ids=1&ids=2", "a=1&b=x"),
            (QueryStyle::Comma, "ids=1,2", "ids=a,1,b,x"),
            (QueryStyle::Space, "ids=1 2", "ids=a 1 b x"),
            (QueryStyle::Pipe, "ids=1|2", "ids=a|1|b|x"),
        ] {
            assert_eq!(styled(json!([1, 2]), style), array);
            assert_eq!(styled(json!({"a": 1, "b": "x"}), style), object);
            assert_eq!(styled(json!(true), style), "ids=1");
            assert_eq!(styled(json!([]), style), "");
        }
    }

    #[test]
    fn serializes_every_json_type_in_php_notation() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(php_pairs("a", json!(null)), []);
        assert_eq!(php_pairs("a", json!(true)), [pair("a", "1")]);
        assert_eq!(php_pairs("a", json!(false)), [pair("a", "0")]);
        assert_eq!(php_pairs("a", json!(612.25)), [pair("a", "612.25")]);
        assert_eq!(
            php_pairs("filter[online]", json!(1)),
            [pair("filter[online]", "1")]
        );
        assert_eq!(
            php_pairs("type", json!(["chat", "post"])),
            [pair("type[]", "chat"), pair("type[]", "post")]
        );
        assert_eq!(
            php_pairs("filter[tags][]", json!(["a", "b"])),
            [pair("filter[tags][]", "a"), pair("filter[tags][]", "b")]
        );
        assert_eq!(
            php_pairs("a", json!([{"x": 1, "y": 2}])),
            [pair("a[0][x]", "1"), pair("a[0][y]", "2")]
        );
        assert_eq!(
            php_pairs("page", json!({"size": 5})),
            [pair("page[size]", "5")]
        );
    }
}
