//! Crates of their own: they compile without a warning, also inside another workspace, and a folder is
//! written whole or not at all.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

#[path = "support/corpus.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use onlyfansapi_codegen::{Document, Outcome, Standalone};
use support::{combined, documents};

/// A folder for one test, inside the workspace of this package.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[test]
fn the_crate_of_the_whole_corpus_compiles_without_a_warning() {
    let text = serde_json::to_string(&combined(&documents())).unwrap();
    let document = Document::parse("corpus.json", &text).unwrap();
    let made = Standalone::new(document, None, None).unwrap();
    let left_out: Vec<_> = made
        .output
        .coverage
        .operations
        .iter()
        .filter(|covered| !matches!(covered.outcome, Outcome::Generated { .. }))
        .map(|covered| covered.path.as_str())
        .collect();
    assert_eq!(left_out, ["/pp-g/{id"], "nothing else is left out");
    let defects: Vec<_> = made
        .output
        .report
        .changes()
        .iter()
        .filter(|change| change.step == "generator")
        .collect();
    assert!(defects.is_empty(), "{defects:#?}");

    // A macro is read where it is called, in another crate.
    let (_, of_macro) = made
        .output
        .source
        .split_once("macro_rules! for_each_operation")
        .unwrap();
    let (of_macro, _) = of_macro.split_once("pub mod builder").unwrap();
    assert!(of_macro.contains("$crate::runtime::Blob"));
    assert!(
        !of_macro.replace("$crate", "").contains("crate"),
        "{of_macro}"
    );

    let crate_folder = scratch("corpus-crate");
    made.write(&crate_folder).unwrap();
    // The packages that this workspace has locked, so that nothing else is asked for.
    std::fs::copy("../../Cargo.lock", crate_folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--message-format", "short"])
        .current_dir(&crate_folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("standalone"),
        )
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.trim().is_empty(), "{said}");
}

fn tiny() -> Standalone {
    let text = "openapi: 3.0.3\npaths: {/a: {get: {operationId: a}}}\n";
    let document = Document::parse("tiny.yaml", text).unwrap();
    Standalone::new(document, None, Some("tiny")).unwrap()
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone() {
    let folder = scratch("not-ours");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("src/mine.rs"), "// mine\n").unwrap();
    let error = tiny().write(&folder).unwrap_err().to_string();
    assert!(
        error.ends_with("is not empty, and not a crate that was generated; nothing was written"),
        "{error}"
    );
    let left: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left, ["src"]);
}

#[test]
fn a_crate_is_written_over_itself_and_what_a_build_left_stays() {
    let folder = scratch("ours");
    tiny().write(&folder).unwrap();
    std::fs::write(folder.join("Cargo.lock"), "locked").unwrap();
    std::fs::write(folder.join("src/old.rs"), "").unwrap();
    tiny().write(&folder).unwrap();
    assert_eq!(
        std::fs::read_to_string(folder.join("Cargo.lock")).unwrap(),
        "locked"
    );
    assert!(!folder.join("src/old.rs").exists() && !folder.join(".staged").exists());
}

#[test]
fn five_unclosed_braces_cost_five_operations_each_told_with_its_line() {
    let mut text =
        String::from("openapi: 3.0.3\ninfo: {title: Two Hundred, version: 1.0.0}\npaths:\n");
    for i in 0..200 {
        let brace = if i % 40 == 7 { "" } else { "}" };
        text.push_str(&format!("  '/things/{i}/{{id{brace}':\n    get: {{operationId: showThing{i}, responses: {{}}}}\n"));
    }
    let document = Document::parse("two-hundred.yaml", &text).unwrap();
    let made = Standalone::new(document, None, None).unwrap();
    assert_eq!(made.output.coverage.generated(), 195);
    let told: Vec<_> = made
        .output
        .report
        .warnings()
        .filter(|change| change.what.contains("left out"))
        .collect();
    let positions = made.positions.of(told.iter().map(|change| &change.pointer));
    let lines: Vec<usize> = told
        .iter()
        .map(|change| positions[&change.pointer].line)
        .collect();
    assert_eq!(lines, [7, 47, 87, 127, 167].map(|i| 3 + 2 * i + 2));
}
