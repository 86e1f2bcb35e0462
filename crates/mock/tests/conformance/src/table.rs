//! The table of results by tag.

use std::collections::{BTreeMap, BTreeSet};

use crate::run::{Case, CaseResult};

/// Prints the table and every failure. Returns `true` if there were no failures and every operation of the document was
/// called.
pub(crate) fn print<C>(
    documented: &[(&str, &str)],
    cases: &[Case<C>],
    results: &[CaseResult],
    missing_enum_values: &[&str],
) -> bool {
    let mut tags: BTreeMap<&str, (usize, usize, usize, usize)> = BTreeMap::new();
    let mut failures = Vec::new();
    for (case, result) in cases.iter().zip(results) {
        let (operations, required, all, schemas) = tags.entry(case.tag).or_default();
        *operations += 1;
        *required += usize::from(result.required.is_empty());
        *all += usize::from(result.all.is_empty());
        *schemas += result.schemas;
        for (arguments, of_call) in [("required", &result.required), ("all", &result.all)] {
            failures.extend(
                of_call
                    .iter()
                    .map(|failure| format!("{}, {arguments}: {failure}", result.operation)),
            );
        }
    }
    println!("{:36} operations  required  all  schemas", "tag");
    for (tag, (operations, required, all, schemas)) in &tags {
        let flag = if required == operations && all == operations {
            ""
        } else {
            "  FAIL"
        };
        println!("{tag:36} {operations:>10} {required:>9} {all:>4} {schemas:>8}{flag}");
    }
    let total =
        |pick: fn(&(usize, usize, usize, usize)) -> usize| tags.values().map(pick).sum::<usize>();
    println!(
        "{:36} {:>10} {:>9} {:>4} {:>8}",
        format!("{} tags", tags.len()),
        total(|t| t.0),
        total(|t| t.1),
        total(|t| t.2),
        total(|t| t.3)
    );
    failures.extend(
        missing_enum_values
            .iter()
            .map(|&missing| missing.to_owned()),
    );
    for (id, tag) in documented {
        match cases.iter().find(|case| case.operation == *id) {
            None => failures.push(format!("{id}: missing from the driver")),
            Some(case) if case.tag != *tag => failures.push(format!(
                "{id}: tagged {tag} in the document but {} in the driver",
                case.tag
            )),
            Some(_) => {}
        }
    }
    let of_document: BTreeSet<&str> = documented.iter().map(|(_, tag)| *tag).collect();
    println!(
        "called {2} of {0} documented operations in {1} tags",
        documented.len(),
        of_document.len(),
        results.len()
    );
    for failure in &failures {
        println!("FAIL {failure}");
    }
    failures.is_empty()
}
