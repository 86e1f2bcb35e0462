//! Reads response bodies.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

/// The largest buffer that is allocated before a body has arrived, in bytes.
const MAX_RESERVED: u64 = 1 << 20;

/// How reading a body ended.
pub(super) enum BodyEnd {
    Whole,
    Broken(reqwest::Error),
    TooLarge(u64),
}

/// Reads a body to its end, or until it exceeds `limit` bytes.
pub(super) async fn read(response: &mut Response, limit: Option<u64>) -> (Bytes, BodyEnd) {
    let is_too_large = |length: usize| limit.filter(|limit| length as u64 > *limit);
    let first = match response.chunk().await {
        Ok(Some(first)) => first,
        Ok(None) => return (Bytes::new(), BodyEnd::Whole),
        Err(error) => return (Bytes::new(), BodyEnd::Broken(error)),
    };
    if let Some(limit) = is_too_large(first.len()) {
        return (first, BodyEnd::TooLarge(limit));
    }
    // Reserve the announced length, within reason.
    let announced = response
        .content_length()
        .unwrap_or_default()
        .min(MAX_RESERVED);
    let reserved = usize::try_from(announced)
        .unwrap_or_default()
        .max(first.len());
    // Most responses arrive in one chunk, which is not copied.
    let mut body: Option<BytesMut> = None;
    loop {
        let end = match response.chunk().await {
            Ok(Some(chunk)) => {
                let body = body.get_or_insert_with(|| {
                    let mut body = BytesMut::with_capacity(reserved);
                    body.extend_from_slice(&first);
                    body
                });
                body.extend_from_slice(&chunk);
                match is_too_large(body.len()) {
                    Some(limit) => BodyEnd::TooLarge(limit),
                    None => continue,
                }
            }
            Ok(None) => BodyEnd::Whole,
            Err(error) => BodyEnd::Broken(error),
        };
        return (body.map_or(first, BytesMut::freeze), end);
    }
}
