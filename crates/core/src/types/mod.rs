//! Types used in the fields of generated types.

mod media_ref;
mod open_enum;
mod timestamp;

pub use media_ref::MediaRef;
pub use open_enum::UnknownValue;
pub use timestamp::Timestamp;
