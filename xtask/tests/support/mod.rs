//! A small workspace for each test, and a server on loopback that serves documents.

#![allow(dead_code)] // not every test file uses every helper

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use onlyfansapi_codegen::{Document, Overlay};
use serde_json::Value;

/// The tags whose operations are in the small workspace.
const TAGS: [&str; 5] = [
    "Smart Link Postbacks",
    "Webhooks",
    "Fans - AI Summary",
    "Media Vault",
    "Banned Words",
];

/// The contents of every file in a workspace.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Serializes the tests, because they share a workspace folder and a target folder.
static LOCK: Mutex<()> = Mutex::new(());

/// The files of the small workspace at the start of a test.
static INITIAL: OnceLock<Files> = OnceLock::new();

/// A copy of this workspace with a small document.
///
/// All tests use the same folder, and files that a test did not change keep their modification times, so that cargo does
/// not compile the same crates for every test.
pub struct Workspace {
    pub root: PathBuf,
    _guard: MutexGuard<'static, ()>,
}

impl Workspace {
    pub fn new() -> Self {
        let guard = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("update")
            .join("workspace");
        let workspace = Self {
            root,
            _guard: guard,
        };
        workspace.reset(INITIAL.get_or_init(|| workspace.initial_files()));
        workspace
    }

    /// Generates the client of the small document in the workspace folder, and returns all files.
    fn initial_files(&self) -> Files {
        let mut files = read_folder(&original(), &[".git", ".update", "target"]);
        let document = small_document();
        let overlay = Overlay::read(&original().join("overlay.yaml")).unwrap();
        let parsed = Document::parse("openapi.yaml", &document).unwrap();
        let (_, ineffective) = overlay.applicable_to(&parsed);
        let overlay = overlay
            .comment_out(&ineffective, "not in the small document")
            .unwrap();
        files.insert("overlay.yaml".into(), overlay.unwrap().into_bytes());
        files.insert("openapi.lock".into(), lock(&document).into_bytes());
        files.insert("openapi.yaml".into(), document.into_bytes());
        self.reset(&files);
        let output = self.xtask(&["generate"]);
        assert!(output.status.success(), "{output:?}");
        self.files()
    }

    fn reset(&self, files: &Files) {
        // A journal folder without files is an interrupted replacement as well.
        let _ = std::fs::remove_dir_all(self.root.join(".update"));
        write_folder(&self.root, files);
    }

    pub fn write(&self, file: &str, text: &str) {
        std::fs::write(self.root.join(file), text).unwrap();
    }

    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.root.join(file)).unwrap()
    }

    /// Returns the contents of every file in the workspace.
    pub fn files(&self) -> Files {
        read_folder(&self.root, &[])
    }

    /// Returns an xtask command for this workspace.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(arguments)
            .current_dir(&self.root)
            .env("CARGO_MANIFEST_DIR", self.root.join("xtask"))
            .env("CARGO_TARGET_DIR", target());
        command
    }

    pub fn xtask(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Builds the client from the committed generated code.
    ///
    /// Uses the build folder of the trials, so that the dependencies are compiled once. With a debug level of its own, cargo
    /// does not confuse the packages of this workspace with those of the trials, which have the same paths.
    pub fn build(&self) -> Output {
        Command::new("cargo")
            .args([
                "check",
                "--quiet",
                "--locked",
                "-p",
                "onlyfansapi-client",
                "--no-default-features",
            ])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", target().join("update/build"))
            .envs([("CARGO_PROFILE_DEV_DEBUG", "2"), ("CARGO_INCREMENTAL", "0")])
            .output()
            .unwrap()
    }
}

/// Returns the target folder of the small workspaces.
pub fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("update-target")
}

fn original() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// Writes every file that differs from `files`, with a new modification time, and removes all other files.
fn write_folder(root: &Path, files: &Files) {
    std::fs::create_dir_all(root).unwrap();
    let old = read_folder(root, &[]);
    for path in old.keys().filter(|path| !files.contains_key(*path)) {
        std::fs::remove_file(root.join(path)).unwrap();
    }
    for (path, bytes) in files
        .iter()
        .filter(|(path, bytes)| old.get(*path) != Some(bytes))
    {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

/// Returns the contents of every file in a folder, except for files and folders with a `skipped` name.
fn read_folder(root: &Path, skipped: &[&str]) -> Files {
    let mut files = Files::new();
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap();
            if skipped.iter().any(|skipped| name == *skipped) {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else {
                files.insert(
                    path.strip_prefix(root).unwrap().to_owned(),
                    std::fs::read(&path).unwrap(),
                );
            }
        }
    }
    files
}

/// Returns the vendored document, reduced to the operations of [`TAGS`].
pub fn small_document() -> String {
    let document = Document::read(&original().join("openapi.yaml")).unwrap();
    let mut root = document.root.clone();
    let paths = root["paths"].as_object_mut().unwrap();
    paths.retain(|_, item| {
        let operations = item.as_object().unwrap().values();
        operations
            .filter_map(|operation| operation["tags"][0].as_str())
            .any(|tag| TAGS.contains(&tag))
    });
    serde_yaml::to_string(&root).unwrap()
}

fn lock(document: &str) -> String {
    let sha = onlyfansapi_codegen::build_script::sha256(document.as_bytes());
    format!(
        "source: small.yaml\ndate: 2026-01-01\nprovenance: reduced for a test\nsha256:\n  openapi.yaml: {sha}\n"
    )
}

/// Returns the small document with a change.
pub fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut root = Document::parse("small.yaml", &small_document())
        .unwrap()
        .root;
    change(&mut root);
    serde_yaml::to_string(&root).unwrap()
}

/// A server on loopback that records its requests.
pub struct Service {
    pub url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Service {
    pub fn new(
        respond: impl Fn(&str, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/openapi.yaml", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let respond = Arc::new(respond);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let (seen, respond) = (Arc::clone(&seen), Arc::clone(&respond));
                std::thread::spawn(move || {
                    let mut request = Vec::new();
                    let mut byte = [0];
                    while !request.ends_with(b"\r\n\r\n")
                        && stream.read(&mut byte).is_ok_and(|n| n > 0)
                    {
                        request.extend(byte);
                    }
                    let request = String::from_utf8_lossy(&request).into_owned();
                    seen.lock().unwrap().push(request.clone());
                    // In some tests the client closes the connection early.
                    let _ = respond(&request, &mut stream);
                });
            }
        });
        Self { url, requests }
    }

    /// Serves one document like the real service: with an ETag, and compressed if the client accepts it.
    pub fn of(text: String) -> Self {
        Self::new(move |request, stream| {
            let lower = request.to_ascii_lowercase();
            if lower.contains("if-none-match: \"v1\"") {
                return stream.write_all(
                    b"HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n",
                );
            }
            let compressed = lower.contains("accept-encoding: gzip");
            let body = if compressed {
                gzip(text.as_bytes())
            } else {
                text.clone().into_bytes()
            };
            let encoding = if compressed {
                "Content-Encoding: gzip\r\n"
            } else {
                ""
            };
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/yaml\r\nETag: \"v1\"\r\n{encoding}Content-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            )?;
            stream.write_all(&body)
        })
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
