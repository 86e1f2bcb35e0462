//! Tests that the code generated from the vendored document is stable: it does not depend on the order of the document
//! or on strings in examples, and new operations do not rename existing types.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use onlyfansapi_codegen::{Diff, Document, Names, Output, Overlay, generate};
use serde_json::{Map, Value, json};

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name)
}

/// Returns the vendored document, which is read once for all tests.
fn document() -> Document {
    static DOCUMENT: OnceLock<Document> = OnceLock::new();
    DOCUMENT
        .get_or_init(|| Document::read(&file("openapi.yaml")).unwrap())
        .clone()
}

fn generate_client(document: Document) -> Output {
    let overlay = Overlay::read(&file("overlay.yaml")).unwrap();
    let names = Names::read(&file("names.yaml")).unwrap();
    generate(document, Some(&overlay), Some(&names)).unwrap()
}

/// Returns the client of the vendored document, which is generated once for all tests.
fn vendored_client() -> &'static Output {
    static CLIENT: OnceLock<Output> = OnceLock::new();
    CLIENT.get_or_init(|| generate_client(document()))
}

/// A deterministic pseudorandom number generator.
struct Rng(u64);

impl Rng {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// Shuffles every object and list, and replaces every string in examples.
fn shuffle_document(node: &mut Value, in_example: bool, rng: &mut Rng) {
    match node {
        Value::Object(members) => {
            let mut pairs: Vec<_> = std::mem::take(members).into_iter().collect();
            rng.shuffle(&mut pairs);
            for (key, mut value) in pairs {
                // Not a property named `example`.
                let is_example = key == "example" && value.get("type").is_none();
                shuffle_document(&mut value, in_example || is_example, rng);
                members.insert(key, value);
            }
        }
        Value::Array(items) => {
            rng.shuffle(items);
            items
                .iter_mut()
                .for_each(|item| shuffle_document(item, in_example, rng));
        }
        Value::String(text) if in_example => *text = format!("word{}", rng.below(1_000_000)),
        _ => {}
    }
}

#[test]
fn output_does_not_depend_on_order_or_example_strings() {
    let published = document();
    let before = vendored_client();
    let expected = &before.source;
    // `cargo xtask ci --full` sets the variable.
    let is_full = std::env::var_os("CODEGEN_ALL_SEEDS").is_some();
    let seeds: &[u64] = if is_full { &[1, 2] } else { &[1] };
    for &seed in seeds {
        let mut shuffled = document();
        shuffle_document(&mut shuffled.root, false, &mut Rng(seed));
        let after = generate_client(shuffled.clone());
        let diff = Diff::between((&published, before), (&shuffled, &after));
        assert!(diff.differences.is_empty(), "{diff:#?}");
        let source = after.source;
        let differs = expected.lines().zip(source.lines()).find(|(a, b)| a != b);
        assert_eq!(differs, None, "seed {seed}");
        assert!(source == *expected);
    }
}

#[test]
fn new_operations_do_not_rename_types() {
    let before = vendored_client();
    let mut larger = document();
    let paths = larger.root["paths"].as_object_mut().unwrap();
    let responses_of = |path: &str, method: &str, paths: &Map<String, Value>| {
        paths[path][method]["responses"].clone()
    };
    let copies = [
        (
            "aardvarkListChats",
            responses_of("/api/{account}/chats", "get", paths),
        ),
        (
            "aardvarkShowPost",
            responses_of("/api/{account}/posts/{post_id}", "get", paths),
        ),
        (
            "aardvarkListSmartLinks",
            responses_of("/api/smart-links", "get", paths),
        ),
        ("aardvarkWhoami", responses_of("/api/whoami", "get", paths)),
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
    let after = generate_client(larger);
    let by_location = |output: &Output| -> BTreeMap<String, String> {
        output
            .models
            .iter()
            .flat_map(|(name, locations)| {
                locations
                    .iter()
                    .map(move |location| (location.clone(), name.clone()))
            })
            .collect()
    };
    let (before_locations, after_locations) = (by_location(before), by_location(&after));
    for (location, name) in &before_locations {
        assert_eq!(after_locations.get(location), Some(name), "{location}");
    }
    assert_eq!(after.coverage.generated(), before.coverage.generated() + 5);
    // A response that is a copy of a known response gets the known type.
    assert_eq!(after_locations["aardvarkListChats/*"], "Chat");
    assert_eq!(after_locations["aardvarkShowPost"], "Post");
}
