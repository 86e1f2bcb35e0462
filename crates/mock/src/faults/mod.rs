//! Fault injection: a server that fails like real networks and services, and counts the effects of each call.
//!
//! It implements HTTP/1.1 on plain TCP or TLS, because no HTTP library can send a partial header. A script or a random
//! generator selects the [`Fault`] of each request.
//!
//! - `server`: connections and the effect of each fault on them
//! - `effects`: counters, including duplicate effects and unsafe retries
//! - `tls`: the self-signed certificate

mod effects;
mod server;
mod tls;

pub use effects::Counts;
pub use server::FaultServer;

/// A fault that is injected into the handling of a request.
///
/// "Takes effect" means that the service executes the request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// No fault: the request takes effect and gets a 200.
    None,
    /// The connection is reset before anything is read.
    ResetBefore,
    /// The connection is reset after the head of the request is read, but not its body.
    ResetDuring,
    /// The connection is reset after the request is read; the request does not take effect.
    ResetAfter,
    /// The request takes effect, then the connection is reset.
    ActThenReset,
    /// The request takes effect, then the connection is closed without a response.
    ResponseLost,
    /// The request takes effect; the connection is closed in the middle of the response header.
    HalfHeader,
    /// The request takes effect; the response header is never sent, and the connection stays open.
    SlowHeader,
    /// The request takes effect; the response body stalls halfway.
    SlowBody,
    /// The request takes effect; the connection is closed in the middle of a chunk.
    TruncatedChunk,
    /// The request takes effect; the response body is shorter than its `Content-Length`.
    WrongLength,
    /// The request takes effect; a small gzip body decompresses to 16 MiB.
    GzipBomb,
    /// The request takes effect and gets a 200 with an HTML page.
    WrongType,
    /// The request takes effect; the response has a header of 1 MiB.
    HugeHeader,
    /// The request does not take effect and is redirected to its own URL.
    Redirect,
    /// The request takes effect and gets a 200; then the idle connection is closed.
    CloseIdle,
    /// The request is refused and does not take effect.
    Refused {
        /// The status of the response.
        status: u16,
        /// The value of `Retry-After`, in seconds.
        retry_after: Option<u32>,
        /// Whether the body is an HTML page instead of JSON.
        html: bool,
    },
    /// The request takes effect, but the response has an error status.
    ActThenFail {
        /// The status of the response.
        status: u16,
    },
    /// The server permanently stops listening. In a script, it does so before the preceding fault, so that the attempt
    /// after that fault cannot connect.
    Unreachable,
}

impl Fault {
    /// Returns all faults of a running server, with representative statuses for the parameterized ones. Only
    /// [`Fault::Unreachable`] is missing.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let refused = |status, retry_after, html| Self::Refused {
            status,
            retry_after,
            html,
        };
        vec![
            Self::None,
            Self::ResetBefore,
            Self::ResetDuring,
            Self::ResetAfter,
            Self::ActThenReset,
            Self::ResponseLost,
            Self::HalfHeader,
            Self::SlowHeader,
            Self::SlowBody,
            Self::TruncatedChunk,
            Self::WrongLength,
            Self::GzipBomb,
            Self::WrongType,
            Self::HugeHeader,
            Self::Redirect,
            Self::CloseIdle,
            refused(429, Some(0), false),
            refused(429, None, false),
            refused(429, Some(90), false),
            refused(503, Some(0), false),
            refused(503, None, false),
            refused(500, None, false),
            refused(502, None, true),
            refused(408, None, false),
            refused(422, None, false),
            Self::ActThenFail { status: 500 },
            Self::ActThenFail { status: 504 },
        ]
    }

    /// Returns whether the request takes effect.
    #[must_use]
    pub fn takes_effect(&self) -> bool {
        !matches!(
            self,
            Self::ResetBefore
                | Self::ResetDuring
                | Self::ResetAfter
                | Self::Redirect
                | Self::Refused { .. }
                | Self::Unreachable
        )
    }

    /// Returns whether the client cannot rule out that the request took effect.
    #[must_use]
    pub fn leaves_outcome_unknown(&self) -> bool {
        match self {
            // These statuses mean that the request was not executed. A 503 proves nothing, even with `Retry-After`: a
            // gateway in front of the service may have sent it.
            Self::Refused { status, .. } => !matches!(status, 422 | 429),
            Self::Redirect | Self::Unreachable => false,
            _ => true,
        }
    }
}
