//! The stored resources: their operations, and how request fields map to response fields.
//!
//! Sources: the operationIds of the document; for the fields, api-conventions, sections 7.2 and 8, and the
//! descriptions in the document.

use serde_json::{Value, json};

use super::{Fields, StateRequest};

/// Updates the fields of an object from a request body.
type Update = fn(&Value, &mut Fields);

/// The effect of an operation on the objects of a resource.
#[derive(Clone, Copy)]
pub(super) enum Action {
    /// Lists the objects; holds the JSON pointer to the array in the response.
    List(&'static str),
    Show,
    Create,
    Change(Update),
    Delete,
    /// Creates the object if it does not exist, updates it and moves it to the newest position.
    Touch(Update),
    /// Adds an object for each id in this field of the body.
    Add(&'static str),
    /// Deletes all objects.
    Clear,
}

/// A kind of stored object.
pub(super) struct Resource {
    pub(super) name: &'static str,
    /// The path parameters that scope a collection.
    pub(super) scope: &'static [&'static str],
    /// The path parameter that holds the id of an object.
    pub(super) id: Option<&'static str>,
    /// The operation whose response and example path define the initial object.
    pub(super) shown_by: &'static str,
    /// The operation whose response holds the id of the initial object, and the JSON pointer to it.
    pub(super) id_at: (&'static str, &'static str),
    pub(super) newest_first: bool,
    /// The child resource. Its objects belong to an object of this resource and are deleted with it.
    pub(super) contains: Option<&'static str>,
    pub(super) new_id: fn(i64) -> Value,
    /// Sets the fields of a new object.
    pub(super) initialize: Update,
    actions: &'static [(&'static str, Action)],
}

impl Resource {
    /// Returns the effect of an operation on this resource.
    pub(super) fn action(&self, operation: &str) -> Option<Action> {
        let action = self.actions.iter().find(|(id, _)| *id == operation);
        action.map(|(_, action)| *action)
    }

    /// Returns the values of the path parameters in `scope`; `None` if the path of the request lacks one of them or the
    /// id that the action needs.
    pub(super) fn scope_values(
        &self,
        action: Action,
        request: &StateRequest<'_>,
    ) -> Option<Vec<String>> {
        let needs_id = matches!(
            action,
            Action::Show | Action::Change(_) | Action::Delete | Action::Touch(_)
        );
        if needs_id && self.id.is_some_and(|name| request.path(name).is_none()) {
            return None;
        }
        let values = self
            .scope
            .iter()
            .map(|name| request.path(name).map(str::to_owned));
        values.collect()
    }
}

/// The creation time of all objects; constant, so that responses are reproducible.
const CREATED_AT: &str = "2026-02-01T10:00:00+00:00";

pub(super) const MESSAGES: &str = "messages";
pub(super) const MEMBERS: &str = "members of user lists";

/// All resources, in the order in which a request is applied to them: a message is created before its chat is updated.
pub(super) static RESOURCES: [&Resource; 7] = [
    &POSTBACKS,
    &WEBHOOKS,
    &POSTS,
    &CHAT_MESSAGES,
    &CHATS,
    &USER_LISTS,
    &LIST_MEMBERS,
];

/// Smart Link postbacks.
static POSTBACKS: Resource = Resource {
    name: "postbacks",
    scope: &[],
    id: Some("postback_id"),
    shown_by: "showSmartLinkPostback",
    id_at: ("showSmartLinkPostback", "/data/id"),
    newest_first: false,
    contains: None,
    new_id: |created| json!(123 + created),
    initialize: set_postback,
    actions: &[
        ("listSmartLinkPostbacks", Action::List("/data")),
        ("createSmartLinkPostback", Action::Create),
        ("showSmartLinkPostback", Action::Show),
        ("updateSmartLinkPostback", Action::Change(copy_fields)),
        ("deleteSmartLinkPostback", Action::Delete),
    ],
};

/// Webhooks.
static WEBHOOKS: Resource = Resource {
    name: "webhooks",
    scope: &[],
    id: Some("webhook_id"),
    shown_by: "showWebhook",
    id_at: ("showWebhook", "/data/id"),
    newest_first: false,
    contains: None,
    new_id: |created| json!(format!("wh_{created:06}")),
    initialize: set_webhook,
    actions: &[
        ("listWebhooks", Action::List("/data")),
        ("createWebhook", Action::Create),
        ("showWebhook", Action::Show),
        ("updateWebhook", Action::Change(update_webhook)),
        ("deleteWebhook", Action::Delete),
    ],
};

/// Posts.
static POSTS: Resource = Resource {
    name: "posts",
    scope: &["account"],
    id: Some("post_id"),
    shown_by: "getPost",
    id_at: ("getPost", "/data/id"),
    newest_first: true,
    contains: None,
    new_id: |created| json!(1_000_000_000 + created),
    initialize: set_text,
    actions: &[
        ("listPosts", Action::List("/data/list")),
        ("sendPost", Action::Create),
        ("getPost", Action::Show),
        ("updatePost", Action::Change(set_text)),
        ("deletePost", Action::Delete),
    ],
};

/// Messages of a chat.
static CHAT_MESSAGES: Resource = Resource {
    name: MESSAGES,
    scope: &["account", "chat_id"],
    id: Some("message_id"),
    shown_by: "getSpecificChatMessage",
    id_at: ("getSpecificChatMessage", "/data/id"),
    newest_first: true,
    contains: None,
    new_id: |created| json!(3_000_000_000_000_i64 + created),
    initialize: set_message,
    actions: &[
        ("listChatMessages", Action::List("/data")),
        ("sendMessage", Action::Create),
        ("getSpecificChatMessage", Action::Show),
        ("deleteMessage", Action::Delete),
    ],
};

