//! The future of a call: send, then decode.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use crate::{Answer, Call, Decode, Download, Error, Hook, Opening, Operation, Reply, Shape};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send + 'static>>;

/// The future of a call; resolves to a [`Reply`] or an [`Error`].
///
/// `Send` and `'static`, so that it can be spawned. Dropping it drops the connection's request.
#[must_use = "nothing is sent until the future is awaited"]
pub struct Fetch<T> {
    future: Boxed<Result<Reply<T>, Error>>,
}

impl<T: DeserializeOwned + Send + 'static> Fetch<T> {
    pub(crate) fn start(hook: Hook, call: Result<Call, Error>, mode: Decode) -> Self {
        let answered = answered(hook, call);
        Self {
            future: Box::pin(async move {
                let (operation, mut answer) = answered.await?;
                let observer = answer.observer.take();
                let reply = Reply::<T>::decode(operation, answer, mode);
                if let Some(observer) = observer {
                    match &reply {
                        Ok(reply) => observer.decoded(reply.drift(), None),
                        Err(error) => observer.decoded(error.drift(), Some(error)),
                    }
                }
                reply
            }),
        }
    }
}

/// The part of every call that does not depend on its type, compiled once.
fn answered(
    hook: Hook,
    call: Result<Call, Error>,
) -> Boxed<Result<(&'static Operation, Answer), Error>> {
    Box::pin(async move {
        let call = call?;
        let operation = call.operation;
        let mut answer = hook.send(call).await?;
        // Those are the last word, whatever their bodies are.
        if !answer.status.is_success() {
            answer.observer = None;
        }
        match answer.status.as_u16() {
            200..=299 | 304 => Ok((operation, answer)),
            300..=399 if operation.shape == Shape::Redirect => Ok((operation, answer)),
            300..=399 => Err(Error::redirected(operation, answer)),
            _ => Err(Error::refused(operation, answer)),
        }
    })
}

/// Sends a call whose answer is read as it comes. A refusal is read to its end, so that the error has it.
pub(crate) fn opening(hook: Hook, call: Result<Call, Error>) -> Opening {
    Opening(Box::pin(async move {
        let call = call?;
        let operation = call.operation;
        let mut opened = hook.start(call).await?;
        if opened.status.is_success() {
            return Ok(Download {
                status: opened.status,
                headers: opened.headers,
                body: opened.body,
            });
        }
        let mut body = bytes::BytesMut::new();
        // A refusal is one also when the rest of its body is lost.
        while let Some(Ok(chunk)) =
            std::future::poll_fn(|context| opened.body.as_mut().poll_next(context)).await
        {
            body.extend_from_slice(&chunk);
        }
        let mut answer = Answer::new(opened.status, opened.headers, body.freeze());
        answer.attempts = opened.attempts;
        Err(if answer.status.is_redirection() {
            Error::redirected(operation, answer)
        } else {
            Error::refused(operation, answer)
        })
    }))
}

impl<T> Future for Fetch<T> {
    type Output = Result<Reply<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.future.as_mut().poll(context)
    }
}

impl<T> fmt::Debug for Fetch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fetch")
    }
}
