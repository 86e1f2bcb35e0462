//! The CI workflows run only xtask commands, with valid arguments.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

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
