//! The vendored document gives the same code in whatever order its parts stand and whatever words its
//! examples have, and new operations rename nothing.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::collections::BTreeMap;
use std::path::PathBuf;

use onlyfansapi_codegen::{Diff, Document, Names, Output, Overlay, generate};
use serde_json::{Map, Value, json};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

fn document() -> Document {
    Document::read(&file("openapi.yaml")).unwrap()
}

fn client_of(document: Document) -> Output {
    let overlay = Overlay::read(&file("overlay.yaml")).unwrap();
    let names = Names::read(&file("names.yaml")).unwrap();
    generate(document, Some(&overlay), Some(&names)).unwrap()
}

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.roll(i + 1));
        }
    }
}

/// Shuffles every object and list, and replaces every text of an example.
fn stir(node: &mut Value, in_example: bool, dice: &mut Dice) {
    match node {
        Value::Object(members) => {
            let mut pairs: Vec<_> = std::mem::take(members).into_iter().collect();
            dice.shuffle(&mut pairs);
            for (key, mut value) in pairs {
                // An example, and not a property that is called so.
                let is_example = key == "example" && value.get("type").is_none();
                stir(&mut value, in_example || is_example, dice);
                members.insert(key, value);
            }
        }
        Value::Array(items) => {
            dice.shuffle(items);
            items
                .iter_mut()
                .for_each(|item| stir(item, in_example, dice));
        }
        Value::String(text) if in_example => *text = format!("word{}", dice.roll(1_000_000)),
        _ => {}
    }
}

#[test]
fn order_and_words_of_the_examples_do_not_matter() {
    let published = document();
    let before = client_of(published.clone());
    let expected = &before.source;
    for seed in [1, 2] {
        let mut stirred = document();
        stir(&mut stirred.root, false, &mut Dice(seed));
        let after = client_of(stirred.clone());
        let diff = Diff::between((&published, &before), (&stirred, &after));
        assert!(diff.differences.is_empty(), "{diff:#?}");
        let source = after.source;
        let differs = expected.lines().zip(source.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None, "seed {seed}");
        assert!(source == *expected);
    }
}

#[test]
fn new_operations_rename_nothing() {
    let before = client_of(document());
    let mut larger = document();
    let paths = larger.root["paths"].as_object_mut().unwrap();
    let answer = |path: &str, method: &str, paths: &Map<String, Value>| {
        paths[path][method]["responses"].clone()
    };
    let copies = [
        (
            "aardvarkListChats",
            answer("/api/{account}/chats", "get", paths),
        ),
        (
            "aardvarkShowPost",
            answer("/api/{account}/posts/{post_id}", "get", paths),
        ),
        (
            "aardvarkListSmartLinks",
            answer("/api/smart-links", "get", paths),
        ),
        ("aardvarkWhoami", answer("/api/whoami", "get", paths)),
        (
            "aardvarkNew",
            json!({"200": {"content": {"application/json": {"schema": {"type": "object", "properties": {"new_thing": {"type": "object", "properties": {"a": {"type": "string"}}}}}}}}}),
        ),
    ];
    for (id, responses) in copies {
        paths.shift_insert(
            0,
            format!("/api/{id}"),
            json!({"get": {"operationId": id, "tags": ["Aardvark"], "responses": responses}}),
        );
    }
    let after = client_of(larger);
    let by_place = |output: &Output| -> BTreeMap<String, String> {
        output
            .models
            .iter()
            .flat_map(|(name, places)| {
                places
                    .iter()
                    .map(move |place| (place.clone(), name.clone()))
            })
            .collect()
    };
    let (before_places, after_places) = (by_place(&before), by_place(&after));
    for (place, name) in &before_places {
        assert_eq!(after_places.get(place), Some(name), "{place}");
    }
    assert_eq!(after.coverage.generated(), before.coverage.generated() + 5);
    // A copy of a known answer is the known type.
    assert_eq!(after_places["aardvarkListChats/*"], "Chat");
    assert_eq!(after_places["aardvarkShowPost"], "Post");
}
