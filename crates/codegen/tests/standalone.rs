//! Tests generated standalone crates: they compile without warnings, even inside another workspace, and writing a crate
//! is all or nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use onlyfansapi_codegen::{Document, OperationStatus, Standalone};

use crate::support::corpus::{combined, documents};

/// Returns the path of a folder for one test, inside this workspace. The folder does not exist yet.
fn test_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[test]
fn a_crate_generated_from_the_corpus_compiles_without_warnings() {
    let text = serde_json::to_string(&combined(&documents())).unwrap();
    let document = Document::parse("corpus.json", &text).unwrap();
    let generated = Standalone::new(document, None, None).unwrap();
    let left_out: Vec<_> = generated
        .output
        .coverage
        .operations
        .iter()
        .filter(|covered| !matches!(covered.status, OperationStatus::Generated { .. }))
        .map(|covered| covered.path.as_str())
        .collect();
    assert_eq!(
        left_out,
        ["/pp-g/{id"],
        "unexpected operations were left out"
    );
    let failures: Vec<_> = generated
        .output
        .report
        .changes()
        .iter()
        .filter(|change| change.step == "generator")
        .collect();
    assert!(failures.is_empty(), "{failures:#?}");

    // The macro expands in other crates, so its paths must start with `$crate`.
    let (_, expansion) = generated
        .output
        .source
        .split_once("macro_rules! for_each_operation")
        .unwrap();
    let (expansion, _) = expansion.split_once("pub mod builder").unwrap();
    assert!(expansion.contains("$crate::runtime::Blob"));
    assert!(
        !expansion.replace("$crate", "").contains("crate"),
        "{expansion}"
    );

    let crate_folder = test_folder("corpus-crate");
    generated.write(&crate_folder).unwrap();
    // Use the package versions locked by this workspace, so that nothing is downloaded.
    std::fs::copy("../../Cargo.lock", crate_folder.join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--message-format", "short"])
        .current_dir(&crate_folder)
        // The folder of the trial builds in `xtask/tests/update.rs`, so that both compile the dependencies once.
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("update-target/update/build"),
        )
        .envs([("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")])
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && stderr.trim().is_empty(),
        "{stderr}"
    );
}

fn tiny() -> Standalone {
    let text = "openapi: 3.0.3\npaths: {/a: {get: {operationId: a}}}\n";
    let document = Document::parse("tiny.yaml", text).unwrap();
    Standalone::new(document, None, Some("tiny")).unwrap()
}

#[test]
fn does_not_write_to_a_folder_with_other_files() {
    let folder = test_folder("other-files");
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("src/other.rs"), "// other\n").unwrap();
    let error = tiny().write(&folder).unwrap_err().to_string();
    assert!(
        error.ends_with("is not empty and does not contain a generated crate; nothing was written"),
        "{error}"
    );
    let entries: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(entries, ["src"]);
}

#[test]
fn overwrites_a_generated_crate_and_keeps_build_artifacts() {
    let folder = test_folder("generated");
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
fn reports_each_unclosed_brace_with_its_line() {
    let mut text =
        String::from("openapi: 3.0.3\ninfo: {title: Two Hundred, version: 1.0.0}\npaths:\n");
    for i in 0..200 {
        let brace = if i % 40 == 7 { "" } else { "}" };
        text.push_str(&format!("  '/things/{i}/{{id{brace}':\n    get: {{operationId: showThing{i}, responses: {{}}}}\n"));
    }
    let document = Document::parse("two-hundred.yaml", &text).unwrap();
    let generated = Standalone::new(document, None, None).unwrap();
    assert_eq!(generated.output.coverage.generated(), 195);
    let warnings: Vec<_> = generated
        .output
        .report
        .warnings()
        .filter(|change| change.description.contains("left out"))
        .collect();
    let positions = generated
        .positions
        .of(warnings.iter().map(|change| &change.pointer));
    let lines: Vec<usize> = warnings
        .iter()
        .map(|change| positions[&change.pointer].line)
        .collect();
    assert_eq!(lines, [7, 47, 87, 127, 167].map(|i| 3 + 2 * i + 2));
}
