//! Connections, and what each fault does to them.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::judge::{Judge, Seen};
use super::{Counts, Fault, tls};

/// How long a silence lasts: longer than any test waits.
const SILENCE: Duration = Duration::from_secs(20);

/// The largest request that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// A server that fails.
#[derive(Debug)]
pub struct FaultServer {
    address: SocketAddr,
    certificate: Option<String>,
    state: Arc<State>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    plan: Mutex<Plan>,
    judge: Mutex<Judge>,
    body: String,
}

#[derive(Debug)]
enum Plan {
    /// In order; what comes after meets no fault.
    Script(VecDeque<Fault>),
    /// So many of a thousand requests meet one of these.
    Chance {
        random: fastrand::Rng,
        per_mille: u32,
        faults: Vec<Fault>,
    },
}

impl Plan {
    fn next(&mut self) -> Fault {
        match self {
            Self::Script(faults) => faults.pop_front().unwrap_or(Fault::None),
            Self::Chance {
                random,
                per_mille,
                faults,
            } => {
                let meets = random.u32(0..1000) < *per_mille;
                let fault = if meets { random.choice(&*faults) } else { None };
                fault.cloned().unwrap_or(Fault::None)
            }
        }
    }

    /// Whether the next request is not even read; it is met then.
    fn resets_before(&mut self) -> bool {
        match self {
            Self::Script(faults) => {
                let resets = faults.front() == Some(&Fault::ResetBefore);
                if resets {
                    faults.pop_front();
                }
                resets
            }
            Self::Chance { .. } => false,
        }
    }
}

impl FaultServer {
    /// Starts a server on a free port of loopback; the requests meet the faults of `script` in their order, and
    /// none after that.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(script: Vec<Fault>) -> io::Result<Self> {
        Self::run(Plan::Script(script.into()), false).await
    }

    /// As [`FaultServer::start`], over TLS; [`FaultServer::certificate`] is what a client must trust.
    ///
    /// # Errors
    ///
    /// When no port or certificate can be had.
    pub async fn start_tls(script: Vec<Fault>) -> io::Result<Self> {
        Self::run(Plan::Script(script.into()), true).await
    }

    /// Starts a server on which so many of a thousand requests meet one of `faults`, by chance from `seed`.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start_random(seed: u64, per_mille: u32, faults: Vec<Fault>) -> io::Result<Self> {
        let random = fastrand::Rng::with_seed(seed);
        let plan = Plan::Chance {
            random,
            per_mille,
            faults,
        };
        Self::run(plan, false).await
    }

    async fn run(plan: Plan, is_tls: bool) -> io::Result<Self> {
        if let Plan::Script(script) = &plan
            && script.contains(&Fault::GzipBomb)
        {
            // Packing it takes longer than a test would wait.
            bomb()?;
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
            plan: Mutex::new(plan),
            judge: Mutex::default(),
            body: r#"{"data":{"id":1,"text":"done"},"_meta":{"_credits":{"used":1,"balance":99}}}"#
                .to_owned(),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, acceptor) = (Arc::clone(&shared), acceptor.clone());
                tokio::spawn(async move {
                    if lock(&state.plan).resets_before() {
                        lock(&state.judge).unread();
                        reset(&stream);
                        return;
                    }
                    // A client that goes away, or trusts nobody, ends its connection and no other.
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
        Ok(Self {
            address,
            certificate,
            state,
            task,
        })
    }

    /// The base URL, such as `http://127.0.0.1:41234`; over TLS `https://localhost:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.certificate {
            None => format!("http://{}", self.address),
            Some(_) => format!("https://localhost:{}", self.address.port()),
        }
    }

    /// The certificate in PEM, of a server over TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        lock(&self.state.judge).counts()
    }
}

impl FaultServer {
    /// Forgets a call that has ended, so that a long run needs no more memory; the counts stay.
    pub fn forget(&self, call: &str) {
        lock(&self.state.judge).forget(call);
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

/// Lets the connection end by a reset when it is dropped.
fn reset(stream: &TcpStream) {
    // A connection that is gone needs no reset.
    let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Serves the requests of one connection, until a fault or the client ends it.
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
        if fault == Fault::ResetBefore {
            lock(&state.judge).unread();
            reset(&stream);
            return Ok(());
        }
        let Some(request) = Request::read(&mut stream, &mut buffer, &fault).await? else {
            return Ok(());
        };
        let is_replay = lock(&state.judge).request(&request.seen(), &fault);
        if !answer(&mut stream, &reset, state, &fault, &request, is_replay).await? {
            return Ok(());
        }
    }
}

/// A request, as much of it as is needed.
struct Request {
    method: String,
    target: String,
    key: Option<String>,
}

impl Request {
    /// Reads a request; its body too, unless the fault is that it is not. `None` where the client went away.
    async fn read<S: AsyncRead + Unpin>(
        stream: &mut S,
        buffer: &mut Vec<u8>,
        fault: &Fault,
    ) -> io::Result<Option<Self>> {
        let head = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if buffer.len() > LARGEST || stream.read_buf(buffer).await? == 0 {
                return Ok(None);
            }
        };
        let text = String::from_utf8_lossy(&buffer[..head]).into_owned();
        let mut lines = text.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let mut word = || words.next().unwrap_or_default().to_owned();
        let (method, target) = (word(), word());
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
            key: header("idempotency-key"),
        }))
    }

    fn seen(&self) -> Seen<'_> {
        let call = self
            .target
            .split(['?', '&'])
            .find_map(|pair| pair.strip_prefix("call="));
        Seen {
            is_write: self.method != "GET",
            call: call.unwrap_or_default(),
            key: self.key.as_deref(),
        }
    }
}

/// Answers, or does not; whether the connection goes on.
async fn answer<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    reset: &impl Fn(&S),
    state: &State,
    fault: &Fault,
    request: &Request,
    is_replay: bool,
) -> io::Result<bool> {
    let json = "Content-Type: application/json";
    let body = &state.body;
    let half = &body[..body.len() / 2];
    let whole = |status: &str, headers: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\n{headers}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let send = match fault {
        Fault::ResetBefore | Fault::ResetDuring | Fault::ResetAfter | Fault::ActThenReset => {
            reset(stream);
            return Ok(false);
        }
        Fault::AnswerLost => return Ok(false),
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
            let bomb = bomb()?;
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
            // Until the client gives up.
            let _ = tokio::time::timeout(SILENCE, stream.read_u8()).await;
            Ok(false)
        }
        Fault::HalfHeader | Fault::TruncatedChunk | Fault::WrongLength | Fault::CloseIdle => {
            stream.shutdown().await?;
            Ok(false)
        }
        _ => Ok(true),
    }
}

/// Sixteen megabytes of blanks, packed once.
fn bomb() -> io::Result<&'static [u8]> {
    use std::io::Write as _;
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    if let Some(bomb) = BOMB.get() {
        return Ok(bomb);
    }
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&vec![b' '; 16 << 20])?;
    let packed = packer.finish()?;
    Ok(BOMB.get_or_init(|| packed))
}
