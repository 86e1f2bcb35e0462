//! Checks files that the compiler does not check: the CI workflows and the lists of test modules.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn workflows_run_only_valid_xtask_commands() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github/workflows");
    let mut commands = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let workflow: Value = serde_yaml::from_str(&text).unwrap();
        for job in workflow["jobs"].as_object().unwrap().values() {
            for run in job["steps"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|step| step["run"].as_str())
            {
                let arguments = run.strip_prefix("cargo xtask ").expect(run);
                let arguments = arguments.split(" > ").next().unwrap().split(' ');
                // `--help` succeeds only if all preceding arguments are valid.
                let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
                    .args(arguments)
                    .arg("--help")
                    .output()
                    .unwrap();
                assert!(
                    output.status.success(),
                    "{}: {run}: {output:?}",
                    file.display()
                );
                commands += 1;
            }
        }
    }
    assert!(commands >= 4, "only {commands} commands");
}

/// A package with `autotests = false` runs only the programs in its manifest, and the files that `tests/all.rs` declares.
#[test]
fn every_test_file_belongs_to_a_test_program() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    for name in ["codegen", "mock", "onlyfansapi"] {
        let manifest = std::fs::read_to_string(crates.join(name).join("Cargo.toml")).unwrap();
        let folder = crates.join(name).join("tests");
        let program = std::fs::read_to_string(folder.join("all.rs")).unwrap();
        let modules: BTreeSet<String> = program
            .lines()
            .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
            .map(|module| folder.join(module).with_extension("rs"))
            .filter(|file| file.exists())
            .map(|file| file.display().to_string())
            .collect();
        let files: BTreeSet<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|file| file.extension().is_some_and(|extension| extension == "rs"))
            .filter(|file| {
                let name = file.file_name().unwrap().to_str().unwrap();
                !manifest.contains(&format!("path = \"tests/{name}\""))
            })
            .map(|file| file.display().to_string())
            .collect();
        assert_eq!(modules, files);
    }
}
