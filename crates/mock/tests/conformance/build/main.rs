//! Writes the drivers: of the client as users have it, and of clients that a wrong pass was let loose on.
//!
//! A driver is a list of calls, two for each operation: with all required parameters, and with all. It is written from
//! the public shape of the client, that is from the names and types of its setters; the values are the document's.

mod driver;
mod value;
mod wrong;

use std::error::Error;
use std::path::Path;

use onlyfansapi_codegen::{Document, Names, Overlay, Report, generate, generate_with};

const ROOT: &str = "../../../..";

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(ROOT);
    for file in ["openapi.yaml", "overlay.yaml", "names.yaml"] {
        println!("cargo:rerun-if-changed={ROOT}/{file}");
    }
    println!("cargo:rerun-if-changed=build");
    let out = std::env::var("OUT_DIR")?;
    let out = Path::new(&out);
    let document = Document::read(&root.join("openapi.yaml"))?;
    let overlay = Overlay::read(&root.join("overlay.yaml"))?;
    let names = Names::read(&root.join("names.yaml"))?;
    let mut corrected = document.clone();
    overlay.apply(&mut corrected, &mut Report::new())?;

    let whole = generate(document, Some(&overlay), Some(&names))?;
    let calls = driver::source(&whole.signatures, &corrected.root, "onlyfansapi_client");
    let calls = calls + &driver::documented(&corrected.root);
    std::fs::write(out.join("driver.rs"), calls)?;

    // Each wrong client has one operation, and one client without a fault has all of these: nothing may be noticed there.
    let mut touched: Vec<_> = wrong::PASSES.iter().map(|pass| pass.operation).collect();
    touched.sort_unstable();
    touched.dedup();
    let mut modules = module(out, "control", &corrected, &touched, |_| {})?;
    for pass in &wrong::PASSES {
        let mut did_something = false;
        let name = name_of(pass.name);
        modules += &module(out, &name, &corrected, &[pass.operation], |root| {
            did_something = wrong::apply(pass, root);
        })?;
        if !did_something {
            return Err(format!("the wrong pass `{}` finds nothing to do wrong", pass.name).into());
        }
    }
    let list: String = wrong::PASSES.iter().map(|pass| entry(pass.name)).collect();
    let list = format!(
        "pub(crate) const CONTROL: crate::run::Runner = {};\n\npub(crate) const ALL: &[(&str, crate::run::Runner)] = &[\n{list}];\n",
        runner("control")
    );
    modules += &list;
    std::fs::write(out.join("wrong.rs"), modules)?;
    Ok(())
}

/// Writes a client of some operations, with a last pass, and its driver; returns the module that has both.
fn module(
    out: &Path,
    name: &str,
    document: &Document,
    operations: &[&str],
    last: impl FnOnce(&mut serde_json::Value) + Send,
) -> Result<String, Box<dyn Error>> {
    let cut = wrong::cut(document, operations);
    let values = cut.root.clone();
    let output = generate_with(cut, None, None, last)?;
    let client = out.join(format!("{name}.rs"));
    std::fs::write(&client, wrong::as_module(&output.source, name))?;
    let calls = out.join(format!("{name}_driver.rs"));
    let path = format!("crate::wrong::{name}");
    std::fs::write(&calls, driver::source(&output.signatures, &values, &path))?;
    Ok(format!(
        "#[allow(unused_macros, unused_imports, dead_code, deprecated, missing_docs, clippy::all)]\npub(crate) mod {name} {{\n    include!({client:?});\n    pub(crate) mod driver {{ include!({calls:?}); }}\n}}\n"
    ))
}

fn entry(name: &str) -> String {
    format!("    ({name:?}, {}),\n", runner(&name_of(name)))
}

/// Rust for what runs the driver of a module.
fn runner(module: &str) -> String {
    format!(
        "|server, client| Box::pin(crate::run::misses(server, {module}::Client::new(client.api().hook().clone()), {module}::driver::CASES, {module}::driver::LOST))"
    )
}

/// The module of a wrong pass.
fn name_of(pass: &str) -> String {
    pass.replace(' ', "_").replace('\'', "")
}
