//! Circles of a graph of files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::tree::Uses;

/// Groups of files of which each uses, by way of others, each other one; only groups of two files and more.
pub(super) fn circles(uses: &Uses) -> Vec<BTreeSet<&str>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        uses.keys().map(|file| (file.as_str(), reachable(uses, file))).collect();
    let mut found: Vec<BTreeSet<&str>> = Vec::new();
    for (file, from_here) in &reached {
        if !found.iter().any(|circle| circle.contains(file)) && from_here.contains(file) {
            let returns = |other: &&&str| reached.get(**other).is_some_and(|from| from.contains(file));
            found.push(from_here.iter().filter(returns).copied().collect());
        }
    }
    found
}

/// A shortest way round in `circle`, each step with the path that one file names of the next.
pub(super) fn way_round(uses: &Uses, circle: &BTreeSet<&str>) -> String {
    let ways = circle.iter().filter_map(|start| shortest(uses, circle, start));
    let Some(way) = ways.min_by_key(Vec::len) else { return String::new() };
    let steps =
        way.windows(2).map(|step| format!("  {} uses {} ({})", step[0], step[1], uses[step[0]][step[1]]));
    steps.collect::<Vec<_>>().join("\n")
}

fn reachable<'u>(uses: &'u Uses, start: &'u str) -> BTreeSet<&'u str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![start];
    while let Some(file) = waiting.pop() {
        let next = uses.get(file).into_iter().flat_map(BTreeMap::keys).map(String::as_str);
        waiting.extend(next.filter(|next| reached.insert(*next)));
    }
    reached
}

fn shortest<'u>(uses: &'u Uses, circle: &BTreeSet<&str>, start: &str) -> Option<Vec<&'u str>> {
    let (start, _) = uses.get_key_value(start)?;
    let mut ways = VecDeque::from([vec![start.as_str()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in uses.get(*way.last()?).into_iter().flat_map(BTreeMap::keys) {
            let longer = || way.iter().copied().chain([next.as_str()]).collect();
            if next == start {
                return Some(longer());
            }
            if circle.contains(next.as_str()) && seen.insert(next) {
                ways.push_back(longer());
            }
        }
    }
    None
}

#[test]
fn a_circle_is_found_and_told() {
    let edges = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "b"), ("d", "e"), ("e", "f")];
    let mut uses = Uses::new();
    for (from, to) in edges {
        uses.entry(from.to_owned()).or_default().insert(to.to_owned(), format!("{to}::Thing"));
    }
    assert_eq!(circles(&uses), [BTreeSet::from(["b", "c", "d"])]);
    let way = way_round(&uses, &BTreeSet::from(["b", "c", "d"]));
    assert_eq!(way, "  b uses c (c::Thing)\n  c uses b (b::Thing)");
    uses.remove("c");
    assert_eq!(circles(&uses), Vec::<BTreeSet<&str>>::new());
}