/// Chats; the id of a chat is the id of the fan.
pub(super) static CHATS: Resource = Resource {
    name: "chats",
    scope: &["account"],
    id: Some("chat_id"),
    shown_by: "deleteChat",
    id_at: ("listChats", "/data/0/fan/id"),
    newest_first: true,
    contains: Some(MESSAGES),
    new_id: |created| json!(created),
    initialize: set_last_message,
    actions: &[
        ("listChats", Action::List("/data")),
        ("sendMessage", Action::Touch(set_last_message)),
        ("deleteChat", Action::Delete),
    ],
};

/// User lists.
pub(super) static USER_LISTS: Resource = Resource {
    name: "user lists",
    scope: &["account"],
    id: Some("userListId"),
    shown_by: "getUserList",
    id_at: ("getUserList", "/data/id"),
    newest_first: false,
    contains: Some(MEMBERS),
    new_id: |created| json!(1_100_000_000 + created),
    initialize: set_list,
    actions: &[
        ("listUserLists", Action::List("/data")),
        ("createUserList", Action::Create),
        ("getUserList", Action::Show),
        ("updateUserList", Action::Change(copy_fields)),
        ("clearUserList", Action::Change(clear_list)),
        ("deleteUserList", Action::Delete),
    ],
};

/// Members of a user list.
pub(super) static LIST_MEMBERS: Resource = Resource {
    name: MEMBERS,
    scope: &["account", "userListId"],
    id: Some("user_id"),
    shown_by: "removeUserFromAUserList",
    id_at: ("listUserListUsers", "/data/list/0/id"),
    newest_first: false,
    contains: None,
    new_id: |created| json!(created),
    initialize: copy_fields,
    actions: &[
        ("listUserListUsers", Action::List("/data/list")),
        ("addUsersToUserList", Action::Add("ids")),
        ("removeUserFromAUserList", Action::Delete),
        ("clearUserList", Action::Clear),
    ],
};

/// Copies all fields of the request.
fn copy_fields(body: &Value, fields: &mut Fields) {
    for (name, value) in body.as_object().into_iter().flatten() {
        fields.insert(name.clone(), value.clone());
    }
    if let Some(links) = body["smart_link_ids"].as_array() {
        let links = links.iter().map(|id| {
            json!({
                "link_ulid": id,
                "name": "Smart Link",
                "account_display_name": "Creator Main",
                "account_prefixed_id": "acct_XXXXXXXXXXXXXXX",
            })
        });
        fields.insert("smart_links".to_owned(), links.collect());
    }
}

fn set_postback(body: &Value, fields: &mut Fields) {
    for (name, value) in [
        ("http_method", json!("GET")),
        ("body", Value::Null),
        ("headers", json!([])),
        ("smart_link_ids", json!([])),
        ("smart_links", json!([])),
        ("latest_response", Value::Null),
        ("created_at", json!(CREATED_AT)),
        ("updated_at", json!(CREATED_AT)),
    ] {
        fields.insert(name.to_owned(), value);
    }
    copy_fields(body, fields);
}

fn set_webhook(body: &Value, fields: &mut Fields) {
    fields.insert("enabled".to_owned(), json!(true));
    fields.insert(
        "has_signing_secret".to_owned(),
        json!(!body["signing_secret"].is_null()),
    );
    fields.insert(
        "created_at".to_owned(),
        json!("2026-02-01T10:00:00.000000Z"),
    );
    update_webhook(body, fields);
}

/// Maps `endpoint_url` in the request to `url` in the response. Scope and accounts are not echoed.
fn update_webhook(body: &Value, fields: &mut Fields) {
    fields.insert("url".to_owned(), body["endpoint_url"].clone());
    for name in ["events", "enabled"] {
        if let Some(value) = body.get(name) {
            fields.insert(name.to_owned(), value.clone());
        }
    }
}

fn set_text(body: &Value, fields: &mut Fields) {
    if let Some(text) = body["text"].as_str() {
        fields.insert("text".to_owned(), json!(format!("<p>{text}</p>")));
        fields.insert("rawText".to_owned(), json!(text));
    }
}

fn set_message(body: &Value, fields: &mut Fields) {
    set_text(body, fields);
    let price = body["price"].as_f64().unwrap_or(0.0);
    fields.insert(
        "price".to_owned(),
        body.get("price").cloned().unwrap_or(json!(0)),
    );
    fields.insert("isFree".to_owned(), json!(price == 0.0));
    let media = body["mediaFiles"].as_array().map_or(0, Vec::len);
    fields.insert("mediaCount".to_owned(), json!(media));
    for name in ["giphyId", "lockedText"] {
        if let Some(value) = body.get(name) {
            fields.insert(name.to_owned(), value.clone());
        }
    }
}

fn set_last_message(body: &Value, fields: &mut Fields) {
    let mut message = Fields::new();
    set_message(body, &mut message);
    fields.insert("lastMessage".to_owned(), Value::Object(message));
    if let Some(id) = fields.get("id").cloned() {
        fields.insert("fan".to_owned(), json!({"id": id}));
    }
}

fn set_list(body: &Value, fields: &mut Fields) {
    clear_list(body, fields);
    copy_fields(body, fields);
}

fn clear_list(_: &Value, fields: &mut Fields) {
    fields.insert("users".to_owned(), json!([]));
    fields.insert("usersCount".to_owned(), json!(0));
}
