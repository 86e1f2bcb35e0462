//! Runs a command and reads what it and its descendants cost.
//!
//! The system tells the peak memory of all children that a process ever had, so each command runs under a
//! process of its own: this program again, told by an environment variable where to write the cost. As a
//! wrapper of rustc the same process writes a line for each crate.

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};

/// Where a measuring process writes the cost of its command.
const MEASURE: &str = "XTASK_MEASURE";

/// Where a wrapper of rustc writes the cost of each crate.
pub(crate) const RUSTC_LOG: &str = "XTASK_RUSTC_LOG";

/// What a command cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// User and system time in seconds, of all descendants.
    pub(crate) cpu: f64,
    /// The peak of the largest process, in MiB.
    pub(crate) memory: f64,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            cpu: f64::NAN,
            memory: f64::NAN,
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:.1} s {:.0} MiB", self.cpu, self.memory))
    }
}

impl Cost {
    /// The median, of each number by itself.
    pub(crate) fn median(costs: &[Self]) -> Self {
        let middle = |number: fn(&Self) -> f64| {
            let mut numbers: Vec<_> = costs.iter().map(number).collect();
            numbers.sort_by(f64::total_cmp);
            numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Self {
            cpu: middle(|cost| cost.cpu),
            memory: middle(|cost| cost.memory),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({"cpu_seconds": self.cpu, "peak_mib": self.memory})
    }

    fn of_children() -> Result<Self> {
        let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
        let seconds = |time: nix::sys::time::TimeVal| {
            std::time::Duration::from_secs(time.tv_sec().try_into().unwrap_or_default())
                + std::time::Duration::from_micros(time.tv_usec().try_into().unwrap_or_default())
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "sizes of processes are far below 2^52"
        )]
        let kib = usage.max_rss() as f64;
        Ok(Self {
            cpu: (seconds(usage.user_time()) + seconds(usage.system_time())).as_secs_f64(),
            memory: kib / 1024.0,
        })
    }
}

/// Runs a command in `folder` and gives its cost; a failure shows what the command said.
pub(crate) fn run(
    program: &str,
    arguments: &[&str],
    folder: &Path,
    environment: &[(&str, &str)],
) -> Result<Cost> {
    let own = std::env::current_exe()?;
    let file = std::env::temp_dir().join(format!("xtask-cost-{}", std::process::id()));
    let output = Command::new(own)
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .env(MEASURE, &file)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTC_WRAPPER")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()?;
    if !output.status.success() {
        bail!(
            "`{program} {}` failed in {}:\n{}",
            arguments.join(" "),
            folder.display(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let text = std::fs::read_to_string(&file).context("the measuring process wrote no cost")?;
    std::fs::remove_file(&file)?;
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(cpu)), Some(Ok(memory))) => Ok(Cost { cpu, memory }),
        _ => bail!("the measuring process wrote {text:?}"),
    }
}

/// What this process does in place of a command of its own, when it was started to measure one.
pub(crate) fn instead() -> Option<ExitCode> {
    let wraps = std::env::var_os(RUSTC_LOG);
    let measures = std::env::var_os(MEASURE).filter(|_| wraps.is_none() || !is_rustc());
    let log = measures.clone().or(wraps)?;
    let outcome = wrapped(Path::new(&log), measures.is_some());
    Some(outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    }))
}

/// cargo starts a wrapper with the path of rustc as its first argument.
fn is_rustc() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|program| Path::new(&program).file_stem() == Some("rustc".as_ref()))
}

fn wrapped(log: &Path, measures: bool) -> Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let program = arguments.next().context("no command to run")?;
    let arguments: Vec<_> = arguments.collect();
    let mut command = Command::new(program);
    let status = command.args(&arguments).env_remove(MEASURE).status()?;
    let cost = Cost::of_children()?;
    if measures {
        std::fs::write(log, format!("{} {}", cost.cpu, cost.memory))?;
    } else {
        let name = arguments
            .iter()
            .skip_while(|argument| *argument != "--crate-name")
            .nth(1)
            .map_or_else(|| "rustc".into(), |name| name.to_string_lossy());
        let mut log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)?;
        log.write_all(format!("{name} {}\n", cost.cpu).as_bytes())?;
    }
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The crates of a log, the dearest first; a crate that was compiled twice counts twice.
pub(crate) fn read_log(log: &Path) -> Result<Vec<(String, f64)>> {
    let mut crates: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
    for line in std::fs::read_to_string(log)?.lines() {
        if let Some((name, cpu)) = line.split_once(' ') {
            *crates.entry(name.to_owned()).or_default() += cpu.parse::<f64>().unwrap_or_default();
        }
    }
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by(|a, b| b.1.total_cmp(&a.1));
    Ok(crates)
}
