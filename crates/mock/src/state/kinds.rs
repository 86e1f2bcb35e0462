//! The kinds of things that are remembered: a table of their operations, and what a request says of them.
//!
//! Sources: the operations of the document by their operationIds; which field of a request becomes which of the answer:
//! api-conventions, sections 7.2 and 8, and the descriptions of the document.

use serde_json::{Map, Value, json};

use super::Ask;

type Facts = Map<String, Value>;
type Change = fn(&Value, &mut Facts);

/// What an operation does to the things of a kind.
#[derive(Clone, Copy)]
pub(super) enum Role {
    /// Lists them; where the list stands in the answer.
    List(&'static str),
    Show,
    Create,
    Change(Change),
    Delete,
    /// Makes it if it is not there, and makes it the newest; what the body says of it.
    Touch(Change),
    /// Makes one for each id of this field of the body.
    Add(&'static str),
    /// Deletes all of them.
    Clear,
}

/// A kind of things.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The path parameters that a collection of them lies under.
    pub(super) under: &'static [&'static str],
    /// The path parameter that is the id of one.
    pub(super) id: Option<&'static str>,
    /// The operation that shows the one that is there from the start, its path the example of an id.
    pub(super) shown_by: &'static str,
    /// The operation whose answer has its id, and where.
    pub(super) id_at: (&'static str, &'static str),
    pub(super) newest_first: bool,
    /// The kind whose things lie under one of this kind, and go with it.
    pub(super) holds: Option<&'static str>,
    pub(super) new_id: fn(i64) -> Value,
    /// What the body of a creation says.
    pub(super) set: Change,
    roles: &'static [(&'static str, Role)],
}

impl Kind {
    pub(super) fn role(&self, operation: &str) -> Option<Role> {
        let role = self.roles.iter().find(|(id, _)| *id == operation);
        role.map(|(_, role)| *role)
    }

    /// The values of the path that a collection lies under; `None` where the operation has another path than the kind.
    pub(super) fn place(&self, role: Role, ask: &Ask<'_>) -> Option<Vec<String>> {
        let is_about_one = matches!(
            role,
            Role::Show | Role::Change(_) | Role::Delete | Role::Touch(_)
        );
        if is_about_one && self.id.is_some_and(|name| ask.path(name).is_none()) {
            return None;
        }
        let under = self
            .under
            .iter()
            .map(|name| ask.path(name).map(str::to_owned));
        under.collect()
    }
}

/// When everything was made: the stand-in's answers are the same on every day.
const CREATED: &str = "2026-02-01T10:00:00+00:00";

pub(super) const MESSAGES: &str = "messages";
pub(super) const MEMBERS: &str = "members of user lists";

/// In the order in which they act: a message is made before its chat is told.
pub(super) static KINDS: [&Kind; 7] = [
    &POSTBACKS,
    &WEBHOOKS,
    &POSTS,
    &MESSAGE_KIND,
    &CHATS,
    &LISTS,
    &MEMBERS_KIND,
];

/// Smart Link postbacks.
static POSTBACKS: Kind = Kind {
    name: "postbacks",
    under: &[],
    id: Some("postback_id"),
    shown_by: "showSmartLinkPostback",
    id_at: ("showSmartLinkPostback", "/data/id"),
    newest_first: false,
    holds: None,
    new_id: |made| json!(123 + made),
    set: set_postback,
    roles: &[
        ("listSmartLinkPostbacks", Role::List("/data")),
        ("createSmartLinkPostback", Role::Create),
        ("showSmartLinkPostback", Role::Show),
        ("updateSmartLinkPostback", Role::Change(set_given)),
        ("deleteSmartLinkPostback", Role::Delete),
    ],
};

/// Webhooks.
static WEBHOOKS: Kind = Kind {
    name: "webhooks",
    under: &[],
    id: Some("webhook_id"),
    shown_by: "showWebhook",
    id_at: ("showWebhook", "/data/id"),
    newest_first: false,
    holds: None,
    new_id: |made| json!(format!("wh_{made:06}")),
    set: set_webhook,
    roles: &[
        ("listWebhooks", Role::List("/data")),
        ("createWebhook", Role::Create),
        ("showWebhook", Role::Show),
        ("updateWebhook", Role::Change(change_webhook)),
        ("deleteWebhook", Role::Delete),
    ],
};

/// Posts.
static POSTS: Kind = Kind {
    name: "posts",
    under: &["account"],
    id: Some("post_id"),
    shown_by: "getPost",
    id_at: ("getPost", "/data/id"),
    newest_first: true,
    holds: None,
    new_id: |made| json!(1_000_000_000 + made),
    set: set_text,
    roles: &[
        ("listPosts", Role::List("/data/list")),
        ("sendPost", Role::Create),
        ("getPost", Role::Show),
        ("updatePost", Role::Change(set_text)),
        ("deletePost", Role::Delete),
    ],
};

/// Messages of a chat.
static MESSAGE_KIND: Kind = Kind {
    name: MESSAGES,
    under: &["account", "chat_id"],
    id: Some("message_id"),
    shown_by: "getSpecificChatMessage",
    id_at: ("getSpecificChatMessage", "/data/id"),
    newest_first: true,
    holds: None,
    new_id: |made| json!(3_000_000_000_000_i64 + made),
    set: set_message,
    roles: &[
        ("listChatMessages", Role::List("/data")),
        ("sendMessage", Role::Create),
        ("getSpecificChatMessage", Role::Show),
        ("deleteMessage", Role::Delete),
    ],
};

