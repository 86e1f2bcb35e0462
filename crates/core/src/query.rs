//! Query parameters in the form that PHP reads, which is what `http_build_query` writes:
//! `limit=5`, `fresh=1`, `type[]=chat&type[]=post`, `filter[online]=1`.

use serde_json::Value;

use crate::Style;

/// The pairs that `value` makes under `name` in `style`, not yet percent-encoded.
pub(crate) fn styled(name: &str, value: &Value, style: Style, out: &mut Vec<(String, String)>) {
    let separator = match style {
        Style::Php => return pairs(name, value, out),
        Style::Repeated => {
            match value {
                Value::Array(items) => items.iter().for_each(|item| pairs(name, item, out)),
                Value::Object(members) => members
                    .iter()
                    .for_each(|(key, member)| pairs(key, member, out)),
                scalar => pairs(name, scalar, out),
            }
            return;
        }
        Style::Comma => ",",
        Style::Space => " ",
        Style::Pipe => "|",
    };
    let mut parts = Vec::new();
    match value {
        Value::Array(items) => items.iter().for_each(|item| pairs("", item, &mut parts)),
        // OpenAPI writes an object without `explode` as name, value, name, value.
        Value::Object(members) => {
            for (key, member) in members {
                parts.push((String::new(), key.clone()));
                pairs("", member, &mut parts);
            }
        }
        scalar => return pairs(name, scalar, out),
    }
    if !parts.is_empty() {
        let values: Vec<_> = parts.into_iter().map(|(_, value)| value).collect();
        out.push((name.to_owned(), values.join(separator)));
    }
}

/// The pairs that `value` makes under `name`, not yet percent-encoded.
///
/// Booleans are `1` and `0`: Laravel's `boolean` rule takes these and refuses the words `true` and
/// `false` (<https://laravel.com/docs/validation#rule-boolean>). A list goes out as `name[]`, once
/// an element, unless the name ends in `[]` already. Null is left out: a query has none.
pub(crate) fn pairs(name: &str, value: &Value, out: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Bool(flag) => out.push((name.to_owned(), if *flag { "1" } else { "0" }.to_owned())),
        Value::Number(number) => out.push((name.to_owned(), number.to_string())),
        Value::String(text) => out.push((name.to_owned(), text.clone())),
        Value::Array(items) => {
            let base = name.strip_suffix("[]").unwrap_or(name);
            for (index, item) in items.iter().enumerate() {
                // Without an index, PHP would read each member of an item as an item of its own.
                let name = if item.is_array() || item.is_object() {
                    format!("{base}[{index}]")
                } else {
                    format!("{base}[]")
                };
                pairs(&name, item, out);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                pairs(&format!("{name}[{key}]"), member, out);
            }
        }
    }
}

/// The pairs of every member of an object, for a form; none of anything else. Null is an empty text,
/// which is what PHP frameworks read as null in a form.
pub(crate) fn members(object: &Value) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        if value.is_null() {
            out.push((name.clone(), String::new()));
        }
        pairs(name, value, &mut out);
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    fn written(name: &str, value: serde_json::Value) -> Vec<(String, String)> {
        let mut out = Vec::new();
        super::pairs(name, &value, &mut out);
        out
    }

    #[test]
    fn lists_are_written_in_the_style_of_the_parameter() {
        let styled = |value: serde_json::Value, style| {
            let mut out = Vec::new();
            super::styled("ids", &value, style, &mut out);
            let pairs: Vec<_> = out
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            pairs.join("&")
        };
        use crate::Style;
        for (style, list, object) in [
            (Style::Php, "ids[]=1&ids[]=2", "ids[a]=1&ids[b]=x"),
            (Style::Repeated, "ids=1&ids=2", "a=1&b=x"),
            (Style::Comma, "ids=1,2", "ids=a,1,b,x"),
            (Style::Space, "ids=1 2", "ids=a 1 b x"),
            (Style::Pipe, "ids=1|2", "ids=a|1|b|x"),
        ] {
            assert_eq!(styled(json!([1, 2]), style), list);
            assert_eq!(styled(json!({"a": 1, "b": "x"}), style), object);
            assert_eq!(styled(json!(true), style), "ids=1");
            assert_eq!(styled(json!([]), style), "");
        }
    }

    #[test]
    fn every_kind_goes_out_in_the_form_php_reads() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(written("a", json!(null)), []);
        assert_eq!(written("a", json!(true)), [pair("a", "1")]);
        assert_eq!(written("a", json!(false)), [pair("a", "0")]);
        assert_eq!(written("a", json!(612.25)), [pair("a", "612.25")]);
        assert_eq!(
            written("filter[online]", json!(1)),
            [pair("filter[online]", "1")]
        );
        assert_eq!(
            written("type", json!(["chat", "post"])),
            [pair("type[]", "chat"), pair("type[]", "post")]
        );
        assert_eq!(
            written("filter[tags][]", json!(["a", "b"])),
            [pair("filter[tags][]", "a"), pair("filter[tags][]", "b")]
        );
        assert_eq!(
            written("a", json!([{"x": 1, "y": 2}])),
            [pair("a[0][x]", "1"), pair("a[0][y]", "2")]
        );
        assert_eq!(
            written("page", json!({"size": 5})),
            [pair("page[size]", "5")]
        );
    }
}
