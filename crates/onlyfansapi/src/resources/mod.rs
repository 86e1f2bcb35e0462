//! Hand-written resources: they check what they send.

mod smart_link_postbacks;

pub use smart_link_postbacks::{PostbackSpec, SmartLinkPostbacks};
