//! The server: connections and the effect of each fault on them.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinHandle};

use super::effects::{EffectTracker, TrackedRequest};
use super::{Counts, Fault, tls};

/// How long a stalled connection stays open; longer than any test timeout.
const STALL: Duration = Duration::from_secs(20);

/// The maximum size of a request head, in bytes.
const MAX_HEAD_BYTES: usize = 1 << 20;

/// A server that injects faults. Dropping it stops the server.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use onlyfansapi_mock::faults::{Fault, FaultServer};
///
/// let server = FaultServer::start(vec![Fault::ResetAfter]).await?;
/// let client = onlyfansapi::Client::builder().key("test-key").base_url(server.url()).build()?;
/// client.api().whoami().await?;
/// let counts = server.counts();
/// assert_eq!((counts.requests, counts.faults), (2, 1));
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct FaultServer {
    address: SocketAddr,
    certificate: Option<String>,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    /// The task that accepts connections; it owns the listener.
    accepting: OnceLock<AbortHandle>,
    plan: Mutex<FaultPlan>,
    effects: Mutex<EffectTracker>,
    body: String,
}

/// Selects the fault of each request.
#[derive(Debug)]
enum FaultPlan {
    /// Faults in order; further requests get no fault.
    Script(VecDeque<Fault>),
    /// A random fault with a probability of `per_mille` / 1000 for each request.
    Random {
        random: fastrand::Rng,
        per_mille: u32,
        faults: Vec<Fault>,
    },
}

impl FaultPlan {
    fn next(&mut self) -> Fault {
        match self {
            Self::Script(faults) => faults.pop_front().unwrap_or(Fault::None),
            Self::Random {
                random,
                per_mille,
                faults,
            } => {
                let is_faulty = random.u32(0..1000) < *per_mille;
                let fault = if is_faulty {
                    random.choice(&*faults)
                } else {
                    None
                };
                fault.cloned().unwrap_or(Fault::None)
            }
        }
    }

    /// Returns whether the server must stop listening now.
    fn is_unreachable_next(&self) -> bool {
        matches!(self, Self::Script(faults) if faults.front() == Some(&Fault::Unreachable))
    }

    /// If the next fault is a scripted `ResetBefore`, consumes it and returns true.
    fn take_reset_before(&mut self) -> bool {
        match self {
            Self::Script(faults) => {
                let is_reset = faults.front() == Some(&Fault::ResetBefore);
                if is_reset {
                    faults.pop_front();
                }
                is_reset
            }
            Self::Random { .. } => false,
        }
    }
}

impl FaultServer {
    /// Starts a server on a free loopback port that injects the faults of `script` in order, and none after that.
    ///
    /// # Errors
    ///
    /// Returns an error if no port is available.
    pub async fn start(script: Vec<Fault>) -> io::Result<Self> {
        Self::run(FaultPlan::Script(script.into()), false).await
    }

    /// Starts a server like [`FaultServer::start`], over TLS. Clients must trust [`FaultServer::certificate`].
    ///
    /// # Errors
    ///
    /// Returns an error if no port is available or the certificate cannot be generated.
    pub async fn start_tls(script: Vec<Fault>) -> io::Result<Self> {
        Self::run(FaultPlan::Script(script.into()), true).await
    }

    /// Starts a server that injects a random fault from `faults` into each request with a probability of `per_mille` /
    /// 1000. `seed` initializes the random generator.
    ///
    /// # Errors
    ///
    /// Returns an error if no port is available.
    pub async fn start_random(seed: u64, per_mille: u32, faults: Vec<Fault>) -> io::Result<Self> {
        let random = fastrand::Rng::with_seed(seed);
        let plan = FaultPlan::Random {
            random,
            per_mille,
            faults,
        };
        Self::run(plan, false).await
    }

