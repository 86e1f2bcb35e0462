//! Measures CPU time and peak memory of a command and its descendants.
//!
//! `getrusage` reports the peak memory over all children that a process ever had. Each command therefore runs under
//! its own measuring process: this program again, with an environment variable that names the file for the result.
//! With another variable the program acts as a rustc wrapper and logs the CPU time of each crate.

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use nix::sys::resource::{UsageWho, getrusage};
use serde_json::{Value, json};

/// Names the file to which a measuring process writes the cost of its command.
const MEASURE: &str = "XTASK_MEASURE";

/// Names the file to which the rustc wrapper appends the CPU time of each crate.
pub(crate) const RUSTC_LOG: &str = "XTASK_RUSTC_LOG";

/// The cost of a command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// User and system time of all descendants, in seconds.
    pub(crate) cpu: f64,
    /// Peak memory of the largest process, in MiB.
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
    /// Returns the median of each number separately.
    pub(crate) fn median(costs: &[Self]) -> Self {
        let median = |number: fn(&Self) -> f64| {
            let mut numbers: Vec<_> = costs.iter().map(number).collect();
            numbers.sort_by(f64::total_cmp);
            numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
        };
        Self {
            cpu: median(|cost| cost.cpu),
            memory: median(|cost| cost.memory),
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

/// Runs a command in `folder` and returns its cost.
///
/// # Errors
///
/// Returns an error with the stderr of the command if it fails.
pub(crate) fn run(
    program: &str,
    arguments: &[&str],
    folder: &Path,
    environment: &[(&str, &str)],
) -> Result<Cost> {
    let exe = std::env::current_exe()?;
    let file = std::env::temp_dir().join(format!("xtask-cost-{}", std::process::id()));
    let output = Command::new(&exe)
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
    let text = std::fs::read_to_string(&file).context("the measuring process wrote no result")?;
    std::fs::remove_file(&file)?;
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(cpu)), Some(Ok(memory))) => Ok(Cost { cpu, memory }),
        _ => bail!("the measuring process wrote {text:?}"),
    }
}

/// Runs and measures another command if this process was started as a wrapper; returns `None` otherwise.
pub(crate) fn run_as_wrapper() -> Option<ExitCode> {
    let wraps = std::env::var_os(RUSTC_LOG);
    let measures = std::env::var_os(MEASURE).filter(|_| wraps.is_none() || !is_rustc());
    let log = measures.clone().or(wraps)?;
    let outcome = run_measured(Path::new(&log), measures.is_some());
    Some(outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    }))
}

/// Returns whether the first argument is rustc, which is how cargo starts a rustc wrapper.
fn is_rustc() -> bool {
    std::env::args_os()
        .nth(1)
        .is_some_and(|program| Path::new(&program).file_stem() == Some("rustc".as_ref()))
}

/// Runs the command in the arguments and writes its cost to `log`.
fn run_measured(log: &Path, measures: bool) -> Result<ExitCode> {
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

/// Reads a log of CPU times by crate, slowest first; times of crates that were compiled repeatedly are added up.
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
