//! Sends response bodies: whole, truncated or throttled.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderName, HeaderValue, header};

use crate::MockReply;

/// How a response body is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum BodyTransfer {
    #[default]
    Whole,
    /// Sends the first half, then closes the connection.
    Truncated,
    /// Sends ten chunks, with this pause before each.
    Throttled(Duration),
}

/// Converts a reply to an axum response. `guard` is dropped once a throttled body is sent, otherwise immediately.
pub(crate) fn response<G: Send + 'static>(reply: MockReply, guard: G) -> Response {
    let MockReply {
        status,
        headers,
        body,
        transfer,
        ..
    } = reply;
    let length = body.len();
    let mut response = match transfer {
        BodyTransfer::Whole => Response::new(Body::from(body)),
        BodyTransfer::Truncated => Response::new(truncated(body)),
        BodyTransfer::Throttled(pause) => Response::new(throttled(body, pause, guard)),
    };
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if transfer != BodyTransfer::Whole && length > 0 {
        let length = HeaderValue::from(length);
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length);
    }
    response.headers_mut().insert(
        HeaderName::from_static("server"),
        HeaderValue::from_static("onlyfansapi-mock"),
    );
    response
}

/// Streams the first half of a body, then an error that closes the connection.
fn truncated(body: Bytes) -> Body {
    let half = body.slice(..body.len() / 2);
    let first = futures_util::stream::iter([Ok(half)]);
    let error = futures_util::stream::once(async {
        // Gives the first half time to be written: buffered data is discarded on an error.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::other("truncated as scripted"))
    });
    Body::from_stream(first.chain(error))
}

fn throttled<G: Send + 'static>(body: Bytes, pause: Duration, guard: G) -> Body {
    let size = body.len().div_ceil(10).max(1);
    let chunks = futures_util::stream::unfold((body, guard), move |(mut rest, guard)| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let chunk = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, std::io::Error>(chunk), (rest, guard)))
    });
    Body::from_stream(chunks)
}