    async fn run(plan: FaultPlan, is_tls: bool) -> io::Result<Self> {
        if let FaultPlan::Script(script) = &plan
            && script.contains(&Fault::GzipBomb)
        {
            // Compressed in advance, because compression takes longer than the test timeouts.
            gzip_bomb()?;
        }
        let (acceptor, certificate) = if is_tls {
            let (acceptor, certificate) = tls::acceptor()?;
            (Some(acceptor), Some(certificate))
        } else {
            (None, None)
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State {
            accepting: OnceLock::new(),
            plan: Mutex::new(plan),
            effects: Mutex::default(),
            body: r#"{"data":{"id":1,"text":"done"},"_meta":{"_credits":{"used":1,"balance":99}}}"#
                .to_owned(),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, acceptor) = (Arc::clone(&shared), acceptor.clone());
                tokio::spawn(async move {
                    if lock(&state.plan).take_reset_before() {
                        lock(&state.effects).record_unread();
                        state.stop_listening_if_unreachable().await;
                        reset(&stream);
                        return;
                    }
                    // An error, such as a failed TLS handshake, only ends this connection.
                    let _ = match acceptor {
                        None => serve(stream, reset, &state).await,
                        Some(acceptor) => match acceptor.accept(stream).await {
                            Ok(stream) => serve(stream, |s| reset(s.get_ref().0), &state).await,
                            Err(error) => Err(error),
                        },
                    };
                });
            }
        });
        // Set once, here.
        let _ = state.accepting.set(task.abort_handle());
        state.stop_listening_if_unreachable().await;
        Ok(Self {
            address,
            certificate,
            state,
            task,
        })
    }

    /// Returns the base URL, such as `http://127.0.0.1:41234`, or `https://localhost:41234` over TLS.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.certificate {
            None => format!("http://{}", self.address),
            Some(_) => format!("https://localhost:{}", self.address.port()),
        }
    }

    /// Returns the certificate in PEM format; `None` without TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Returns the current counters.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.state.effects).counts()
    }

    /// Removes a completed call, given by its `call` query parameter, to bound the memory of long runs. The counters
    /// stay.
    pub fn remove_call(&self, call: &str) {
        lock(&self.state.effects).remove_call(call);
    }
}

impl State {
    /// Closes the listener if the next fault is [`Fault::Unreachable`], and returns whether it is closed.
    async fn stop_listening_if_unreachable(&self) -> bool {
        if !lock(&self.plan).is_unreachable_next() {
            return false;
        }
        if let Some(accepting) = self.accepting.get() {
            accepting.abort();
            while !accepting.is_finished() {
                tokio::task::yield_now().await;
            }
        }
        true
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the connection send a reset when it is dropped.
fn reset(stream: &TcpStream) {
    // Fails only if the connection is already closed.
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Serves the requests of a connection until a fault or the client closes it.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    reset: impl Fn(&S),
    state: &State,
) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        if buffer.is_empty() && stream.read_buf(&mut buffer).await? == 0 {
            return Ok(());
        }
        let fault = lock(&state.plan).next();
        if fault == Fault::Unreachable {
            return Ok(());
        }
        let is_last = state.stop_listening_if_unreachable().await;
        if fault == Fault::ResetBefore {
            lock(&state.effects).record_unread();
            reset(&stream);
            return Ok(());
        }
        let Some(request) = Request::read(&mut stream, &mut buffer, &fault).await? else {
            return Ok(());
        };
        let is_replay = lock(&state.effects).record(&request.tracked(), &fault);
        let reply = Reply {
            fault: &fault,
            is_replay,
            is_last,
        };
        if !respond(&mut stream, &reset, state, &request, reply).await? {
            return Ok(());
        }
    }
}

/// The relevant parts of a request.
struct Request {
    method: String,
    target: String,
    idempotency_key: Option<String>,
}

impl Request {
    /// Reads a request. Skips the body for [`Fault::ResetDuring`]. Returns `None` if the client disconnects.
    async fn read<S: AsyncRead + Unpin>(
        stream: &mut S,
        buffer: &mut Vec<u8>,
        fault: &Fault,
    ) -> io::Result<Option<Self>> {
        let head = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if buffer.len() > MAX_HEAD_BYTES || stream.read_buf(buffer).await? == 0 {
                return Ok(None);
            }
        };
        let text = String::from_utf8_lossy(&buffer[..head]).into_owned();
        let mut lines = text.split("\r\n");
        let mut parts = lines.next().unwrap_or_default().split(' ');
        let mut next_part = || parts.next().unwrap_or_default().to_owned();
        let (method, target) = (next_part(), next_part());
        let header = |name: &str| {
            text.split("\r\n")
                .filter_map(|line| line.split_once(':'))
                .find(|(found, _)| found.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
        };
        let length = header("content-length").and_then(|length| length.parse().ok());
        let length: usize = length.unwrap_or_default();
        if *fault != Fault::ResetDuring {
            while buffer.len() < head + length {
                if stream.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
        }
        buffer.drain(..buffer.len().min(head + length));
        Ok(Some(Self {
            method,
            target,
            idempotency_key: header("idempotency-key"),
        }))
    }

    fn tracked(&self) -> TrackedRequest<'_> {
        let call = self
            .target
            .split(['?', '&'])
            .find_map(|pair| pair.strip_prefix("call="));
        TrackedRequest {
            is_write: self.method != "GET",
            call: call.unwrap_or_default(),
            idempotency_key: self.idempotency_key.as_deref(),
        }
    }
}

