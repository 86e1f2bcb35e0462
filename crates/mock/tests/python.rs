//! The vendor's Python client against the mock server: `examples/python/mock_server.py`.
//!
//! Skipped, with a message, if no Python with the `onlyfans` package is available.

use std::process::Command;

use onlyfansapi_mock::{API_KEY, MockServer};

#[tokio::test]
async fn vendor_python_client_works_against_the_mock_server() {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_client = Command::new(&python)
        .args(["-c", "import onlyfansapi"])
        .output();
    if !has_client.is_ok_and(|output| output.status.success()) {
        println!("skipped: `{python}` does not have the `onlyfans` package");
        return;
    }
    let server = MockServer::start().await.unwrap();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/python/mock_server.py"
    );
    let mut command = Command::new(&python);
    command
        .arg(script)
        .env("ONLY_FANS_API_BASE_URL", server.url())
        .env("ONLYFANSAPI_API_KEY", API_KEY);
    // The mock server runs in this runtime, so waiting for the program must not block it.
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
