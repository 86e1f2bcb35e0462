//! The prepared document to tokens, by progenitor.
//!
//! progenitor and typify panic where they meet what they do not know, so they run on a thread of
//! their own: a panic becomes an error, and its trace is not printed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl};
use quote::quote;
use serde_json::Value;

use crate::passes::{CORE_TYPES, ERROR_COMPONENT};

/// Stack of the generator's thread: types nest as deep as the document does.
const STACK: usize = 64 << 20;

/// Only one generator at a time may silence the panic hook, which belongs to the process.
static HOOK: Mutex<()> = Mutex::new(());

/// Runs `work` on a thread with a stack of its own; a panic in it becomes an error.
pub(crate) fn guarded<T: Send>(
    work: impl FnOnce() -> Result<T, String> + Send,
) -> Result<T, String> {
    let guard = HOOK
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || {
                catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
                    Err(format!("the generator gave up: {}", panic_text(&*panic)))
                })
            });
        thread
            .map_err(|e| format!("cannot start a thread: {e}"))
            .and_then(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err("the generator's thread died".to_owned()))
            })
    });
    std::panic::set_hook(hook);
    drop(guard);
    outcome
}

/// What progenitor makes of the prepared document.
pub(crate) fn tokens(root: &Value) -> Result<TokenStream, String> {
    let api: openapiv3::OpenAPI = serde_json::from_value(root.clone())
        .map_err(|e| format!("the prepared document is no OpenAPI 3.0 document: {e}"))?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        // No default hook: the code passes hand every request to the one in `src/hook.rs`.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { ::onlyfansapi_core::Hook })
        .with_replacement(
            ERROR_COMPONENT,
            "::onlyfansapi_core::ApiError",
            std::iter::empty::<TypeImpl>(),
        );
    for (name, _) in CORE_TYPES {
        settings.with_replacement(
            name,
            format!("::onlyfansapi_core::{name}"),
            std::iter::empty::<TypeImpl>(),
        );
    }
    Generator::new(&settings)
        .generate_tokens(&api)
        .map_err(|e| e.to_string())
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no reason given").to_owned()
}