/// Chats, called by the user that they are with.
pub(super) static CHATS: Kind = Kind {
    name: "chats",
    under: &["account"],
    id: Some("chat_id"),
    shown_by: "deleteChat",
    id_at: ("listChats", "/data/0/fan/id"),
    newest_first: true,
    holds: Some(MESSAGES),
    new_id: |made| json!(made),
    set: set_last_message,
    roles: &[
        ("listChats", Role::List("/data")),
        ("sendMessage", Role::Touch(set_last_message)),
        ("deleteChat", Role::Delete),
    ],
};

/// User lists.
pub(super) static LISTS: Kind = Kind {
    name: "user lists",
    under: &["account"],
    id: Some("userListId"),
    shown_by: "getUserList",
    id_at: ("getUserList", "/data/id"),
    newest_first: false,
    holds: Some(MEMBERS),
    new_id: |made| json!(1_100_000_000 + made),
    set: set_list,
    roles: &[
        ("listUserLists", Role::List("/data")),
        ("createUserList", Role::Create),
        ("getUserList", Role::Show),
        ("updateUserList", Role::Change(set_given)),
        ("clearUserList", Role::Change(clear_list)),
        ("deleteUserList", Role::Delete),
    ],
};

/// Users in a user list.
pub(super) static MEMBERS_KIND: Kind = Kind {
    name: MEMBERS,
    under: &["account", "userListId"],
    id: Some("user_id"),
    shown_by: "removeUserFromAUserList",
    id_at: ("listUserListUsers", "/data/list/0/id"),
    newest_first: false,
    holds: None,
    new_id: |made| json!(made),
    set: set_given,
    roles: &[
        ("listUserListUsers", Role::List("/data/list")),
        ("addUsersToUserList", Role::Add("ids")),
        ("removeUserFromAUserList", Role::Delete),
        ("clearUserList", Role::Clear),
    ],
};

/// Every field of the request is one of the thing, by the same name.
fn set_given(body: &Value, facts: &mut Facts) {
    for (name, value) in body.as_object().into_iter().flatten() {
        facts.insert(name.clone(), value.clone());
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
        facts.insert("smart_links".to_owned(), links.collect());
    }
}

fn set_postback(body: &Value, facts: &mut Facts) {
    for (name, value) in [
        ("http_method", json!("GET")),
        ("body", Value::Null),
        ("headers", json!([])),
        ("smart_link_ids", json!([])),
        ("smart_links", json!([])),
        ("latest_response", Value::Null),
        ("created_at", json!(CREATED)),
        ("updated_at", json!(CREATED)),
    ] {
        facts.insert(name.to_owned(), value);
    }
    set_given(body, facts);
}

fn set_webhook(body: &Value, facts: &mut Facts) {
    facts.insert("enabled".to_owned(), json!(true));
    facts.insert(
        "has_signing_secret".to_owned(),
        json!(!body["signing_secret"].is_null()),
    );
    facts.insert(
        "created_at".to_owned(),
        json!("2026-02-01T10:00:00.000000Z"),
    );
    change_webhook(body, facts);
}

/// The request says `endpoint_url`, the answer `url`; scope and accounts are not echoed.
fn change_webhook(body: &Value, facts: &mut Facts) {
    facts.insert("url".to_owned(), body["endpoint_url"].clone());
    for name in ["events", "enabled"] {
        if let Some(value) = body.get(name) {
            facts.insert(name.to_owned(), value.clone());
        }
    }
}

fn set_text(body: &Value, facts: &mut Facts) {
    if let Some(text) = body["text"].as_str() {
        facts.insert("text".to_owned(), json!(format!("<p>{text}</p>")));
        facts.insert("rawText".to_owned(), json!(text));
    }
}

fn set_message(body: &Value, facts: &mut Facts) {
    set_text(body, facts);
    let price = body["price"].as_f64().unwrap_or(0.0);
    facts.insert(
        "price".to_owned(),
        body.get("price").cloned().unwrap_or(json!(0)),
    );
    facts.insert("isFree".to_owned(), json!(price == 0.0));
    let media = body["mediaFiles"].as_array().map_or(0, Vec::len);
    facts.insert("mediaCount".to_owned(), json!(media));
    for name in ["giphyId", "lockedText"] {
        if let Some(value) = body.get(name) {
            facts.insert(name.to_owned(), value.clone());
        }
    }
}

fn set_last_message(body: &Value, facts: &mut Facts) {
    let mut message = Facts::new();
    set_message(body, &mut message);
    facts.insert("lastMessage".to_owned(), Value::Object(message));
    if let Some(id) = facts.get("id").cloned() {
        facts.insert("fan".to_owned(), json!({"id": id}));
    }
}

fn set_list(body: &Value, facts: &mut Facts) {
    clear_list(body, facts);
    set_given(body, facts);
}

fn clear_list(_: &Value, facts: &mut Facts) {
    facts.insert("users".to_owned(), json!([]));
    facts.insert("usersCount".to_owned(), json!(0));
}
