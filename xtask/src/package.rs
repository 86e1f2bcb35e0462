//! `cargo xtask package`: packages every crate, and uses the packages in a crate outside the workspace.

use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::workspace;

/// The crates that users or maintainers install.
const CRATES: [&str; 5] = [
    "onlyfansapi",
    "onlyfansapi-client",
    "onlyfansapi-codegen",
    "onlyfansapi-core",
    "onlyfansapi-mock",
];

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Runs `cargo package --workspace`, which builds each package from its packaged files only. Then creates a crate in a
temporary folder that depends on the packages, and runs the quickstart in it. Takes ten minutes on two cores.

Examples:
  cargo xtask package
  cargo xtask package --no-verify

Exit codes: 0 every package builds and the quickstart runs; 1 a package or the quickstart fails."
)]
pub(crate) struct Args {
    /// Only create the packages; build none of them
    #[arg(long)]
    no_verify: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let mut package = Command::new("cargo");
    package
        .args(["package", "--workspace", "--allow-dirty", "--quiet"])
        .current_dir(workspace::root());
    if args.no_verify {
        package.arg("--no-verify");
    }
    if !package.status()?.success() {
        bail!("`cargo package --workspace` failed");
    }
    let packages = workspace::target().join("package");
    for name in CRATES {
        let file = packages.join(format!("{name}-{}.crate", env!("CARGO_PKG_VERSION")));
        let size = std::fs::metadata(&file)
            .with_context(|| format!("{} is missing", file.display()))?
            .len();
        println!("{name:<20} {:>6} KiB", size / 1024);
    }
    if !args.no_verify {
        run_outside(&packages)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Runs the packaged quickstart in a crate outside the workspace, against the mock server.
fn run_outside(packages: &Path) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let unpacked = |name: &str| packages.join(format!("{name}-{version}"));
    let folder = std::env::temp_dir().join(format!("onlyfansapi-outside-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("src"))?;
    let patches: String = CRATES
        .iter()
        .map(|name| format!("{name} = {{ path = {:?} }}\n", unpacked(name)))
        .collect();
    let manifest = format!(
        "[package]\nname = \"outside\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         onlyfansapi = \"{version}\"\nonlyfansapi-mock = \"{version}\"\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n[patch.crates-io]\n{patches}"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    // Use the same dependency versions as this workspace.
    std::fs::copy(
        workspace::root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )?;
    std::fs::copy(
        unpacked("onlyfansapi").join("examples/quickstart.rs"),
        folder.join("src/main.rs"),
    )?;
    let status = Command::new("cargo")
        .args(["run", "--quiet"])
        .env("CARGO_TARGET_DIR", workspace::target().join("outside"))
        .env_remove("ONLYFANSAPI_API_KEY")
        .current_dir(&folder)
        .status();
    std::fs::remove_dir_all(&folder)?;
    if !status?.success() {
        bail!("the quickstart does not run with the packaged crates");
    }
    println!("the quickstart runs in a crate outside the workspace");
    Ok(())
}
