//! Encodes `multipart/form-data` bodies (RFC 7578): fields and files as one streamed body.

use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use crate::{Body, BodyStream, FilePart};

/// Encodes fields and files; returns the `Content-Type` with the boundary, and the body.
pub(crate) fn encode(
    fields: Vec<(String, String)>,
    files: Vec<(&'static str, FilePart)>,
) -> (String, Body) {
    let boundary = boundary();
    let mut parts: Vec<Body> = Vec::new();
    for (name, value) in fields {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n",
            escape_quoted(&name)
        );
        parts.push(Body::Bytes(head.into()));
    }
    for (name, file) in files {
        let content_type = file
            .content_type
            .as_deref()
            .filter(|content_type| http::HeaderValue::from_str(content_type).is_ok())
            .unwrap_or("application/octet-stream");
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {content_type}\r\n\r\n",
            escape_quoted(name),
            escape_quoted(&file.file_name)
        );
        parts.push(Body::Bytes(head.into()));
        parts.push(file.body);
        parts.push(Body::Bytes(Bytes::from_static(b"\r\n")));
    }
    parts.push(Body::Bytes(format!("--{boundary}--\r\n").into()));
    (
        format!("multipart/form-data; boundary={boundary}"),
        concat(parts),
    )
}

/// Concatenates the parts. The result is in memory if all parts are; otherwise it is a factory that opens a new stream
/// for each attempt.
fn concat(parts: Vec<Body>) -> Body {
    let in_memory: Option<Vec<&Bytes>> = parts
        .iter()
        .map(|part| match part {
            Body::Bytes(bytes) => Some(bytes),
            _ => None,
        })
        .collect();
    if let Some(bytes) = in_memory {
        let all: Vec<u8> = bytes.into_iter().flat_map(|part| part.to_vec()).collect();
        return Body::Bytes(all.into());
    }
    let length = parts
        .iter()
        .map(|part| match part {
            Body::Empty => Some(0),
            Body::Bytes(bytes) => Some(bytes.len() as u64),
            Body::Factory { length, .. } => *length,
        })
        .sum();
    let parts = Arc::new(parts);
    Body::Factory {
        length,
        open: Arc::new(move || {
            let opened = parts
                .iter()
                .map(|part| match part {
                    Body::Empty => Ok(Part::Bytes(None)),
                    Body::Bytes(bytes) => Ok(Part::Bytes(Some(bytes.clone()))),
                    Body::Factory { open, .. } => open().map(Part::Stream),
                })
                .collect::<std::io::Result<std::collections::VecDeque<_>>>()?;
            Ok(Box::pin(Parts(opened)) as BodyStream)
        }),
    }
}

enum Part {
    Bytes(Option<Bytes>),
    Stream(BodyStream),
}

/// A stream of the parts that have not been sent yet.
struct Parts(std::collections::VecDeque<Part>);

impl Stream for Parts {
    type Item = std::io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match self.0.front_mut() {
                None => return Poll::Ready(None),
                Some(Part::Bytes(bytes)) => {
                    if let Some(bytes) = bytes.take() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Some(Part::Stream(stream)) => match stream.as_mut().poll_next(context) {
                    Poll::Ready(None) => {}
                    other => return other,
                },
            }
            self.0.pop_front();
        }
    }
}

/// Escapes a name for a quoted `Content-Disposition` parameter (RFC 7578 section 2), as browsers do.
fn escape_quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// Generates a random 128-bit boundary, which in practice no file contains; the randomness comes from
/// [`RandomState`].
fn boundary() -> String {
    let half = || RandomState::new().hash_one("boundary");
    format!("----form-{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separates_parts_by_the_boundary_and_escapes_names() {
        let file = FilePart::new("a\"\r\nX: y.png", "bytes").content_type("image/png\r\nX: y");
        let (content_type, body) = encode(
            vec![("a[b]".to_owned(), "1".to_owned())],
            vec![("file", file)],
        );
        let boundary = content_type
            .strip_prefix("multipart/form-data; boundary=")
            .unwrap();
        let Body::Bytes(bytes) = body else {
            panic!("{body:?}")
        };
        assert_eq!(
            String::from_utf8_lossy(&bytes),
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"a[b]\"\r\n\r\n1\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0AX: y.png\"\r\nContent-Type: application/octet-stream\r\n\r\nbytes\r\n--{boundary}--\r\n"
            )
        );
    }

    #[test]
    fn a_body_with_a_streamed_file_is_repeatable_and_has_a_known_length() {
        struct Once(Option<Bytes>);
        impl Stream for Once {
            type Item = std::io::Result<Bytes>;
            fn poll_next(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
            ) -> Poll<Option<Self::Item>> {
                Poll::Ready(self.0.take().map(Ok))
            }
        }
        let open: crate::BodyFactory = Arc::new(|| Ok(Box::pin(Once(Some("12345".into())))));
        let file = FilePart::streamed("a", Some(5), open);
        let (_, body) = encode(Vec::new(), vec![("f", file)]);
        let Body::Factory { length, open } = body else {
            panic!("{body:?}")
        };
        for _ in 0..2 {
            let mut stream = open().unwrap();
            let mut sent = 0;
            let mut context = Context::from_waker(std::task::Waker::noop());
            while let Poll::Ready(Some(chunk)) = stream.as_mut().poll_next(&mut context) {
                sent += chunk.unwrap().len() as u64;
            }
            assert_eq!(Some(sent), length);
        }
    }
}
