//! The vendor's own Python client against the stand-in: `examples/python/stand_in.py`.
//!
//! Skipped, and said so, where there is no Python with the package `onlyfans`.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

use std::process::Command;

use onlyfansapi_mock::{KEY, MockServer};

#[tokio::test]
async fn the_vendor_s_own_client_finds_a_service() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_client = Command::new(&python)
        .args(["-c", "import onlyfansapi"])
        .output();
    if !has_client.is_ok_and(|output| output.status.success()) {
        println!("skipped: `{python}` has no package `onlyfans`");
        return;
    }
    let server = MockServer::start().await.unwrap();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/python/stand_in.py"
    );
    let mut command = Command::new(&python);
    command
        .arg(script)
        .env("ONLY_FANS_API_BASE_URL", server.url())
        .env("ONLYFANSAPI_API_KEY", KEY);
    // The stand-in answers in this runtime while the program runs.
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let lines = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{lines}{errors}");
    assert_eq!(
        lines.lines().filter(|line| line.starts_with("ok ")).count(),
        11,
        "{lines}"
    );
    server.assert_called("sendMessage", 3);
    let findings: Vec<_> = server
        .requests()
        .into_iter()
        .flat_map(|request| request.findings)
        .collect();
    assert!(findings.is_empty(), "{findings:?}");
}
