//! Generates the types of a prepared document's operations with progenitor.
//!
//! progenitor and typify panic on input that they do not support. They run on a separate thread, where a panic becomes
//! an error and no backtrace is printed. An operation that makes them panic is retried with all of its types changed to
//! accept any JSON value. If that fails too, the operation is left out.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl};
use quote::quote;
use serde_json::Value;

use crate::code::Target;
use crate::code::progenitor::{ProgenitorOutput, read};
use crate::passes::CORE_TYPES;
use crate::progenitor_input::{OperationSchemas, document};

/// The stack size of the generator thread: recursion goes as deep as the document is nested.
const STACK_BYTES: usize = 256 << 20;

/// Handle at most this many operations that fail only in combination with other operations.
const MAX_CONFLICTS: usize = 16;

/// Lets only one generator run at a time: each replaces the process-wide panic hook.
static HOOK: Mutex<()> = Mutex::new(());

/// The output of progenitor, and the operations for which it failed.
pub(crate) struct Generated {
    pub(crate) output: ProgenitorOutput,
    /// The operations whose types were changed to accept any JSON value: path, method and reason.
    pub(crate) untyped: Vec<(String, &'static str, String)>,
    /// The operations that were left out: path, method and reason.
    pub(crate) left_out: Vec<(String, &'static str, String)>,
}

/// Runs `work` on a thread with a large stack, and converts a panic into an error.
pub(crate) fn guarded<T: Send>(
    work: impl FnOnce() -> Result<T, crate::Error> + Send,
    to_error: impl Fn(String) -> crate::Error,
) -> Result<T, crate::Error> {
    let guard = HOOK
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(work)));
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(Ok(result))) => result,
            Ok(Ok(Err(panic))) => Err(to_error(format!(
                "the generator panicked, which is a bug in the generator: {}",
                panic_message(&*panic)
            ))),
            Ok(Err(_)) => Err(to_error("the generator thread terminated".to_owned())),
            Err(error) => Err(to_error(format!("cannot start a thread: {error}"))),
        }
    });
    std::panic::set_hook(hook);
    drop(guard);
    result
}

/// Runs progenitor on as many operations as possible. Must be called within [`guarded`].
pub(crate) fn generate(root: &Value, target: &Target) -> Result<Generated, String> {
    let mut operations = OperationSchemas::all(root);
    let first = match attempt(root, target, &operations) {
        Ok(output) => {
            return Ok(Generated {
                output,
                untyped: Vec::new(),
                left_out: Vec::new(),
            });
        }
        Err(why) => why,
    };
    // Try each operation separately, because more than one may fail.
    let mut untyped: BTreeMap<usize, String> = BTreeMap::new();
    for (i, operation) in operations.iter().enumerate() {
        if let Err(why) = attempt(root, target, std::slice::from_ref(operation)) {
            untyped.insert(i, why);
        }
    }
    for i in untyped.keys() {
        operations[*i] = operations[*i].untyped();
    }
    let mut left_out = Vec::new();
    let mut failed: Vec<usize> = Vec::new();
    for (i, why) in &untyped {
        if let Err(again) = attempt(root, target, std::slice::from_ref(&operations[*i])) {
            let operation = &operations[*i];
            let reason = format!("the generator failed: {why}; without types: {again}");
            left_out.push((operation.path.clone(), operation.method, reason));
            failed.push(*i);
        }
    }
    for i in failed.into_iter().rev() {
        operations.remove(i);
        untyped.remove(&i);
        // The indices of the operations after it have shifted.
        untyped = untyped
            .into_iter()
            .map(|(known, why)| (if known > i { known - 1 } else { known }, why))
            .collect();
    }
    for _ in 0..MAX_CONFLICTS {
        let why = match attempt(root, target, &operations) {
            Ok(output) => {
                let untyped = untyped
                    .into_iter()
                    .map(|(i, why)| (operations[i].path.clone(), operations[i].method, why))
                    .collect();
                return Ok(Generated {
                    output,
                    untyped,
                    left_out,
                });
            }
            Err(why) => why,
        };
        // Bisect for the shortest failing prefix. Its last operation conflicts with an earlier one.
        let (mut good, mut bad) = (0, operations.len());
        while bad - good > 1 {
            let middle = good.midpoint(bad);
            if attempt(root, target, &operations[..middle]).is_ok() {
                good = middle;
            } else {
                bad = middle;
            }
        }
        if bad == 0 {
            return Err(why);
        }
        let culprit = bad - 1;
        if untyped.insert(culprit, why.clone()).is_some() {
            return Err(why);
        }
        operations[culprit] = operations[culprit].untyped();
    }
    Err(first)
}

