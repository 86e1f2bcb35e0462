//! This crate's sources, embedded for crates that include them as a module.

/// Every source file with its path, except the tests and this file. The crate root is `mod.rs`.
pub const SOURCES: &[(&str, &str)] = &[
    ("mod.rs", include_str!("lib.rs")),
    ("argument.rs", include_str!("argument.rs")),
    ("error/accessors.rs", include_str!("error/accessors.rs")),
    ("error/api_error.rs", include_str!("error/api_error.rs")),
    ("error/builder.rs", include_str!("error/builder.rs")),
    (
        "error/failed_attempt.rs",
        include_str!("error/failed_attempt.rs"),
    ),
    (
        "error/invalid_argument.rs",
        include_str!("error/invalid_argument.rs"),
    ),
    ("error/kind.rs", include_str!("error/kind.rs")),
    ("error/mod.rs", include_str!("error/mod.rs")),
    ("error/predicates.rs", include_str!("error/predicates.rs")),
    ("error/retry_after.rs", include_str!("error/retry_after.rs")),
    ("operation.rs", include_str!("operation.rs")),
    ("options.rs", include_str!("options.rs")),
    ("request/assemble.rs", include_str!("request/assemble.rs")),
    ("request/body.rs", include_str!("request/body.rs")),
    ("request/builder.rs", include_str!("request/builder.rs")),
    ("request/file_part.rs", include_str!("request/file_part.rs")),
    ("request/json.rs", include_str!("request/json.rs")),
    ("request/mod.rs", include_str!("request/mod.rs")),
    ("request/multipart.rs", include_str!("request/multipart.rs")),
    ("request/preview.rs", include_str!("request/preview.rs")),
    ("request/query.rs", include_str!("request/query.rs")),
    ("request/raw.rs", include_str!("request/raw.rs")),
    ("response/blob.rs", include_str!("response/blob.rs")),
    (
        "response/decode/drift.rs",
        include_str!("response/decode/drift.rs"),
    ),
    (
        "response/decode/facts.rs",
        include_str!("response/decode/facts.rs"),
    ),
    (
        "response/decode/mod.rs",
        include_str!("response/decode/mod.rs"),
    ),
    (
        "response/decode/rewrite.rs",
        include_str!("response/decode/rewrite.rs"),
    ),
    (
        "response/decode/scan.rs",
        include_str!("response/decode/scan.rs"),
    ),
    (
        "response/decode/traced.rs",
        include_str!("response/decode/traced.rs"),
    ),
    ("response/envelope.rs", include_str!("response/envelope.rs")),
    ("response/json.rs", include_str!("response/json.rs")),
    ("response/location.rs", include_str!("response/location.rs")),
    ("response/meta.rs", include_str!("response/meta.rs")),
    ("response/mod.rs", include_str!("response/mod.rs")),
    ("response/reply.rs", include_str!("response/reply.rs")),
    (
        "response/streaming.rs",
        include_str!("response/streaming.rs"),
    ),
    ("support.rs", include_str!("support.rs")),
    ("transport/cause.rs", include_str!("transport/cause.rs")),
    (
        "transport/dispatcher.rs",
        include_str!("transport/dispatcher.rs"),
    ),
    ("transport/future.rs", include_str!("transport/future.rs")),
    ("transport/limits.rs", include_str!("transport/limits.rs")),
    ("transport/mod.rs", include_str!("transport/mod.rs")),
    ("types/media_ref.rs", include_str!("types/media_ref.rs")),
    ("types/mod.rs", include_str!("types/mod.rs")),
    ("types/open_enum.rs", include_str!("types/open_enum.rs")),
    ("types/timestamp.rs", include_str!("types/timestamp.rs")),
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    fn listed(folder: &Path, root: &Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                listed(&path, root, out);
            } else {
                out.push(
                    path.strip_prefix(root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .replace('\\', "/"),
                );
            }
        }
    }

    #[test]
    fn every_source_file_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        listed(&root, &root, &mut files);
        files.retain(|file| !file.ends_with("tests.rs") && file != "sources.rs");
        files.sort();
        let name =
            |(path, _): &(&str, &str)| if *path == "mod.rs" { "lib.rs" } else { path }.to_owned();
        let mut known: Vec<String> = super::SOURCES.iter().map(name).collect();
        known.sort();
        assert_eq!(known, files);
    }
}
