//! What a call costs, in credits. Source: api-conventions, section 3.3.

use serde_json::Value;

use crate::service::Operation;

/// The tags whose operations are free.
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

const FREE: [&str; 2] = ["getUploadStatus", "startTypingIndicator"];

/// Files cost this much for each decimal megabyte that was begun.
const OF_A_MEGABYTE: u64 = 3;

/// The price of one call: `files` are the bytes of the files that came with it, `body` is the answer.
pub(crate) fn of(operation: &Operation, files: usize, body: &Value) -> u64 {
    let id = operation.id.as_str();
    if FREE_TAGS.contains(&operation.tag.as_str()) || FREE.contains(&id) || id.ends_with("LinkTags")
    {
        return 0;
    }
    match id {
        "searchProfiles" => body["data"].as_array().map_or(0, Vec::len) as u64,
        "generateFanSummary" => 200,
        "uploadMediaToVault" | "uploadMediaToTheOnlyFansCDN" => {
            (files.div_ceil(1_000_000).max(1) as u64) * OF_A_MEGABYTE
        }
        "downloadMediaFromTheOnlyFansCDN" | "downloadDRMProtectedMedia" => OF_A_MEGABYTE,
        _ => 1,
    }
}
