//! The types of the prepared document's operations, by progenitor.
//!
//! progenitor and typify panic where they meet what they do not know, so they run on a thread of
//! their own: a panic becomes an error, and its trace is not printed. An operation that makes them panic
//! is found and tried once more with any value in place of its types; what fails then is left out.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use progenitor::{GenerationSettings, Generator, HooksMode, InterfaceStyle, TagStyle, TypeImpl};
use quote::quote;
use serde_json::Value;

use crate::code::Target;
use crate::code::progenitor::{Made, read};
use crate::given::{Given, document};
use crate::passes::CORE_TYPES;

/// Stack of the generator's thread: types nest as deep as the document does.
const STACK: usize = 256 << 20;

/// How many operations may be found out that fail only together with others.
const MOST_TOGETHER: usize = 16;

/// Only one generator at a time may silence the panic hook, which belongs to the process.
static HOOK: Mutex<()> = Mutex::new(());

/// What progenitor made, and of which operations it could not make all.
pub(crate) struct Generated {
    pub(crate) made: Made,
    /// Path and method of each operation whose types are any value now, and why.
    pub(crate) plain: Vec<(String, &'static str, String)>,
    /// Path and method of each operation that was left out, and why.
    pub(crate) left_out: Vec<(String, &'static str, String)>,
}

/// Runs `work` on a thread with a stack of its own; a panic in it becomes an error.
pub(crate) fn guarded<T: Send>(
    work: impl FnOnce() -> Result<T, crate::Error> + Send,
    fault: impl Fn(String) -> crate::Error,
) -> Result<T, crate::Error> {
    let guard = HOOK
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let outcome = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || catch_unwind(AssertUnwindSafe(work)));
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(Ok(outcome))) => outcome,
            Ok(Ok(Err(panic))) => Err(fault(format!(
                "the generator panicked, which is a defect of it: {}",
                panic_text(&*panic)
            ))),
            Ok(Err(_)) => Err(fault("the generator's thread died".to_owned())),
            Err(error) => Err(fault(format!("cannot start a thread: {error}"))),
        }
    });
    std::panic::set_hook(hook);
    drop(guard);
    outcome
}

/// What progenitor makes of all operations that it can be brought to make. Runs within [`guarded`].
pub(crate) fn generate(root: &Value, target: &Target) -> Result<Generated, String> {
    let mut operations = Given::all(root);
    let first = match attempt(root, target, &operations) {
        Ok(made) => {
            return Ok(Generated {
                made,
                plain: Vec::new(),
                left_out: Vec::new(),
            });
        }
        Err(why) => why,
    };
    // By operation, because more than one may be at fault.
    let mut plain: BTreeMap<usize, String> = BTreeMap::new();
    for (i, operation) in operations.iter().enumerate() {
        if let Err(why) = attempt(root, target, std::slice::from_ref(operation)) {
            plain.insert(i, why);
        }
    }
    for i in plain.keys() {
        operations[*i] = operations[*i].plain();
    }
    let mut left_out = Vec::new();
    let mut gone: Vec<usize> = Vec::new();
    for (i, why) in &plain {
        if let Err(again) = attempt(root, target, std::slice::from_ref(&operations[*i])) {
            let operation = &operations[*i];
            let reason = format!("the generator cannot make it: {why}; with plain types: {again}");
            left_out.push((operation.path.clone(), operation.method, reason));
            gone.push(*i);
        }
    }
    for i in gone.into_iter().rev() {
        operations.remove(i);
        plain.remove(&i);
        // The numbers of those that follow have moved.
        plain = plain
            .into_iter()
            .map(|(known, why)| (if known > i { known - 1 } else { known }, why))
            .collect();
    }
    for _ in 0..MOST_TOGETHER {
        let why = match attempt(root, target, &operations) {
            Ok(made) => {
                let plain = plain
                    .into_iter()
                    .map(|(i, why)| (operations[i].path.clone(), operations[i].method, why))
                    .collect();
                return Ok(Generated {
                    made,
                    plain,
                    left_out,
                });
            }
            Err(why) => why,
        };
        // The shortest beginning that fails ends with an operation that does not go with those before.
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
        if plain.insert(culprit, why.clone()).is_some() {
            return Err(why);
        }
        operations[culprit] = operations[culprit].plain();
    }
    Err(first)
}

/// What progenitor makes of some operations; a panic is an error.
fn attempt(root: &Value, target: &Target, operations: &[Given]) -> Result<Made, String> {
    catch_unwind(AssertUnwindSafe(|| {
        let all: Vec<&Given> = operations.iter().collect();
        tokens(document(root, &all), target).and_then(|tokens| read(tokens, &all))
    }))
    .unwrap_or_else(|panic| Err(panic_text(&*panic)))
}

fn tokens(given: Value, target: &Target) -> Result<proc_macro2::TokenStream, String> {
    let api: openapiv3::OpenAPI =
        serde_json::from_value(given).map_err(|e| format!("not as expected: {e}"))?;
    let core = target.core().to_string().replace(' ', "");
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        // No default hook: the code passes hand every request to the one in `src/hook.rs`.
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { Hook });
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

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no reason given").to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What no pass lets through: an enumeration at which typify panics.
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
    fn an_operation_at_which_the_generator_panics_loses_its_types_and_the_others_keep_theirs() {
        let fault = |message: String| crate::Error::new("t", message);
        let (plain, left_out, successes) = guarded(
            || {
                let made = generate(&prepared(), &Target::client()).map_err(fault)?;
                let success = |name: &str| {
                    let ty = &made.made.methods[name].success;
                    quote! { #ty }.to_string().replace(' ', "")
                };
                let successes = ["good", "fine", "bad"].map(success);
                Ok((made.plain, made.left_out, successes))
            },
            fault,
        )
        .unwrap();
        let [(path, method, why)] = &plain[..] else {
            panic!("{plain:?}")
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
    fn a_panic_of_our_own_is_an_error_that_says_so() {
        let fault = |message: String| crate::Error::new("t", message);
        let error = guarded(|| -> Result<(), _> { panic!("the reason") }, fault).unwrap_err();
        assert_eq!(
            error.to_string(),
            "t: the generator panicked, which is a defect of it: the reason"
        );
    }
}
