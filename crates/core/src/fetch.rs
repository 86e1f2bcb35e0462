//! The future of a call: send, then decode.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use serde::de::DeserializeOwned;

use crate::{Answer, Call, Decode, Error, Hook, Operation, Reply};

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
                let (operation, answer) = answered.await?;
                Reply::decode(operation, answer, mode)
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
        let answer = hook.send(call).await?;
        match answer.status.as_u16() {
            200..=299 | 304 => Ok((operation, answer)),
            300..=399 => Err(Error::redirected(operation, answer)),
            _ => Err(Error::refused(operation, answer)),
        }
    })
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
