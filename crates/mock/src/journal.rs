//! What the stand-in was asked: the last requests, as they arrived.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

/// One request as it arrived.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Recorded {
    /// The operationId; empty where no operation fits.
    pub operation: String,
    /// The method.
    pub method: String,
    /// The path, percent-encoded as it arrived.
    pub path: String,
    /// The query as it arrived; empty where there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The status that it was answered with; 0 where the connection was cut.
    pub status: u16,
    /// What the service would have ignored in silence, such as a query name that the document does not know.
    pub findings: Vec<String>,
}

impl Recorded {
    /// The pairs of the query, percent-decoded, in their order.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.client().api().list_active_fans().account("acct_1").filter_online(1).fetch().await?;
    /// let request = &server.requests()[0];
    /// assert_eq!(request.query_pairs(), [("filter[online]".to_owned(), "1".to_owned())]);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes())
            .into_owned()
            .collect()
    }

    /// The body as JSON; null where it is none.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.client().api().create_user_list().account("acct_1").name("VIP").fetch().await?;
    /// assert_eq!(server.requests()[0].json()["name"], "VIP");
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header as text; empty where it is absent.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use onlyfansapi_mock::MockServer;
    ///
    /// let server = MockServer::start().await?;
    /// server.client().api().whoami().fetch().await?;
    /// assert!(server.requests()[0].header("user-agent").starts_with("onlyfansapi-rust/"));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The whole as JSON: operationId, method, path, query, headers, body, status, findings; without the key, and
    /// without the host, which is another at each start.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = onlyfansapi_mock::MockServer::start().await?;
    /// server.client().api().whoami().fetch().await?;
    /// let request = server.requests()[0].to_json();
    /// assert_eq!((&request["operationId"], &request["status"]), (&"whoami".into(), &200.into()));
    /// assert!(!request.to_string().contains(onlyfansapi_mock::KEY));
    /// # Ok(()) }
    /// ```
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

/// The bodies that are kept together, in bytes, at most.
const MOST_BYTES: usize = 64 << 20;

/// The last requests, and how many there were of each operation.
#[derive(Debug)]
pub(crate) struct Journal {
    most: usize,
    bytes: usize,
    requests: VecDeque<Arc<Recorded>>,
    counts: HashMap<String, usize>,
}

impl Journal {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            most,
            bytes: 0,
            requests: VecDeque::new(),
            counts: HashMap::new(),
        }
    }

    pub(crate) fn write(&mut self, request: Arc<Recorded>) {
        match self.counts.get_mut(&request.operation) {
            Some(count) => *count += 1,
            None => {
                self.counts.insert(request.operation.clone(), 1);
            }
        }
        if self.most == 0 {
            return;
        }
        self.bytes += request.body.len();
        self.requests.push_back(request);
        while self.requests.len() > self.most
            || (self.bytes > MOST_BYTES && self.requests.len() > 1)
        {
            if let Some(oldest) = self.requests.pop_front() {
                self.bytes -= oldest.body.len();
            }
        }
    }

    /// How often an operation was called, whether its requests are still kept or not.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.counts.get(operation).copied().unwrap_or(0)
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::new(self.most);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Recorded>> {
        self.requests.iter()
    }
}
