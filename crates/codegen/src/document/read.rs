//! Parses text into a tree with a custom visitor for serde_yaml and serde_json. The visitor converts every key to a
//! string and records duplicate keys, which a plain map would drop silently.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Number, Value};

use super::{Position, Quirk};
use crate::{Error, Pointer};

/// Parses `text` as JSON if the file name ends in `.json`, otherwise as YAML.
pub(super) fn tree(file: &str, text: &str) -> Result<(Value, Vec<Quirk>), Error> {
    let log = RefCell::new(Vec::new());
    // Only aliases can produce more data than the text contains.
    let budget = Cell::new(4_000_000 + 4 * text.len());
    let seed = Node {
        at: Pointer::root(),
        log: &log,
        budget: &budget,
    };
    let root = if file.ends_with(".json") {
        let mut reader = serde_json::Deserializer::from_str(text);
        seed.deserialize(&mut reader)
            .and_then(|root| reader.end().map(|()| root))
            .map_err(|e| {
                Error::new(file, syntax_error(&e.to_string(), "JSON")).with_position(Some(
                    Position {
                        line: e.line(),
                        column: e.column(),
                    },
                ))
            })?
    } else {
        seed.deserialize(serde_yaml::Deserializer::from_str(text))
            .map_err(|e| {
                let position = e.location().map(|at| Position {
                    line: at.line(),
                    column: at.column(),
                });
                Error::new(file, syntax_error(&e.to_string(), "YAML")).with_position(position)
            })?
    };
    Ok((root, log.into_inner()))
}

/// Formats a parser error without its trailing " at line 1 column 2": the error already starts with the position.
fn syntax_error(message: &str, language: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    // The parser prefixes the visitor's messages with a path.
    if message.ends_with(ALIAS_LIMIT) || message.contains("repetition limit exceeded") {
        ALIAS_LIMIT.to_owned()
    } else if message.contains("recursion limit exceeded") {
        "is nested deeper than 128 levels".to_owned()
    } else {
        format!("is not valid {language}: {message}")
    }
}

/// The error for text whose aliases expand to far more data than it contains.
const ALIAS_LIMIT: &str = "has aliases that expand to far more data than its text contains";

/// Deserializes the node at `at`.
struct Node<'a> {
    at: Pointer,
    log: &'a RefCell<Vec<Quirk>>,
    /// The number of nodes and string bytes that can still be read before an error.
    budget: &'a Cell<usize>,
}

