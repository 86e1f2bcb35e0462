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

/// The most attempts at OnlyFans that adding users to a list takes when invalid ones are skipped.
const ATTEMPTS: usize = 5;

/// What a call was, for its price.
pub(crate) struct Call<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) is_head: bool,
    /// The bytes of the files that came with it.
    pub(crate) files: usize,
    /// Its body, and that of the answer.
    pub(crate) sent: &'a Value,
    pub(crate) answer: &'a Value,
}

/// The price of one call.
pub(crate) fn of(call: &Call<'_>) -> u64 {
    let Call {
        operation, answer, ..
    } = call;
    let id = operation.id.as_str();
    if FREE_TAGS.contains(&operation.tag.as_str()) || FREE.contains(&id) || id.ends_with("LinkTags")
    {
        return 0;
    }
    match id {
        "searchProfiles" => answer["data"].as_array().map_or(0, Vec::len) as u64,
        "generateFanSummary" => 200,
        "uploadMediaToVault" | "uploadMediaToTheOnlyFansCDN" => {
            (call.files.div_ceil(1_000_000).max(1) as u64) * OF_A_MEGABYTE
        }
        // The price that was worked out before.
        "startDataExport" => answer["data"]["credit_cost"].as_u64().unwrap_or(1),
        // An attempt each, as far as the stand-in can tell: one more than there are invalid ones.
        "addUsersToUserList" if call.sent["skip_invalid"] == true => {
            let failed = answer["data"]["failed"]
                .as_object()
                .map_or(0, serde_json::Map::len);
            (failed + 1).min(ATTEMPTS) as u64
        }
        "downloadMediaFromTheOnlyFansCDN" | "downloadDRMProtectedMedia" if call.is_head => 0,
        "downloadMediaFromTheOnlyFansCDN" | "downloadDRMProtectedMedia" => OF_A_MEGABYTE,
        _ => 1,
    }
}
