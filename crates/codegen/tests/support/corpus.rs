//! The documents of `tests/corpus`, and signatures as lines.

use std::path::{Path, PathBuf};

use onlyfansapi_codegen::{Document, Signatures};
use serde_json::{Map, Value, json};

/// Where the documents are.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Every document by its path in the folder, sorted.
pub(crate) fn documents() -> Vec<String> {
    let mut found = Vec::new();
    for group in std::fs::read_dir(folder()).unwrap() {
        let group = group.unwrap();
        for file in std::fs::read_dir(group.path()).unwrap() {
            let name = file.unwrap().file_name();
            found.push(format!(
                "{}/{}",
                group.file_name().to_string_lossy(),
                name.to_string_lossy()
            ));
        }
    }
    found.sort_unstable();
    found
}

/// Documents of the corpus as one: their paths and components side by side.
#[allow(dead_code)] // not every test that reads the corpus joins it
pub(crate) fn combined(cases: &[String]) -> Value {
    fn join(into: &mut Map<String, Value>, from: &Value, case: &str) {
        for (name, value) in from.as_object().into_iter().flatten() {
            match into.get_mut(name) {
                Some(Value::Object(known)) if value.is_object() && !name.starts_with('/') => {
                    join(known, value, case);
                }
                Some(_) => panic!("{case}: `{name}` stands in another document too"),
                None => {
                    into.insert(name.clone(), value.clone());
                }
            }
        }
    }
    let mut all = Map::new();
    for case in cases {
        let mut root = Document::read(&folder().join(case)).unwrap().root;
        for header in ["openapi", "info"] {
            root.as_object_mut().unwrap().shift_remove(header);
        }
        join(&mut all, &root, case);
    }
    all.insert("openapi".to_owned(), "3.0.3".into());
    all.insert(
        "info".to_owned(),
        json!({"title": "The Corpus", "version": "7"}),
    );
    all.into()
}

/// `fn name(argument: Type <where name>!) [GET /path] body -> Type, shape`, `struct A { field: Type }`,
/// `enum A { Variant = value }`; a field shows its name on the wire where that is another.
#[allow(dead_code)] // not every test that reads the corpus compares signatures
pub(crate) fn lines(signatures: &Signatures) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, operation) in &signatures.operations {
        let arguments: Vec<String> = operation
            .arguments
            .iter()
            .map(|(setter, argument)| {
                let mark = if argument.required { "!" } else { "" };
                format!("{setter}: {} <{}>{mark}", argument.ty, argument.wire)
            })
            .collect();
        let body = operation
            .body
            .as_ref()
            .map_or_else(String::new, |body| format!(" {body}"));
        lines.push(format!(
            "fn {name}({}) [{}]{body} -> {}, {}",
            arguments.join(", "),
            operation.request,
            operation.returns,
            operation.shape
        ));
    }
    for (path, fields) in &signatures.structs {
        let fields: Vec<String> = fields
            .iter()
            .map(|(field, signature)| {
                let wire = if signature.wire == *field {
                    String::new()
                } else {
                    format!(" <{}>", signature.wire)
                };
                format!("{field}: {}{wire}", signature.ty)
            })
            .collect();
        lines.push(format!("struct {path} {{ {} }}", fields.join(", ")));
    }
    for (path, variants) in &signatures.enums {
        let variants: Vec<String> = variants
            .iter()
            .map(|(variant, value)| format!("{variant} = {value}"))
            .collect();
        lines.push(format!("enum {path} {{ {} }}", variants.join(", ")));
    }
    lines
}
