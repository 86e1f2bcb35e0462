//! `cargo xtask update` on a small workspace of its own, from documents that are served on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used)] // a failed unwrap is a failed test

mod support;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Service, Workspace, changed, stderr, stdout};

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Seven changes: one of each kind that an update must tell.
fn seven(root: &mut Value) {
    let paths = root["paths"].as_object_mut().unwrap();
    // Added.
    paths.insert(
        "/api/webhooks/ping".to_owned(),
        json!({"get": {"operationId": "pingWebhooks", "tags": ["Webhooks"], "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"type": "object", "example": {"ok": true}, "properties": {"ok": {"type": "boolean", "example": true}}}}}}}}}),
    );
    // Removed, and with it the target of an action of the overlay.
    paths.shift_remove("/api/{account}/fans/{fan_id}/summary");
    // A parameter made required.
    let list = &mut paths["/api/webhooks/{webhook_id}/deliveries"]["get"];
    list["parameters"][0]["required"] = true.into();
    // A description.
    list["description"] = "Another text.".into();
    // Renamed.
    paths["/api/webhooks/events"]["get"]["operationId"] = "listWebhookEvents".into();
    // Retyped: its examples say another thing.
    let answer = &mut paths["/api/webhooks/{webhook_id}"]["get"]["responses"]["200"]["content"]["application/json"]
        ["schema"];
    retype(answer);
}

/// Makes a switch of a webhook a text, in schema and example.
fn retype(schema: &mut Value) {
    let body = schema["properties"]["data"]["properties"]
        .as_object_mut()
        .unwrap();
    body["enabled"] = json!({"type": "string", "example": "sometimes"});
    schema["example"]["data"]["enabled"] = "sometimes".into();
}

#[test]
fn every_change_is_told_and_taken_in_once() {
    let workspace = Workspace::new("seven");
    let before = workspace.files();
    let service = Service::of(changed(seven));

    let refused = workspace.xtask(&["update", "--from", &service.url]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(stderr(&refused).contains("nothing was changed; --accept-breaking takes it in"));
    let report = stdout(&refused);
    println!("{report}");
    for line in [
        "additive  Client::ping_webhooks: ",
        "breaking  Client::list_webhook_events: `list_available_events` -> `list_webhook_events`: renamed",
        "breaking  Client::get_fan_summary: `GET /api/{account}/fans/{fan_id}/summary` is gone",
        "breaking  Client::list_webhook_deliveries().date_start: optional -> required",
        "breaking  types::webhooks::Webhook::enabled: ",
        "overlay   overlay.yaml: /actions/2: `$.paths['/api/{account}/fans/{fan_id}/summary'].get.responses['200'].content['application/json'].schema.properties.summary_data` matches nothing any more",
    ] {
        assert!(report.contains(line), "no `{line}`");
    }
    assert!(
        workspace.files() == before,
        "a refused update changed something"
    );

    let taken = workspace.xtask(&["update", "--from", &service.url, "--accept-breaking"]);
    assert_eq!(
        taken.status.code(),
        Some(0),
        "{}{}",
        stdout(&taken),
        stderr(&taken)
    );
    println!("{}", stdout(&taken));
    assert!(workspace.files() != before);
    assert!(
        workspace
            .read("CHANGELOG.md")
            .contains("`list_available_events` -> `list_webhook_events`: renamed")
    );
    assert!(
        workspace
            .read("overlay.yaml")
            .contains("# Set aside by the update of ")
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
        "an unchanged document changed something"
    );
}

/// Other words in every example and description, and everything in another order.
fn stirred(node: &mut Value, in_example: bool) {
    match node {
        Value::Object(members) => {
            let mut pairs: Vec<_> = std::mem::take(members).into_iter().collect();
            pairs.reverse();
            for (key, mut value) in pairs {
                let is_example = key == "example" && value.get("type").is_none();
                if key == "description" && value.is_string() {
                    value = "Other words.".into();
                }
                stirred(&mut value, in_example || is_example);
                members.insert(key, value);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| stirred(item, in_example)),
        // Of the same kind: texts that are dates, addresses or numbers teach something.
        Value::String(text) if in_example && text.chars().all(|c| c.is_ascii_alphabetic()) => {
            text.push_str("other");
        }
        Value::Number(number) if in_example && number.is_u64() => *node = 7.into(),
        _ => {}
    }
}

#[test]
fn other_examples_descriptions_and_order_are_no_change() {
    let workspace = Workspace::new("stirred");
    let before = workspace.files();
    let document = changed(|root| stirred(&mut root["paths"], false));
    assert!(document != String::from_utf8_lossy(&before[std::path::Path::new("openapi.yaml")]));
    let service = Service::of(document);
    for arguments in [
        &["update", "--from", &service.url] as &[&str],
        &["update", "--from", &service.url, "--dry-run"],
    ] {
        let output = workspace.xtask(arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        assert_eq!(stdout(&output), "no change\n");
    }
    assert!(
        workspace.files() == before,
        "an update without a change changed something"
    );
}

#[test]
fn an_example_that_is_lost_stops_and_a_fault_of_the_document_does_not() {
    let workspace = Workspace::new("examples");
    let before = workspace.files();
    let answer = "/paths/~1api~1webhooks~1{webhook_id}/get/responses/200/content/application~1json";
    // What was a webhook is the bytes of a file now.
    let lost = changed(|root| {
        let content =
            &mut root["paths"]["/api/webhooks/{webhook_id}"]["get"]["responses"]["200"]["content"];
        *content =
            json!({"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}});
    });
    let service = Service::of(lost);
    let update = ["update", "--from", &service.url, "--accept-breaking"];
    let output = workspace.xtask(&update);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(
        stdout(&output).contains(
            "lost      GET /api/webhooks/{webhook_id}, example 1 of 200: showWebhook: {\"_meta\""
        ),
        "{output:?}"
    );
    assert!(
        stderr(&output)
            .contains("1 examples were decoded before and are not now, so nothing was changed")
    );
    assert!(workspace.files() == before);
    let mut accepted = update.to_vec();
    accepted.extend(["--accept-lost", "showWebhook", "--dry-run"]);
    let output = workspace.xtask(&accepted);
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    // An answer whose example has no `data`: no version decodes it.
    let faulty = changed(|root| {
        let schema = &mut root.pointer_mut(answer).unwrap()["schema"];
        let example = schema["example"].as_object_mut().unwrap();
        example.shift_remove("data");
        add_ping(root);
    });
    let service = Service::of(faulty);
    let output = workspace.xtask(&["update", "--from", &service.url, "--dry-run"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report = stdout(&output);
    assert!(
        report.contains("fault     GET /api/webhooks/{webhook_id}, example 1 of 200: showWebhook: null became {}\nwould update: 25 of 25 operations generated, 16 examples decoded\n"),
        "{report}"
    );
    assert!(workspace.files() == before, "a dry run changed something");
}

/// An operation more: nothing breaks.
fn add_ping(root: &mut Value) {
    root["paths"]["/api/webhooks/ping"] = json!({"get": {"operationId": "pingWebhooks", "tags": ["Webhooks"], "responses": {"204": {"description": ""}}}});
}

#[test]
fn a_killed_update_is_undone_or_finished_and_never_built() {
    let workspace = Workspace::new("killed");
    let service = Service::of(changed(add_ping));
    let update = ["update", "--from", &service.url];
    assert!(workspace.build().status.success());
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
        assert_eq!(output.status.code(), None, "killed by a signal: {output:?}");
        let now = without_staging(workspace.files());
        let is_whole = now == before || after.as_ref() == Some(&now);
        let build = workspace.build();
        if build.status.success() {
            assert!(
                is_whole || after.is_none(),
                "point {point}: a mixed state was built"
            );
        } else {
            mixed += 1;
            let said = stderr(&build);
            assert!(
                said.contains(
                    "an update of the document was cut off: `cargo xtask lock` finishes it"
                ),
                "point {point}: {said}"
            );
        }
        let settled = workspace.xtask(&["lock"]);
        assert!(settled.status.success(), "point {point}: {settled:?}");
        let settled = workspace.files();
        if settled == before {
            assert!(after.is_none(), "point {point}: undone after the decision");
        } else {
            let after = after.get_or_insert_with(|| settled.clone());
            assert!(settled == *after, "point {point}: neither before nor after");
            assert!(workspace.build().status.success(), "point {point}");
            restore(&workspace, &before);
            assert!(workspace.build().status.success(), "point {point}");
        }
        point += 1;
    }
    println!(
        "killed at {} points, {mixed} of them in a state that is not built",
        point - 1
    );
    assert!(workspace.files() == after.clone().expect("a point after the decision"));
    assert!(mixed >= 3, "{mixed}");

    // The process that finishes it may be killed as well.
    restore(&workspace, &before);
    let decided = point / 2;
    let killed = workspace
        .command(&update)
        .env("XTASK_DIE_AT", decided.to_string())
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

fn without_staging(mut files: Files) -> Files {
    files.retain(|path, _| !path.starts_with(".update"));
    files
}

/// Puts back what was there, with new times: as a person with version control does.
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
fn killed_at_any_moment_it_is_before_or_after() {
    use std::os::unix::process::CommandExt as _;
    use std::process::Stdio;

    let workspace = Workspace::new("moments");
    let service = Service::of(changed(add_ping));
    let update = ["update", "--from", &service.url];
    let before = workspace.files();
    assert!(workspace.xtask(&update).status.success());
    let after = workspace.files();
    restore(&workspace, &before);
    let start = Instant::now();
    assert!(workspace.xtask(&update).status.success());
    let whole = start.elapsed();
    restore(&workspace, &before);
    let seed = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let mut dice = u64::from(seed.subsec_nanos());
    for _ in 0..5 {
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let moment = whole.mul_f64((dice >> 40) as f64 / (1_u64 << 24) as f64);
        let mut child = workspace
            .command(&update)
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(moment);
        // The whole group: cargo and the compiler as well.
        let group = format!("-{}", child.id());
        let _ = std::process::Command::new("kill")
            .args(["-KILL", "--", &group])
            .output();
        child.wait().unwrap();
        let settled = workspace.xtask(&["lock"]);
        assert!(settled.status.success(), "after {moment:?}: {settled:?}");
        let now = workspace.files();
        println!(
            "killed after {moment:?} of {whole:?}: {}",
            if now == before { "before" } else { "after" }
        );
        assert!(now == before || now == after, "after {moment:?}");
        restore(&workspace, &before);
    }
}

#[test]
fn files_that_do_not_belong_together_are_not_built() {
    let workspace = Workspace::new("mixed");
    let names = workspace.read("names.yaml");
    workspace.write("names.yaml", &format!("{names}# more\n"));
    let build = workspace.build();
    assert!(!build.status.success());
    assert!(
        stderr(&build).contains("names.yaml is not the one that belongs to the others, by openapi.lock: `cargo xtask generate` makes them go together"),
        "{}",
        stderr(&build)
    );
    assert!(!workspace.xtask(&["lock"]).status.success());
    assert!(workspace.xtask(&["generate"]).status.success());
    assert!(workspace.build().status.success());
    // The document itself is never made to fit.
    let document = workspace.read("openapi.yaml");
    workspace.write("openapi.yaml", &format!("{document}# more\n"));
    let output = workspace.xtask(&["generate"]);
    assert_eq!(
        stderr(&output),
        "error: openapi.yaml is not the document that was vendored: `cargo xtask update --from FILE` takes a new one in\n"
    );
}

#[test]
fn what_is_no_document_is_told_in_one_line_and_changes_nothing() {
    let workspace = Workspace::new("bad");
    let before = workspace.files();
    let small = support::small_document();
    let whole = small.clone();
    let half = whole[..whole.len() / 2].to_owned();
    let answer = |kind: &'static str, length: Option<usize>, body: Vec<u8>| {
        Service::new(move |_, stream| {
            let length = length.map_or_else(String::new, |n| format!("Content-Length: {n}\r\n"));
            write!(
                stream,
                "HTTP/1.1 200 OK\r\n{kind}\r\n{length}Connection: close\r\n\r\n"
            )?;
            stream.write_all(&body)
        })
    };
    let yaml = "Content-Type: application/yaml";
    let bomb = support::gzip(&vec![b' '; 64 << 20]);
    let cases = [
        (
            "cut off",
            answer(yaml, Some(whole.len()), half.clone().into_bytes()),
            "broke off after",
        ),
        (
            "cut off and whole by its length",
            answer(yaml, None, half.clone().into_bytes()),
            "operations, and what is vendored has 24: it looks cut off; if it is not, take it in with --from FILE",
        ),
        (
            "HTML",
            answer(
                "Content-Type: text/html; charset=utf-8",
                None,
                b"<!DOCTYPE html>".to_vec(),
            ),
            "answered with an HTML page, not with an OpenAPI document",
        ),
        (
            "HTML by another name",
            answer(yaml, None, b"\n<!doctype HTML><p>Sign in</p>".to_vec()),
            "is an HTML page, not an OpenAPI document",
        ),
        (
            "3.1",
            answer(
                yaml,
                None,
                small
                    .replace("openapi: 3.0.3", "openapi: 3.1.0")
                    .into_bytes(),
            ),
            "3.1.0",
        ),
        (
            "announced too large",
            answer(yaml, Some(30 << 20), Vec::new()),
            "announces 31457280 bytes; at most 20971520 are taken",
        ),
        (
            "unpacked too large",
            answer(
                "Content-Type: application/yaml\r\nContent-Encoding: gzip",
                Some(bomb.len()),
                bomb,
            ),
            "has more than 20971520 bytes",
        ),
        ("empty", answer(yaml, Some(0), Vec::new()), "is empty"),
        (
            "not UTF-8",
            answer(yaml, None, b"openapi: \xff".to_vec()),
            "is not UTF-8 text from byte 9 on",
        ),
        (
            "an error",
            Service::new(|_, stream| {
                stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            }),
            "answered 503 Service Unavailable; 200 or 304 is needed",
        ),
        (
            "a redirect to plain http",
            Service::new(|_, stream| {
                stream.write_all(b"HTTP/1.1 302 Found\r\nLocation: http://example.com/x\r\nContent-Length: 0\r\n\r\n")
            }),
            "http://example.com/x: the document is taken over https, or over http from loopback",
        ),
        (
            "an endless redirect",
            Service::new(|_, stream| {
                stream.write_all(
                    b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n",
                )
            }),
            "redirects more than 5 times",
        ),
        (
            "never ending",
            Service::new(|_, stream| {
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nContent-Type: application/yaml\r\n\r\n"
                )?;
                loop {
                    stream.write_all(b"# still\n")?;
                    std::thread::sleep(Duration::from_millis(50));
                }
            }),
            "timeout",
        ),
        (
            "silent",
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
        // What was done before is told on stderr as well.
        let said = stderr(&output).replace("generating the client of both documents\n", "");
        println!("{name}: {said}");
        assert_eq!(output.status.code(), Some(1), "{name}: {output:?}");
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
        assert!(
            said.starts_with("error: ") && said.contains(expected),
            "{name}: {said}"
        );
        assert!(start.elapsed() < Duration::from_secs(10), "{name}");
        assert!(workspace.files() == before, "{name} changed something");
    }
    for (from, expected) in [
        (
            "http://example.com/openapi.yaml",
            "the document is taken over https, or over http from loopback",
        ),
        (
            "ftp://127.0.0.1/openapi.yaml",
            "the document is taken over https",
        ),
        (
            "there-is-no-such-file.yaml",
            "there-is-no-such-file.yaml cannot be read; `--from` says where the document is",
        ),
    ] {
        let output = workspace.xtask(&["update", "--from", from]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(stderr(&output).contains(expected), "{output:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_a_command_without_a_panic() {
    let workspace = Workspace::new("pipe");
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
