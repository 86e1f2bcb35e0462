//! The output of the build script.

include!(concat!(env!("OUT_DIR"), "/client.rs"));
