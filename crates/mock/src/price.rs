//! The price of a request in credits. Source: api-conventions, section 3.3.

use serde_json::Value;

use crate::service::Operation;

/// Tags whose operations are free.
const FREE_TAGS: [&str; 8] = [
    "Link Tags",
    "Smart Link Postbacks",
    "Stored Free Trial Links",
    "Stored Shared Free Trial Links",
    "Stored Shared Tracking Links",
    "Stored Tracking Links",
    "Usage",
    "Webhooks",
];

const FREE_OPERATIONS: [&str; 2] = ["getUploadStatus", "startTypingIndicator"];

/// The price per decimal megabyte of a file. The size is rounded up.
const CREDITS_PER_MEGABYTE: u64 = 3;

/// The maximum number of attempts against OnlyFans when users are added to a list and invalid ones are skipped.
const MAX_ATTEMPTS: usize = 5;

/// The properties of a request that determine its price.
pub(crate) struct BilledRequest<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) is_head: bool,
    /// The total size of the uploaded files, in bytes.
    pub(crate) file_bytes: usize,
    pub(crate) request_body: &'a Value,
    pub(crate) response_body: &'a Value,
}

/// Returns the price of a request.
pub(crate) fn credits(request: &BilledRequest<'_>) -> u64 {
    let BilledRequest {
        operation,
        response_body,
        ..
    } = request;
    let id = operation.id.as_str();
    if FREE_TAGS.contains(&operation.tag.as_str())
        || FREE_OPERATIONS.contains(&id)
        || id.ends_with("LinkTags")
    {
        return 0;
    }
    match id {
        "searchProfiles" => response_body["data"].as_array().map_or(0, Vec::len) as u64,
        "generateFanSummary" => 200,
        "uploadMediaToVault" | "uploadMediaToTheOnlyFansCDN" => {
            (request.file_bytes.div_ceil(1_000_000).max(1) as u64) * CREDITS_PER_MEGABYTE
        }
        // The price quoted in the response.
        "startDataExport" => response_body["data"]["credit_cost"].as_u64().unwrap_or(1),
        // An estimate: one attempt for each invalid user, plus the successful one.
        "addUsersToUserList" if request.request_body["skip_invalid"] == true => {
            let failed = response_body["data"]["failed"]
                .as_object()
                .map_or(0, serde_json::Map::len);
            (failed + 1).min(MAX_ATTEMPTS) as u64
        }
        "downloadMediaFromTheOnlyFansCDN" | "downloadDRMProtectedMedia" if request.is_head => 0,
        "downloadMediaFromTheOnlyFansCDN" | "downloadDRMProtectedMedia" => CREDITS_PER_MEGABYTE,
        _ => 1,
    }
}
