//! The table of what became of the calls, by tag.

use std::collections::{BTreeMap, BTreeSet};

use crate::run::{Case, Ran};

/// Prints the table and every miss; says whether there was none, and every operation of the document was called.
pub(crate) fn print<C>(
    documented: &[(&str, &str)],
    cases: &[Case<C>],
    ran: &[Ran],
    lost: &[&str],
) -> bool {
    let mut tags: BTreeMap<&str, (usize, usize, usize, usize)> = BTreeMap::new();
    let mut misses = Vec::new();
    for (case, ran) in cases.iter().zip(ran) {
        let (operations, required, all, forms) = tags.entry(case.tag).or_default();
        *operations += 1;
        *required += usize::from(ran.required.is_empty());
        *all += usize::from(ran.all.is_empty());
        *forms += ran.forms;
        for (which, of_call) in [("required", &ran.required), ("all", &ran.all)] {
            misses.extend(
                of_call
                    .iter()
                    .map(|miss| format!("{}, {which}: {miss}", ran.operation)),
            );
        }
    }
    println!("{:36} operations  required  all  forms", "tag");
    for (tag, (operations, required, all, forms)) in &tags {
        let flag = if required == operations && all == operations {
            ""
        } else {
            "  MISS"
        };
        println!("{tag:36} {operations:>10} {required:>9} {all:>4} {forms:>6}{flag}");
    }
    let total =
        |pick: fn(&(usize, usize, usize, usize)) -> usize| tags.values().map(pick).sum::<usize>();
    println!(
        "{:36} {:>10} {:>9} {:>4} {:>6}",
        format!("{} tags", tags.len()),
        total(|t| t.0),
        total(|t| t.1),
        total(|t| t.2),
        total(|t| t.3)
    );
    misses.extend(lost.iter().map(|&lost| lost.to_owned()));
    for (id, tag) in documented {
        match cases.iter().find(|case| case.operation == *id) {
            None => misses.push(format!("{id}: is in the document, and not in the driver")),
            Some(case) if case.tag != *tag => {
                misses.push(format!("{id}: has the tag {tag}, not {}", case.tag))
            }
            Some(_) => {}
        }
    }
    let of_document: BTreeSet<&str> = documented.iter().map(|(_, tag)| *tag).collect();
    println!(
        "{} operations in {} tags of the document, {} called",
        documented.len(),
        of_document.len(),
        ran.len()
    );
    for miss in &misses {
        println!("MISS {miss}");
    }
    misses.is_empty()
}
