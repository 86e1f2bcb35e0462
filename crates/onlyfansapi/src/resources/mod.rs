//! Hand-written resources, which validate arguments before sending.

mod smart_link_postbacks;

pub use smart_link_postbacks::{PostbackSpec, SmartLinkPostbacks};
