//! An answer on its way: whole, half, or slowly.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderName, HeaderValue, header};

use crate::MockReply;
use crate::reply::Sending;

/// The answer; `guard` is dropped when all of it was sent.
pub(crate) fn response<G: Send + 'static>(reply: MockReply, guard: G) -> Response {
    let MockReply {
        status,
        headers,
        body,
        sending,
        ..
    } = reply;
    let length = body.len();
    let mut response = match sending {
        Sending::Whole => Response::new(Body::from(body)),
        Sending::Half => Response::new(half(body)),
        Sending::Slowly(pause) => Response::new(slowly(body, pause, guard)),
    };
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if sending != Sending::Whole && length > 0 {
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

/// The first half of a body, then an error, upon which the connection is closed.
fn half(body: Bytes) -> Body {
    let half = body.slice(..body.len() / 2);
    let first = futures_util::stream::iter([Ok(half)]);
    let error = futures_util::stream::once(async {
        // Until the half is on its way: what is only buffered would be thrown away.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(std::io::Error::other("cut off, as scripted"))
    });
    Body::from_stream(first.chain(error))
}

fn slowly<G: Send + 'static>(body: Bytes, pause: Duration, guard: G) -> Body {
    let size = body.len().div_ceil(10).max(1);
    let pieces = futures_util::stream::unfold((body, guard), move |(mut rest, guard)| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, std::io::Error>(piece), (rest, guard)))
    });
    Body::from_stream(pieces)
}
