//! The workflows of the forge: every command in them is one of xtask, with arguments that it takes.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::path::Path;
use std::process::Command;

use serde_json::Value;

#[test]
fn every_command_is_one_of_xtask() {
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
                // The help of a command is printed when all that stands before it is understood.
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