/// How to respond to a request.
struct Reply<'a> {
    fault: &'a Fault,
    /// Whether an earlier request had the same idempotency key.
    is_replay: bool,
    /// Whether the server has stopped listening, so that the connection must be closed, too.
    is_last: bool,
}

/// Sends the response that the fault prescribes, if any; returns whether the connection stays open.
async fn respond<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    reset: &impl Fn(&S),
    state: &State,
    request: &Request,
    reply: Reply<'_>,
) -> io::Result<bool> {
    let Reply {
        fault,
        is_replay,
        is_last,
    } = reply;
    let json = "Content-Type: application/json";
    let body = &state.body;
    let half = &body[..body.len() / 2];
    let whole = |status: &str, headers: &str, body: &str| {
        let close = if is_last { "\r\nConnection: close" } else { "" };
        format!(
            "HTTP/1.1 {status}\r\n{headers}{close}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let send = match fault {
        Fault::ResetBefore
        | Fault::ResetDuring
        | Fault::ResetAfter
        | Fault::ActThenReset
        | Fault::Unreachable => {
            reset(stream);
            return Ok(false);
        }
        Fault::ResponseLost => return Ok(false),
        Fault::HalfHeader => "HTTP/1.1 200 OK\r\nContent-Ty".to_owned(),
        Fault::SlowHeader => String::new(),
        Fault::SlowBody | Fault::WrongLength => {
            format!(
                "HTTP/1.1 200 OK\r\n{json}\r\nContent-Length: {}\r\n\r\n{half}",
                body.len()
            )
        }
        Fault::TruncatedChunk => format!(
            "HTTP/1.1 200 OK\r\n{json}\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{half}",
            body.len()
        ),
        Fault::GzipBomb => {
            let bomb = gzip_bomb()?;
            let head = format!(
                "HTTP/1.1 200 OK\r\n{json}\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
                bomb.len()
            );
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(bomb).await?;
            return Ok(true);
        }
        Fault::WrongType => whole("200 OK", "Content-Type: text/html", "<html>Sign in</html>"),
        Fault::HugeHeader => whole(
            "200 OK",
            &format!("{json}\r\nX-Huge: {}", "x".repeat(1 << 20)),
            body,
        ),
        Fault::Redirect => whole("302 Found", &format!("Location: {}", request.target), ""),
        Fault::Refused {
            status,
            retry_after,
            html,
        } => {
            let after = retry_after.map_or_else(String::new, |s| format!("\r\nRetry-After: {s}"));
            let (kind, body) = if *html {
                ("Content-Type: text/html", "<html>Bad gateway</html>")
            } else {
                (json, r#"{"message":"No."}"#)
            };
            whole(
                &format!("{status} Refused"),
                &format!("{kind}{after}"),
                body,
            )
        }
        Fault::ActThenFail { status } => whole(
            &format!("{status} Failed"),
            json,
            r#"{"message":"Server Error"}"#,
        ),
        Fault::None | Fault::CloseIdle => {
            let replayed = if is_replay {
                "\r\nIdempotent-Replayed: true"
            } else {
                ""
            };
            whole("200 OK", &format!("{json}{replayed}"), body)
        }
    };
    stream.write_all(send.as_bytes()).await?;
    stream.flush().await?;
    match fault {
        Fault::SlowHeader | Fault::SlowBody => {
            // Stall until the client disconnects.
            let _ = tokio::time::timeout(STALL, stream.read_u8()).await;
            Ok(false)
        }
        Fault::HalfHeader | Fault::TruncatedChunk | Fault::WrongLength | Fault::CloseIdle => {
            stream.shutdown().await?;
            Ok(false)
        }
        _ => Ok(!is_last),
    }
}

/// Returns 16 MiB of spaces, compressed once per process.
fn gzip_bomb() -> io::Result<&'static [u8]> {
    use std::io::Write as _;
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(bomb) = BOMB.get() {
        return Ok(bomb);
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&vec![b' '; 16 << 20])?;
    let compressed = encoder.finish()?;
    Ok(BOMB.get_or_init(|| compressed))
}
