//! Verifies that every unusable document or overlay produces a clear, one-line error.

use onlyfansapi_codegen::{Document, Overlay, generate};

fn error_line(document: &str, overlay: Option<&str>) -> String {
    let outcome = Document::parse("openapi.yaml", document).and_then(|document| {
        let overlay = overlay
            .map(|text| Overlay::parse("overlay.yaml", text))
            .transpose()?;
        generate(document, overlay.as_ref(), None)
    });
    let message = outcome.expect_err("an error").to_string();
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

#[test]
fn errors_name_the_file_the_position_and_the_pointer() {
    let good = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths: {}\n";
    for (document, overlay, expected) in [
        (
            "openapi: 3.0.3\npaths: [\n",
            None,
            "openapi.yaml:3:1: is not valid YAML: did not find expected node content",
        ),
        (
            "a: 1\n",
            None,
            "openapi.yaml:1:1: document root: is not an OpenAPI document: it has no member `openapi`",
        ),
        (
            "- 1\n",
            None,
            "openapi.yaml:1:1: document root: is not an OpenAPI document: the root is a list, not an object",
        ),
        (
            "just text\n",
            None,
            "openapi.yaml:1:1: document root: is not an OpenAPI document: the root is a string, not an object",
        ),
        (
            "swagger: '2.0'\n",
            None,
            "openapi.yaml:1:1: /swagger: is a Swagger 2.0 document; OpenAPI 3.0 is required",
        ),
        (
            "info: {}\nopenapi: 3.1.0\n",
            None,
            "openapi.yaml:2:1: /openapi: is an OpenAPI 3.1.0 document; 3.0 is required",
        ),
        (
            "openapi: 3.0.3\n\npaths: 5\n",
            None,
            "openapi.yaml:3:1: /paths: must be an object, not a number",
        ),
        (
            "openapi: 3.0.3\n",
            None,
            "openapi.yaml:1:1: document root: has no member `paths`",
        ),
        (
            good,
            Some("a: 1\n"),
            "overlay.yaml:1:1: document root: is not an OpenAPI overlay: it has no member `overlay`",
        ),
        (
            good,
            Some("overlay: 1.0.0\nactions:\n- {target: $.paths.x, remove: true}\n"),
            "overlay.yaml:3:3: /actions/0: the overlay's target `$.paths.x` matches nothing in openapi.yaml",
        ),
    ] {
        assert_eq!(error_line(document, overlay), expected);
    }
}

#[test]
fn a_duplicate_key_is_a_warning_with_both_lines() {
    let text = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\npaths:\n  /a:\n    get: {operationId: one, responses: {}}\n    get: {operationId: two, responses: {}}\n";
    let output = generate(Document::parse("openapi.yaml", text).unwrap(), None, None).unwrap();
    let warnings: Vec<_> = output.report.warnings().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "read             /paths/~1a/get: duplicate key `get` with a different value; the last one is used (line 5, 6)"
        ]
    );
    assert!(output.source.contains("pub fn two(&self)"));
}
