//! Calls every operation of the client over HTTP, with all required and with all optional parameters, against the
//! stand-in: the request was valid, the reply decoded without drift, and encoding it again loses nothing of the body.
//!
//! `cargo xtask conformance` starts it.

mod driver {
    #![allow(deprecated, missing_docs)]
    include!(concat!(env!("OUT_DIR"), "/driver.rs"));
}
mod run;
mod table;
mod wrong {
    include!(concat!(env!("OUT_DIR"), "/wrong.rs"));
}

use std::error::Error;
use std::fs::File;
use std::process::ExitCode;

use onlyfansapi_mock::MockServer;

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
    let ran = run::all(&server, &api, driver::CASES, requests.as_mut()).await?;
    let is_whole = table::print(driver::DOCUMENTED, driver::CASES, &ran, driver::LOST);

    let (errors, answers) = run::departing(&server, &api, driver::CASES).await;
    for error in &errors {
        println!("MISS {error}");
    }
    println!(
        "{answers} answers that depart from the complete one, {} errors",
        errors.len()
    );

    let control = (wrong::CONTROL)(&server, &client).await;
    for miss in &control {
        println!("MISS of the control, which has no wrong pass: {miss}");
    }
    let mut unnoticed = 0;
    println!("\nwrong passes, each of which must be noticed:");
    for (name, runner) in wrong::ALL {
        let noticed = runner(&server, &client).await;
        match noticed.first() {
            Some(miss) => println!("  {name:34} {}", miss.lines().next().unwrap_or_default()),
            None => {
                unnoticed += 1;
                println!("  {name:34} NOT NOTICED");
            }
        }
    }
    println!(
        "{} of {} noticed",
        wrong::ALL.len() - unnoticed,
        wrong::ALL.len()
    );
    let is_sound = is_whole && errors.is_empty() && control.is_empty();
    Ok(if is_sound && unnoticed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
