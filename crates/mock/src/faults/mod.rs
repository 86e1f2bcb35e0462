//! A server that fails as networks and services do, and counts what came of each call.
//!
//! It speaks HTTP/1.1 by hand over TCP or TLS, because no HTTP library sends half a header. A script says which
//! [`Fault`] meets which request; without one, chance does.
//!
//! - `server`: connections, and what each fault does to them
//! - `judge`: what a call may not do, seen from the service's side
//! - `tls`: a certificate of its own making

mod judge;
mod server;
mod tls;

pub use judge::Counts;
pub use server::FaultServer;

/// What meets a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// None: it takes effect and is answered.
    None,
    /// The connection is reset before anything of the request is read.
    ResetBefore,
    /// It is reset when the head was read, and the body was not.
    ResetDuring,
    /// It is reset when the request was read; it took no effect.
    ResetAfter,
    /// It is reset when the request was read and took effect.
    ActThenReset,
    /// The request takes effect, and the connection is closed without an answer.
    AnswerLost,
    /// It takes effect, and half a header is the answer.
    HalfHeader,
    /// It takes effect, and the header of the answer does not come in time.
    SlowHeader,
    /// It takes effect, and the body of the answer stops half-way.
    SlowBody,
    /// It takes effect; a chunk of the body breaks off.
    TruncatedChunk,
    /// It takes effect; the body is shorter than its header says.
    WrongLength,
    /// It takes effect; a small body unpacks to sixteen megabytes.
    GzipBomb,
    /// It takes effect; the answer is a page of HTML with 200.
    WrongType,
    /// It takes effect; one header of the answer has a megabyte.
    HugeHeader,
    /// It is redirected to itself, whenever it comes.
    Redirect,
    /// It takes effect and is answered; then the connection is closed without a word.
    CloseIdle,
    /// It is refused and takes no effect.
    Refused {
        /// The status.
        status: u16,
        /// `Retry-After`, in whole seconds.
        retry_after: Option<u32>,
        /// Whether a page of HTML is the body.
        html: bool,
    },
    /// It takes effect, and the answer says that the server failed.
    ActThenFail {
        /// The status.
        status: u16,
    },
}

impl Fault {
    /// One of every kind that can meet a request.
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
            Self::AnswerLost,
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

    /// Whether the request takes effect.
    #[must_use]
    pub fn acts(&self) -> bool {
        !matches!(
            self,
            Self::ResetBefore
                | Self::ResetDuring
                | Self::ResetAfter
                | Self::Redirect
                | Self::Refused { .. }
        )
    }

    /// Whether the client cannot know from it that nothing happened.
    #[must_use]
    pub fn leaves_open(&self) -> bool {
        match self {
            // Refused before being acted on, by what HTTP says of these.
            Self::Refused {
                status,
                retry_after,
                ..
            } => !(*status == 429 || *status == 503 && retry_after.is_some() || *status == 422),
            Self::Redirect => false,
            _ => true,
        }
    }
}
