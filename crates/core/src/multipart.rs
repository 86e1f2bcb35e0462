//! `multipart/form-data` (RFC 7578): fields and files as one body that is streamed, part after part.

use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;

use crate::{Body, BodyStream, FilePart};

/// The media type with its boundary, and the body.
pub(crate) fn written(
    fields: Vec<(String, String)>,
    files: Vec<(&'static str, FilePart)>,
) -> (String, Body) {
    let boundary = boundary();
    let mut parts: Vec<Body> = Vec::new();
    for (name, value) in fields {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n{value}\r\n",
            quoted(&name)
        );
        parts.push(Body::Bytes(head.into()));
    }
    for (name, file) in files {
        let media = file
            .content_type
            .as_deref()
            .filter(|media| http::HeaderValue::from_str(media).is_ok())
            .unwrap_or("application/octet-stream");
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {media}\r\n\r\n",
            quoted(name),
            quoted(&file.file_name)
        );
        parts.push(Body::Bytes(head.into()));
        parts.push(file.body);
        parts.push(Body::Bytes(Bytes::from_static(b"\r\n")));
    }
    parts.push(Body::Bytes(format!("--{boundary}--\r\n").into()));
    (
        format!("multipart/form-data; boundary={boundary}"),
        joined(parts),
    )
}

/// The parts as one body: in memory where all of them are, else made anew for each attempt.
fn joined(parts: Vec<Body>) -> Body {
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
        make: Arc::new(move || {
            let opened = parts
                .iter()
                .map(|part| match part {
                    Body::Empty => Ok(Part::Bytes(None)),
                    Body::Bytes(bytes) => Ok(Part::Bytes(Some(bytes.clone()))),
                    Body::Factory { make, .. } => make().map(Part::Stream),
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

/// The parts that are still to be sent.
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

/// A name as it stands between quotes (RFC 7578 section 2, as browsers do it).
fn quoted(name: &str) -> String {
    name.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A boundary that no file has in it: 128 bits, of the random keys of a hasher.
fn boundary() -> String {
    let half = || RandomState::new().hash_one("boundary");
    format!("----form-{:016x}{:016x}", half(), half())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_between_boundaries_and_names_cannot_break_out() {
        let file = FilePart::new("a\"\r\nX: y.png", "bytes").content_type("image/png\r\nX: y");
        let (media, body) = written(
            vec![("a[b]".to_owned(), "1".to_owned())],
            vec![("file", file)],
        );
        let boundary = media
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
    fn a_streamed_file_keeps_the_body_repeatable_and_its_length_known() {
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
        let make: crate::BodyFactory = Arc::new(|| Ok(Box::pin(Once(Some("12345".into())))));
        let file = FilePart::streamed("a", Some(5), make);
        let (_, body) = written(Vec::new(), vec![("f", file)]);
        let Body::Factory { length, make } = body else {
            panic!("{body:?}")
        };
        for _ in 0..2 {
            let mut stream = make().unwrap();
            let mut sent = 0;
            let mut context = Context::from_waker(std::task::Waker::noop());
            while let Poll::Ready(Some(chunk)) = stream.as_mut().poll_next(&mut context) {
                sent += chunk.unwrap().len() as u64;
            }
            assert_eq!(Some(sent), length);
        }
    }
}
