//! Generates the drivers: one for the published client, and one for each client that is built from a mutated document.
//!
//! A driver is a list of calls, two per operation: one with the required arguments only, one with all arguments. It is
//! derived from the client's public API, that is, the names and types of its setters. The argument values come from the
//! document.

mod driver;
mod mutations;
mod value;

use std::error::Error;
use std::path::Path;

use mutations::MUTATIONS;
use onlyfansapi_codegen::{Document, Names, Overlay, Report, generate, generate_with};

fn main() -> Result<(), Box<dyn Error>> {
    // Links to workspace files, so that the package contains them.
    let root = Path::new(".");
    for file in ["openapi.yaml", "overlay.yaml", "names.yaml"] {
        println!("cargo:rerun-if-changed={file}");
    }
    println!("cargo:rerun-if-changed=build");
    let out = std::env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let document = Document::read(&root.join("openapi.yaml"))?;
    let overlay = Overlay::read(&root.join("overlay.yaml"))?;
    let names = Names::read(&root.join("names.yaml"))?;
    let mut corrected = document.clone();
    overlay.apply(&mut corrected, &mut Report::new())?;

    let output = generate(document, Some(&overlay), Some(&names))?;
    let calls = driver::source(&output.signatures, &corrected.root, "onlyfansapi_client");
    let calls = calls + &driver::documented(&corrected.root);
    std::fs::write(out.join("driver.rs"), calls)?;

    // Each mutant has the one operation that its mutation changes. The control has all of these operations without any
    // mutation, so its calls must not fail.
    let mut operations: Vec<_> = MUTATIONS
        .iter()
        .map(|mutation| mutation.operation)
        .collect();
    operations.sort_unstable();
    operations.dedup();
    let mut modules = module(out, "control", &corrected, &operations, |_| {})?;
    for mutation in &MUTATIONS {
        let mut has_changed = false;
        let name = module_name(mutation.name);
        modules += &module(out, &name, &corrected, &[mutation.operation], |root| {
            has_changed = mutations::apply(mutation, root);
        })?;
        if !has_changed {
            return Err(format!("the mutation `{}` changes nothing", mutation.name).into());
        }
    }
    let list: String = MUTATIONS
        .iter()
        .map(|mutation| entry(mutation.name))
        .collect();
    let list = format!(
        "pub(crate) const CONTROL: crate::run::Runner = {};\n\npub(crate) const ALL: &[(&str, crate::run::Runner)] = &[\n{list}];\n",
        runner("control")
    );
    modules += &list;
    std::fs::write(out.join("mutants.rs"), modules)?;
    Ok(())
}

/// Writes a client with these operations, generated with an extra last pass, and its driver; returns the source of the
/// module that includes both.
fn module(
    out: &Path,
    name: &str,
    document: &Document,
    operations: &[&str],
    last_pass: impl FnOnce(&mut serde_json::Value) + Send,
) -> Result<String, Box<dyn Error>> {
    let document = mutations::with_operations(document, operations);
    let unmutated = document.root.clone();
    let output = generate_with(document, None, None, last_pass)?;
    let client = out.join(format!("{name}.rs"));
    std::fs::write(&client, mutations::as_module(&output.source))?;
    let calls = out.join(format!("{name}_driver.rs"));
    let path = format!("crate::mutants::{name}");
    std::fs::write(
        &calls,
        driver::source(&output.signatures, &unmutated, &path),
    )?;
    Ok(format!(
        "#[allow(unused_macros, unused_imports, dead_code, deprecated, missing_docs, clippy::all)]\npub(crate) mod {name} {{\n    include!({client:?});\n    pub(crate) mod driver {{ include!({calls:?}); }}\n}}\n"
    ))
}

/// Returns the list entry of a mutation: its name and its runner.
fn entry(name: &str) -> String {
    format!("    ({name:?}, {}),\n", runner(&module_name(name)))
}

/// Returns Rust source for a closure that runs a module's driver.
fn runner(module: &str) -> String {
    format!(
        "|server, client| Box::pin(crate::run::find_failures(server, {module}::Client::from(crate::run::dispatcher(client)), {module}::driver::CASES, {module}::driver::MISSING_ENUM_VALUES))"
    )
}

/// Returns the name of the module for a mutation.
fn module_name(mutation: &str) -> String {
    mutation.replace(' ', "_")
}
