//! The server: scripted answers first, then the routes, then 404; all behind the key.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::routes::Routes;
use crate::{KEY, MockReply, Recorded};

/// A stand-in that runs in this process, on a port of its own, until it is dropped.
#[derive(Debug)]
pub struct MockServer {
    address: SocketAddr,
    state: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Shared {
    scripted: Mutex<HashMap<(String, String), MockReply>>,
    journal: Mutex<Vec<Recorded>>,
    routes: Mutex<Routes>,
}

impl MockServer {
    /// Starts a stand-in on a free port of loopback.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        Self::start_on(0).await
    }

    /// Starts a stand-in on `port` of loopback.
    ///
    /// # Errors
    ///
    /// When the port is taken.
    pub async fn start_on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(Shared::default());
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&state));
        let task = tokio::spawn(async move {
            // Serving ends with the task; an error of one connection does not end it.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            address,
            state,
            task,
        })
    }

    /// The base URL, such as `http://127.0.0.1:41234`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers every further request of `method` and `path` (as it arrives, percent-encoded) with
    /// `reply`, before any route is asked.
    pub fn reply(&self, method: &str, path: &str, reply: MockReply) {
        lock(&self.state.scripted).insert((method.to_owned(), path.to_owned()), reply);
    }

    /// Every request so far, in the order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.state.journal).clone()
    }
}

impl Drop for MockServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A lock is only poisoned by a panic of a test, whose own message is the one to read.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(state): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => {
            return response(MockReply::json(400, &json!({"message": error.to_string()})));
        }
    };
    let recorded = Recorded {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    lock(&state.journal).push(recorded.clone());
    let reply = reply(&state, &recorded);
    tokio::time::sleep(reply.delay).await;
    response(reply)
}

fn reply(state: &Shared, request: &Recorded) -> MockReply {
    if request.header("authorization") != format!("Bearer {KEY}") {
        return MockReply::json(
            401,
            &json!({"error": "Unauthorized. Go to https://app.onlyfansapi.com/api-keys to get your API key."}),
        );
    }
    let key = (request.method.clone(), request.path.clone());
    let scripted = lock(&state.scripted).get(&key).cloned();
    scripted.or_else(|| lock(&state.routes).answer(request)).unwrap_or_else(|| {
        MockReply::json(404, &json!({"message": format!("The route {} could not be found.", request.path.trim_start_matches('/'))}))
    })
}

fn response(reply: MockReply) -> Response {
    let mut response = Response::new(Body::from(Bytes::clone(&reply.body)));
    *response.status_mut() = reply.status;
    *response.headers_mut() = reply.headers;
    response
}
