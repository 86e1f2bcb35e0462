//! Reads the documents in `tests/corpus`, and formats signatures as lines.

use std::path::{Path, PathBuf};

use onlyfansapi_codegen::{Document, Signatures};
use serde_json::{Map, Value, json};

/// Returns the folder that contains the documents.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Returns the paths of all documents within the folder, sorted.
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

/// Combines documents of the corpus into one with all of their paths and components.
pub(crate) fn combined(cases: &[String]) -> Value {
    fn join(into: &mut Map<String, Value>, from: &Value, case: &str) {
        for (name, value) in from.as_object().into_iter().flatten() {
            match into.get_mut(name) {
                Some(Value::Object(known)) if value.is_object() && !name.starts_with('/') => {
                    join(known, value, case);
                }
                Some(_) => panic!("{case}: `{name}` is also in another document"),
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

/// Formats signatures as lines of the forms `fn name(argument: Type <location name>!) [GET /path] body -> Type, shape`,
/// `struct A { field: Type }` and `enum A { Variant = value }`. A field is followed by its JSON name if that differs.
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
