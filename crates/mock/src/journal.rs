//! The journal: the most recent requests, and the number of requests per operation.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

/// A recorded request; returned by [`MockServer::requests`](crate::MockServer::requests).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use onlyfansapi_mock::{API_KEY, MockServer};
///
/// let server = MockServer::start().await?;
/// let api = server.client().api().clone();
/// api.list_active_fans().account("acct_0123").filter_online(1).await?;
/// api.create_user_list().account("acct_0123").name("VIP").await?;
///
/// let requests = server.requests();
/// assert_eq!(requests[0].operation, "listActiveFans");
/// assert_eq!(requests[0].query_pairs(), [("filter[online]".to_owned(), "1".to_owned())]);
/// assert!(requests[0].header("user-agent").starts_with("onlyfansapi-rust/"));
/// assert_eq!(requests[1].json()["name"], "VIP");
/// assert!(!requests[1].to_json().to_string().contains(API_KEY));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The operationId; empty if no operation matches.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path, percent-encoded.
    pub path: String,
    /// The query, percent-encoded; empty if there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The status of the response; 0 if the connection was reset.
    pub status: u16,
    /// Parts of the request that the service would silently ignore, such as an undocumented query parameter.
    pub findings: Vec<String>,
}

impl RecordedRequest {
    /// Returns the percent-decoded name-value pairs of the query, in order.
    #[must_use]
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    /// Returns the body parsed as JSON; null if it is not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns the value of a header; empty if the header is absent or not visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Returns the request as a JSON object with `operationId`, `method`, `path`, `query`, `headers`, `body`, `status`
    /// and `findings`.
    ///
    /// The `Authorization` and `Host` headers are omitted: the first contains the key, and the second depends on the
    /// port.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let headers = self
            .headers
            .iter()
            .filter(|(name, _)| !["authorization", "host"].contains(&name.as_str()));
        let headers: Map<String, Value> = headers
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into(),
                )
            })
            .collect();
        let body = match serde_json::from_slice(&self.body) {
            _ if self.body.is_empty() => Value::Null,
            Ok(body) => body,
            Err(_) => String::from_utf8_lossy(&self.body).into(),
        };
        json!({
            "operationId": self.operation,
            "method": self.method,
            "path": self.path,
            "query": self.query_pairs(),
            "headers": headers,
            "body": body,
            "status": self.status,
            "findings": self.findings,
        })
    }
}

/// The maximum total size of the recorded bodies, in bytes.
const MAX_BODY_BYTES: usize = 64 << 20;

/// The most recent requests, and the number of all requests per operation.
#[derive(Debug)]
pub(crate) struct Journal {
    capacity: usize,
    body_bytes: usize,
    requests: VecDeque<Arc<RecordedRequest>>,
    counts: HashMap<String, usize>,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            body_bytes: 0,
            requests: VecDeque::new(),
            counts: HashMap::new(),
        }
    }

    pub(crate) fn record(&mut self, request: Arc<RecordedRequest>) {
        match self.counts.get_mut(&request.operation) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(request.operation.clone(), 1);
            }
        }
        if self.capacity == 0 {
            return;
        }
        self.body_bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > self.capacity
            || (self.body_bytes > MAX_BODY_BYTES && self.requests.len() > 1)
        {
            if let Some(oldest) = self.requests.pop_front() {
                self.body_bytes -= oldest.body.len();
            }
        }
    }

    /// Returns the number of requests of an operation, including those no longer recorded.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.counts.get(operation).copied().unwrap_or(0)
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.capacity);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<RecordedRequest>> {
        self.requests.iter()
    }
}
