//! Text to tree, by a visitor of our own over serde_yaml and serde_json: it makes every key a
//! string and tells of the keys that a plain map would drop in silence.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Number, Value};

use super::{Oddity, Position};
use crate::{Error, Pointer};

/// Reads `text`; JSON where the file name or the text says so, else YAML.
pub(super) fn tree(file: &str, text: &str) -> Result<(Value, Vec<Oddity>), Error> {
    let log = RefCell::new(Vec::new());
    // More than is written can only come from aliases.
    let left = Cell::new(4_000_000 + 4 * text.len());
    let seed = Node {
        at: Pointer::root(),
        log: &log,
        left: &left,
    };
    let root = if file.ends_with(".json") {
        let mut reader = serde_json::Deserializer::from_str(text);
        seed.deserialize(&mut reader)
            .and_then(|root| reader.end().map(|()| root))
            .map_err(|e| {
                Error::new(file, why(&e.to_string(), "JSON")).at(Some(Position {
                    line: e.line(),
                    column: e.column(),
                }))
            })?
    } else {
        seed.deserialize(serde_yaml::Deserializer::from_str(text))
            .map_err(|e| {
                let position = e.location().map(|at| Position {
                    line: at.line(),
                    column: at.column(),
                });
                Error::new(file, why(&e.to_string(), "YAML")).at(position)
            })?
    };
    Ok((root, log.into_inner()))
}

/// What the parser says, without its own " at line 1 column 2": the position is told in front.
fn why(message: &str, language: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    // The parser names the place in front of what our own visitor says.
    if message.ends_with(BOMB) || message.contains("repetition limit exceeded") {
        BOMB.to_owned()
    } else if message.contains("recursion limit exceeded") {
        "is nested deeper than 128 levels".to_owned()
    } else {
        format!("is not valid {language}: {message}")
    }
}

/// Why a text is refused whose aliases make far more of it than is written.
const BOMB: &str = "repeats itself by aliases until it is far larger than its text";

/// Reads one node of the tree at a known place.
struct Node<'a> {
    at: Pointer,
    log: &'a RefCell<Vec<Oddity>>,
    /// How much may still be read: nodes, and bytes of texts.
    left: &'a Cell<usize>,
}

impl Node<'_> {
    fn spend<E: serde::de::Error>(&self, amount: usize) -> Result<(), E> {
        let left = self.left.get().checked_sub(amount);
        self.left.set(left.ok_or_else(|| E::custom(BOMB))?);
        Ok(())
    }

    fn note(&self, pointer: Pointer, what: String) {
        self.log.borrow_mut().push(Oddity { pointer, what });
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
            format!("the number {value} is larger than 64 bits and is read as text"),
        );
        Ok(value.to_string().into())
    }

    fn visit_u128<E>(self, value: u128) -> Result<Value, E> {
        self.note(
            self.at.clone(),
            format!("the number {value} is larger than 64 bits and is read as text"),
        );
        Ok(value.to_string().into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or_else(
            || {
                self.note(
                    self.at.clone(),
                    format!("the number {value} has no JSON form and is read as text"),
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
            left: self.left,
        })? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        // How each key was written, to tell a true duplicate from keys that become equal.
        let mut forms: Vec<(String, &'static str)> = Vec::new();
        while let Some((key, form)) = access.next_key_seed(Key)? {
            let at = self.at.child(&key);
            let value = access.next_value_seed(Node {
                at: at.clone(),
                log: self.log,
                left: self.left,
            })?;
            if let Some(earlier) = members.get(&key) {
                let same = if *earlier == value {
                    "the same value"
                } else {
                    "another value"
                };
                let was = forms
                    .iter()
                    .find(|(known, _)| *known == key)
                    .map_or("a string", |(_, form)| form);
                self.note(at, if was == form {
                    format!("duplicate key `{key}` with {same}; the last one counts")
                } else {
                    format!("the keys `{key}` ({was}) and `{key}` ({form}) become one string with {same}; the last one counts")
                });
            }
            forms.push((key.clone(), form));
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }

    /// A YAML tag (`!name value`): the value is kept, the tag is told.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Value, A::Error> {
        let (at, log, left) = (self.at.clone(), self.log, self.left);
        let ((tag, _), content) = access.variant_seed(Key)?;
        self.note(
            at.clone(),
            format!("the YAML tag `{tag}` has no meaning here and is left out"),
        );
        content.newtype_variant_seed(Node { at, log, left })
    }
}

/// Reads a key of any scalar kind as a string, together with the kind it was written as.
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
        f.write_str("a key that is a text, a number or a truth value")
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok((value.to_owned(), "a string"))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok((value.to_string(), "a truth value"))
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
    fn every_key_becomes_a_string_in_the_order_of_the_text() {
        let document = Document::parse("t.yaml", "b: 1\n240: x\ntrue: y\na: {1.5: z}\n").unwrap();
        let keys: Vec<_> = document.root.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["b", "240", "true", "a"]);
        assert_eq!(document.root["a"]["1.5"], "z");
    }

    #[test]
    fn duplicates_are_told_with_both_lines_and_never_dropped_in_silence() {
        for (file, text) in [
            ("t.yaml", "a:\n  b: 1\n  c: 2\n  b: 3\n"),
            ("t.json", "{\"a\":{\n\"b\": 1,\n\"c\": 2,\n\"b\": 3}}"),
        ] {
            let document = Document::parse(file, text).unwrap();
            assert_eq!(document.root["a"]["b"], 3);
            let [oddity] = document.oddities() else {
                panic!("{:?}", document.oddities())
            };
            assert_eq!(oddity.pointer.as_str(), "/a/b");
            assert_eq!(
                oddity.what,
                "duplicate key `b` with another value; the last one counts"
            );
            let lines: Vec<_> = document
                .locate(&oddity.pointer)
                .iter()
                .map(|p| p.line)
                .collect();
            assert_eq!(lines, [2, 4], "{file}");
        }
    }

    #[test]
    fn keys_that_become_equal_as_strings_are_told() {
        let document = Document::parse("t.yaml", "240: a\n'240': b\n").unwrap();
        assert_eq!(document.root["240"], "b");
        assert_eq!(
            document.oddities()[0].what,
            "the keys `240` (a number) and `240` (a string) become one string with another value; the last one counts"
        );
    }

    #[test]
    fn syntax_errors_name_file_line_and_column() {
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
    fn bombs_are_refused_in_one_line() {
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
        for (file, text, why) in [
            (
                "t.yaml",
                aliases(12, 12),
                "t.yaml: repeats itself by aliases until it is far larger than its text",
            ),
            (
                "t.yaml",
                long,
                "t.yaml: repeats itself by aliases until it is far larger than its text",
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
                "t.yaml: has 68157440 bytes; no document of more than 67108864 is read",
            ),
        ] {
            let error = Document::parse(file, &text).unwrap_err().to_string();
            let (file, what) = why.split_once(':').unwrap();
            assert!(error.starts_with(file) && error.ends_with(what), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
    }

    #[test]
    fn anchors_tags_and_odd_numbers_are_read() {
        let document =
            Document::parse("t.yaml", "a: &x {k: 1}\nb: *x\nc: !odd 5\nd: .inf\n").unwrap();
        assert_eq!(document.root["b"]["k"], 1);
        assert_eq!(document.root["c"], 5);
        assert_eq!(document.root["d"], "inf");
        assert_eq!(document.oddities().len(), 2);
        assert_eq!(document.locate(&Pointer::root().child("c"))[0].line, 3);
    }
}
