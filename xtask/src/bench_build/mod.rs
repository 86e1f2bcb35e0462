//! `cargo xtask bench-build`: what the generated client costs to generate, check and build, beside bare
//! progenitor's, and what the SDK costs a program that depends on it.
//!
//! - `crates`: the crates that are measured
//! - `bare`: the least repair with which bare progenitor generates at all
//!
//! Dependencies are built before, `CARGO_INCREMENTAL=0`, crates take turns, and the median of the rounds
//! counts. Takes about half an hour on two cores; `--rounds 1` is for a glance.

mod bare;
mod crates;

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use self::crates::Bench;
use crate::measure::{self, Cost};
use crate::workspace;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench-build
  cargo xtask bench-build --rounds 1 --only client
  cargo xtask bench-build --json > numbers.json

Exit codes: 0 within the limits; 1 a limit is passed, or a build fails.")]
pub(crate) struct Args {
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
    /// How often everything is measured; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measure one part only
    #[arg(long)]
    only: Option<Part>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The generated client, beside bare progenitor's
    Client,
    /// Programs that depend on the SDK
    Downstream,
}

/// What the parts add to.
#[derive(Default)]
struct Outcome {
    limits: Vec<Limit>,
    report: Value,
    text: String,
}

/// A number, and the limit that it must not pass.
struct Limit {
    what: &'static str,
    value: f64,
    limit: f64,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let rounds = args.rounds.max(1);
    let folder = workspace::root().join("target/bench-build");
    let mut outcome = Outcome::default();
    outcome.report["rounds"] = rounds.into();
    if args.only != Some(Part::Downstream) {
        client(&folder, rounds, &mut outcome)?;
    }
    if args.only != Some(Part::Client) {
        downstream(&folder, rounds, &mut outcome)?;
    }
    let Outcome {
        limits,
        mut report,
        mut text,
    } = outcome;
    let missed: Vec<_> = limits
        .iter()
        .filter(|limit| limit.value > limit.limit || limit.value.is_nan())
        .map(|limit| limit.what)
        .collect();
    text.push_str("\nlimits:\n");
    for limit in &limits {
        let word = if missed.contains(&limit.what) {
            "MISSED"
        } else {
            "kept"
        };
        text.push_str(&format!(
            "  {:<36} {:>10.3}  at most {:>10.3}  {word}\n",
            limit.what, limit.value, limit.limit
        ));
    }
    report["limits"] = limits
        .iter()
        .map(|limit| json!({"what": limit.what, "value": limit.value, "limit": limit.limit}))
        .collect();
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{text}");
    }
    if !missed.is_empty() {
        bail!("limits missed: {}", missed.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// The generated client, beside bare progenitor's.
fn client(folder: &std::path::Path, rounds: usize, outcome: &mut Outcome) -> Result<()> {
    eprintln!("writing the crates");
    let bare = Bench::bare(folder)?;
    let ours = Bench::ours(folder)?;
    let mut costs: BTreeMap<String, Vec<Cost>> = BTreeMap::new();
    let mut generator = Vec::new();
    for bench in [&bare, &ours] {
        eprintln!("building the dependencies of {}", bench.name);
        bench.cargo("check")?;
        bench.cargo("build")?;
    }
    for round in 1..=rounds {
        for bench in [&bare, &ours] {
            for command in ["check", "build"] {
                bench.touch()?;
                let cost = bench.cargo(command)?;
                eprintln!("round {round}: {command} of {}: {cost}", bench.name);
                costs
                    .entry(format!("{command} {}", bench.name))
                    .or_default()
                    .push(cost);
            }
        }
        let own = std::env::current_exe()?;
        let out = folder.join("generated.rs");
        generator.push(measure::run(
            &own.to_string_lossy(),
            &["generate", "--out", &out.to_string_lossy()],
            &workspace::root(),
            &[],
        )?);
    }
    let cost = |name: &str| Cost::median(costs.get(name).map_or(&[], Vec::as_slice));
    let (check_bare, check_ours) = (cost("check bare"), cost("check ours"));
    let (build_bare, build_ours) = (cost("build bare"), cost("build ours"));
    let generator = Cost::median(&generator);
    outcome.limits.extend([
        Limit {
            what: "lines, macros expanded",
            value: as_f64(ours.lines),
            limit: 60_000.0,
        },
        Limit {
            what: "CPU of check, to bare",
            value: check_ours.cpu / check_bare.cpu,
            limit: 0.25,
        },
        Limit {
            what: "memory of check, to bare",
            value: check_ours.memory / check_bare.memory,
            limit: 1.0 / 3.0,
        },
        Limit {
            what: "CPU of the generator, s",
            value: generator.cpu,
            limit: 4.0,
        },
    ]);
    let text = &mut outcome.text;
    text.push_str(&format!(
        "{:<16} {:>8} {:>9} {:>6} {:>18} {:>18}\n",
        "", "lines", "bytes", "types", "check", "build"
    ));
    for (bench, check, build) in [
        (&bare, &check_bare, &build_bare),
        (&ours, &check_ours, &build_ours),
    ] {
        text.push_str(&format!(
            "{:<16} {:>8} {:>9} {:>6} {check:>18} {build:>18}\n",
            bench.title, bench.lines, bench.bytes, bench.types
        ));
        outcome.report[bench.name] = json!({
            "lines": bench.lines, "bytes": bench.bytes, "types": bench.types,
            "check": check.json(), "build": build.json(),
        });
    }
    text.push_str(&format!(
        "{:<16} {:>8.3} {:>9.3} {:>6.3} {:>9.3} {:>8.3} {:>9.3} {:>8.3}\n",
        "ratio",
        ratio(ours.lines, bare.lines),
        ratio(ours.bytes, bare.bytes),
        ratio(ours.types, bare.types),
        check_ours.cpu / check_bare.cpu,
        check_ours.memory / check_bare.memory,
        build_ours.cpu / build_bare.cpu,
        build_ours.memory / build_bare.memory,
    ));
    text.push_str(&format!("\ngenerator, debug, YAML included: {generator}\n"));
    outcome.report["generator"] = generator.json();
    Ok(())
}

/// Programs that depend on the SDK, each from an empty target folder.
fn downstream(folder: &std::path::Path, rounds: usize, outcome: &mut Outcome) -> Result<()> {
    let Outcome {
        limits,
        report,
        text,
    } = outcome;
    let programs = crates::programs(folder)?;
    let mut costs: BTreeMap<&str, Vec<Cost>> = BTreeMap::new();
    let mut crates: BTreeMap<&str, Vec<(String, f64)>> = BTreeMap::new();
    for program in &programs {
        program.fetch()?;
    }
    for round in 1..=rounds {
        for program in &programs {
            program.empty()?;
            let log = folder.join("rustc.log");
            let cost = program.build(&log)?;
            eprintln!("round {round}: {}: {cost}", program.title);
            costs.entry(program.name).or_default().push(cost);
            crates.insert(program.name, measure::read_log(&log)?);
        }
    }
    text.push_str("\na program from an empty target folder, and its ten dearest crates (CPU s):\n");
    let mut medians: BTreeMap<&str, Cost> = BTreeMap::new();
    for program in &programs {
        let cost = Cost::median(costs.get(program.name).map_or(&[], Vec::as_slice));
        let dearest: Vec<_> = crates
            .remove(program.name)
            .unwrap_or_default()
            .into_iter()
            .take(10)
            .collect();
        let list: Vec<_> = dearest
            .iter()
            .map(|(name, cpu)| format!("{name} {cpu:.1}"))
            .collect();
        text.push_str(&format!(
            "  {:<34} {cost:>18}\n      {}\n",
            program.title,
            list.join(", ")
        ));
        report["downstream"][program.name] = json!({"cost": cost.json(), "dearest": dearest});
        medians.insert(program.name, cost);
    }
    let cpu = |name: &str| medians.get(name).map_or(f64::NAN, |cost| cost.cpu);
    limits.push(Limit {
        what: "the SDK, to its base",
        value: cpu("sdk") / cpu("base"),
        limit: 1.7,
    });
    limits.push(Limit {
        what: "what generation adds, CPU s",
        value: cpu("sdk-generate") - cpu("sdk"),
        limit: 40.0,
    });
    limits.push(Limit {
        what: "generator crates without generation",
        value: as_f64(crates::generator_crates(&programs)?),
        limit: 0.0,
    });
    Ok(())
}

fn ratio(a: usize, b: usize) -> f64 {
    as_f64(a) / as_f64(b)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of lines are far below 2^52"
)]
fn as_f64(count: usize) -> f64 {
    count as f64
}
