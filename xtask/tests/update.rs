//! `cargo xtask update` in a small workspace, with documents served on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod support;

use std::io::Write as _;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Files, Service, Workspace, changed, stderr, stdout};

/// Makes seven changes, one of each kind that an update must report.
fn apply_seven_changes(root: &mut Value) {
    let paths = root["paths"].as_object_mut().unwrap();
    // An added operation.
    paths.insert(
        "/api/webhooks/ping".to_owned(),
        json!({"get": {"operationId": "pingWebhooks", "tags": ["Webhooks"], "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "example": {"ok": true}, "properties": {"ok": {"type": "boolean", "example": true}}}}}}}}}),
    );
    // A removed operation, which is the target of an overlay action.
    paths.shift_remove("/api/{account}/fans/{fan_id}/summary");
    // A parameter that becomes required.
    let list = &mut paths["/api/webhooks/{webhook_id}/deliveries"]["get"];
    list["parameters"][0]["required"] = true.into();
    // A changed description.
    list["description"] = "Another description.".into();
    // A renamed operation.
    paths["/api/webhooks/events"]["get"]["operationId"] = "listWebhookEvents".into();
    // A field of another type, with a matching example.
    let schema = &mut paths["/api/webhooks/{webhook_id}"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"];
    change_type_of_enabled(schema);
    // Not a change of the API: an example without `data`, which neither client decodes.
    let schema = &mut paths["/api/smart-link-postbacks/{postback_id}"]["get"]["responses"]["200"]["content"]
        ["application/json"]["schema"];
    let example = schema["example"].as_object_mut().unwrap();
    example.shift_remove("data");
}

/// Changes a webhook's `enabled` field from a boolean to a string, in both the schema and the example.
fn change_type_of_enabled(schema: &mut Value) {
    let body = schema["properties"]["data"]["properties"]
        .as_object_mut()
        .unwrap();
    body["enabled"] = json!({"type": "string", "example": "sometimes"});
    schema["example"]["data"]["enabled"] = "sometimes".into();
}

#[test]
fn reports_every_change_and_invalid_examples_and_updates_once() {
    let workspace = Workspace::new();
    let before = workspace.files();
    let service = Service::of(changed(apply_seven_changes));

    let refused = workspace.xtask(&["update", "--from", &service.url]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(
        stderr(&refused).contains("no file was replaced; pass --accept-breaking to update anyway")
    );
    let report = stdout(&refused);
    println!("{report}");
    for line in [
        "additive  Client::ping_webhooks: ",
        "breaking  Client::list_webhook_events: `list_available_events` -> `list_webhook_events`: renamed",
        "breaking  Client::get_fan_summary: `GET /api/{account}/fans/{fan_id}/summary` was removed",
        "breaking  Client::list_webhook_deliveries().date_start: optional -> required",
        "breaking  types::webhooks::Webhook::enabled: ",
        "`$.paths['/api/{account}/fans/{fan_id}/summary'].get.responses['200'].content['application/json'].schema.properties.summary_data` no longer matches anything",
    ] {
        assert!(report.contains(line), "the report has no `{line}`");
    }
    assert!(
        workspace.files() == before,
        "a refused update changed a file"
    );

    let update = ["update", "--from", &service.url, "--accept-breaking"];
    let trial = workspace.xtask(&[&update[..], &["--dry-run"]].concat());
    assert_eq!(trial.status.code(), Some(0), "{trial:?}");
    let report = stdout(&trial);
    println!("{report}");
    for line in [
        "invalid   GET /api/smart-link-postbacks/{postback_id}, example 1 of 200: showSmartLinkPostback: null became {}",
        "would update: 23 of 23 operations generated, 15 examples checked",
    ] {
        assert!(report.contains(line), "the report has no `{line}`");
    }
    assert!(workspace.files() == before, "a dry run changed a file");

    let updated = workspace.xtask(&update);
    assert_eq!(
        updated.status.code(),
        Some(0),
        "{}{}",
        stdout(&updated),
        stderr(&updated)
    );
    println!("{}", stdout(&updated));
    assert!(workspace.files() != before);
    assert!(
        workspace
            .read("CHANGELOG.md")
            .contains("`list_available_events` -> `list_webhook_events`: renamed")
    );
    assert!(
        workspace
            .read("overlay.yaml")
            .contains("# Disabled by the update of ")
    );
    let build = workspace.build();
    assert!(build.status.success(), "{}", stderr(&build));
    for check in [
        &["lock"] as &[&str],
        &["generate", "--check"],
        &["explain", "listVaultMedia", "--check"],
    ] {
        let checked = workspace.xtask(check);
        assert!(
            checked.status.success(),
            "{check:?}: {}{}",
            stdout(&checked),
            stderr(&checked)
        );
    }

    let after = workspace.files();
    let again = workspace.xtask(&["update"]);
    assert_eq!(again.status.code(), Some(0), "{again:?}");
    assert!(stdout(&again).starts_with("unchanged"), "{again:?}");
    assert!(
        service
            .requests()
            .last()
            .unwrap()
            .to_ascii_lowercase()
            .contains("if-none-match: \"v1\"")
    );
    assert!(
        workspace.files() == after,
        "an unchanged document changed a file"
    );
}

/// Changes every example and description, and reverses the order of all members.
fn change_examples_descriptions_and_order(node: &mut Value, in_example: bool) {
    match node {
        Value::Object(members) => {
            let mut pairs: Vec<_> = std::mem::take(members).into_iter().collect();
            pairs.reverse();
            for (key, mut value) in pairs {
                let is_example = key == "example" && value.get("type").is_none();
                if key == "description" && value.is_string() {
                    value = "Another description.".into();
                }
                change_examples_descriptions_and_order(&mut value, in_example || is_example);
                members.insert(key, value);
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| change_examples_descriptions_and_order(item, in_example)),
        // Keep strings that are dates, URLs or numbers, because types are inferred from them.
        Value::String(text) if in_example && text.chars().all(|c| c.is_ascii_alphabetic()) => {
            text.push_str("other");
        }
        Value::Number(number) if in_example && number.is_u64() => *node = 7.into(),
        _ => {}
    }
}

#[test]
fn ignores_changed_examples_descriptions_and_order() {
    let workspace = Workspace::new();
    let before = workspace.files();
    let document =
        changed(|root| change_examples_descriptions_and_order(&mut root["paths"], false));
    assert!(document != String::from_utf8_lossy(&before[std::path::Path::new("openapi.yaml")]));
    let service = Service::of(document);
    for arguments in [
        &["update", "--from", &service.url] as &[&str],
        &["update", "--from", &service.url, "--dry-run"],
    ] {
        let output = workspace.xtask(arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(stdout(&output), "no API changes\n");
    }
    assert!(
        workspace.files() == before,
        "an update without API changes changed a file"
    );
}

#[test]
fn fails_on_a_lost_example() {
    let workspace = Workspace::new();
    let before = workspace.files();
    // The response was a webhook and is now the contents of a file.
    let lost = changed(|root| {
        let content =
            &mut root["paths"]["/api/webhooks/{webhook_id}"]["get"]["responses"]["200"]["content"];
        *content =
            json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
    });
    let service = Service::of(lost);
    let update = ["update", "--from", &service.url, "--accept-breaking"];
    let mut accepted = update.to_vec();
    accepted.extend(["--accept-lost", "showWebhook", "--dry-run"]);
    let output = workspace.xtask(&accepted);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // This update has the same files, but the last program that was run is that of the old client.
    let output = workspace.xtask(&update);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        stdout(&output).contains(
            "lost      GET /api/webhooks/{webhook_id}, example 1 of 200: showWebhook: {\"_meta\""
        ),
        "{output:?}"
    );
    assert!(stderr(&output).contains("1 examples no longer decode, no file was replaced"));
    assert!(workspace.files() == before);
}

/// Adds an operation, which is not a breaking change.
fn add_ping(root: &mut Value) {
    root["paths"]["/api/webhooks/ping"] = json!({"get": {"operationId": "pingWebhooks", "tags": ["Webhooks"], "responses": {"204": {"description": ""}}}});
}

#[test]
fn an_update_killed_at_any_crash_point_is_rolled_back_or_completed() {
    let workspace = Workspace::new();
    let service = Service::of(changed(add_ping));
    let update = ["update", "--from", &service.url];
    // Otherwise, the restored files are built below.
    assert!(!is_full() || workspace.build().status.success());
    let before = workspace.files();
    let mut after = None;
    let mut mixed = 0;
    let mut point = 1;
    loop {
        let output = workspace
            .command(&update)
            .env("XTASK_DIE_AT", point.to_string())
            .output()
            .unwrap();
        if output.status.success() {
            break;
        }
        assert_eq!(
            output.status.code(),
            None,
            "not killed by a signal: {output:?}"
        );
        let now = without_staging(workspace.files());
        let is_consistent = now == before || after.as_ref() == Some(&now);
        let build = workspace.build();
        if build.status.success() {
            assert!(
                is_consistent || after.is_none(),
                "crash point {point}: a mixed state was built"
            );
        } else {
            mixed += 1;
            let message = stderr(&build);
            assert!(
                message.contains(
                    "an update of the document was interrupted: run `cargo xtask lock` to finish it"
                ),
                "crash point {point}: {message}"
            );
        }
        let recovered = workspace.xtask(&["lock"]);
        assert!(
            recovered.status.success(),
            "crash point {point}: {recovered:?}"
        );
        let recovered = workspace.files();
        if recovered == before {
            assert!(
                after.is_none(),
                "crash point {point}: rolled back after the commit"
            );
        } else {
            let is_first = after.is_none();
            let after = after.get_or_insert_with(|| recovered.clone());
            assert!(
                recovered == *after,
                "crash point {point}: neither the old nor the new state"
            );
            let is_built = is_first || is_full();
            assert!(
                !is_built || workspace.build().status.success(),
                "crash point {point}"
            );
            restore(&workspace, &before);
            assert!(
                !is_built || workspace.build().status.success(),
                "crash point {point}"
            );
        }
        // Half of the points, unless all are requested.
        point += if is_full() { 1 } else { 2 };
    }
    println!(
        "killed at crash points before {point}; {mixed} of them left a mixed state, which was not built"
    );
    assert!(workspace.files() == after.clone().expect("no crash point after the commit"));
    assert!(mixed >= 2, "{mixed}");

    // The recovery can be killed as well.
    restore(&workspace, &before);
    let committed = point / 2;
    let killed = workspace
        .command(&update)
        .env("XTASK_DIE_AT", committed.to_string())
        .output();
    assert_eq!(killed.unwrap().status.code(), None);
    for point in 1..4 {
        let _ = workspace
            .command(&["lock"])
            .env("XTASK_DIE_AT", point.to_string())
            .output()
            .unwrap();
    }
    assert!(workspace.xtask(&["lock"]).status.success());
    let now = workspace.files();
    assert!(now == before || Some(now) == after);
}

/// Returns whether to test every crash point with every check, as in `cargo xtask ci --full`.
fn is_full() -> bool {
    std::env::var_os("XTASK_ALL_CRASH_POINTS").is_some()
}

/// Removes the staged files.
fn without_staging(mut files: Files) -> Files {
    files.retain(|path, _| !path.starts_with(".update"));
    files
}

/// Restores `files` with new modification times, like a checkout from version control.
fn restore(workspace: &Workspace, files: &Files) {
    for (path, bytes) in files {
        let path = workspace.root.join(path);
        if std::fs::read(&path).ok().as_ref() != Some(bytes) {
            std::fs::write(path, bytes).unwrap();
        }
    }
}

#[cfg(unix)]
#[test]
#[ignore = "repeats the test of the crash points at random times; `cargo xtask ci --full` runs it"]
fn an_update_killed_at_a_random_time_is_rolled_back_or_completed() {
    use std::os::unix::process::CommandExt as _;
    use std::process::Stdio;

    let workspace = Workspace::new();
    let service = Service::of(changed(add_ping));
    let update = ["update", "--from", &service.url];
    let before = workspace.files();
    assert!(workspace.xtask(&update).status.success());
    let after = workspace.files();
    restore(&workspace, &before);
    let start = Instant::now();
    assert!(workspace.xtask(&update).status.success());
    let duration = start.elapsed();
    restore(&workspace, &before);
    let seed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let mut random = u64::from(seed.subsec_nanos());
    for _ in 0..5 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let delay = duration.mul_f64((random >> 40) as f64 / (1_u64 << 24) as f64);
        let mut child = workspace
            .command(&update)
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(delay);
        // Kill the process group, which includes cargo and rustc.
        let group = format!("-{}", child.id());
        let _ = std::process::Command::new("kill")
            .args(["-KILL", "--", &group])
            .output();
        child.wait().unwrap();
        let recovered = workspace.xtask(&["lock"]);
        assert!(
            recovered.status.success(),
            "killed after {delay:?}: {recovered:?}"
        );
        let now = workspace.files();
        println!(
            "killed after {delay:?} of {duration:?}: {}",
            if now == before {
                "rolled back"
            } else {
                "completed"
            }
        );
        assert!(now == before || now == after, "killed after {delay:?}");
        restore(&workspace, &before);
    }
}

#[test]
fn files_that_do_not_match_the_lock_file_are_not_built() {
    let workspace = Workspace::new();
    let names = workspace.read("names.yaml");
    workspace.write("names.yaml", &format!("{names}# more\n"));
    let build = workspace.build();
    assert!(!build.status.success());
    assert!(
        stderr(&build).contains(
            "names.yaml does not match its size in openapi.lock; run `cargo xtask generate`"
        ),
        "{}",
        stderr(&build)
    );
    assert!(!workspace.xtask(&["lock"]).status.success());
    assert!(workspace.xtask(&["generate"]).status.success());
    assert!(workspace.build().status.success());
    // `generate` never accepts a modified document.
    let document = workspace.read("openapi.yaml");
    workspace.write("openapi.yaml", &format!("{document}# more\n"));
    let output = workspace.xtask(&["generate"]);
    assert_eq!(
        stderr(&output),
        "error: openapi.yaml does not match openapi.lock; run `cargo xtask update --from FILE` to update to a new document\n"
    );
}

#[test]
fn an_invalid_document_is_a_one_line_error_and_changes_nothing() {
    let workspace = Workspace::new();
    let before = workspace.files();
    let small = support::small_document();
    let whole = small.clone();
    let half = whole[..whole.len() / 2].to_owned();
    let respond = |headers: &'static str, length: Option<usize>, body: Vec<u8>| {
        Service::new(move |_, stream| {
            let length = length.map_or_else(String::new, |n| format!("Content-Length: {n}\r\n"));
            write!(
                stream,
                "HTTP/1.1 200 OK\r\n{headers}\r\n{length}Connection: close\r\n\r\n"
            )?;
            stream.write_all(&body)
        })
    };
    let yaml = "Content-Type: application/yaml";
    let bomb = support::gzip(&vec![b' '; 64 << 20]);
    let cases = [
        (
            "truncated",
            respond(yaml, Some(whole.len()), half.clone().into_bytes()),
            "failed after",
        ),
        (
            "truncated without a Content-Length",
            respond(yaml, None, half.clone().into_bytes()),
            "operations and the vendored document has 24: it looks truncated; if it is complete, download it and pass it with --from FILE",
        ),
        (
            "HTML",
            respond(
                "Content-Type: text/html; charset=utf-8",
                None,
                b"<!DOCTYPE html>".to_vec(),
            ),
            "returned an HTML page, not an OpenAPI document",
        ),
        (
            "HTML with another content type",
            respond(yaml, None, b"\n<!doctype HTML><p>Sign in</p>".to_vec()),
            "is an HTML page, not an OpenAPI document",
        ),
        (
            "3.1",
            respond(
                yaml,
                None,
                small
                    .replace("openapi: 3.0.3", "openapi: 3.1.0")
                    .into_bytes(),
            ),
            "3.1.0",
        ),
        (
            "too large by Content-Length",
            respond(yaml, Some(30 << 20), Vec::new()),
            "has a Content-Length of 31457280 bytes; the limit is 20971520",
        ),
        (
            "too large after decompression",
            respond(
                "Content-Type: application/yaml\r\nContent-Encoding: gzip",
                Some(bomb.len()),
                bomb,
            ),
            "has more than 20971520 bytes, which is the limit",
        ),
        ("empty", respond(yaml, Some(0), Vec::new()), "is empty"),
        (
            "not UTF-8",
            respond(yaml, None, b"openapi: \xff".to_vec()),
            "is not valid UTF-8 at byte 9",
        ),
        (
            "an error status",
            Service::new(|_, stream| {
                stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            }),
            "returned 503 Service Unavailable, expected 200 or 304",
        ),
        (
            "a redirect to plain http",
            Service::new(|_, stream| {
                stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: http://example.com/x\r\nContent-Length: 0\r\n\r\n")
            }),
            "http://example.com/x: only https, or http on loopback, is allowed",
        ),
        (
            "an infinite redirect",
            Service::new(|_, stream| {
                stream.write_all(
                    b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
                )
            }),
            "redirects more than 5 times",
        ),
        (
            "an endless body",
            Service::new(|_, stream| {
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/yaml\r\n\r\n"
                )?;
                loop {
                    stream.write_all(b"# more\n")?;
                    std::thread::sleep(Duration::from_millis(50));
                }
            }),
            "timeout",
        ),
        (
            "no response",
            Service::new(|_, _| {
                std::thread::sleep(Duration::from_secs(20));
                Ok(())
            }),
            "timeout",
        ),
    ];
    for (name, service, expected) in cases {
        let start = Instant::now();
        let output = workspace.xtask(&["update", "--from", &service.url, "--timeout", "2"]);
        // Ignore the progress message.
        let message =
            stderr(&output).replace("generating clients from the old and the new document\n", "");
        println!("{name}: {message}");
        assert_eq!(output.status.code(), Some(1), "{name}: {output:?}");
        assert_eq!(message.lines().count(), 1, "{name}: {message}");
        assert!(
            message.starts_with("error: ") && message.contains(expected),
            "{name}: {message}"
        );
        assert!(start.elapsed() < Duration::from_secs(10), "{name}");
        assert!(workspace.files() == before, "{name} changed a file");
    }
    for (from, expected) in [
        (
            "http://example.com/openapi.yaml",
            "only https, or http on loopback, is allowed",
        ),
        (
            "ftp://127.0.0.1/openapi.yaml",
            "only https, or http on loopback, is allowed",
        ),
        (
            "there-is-no-such-file.yaml",
            "cannot read there-is-no-such-file.yaml; pass the file or URL of the document with --from",
        ),
    ] {
        let output = workspace.xtask(&["update", "--from", from]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(stderr(&output).contains(expected), "{output:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_does_not_cause_a_panic() {
    let workspace = Workspace::new();
    let mut child = workspace
        .command(&["names"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
}