/// Runs progenitor on `operations`, and converts a panic into an error.
fn attempt(
    root: &Value,
    target: &Target,
    operations: &[OperationSchemas],
) -> Result<ProgenitorOutput, String> {
    catch_unwind(AssertUnwindSafe(|| {
        let all: Vec<&OperationSchemas> = operations.iter().collect();
        tokens(document(root, &all), target).and_then(|tokens| read(tokens, &all))
    }))
    .unwrap_or_else(|panic| Err(panic_message(&*panic)))
}

fn tokens(document: Value, target: &Target) -> Result<proc_macro2::TokenStream, String> {
    let api: openapiv3::OpenAPI =
        serde_json::from_value(document).map_err(|e| format!("invalid input: {e}"))?;
    let core = target.core().to_string().replace(' ', "");
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        // No default hooks: the code passes send every request through one `Dispatcher`.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { Dispatcher })
        .with_derive("PartialEq");
    for (name, _) in CORE_TYPES {
        settings.with_replacement(
            name,
            format!("{core}::{name}"),
            std::iter::empty::<TypeImpl>(),
        );
    }
    Generator::new(&settings)
        .generate_tokens(&api)
        .map_err(|e| e.to_string())
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    message.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document that the passes would never produce: it has an enum that makes typify panic.
    fn prepared() -> Value {
        let operation = |name: &str, component: &str| {
            let schema = json!({"$ref": format!("#/components/schemas/{component}")});
            json!({"get": {"operationId": name, "parameters": [], "responses": {"2XX": {"content": {"application/json": {"schema": schema}}}}}})
        };
        json!({
            "paths": {"/a": operation("good", "Good"), "/b": operation("bad", "Bad"), "/c": operation("fine", "Good")},
            "components": {"schemas": {
                "Good": {"type": "object", "properties": {"a": {"type": "string"}}},
                "Bad": {"type": "string", "enum": ["asc", "ASC"]},
            }},
        })
    }

    #[test]
    fn a_panic_removes_only_the_types_of_the_operation_that_caused_it() {
        let to_error = |message: String| crate::Error::new("t", message);
        let (untyped, left_out, successes) = guarded(
            || {
                let generated = generate(&prepared(), &Target::client()).map_err(to_error)?;
                let success = |name: &str| {
                    let ty = &generated.output.methods[name].success;
                    quote! { #ty }.to_string().replace(' ', "")
                };
                let successes = ["good", "fine", "bad"].map(success);
                Ok((generated.untyped, generated.left_out, successes))
            },
            to_error,
        )
        .unwrap();
        let [(path, method, why)] = &untyped[..] else {
            panic!("{untyped:?}")
        };
        assert_eq!((path.as_str(), *method), ("/b", "get"));
        assert!(!why.is_empty());
        assert!(left_out.is_empty());
        assert_eq!(
            successes,
            ["types::Good", "types::Good", "::serde_json::Value"]
        );
    }

    #[test]
    fn a_panic_becomes_an_error() {
        let to_error = |message: String| crate::Error::new("t", message);
        let error = guarded(|| -> Result<(), _> { panic!("the reason") }, to_error).unwrap_err();
        assert_eq!(
            error.to_string(),
            "t: the generator panicked, which is a bug in the generator: the reason"
        );
    }
}