impl Node<'_> {
    fn spend<E: serde::de::Error>(&self, amount: usize) -> Result<(), E> {
        let budget = self.budget.get().checked_sub(amount);
        self.budget
            .set(budget.ok_or_else(|| E::custom(ALIAS_LIMIT))?);
        Ok(())
    }

    fn note(&self, pointer: Pointer, description: String) {
        self.log.borrow_mut().push(Quirk {
            pointer,
            description,
        });
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.spend(1)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i128<E>(self, value: i128) -> Result<Value, E> {
        self.note(
            self.at.clone(),
            format!("the number {value} does not fit in 64 bits and is read as a string"),
        );
        Ok(value.to_string().into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        self.note(
            self.at.clone(),
            format!("the number {value} does not fit in 64 bits and is read as a string"),
        );
        Ok(value.to_string().into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or_else(
            || {
                self.note(
                    self.at.clone(),
                    format!(
                        "the number {value} has no JSON representation and is read as a string"
                    ),
                );
                value.to_string().into()
            },
            Value::Number,
        ))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.spend(value.len())?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(Node {
            at: self.at.child(items.len()),
            log: self.log,
            budget: self.budget,
        })? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        // The original type of each key, to distinguish true duplicates from keys that become equal as strings.
        let mut forms: Vec<(String, &'static str)> = Vec::new();
        while let Some((key, form)) = access.next_key_seed(Key)? {
            let at = self.at.child(&key);
            let value = access.next_value_seed(Node {
                at: at.clone(),
                log: self.log,
                budget: self.budget,
            })?;
            if let Some(earlier) = members.get(&key) {
                let same = if *earlier == value {
                    "the same value"
                } else {
                    "a different value"
                };
                let was = forms
                    .iter()
                    .find(|(known, _)| *known == key)
                    .map_or("a string", |(_, form)| form);
                self.note(at, if was == form {
                    format!("duplicate key `{key}` with {same}; the last one is used")
                } else {
                    format!("the keys `{key}` ({was}) and `{key}` ({form}) are the same string, with {same}; the last one is used")
                });
            }
            forms.push((key.clone(), form));
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }

    /// Visits a YAML tag (`!name value`): keeps the value and records the tag.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (at, log, budget) = (self.at.clone(), self.log, self.budget);
        let ((tag, _), content) = access.variant_seed(Key)?;
        self.note(
            at.clone(),
            format!("the YAML tag `{tag}` is not supported and is ignored"),
        );
        content.newtype_variant_seed(Node { at, log, budget })
    }
}

/// Deserializes a scalar key as a string, together with its original type.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = (String, &'static str);

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = (String, &'static str);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key that is a string, a number or a boolean")
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok((value.to_owned(), "a string"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok((value.to_string(), "a boolean"))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok((value.to_string(), "a number"))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok((value.to_string(), "a number"))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok((value.to_string(), "a number"))
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        Err(E::custom("a key is empty"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
        Err(A::Error::custom("a key is a list"))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Document, Pointer};

    #[test]
    fn keys_are_strings_in_source_order() {
        let document = Document::parse("t.yaml", "b: 1\n240: x\ntrue: y\na: {1.5: z}\n").unwrap();
        let keys: Vec<_> = document.root.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["b", "240", "true", "a"]);
        assert_eq!(document.root["a"]["1.5"], "z");
    }

    #[test]
    fn records_duplicate_keys_with_both_lines() {
        for (file, text) in [
            ("t.yaml", "a:\n  b: 1\n  c: 2\n  b: 3\n"),
            ("t.json", "{\"a\":{\n\"b\": 1,\n\"c\": 2,\n\"b\": 3}}"),
        ] {
            let document = Document::parse(file, text).unwrap();
            assert_eq!(document.root["a"]["b"], 3);
            let [quirk] = document.quirks() else {
                panic!("{:?}", document.quirks())
            };
            assert_eq!(quirk.pointer.as_str(), "/a/b");
            assert_eq!(
                quirk.description,
                "duplicate key `b` with a different value; the last one is used"
            );
            let lines: Vec<_> = document
                .locate(&quirk.pointer)
                .iter()
                .map(|p| p.line)
                .collect();
            assert_eq!(lines, [2, 4], "{file}");
        }
    }

    #[test]
    fn records_keys_that_are_equal_as_strings() {
        let document = Document::parse("t.yaml", "240: a\n'240': b\n").unwrap();
        assert_eq!(document.root["240"], "b");
        assert_eq!(
            document.quirks()[0].description,
            "the keys `240` (a number) and `240` (a string) are the same string, with a different value; the last one is used"
        );
    }

    #[test]
    fn syntax_errors_include_file_line_and_column() {
        let yaml = Document::parse("t.yaml", "a: 1\nb: [1, 2\nc: 3\n")
            .unwrap_err()
            .to_string();
        assert!(
            yaml.starts_with("t.yaml:") && yaml.contains("is not valid YAML"),
            "{yaml}"
        );
        assert_eq!(yaml.lines().count(), 1);
        let json = Document::parse("t.json", "{\"a\": 1,\n \"b\": }")
            .unwrap_err()
            .to_string();
        assert!(
            json.starts_with("t.json:2:") && json.contains("is not valid JSON"),
            "{json}"
        );
    }

    #[test]
    fn rejects_documents_that_exceed_resource_limits() {
        let aliases = |levels: usize, width: usize| {
            let mut text = format!("a0: &a0 [{}]\n", vec!["x"; width].join(", "));
            for level in 1..levels {
                let before = format!("*a{}", level - 1);
                text.push_str(&format!(
                    "a{level}: &a{level} [{}]\n",
                    vec![before; width].join(", ")
                ));
            }
            text
        };
        let long = format!(
            "a: &a {}\nb: [{}]\n",
            "x".repeat(50_000),
            vec!["*a"; 5000].join(", ")
        );
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        let wide = "x".repeat(65 << 20);
        for (file, text, expected) in [
            (
                "t.yaml",
                aliases(12, 12),
                "t.yaml: has aliases that expand to far more data than its text contains",
            ),
            (
                "t.yaml",
                long,
                "t.yaml: has aliases that expand to far more data than its text contains",
            ),
            (
                "t.yaml",
                deep.clone(),
                "t.yaml: is nested deeper than 128 levels",
            ),
            ("t.json", deep, "t.json: is nested deeper than 128 levels"),
            (
                "t.yaml",
                wide,
                "t.yaml: has 68157440 bytes; the maximum is 67108864",
            ),
        ] {
            let error = Document::parse(file, &text).unwrap_err().to_string();
            let (file, message) = expected.split_once(':').unwrap();
            assert!(
                error.starts_with(file) && error.ends_with(message),
                "{error}"
            );
            assert_eq!(error.lines().count(), 1);
        }
    }

    #[test]
    fn reads_anchors_tags_and_special_numbers() {
        let document =
            Document::parse("t.yaml", "a: &x {k: 1}\nb: *x\nc: !odd 5\nd: .inf\n").unwrap();
        assert_eq!(document.root["b"]["k"], 1);
        assert_eq!(document.root["c"], 5);
        assert_eq!(document.root["d"], "inf");
        assert_eq!(document.quirks().len(), 2);
        assert_eq!(document.locate(&Pointer::root().child("c"))[0].line, 3);
    }
}
