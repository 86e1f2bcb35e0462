//! Calls every operation of the client over HTTP against the mock server, first with the required arguments only, then
//! with all arguments. Checks that the request is valid, that the reply decodes without drift, and that encoding the
//! reply reproduces the body. Also decodes every example of the vendored document.
//!
//! Run with `cargo xtask conformance`.

mod driver {
    #![allow(deprecated, missing_docs)]
    include!(concat!(env!("OUT_DIR"), "/driver.rs"));
}
mod mutants {
    include!(concat!(env!("OUT_DIR"), "/mutants.rs"));
}
#[allow(dead_code, reason = "each program uses only part of the module")]
mod examples;
mod run;
mod table;
mod vendored;

use std::error::Error;
use std::fs::File;
use std::process::ExitCode;

use onlyfansapi_mock::MockServer;

/// The minimum number of examples, to notice if the check no longer finds them.
const MIN_EXAMPLES: usize = 250;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut requests = match (arguments.next().as_deref(), arguments.next()) {
        (Some("--requests"), Some(file)) => Some(File::create(file)?),
        (None, _) => None,
        _ => return Err("usage: onlyfansapi-conformance [--requests FILE]".into()),
    };
    let server = MockServer::start().await?;
    let client = server.client();
    let api = client.api().clone();
    let results = run::run_cases(&server, &api, driver::CASES, requests.as_mut()).await?;
    let has_passed = table::print(
        driver::DOCUMENTED,
        driver::CASES,
        &results,
        driver::MISSING_ENUM_VALUES,
    );

    let (errors, responses) = run::run_variations(&server, &api, driver::CASES).await;
    for error in &errors {
        println!("FAIL {error}");
    }
    println!(
        "{responses} responses with variations, {} errors",
        errors.len()
    );

    let examples = vendored::check_examples()?;
    for failure in &examples.failures {
        println!("FAIL example: {failure}");
    }
    println!(
        "{} examples of {} operations, {} failures",
        examples.examples,
        examples.operations,
        examples.failures.len()
    );

    let control = (mutants::CONTROL)(&server, &client).await;
    for failure in &control {
        println!("FAIL control without a mutation: {failure}");
    }
    let mut undetected = 0;
    println!("\nmutations, with the first failure of each:");
    for (name, runner) in mutants::ALL {
        let failures = runner(&server, &client).await;
        match failures.first() {
            Some(failure) => println!("  {name:34} {}", failure.lines().next().unwrap_or_default()),
            None => {
                undetected += 1;
                println!("  {name:34} NOT DETECTED");
            }
        }
    }
    println!(
        "{} of {} mutations detected",
        mutants::ALL.len() - undetected,
        mutants::ALL.len()
    );
    let has_passed = has_passed
        && errors.is_empty()
        && control.is_empty()
        && examples.failures.is_empty()
        && examples.examples >= MIN_EXAMPLES;
    Ok(if has_passed && undetected == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
