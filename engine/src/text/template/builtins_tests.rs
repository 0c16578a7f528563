//! Features of Jinja one by one, as jinja2 has them (recorded by `tests/record/jinja2_builtins.py`), and hostile templates.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::*;
use crate::text::Error;

#[derive(Deserialize)]
struct Case {
    template: String,
    prompt: String,
}

fn input() -> TemplateInput<'static> {
    let now = chrono::NaiveDate::from_ymd_opt(2024, 7, 26).and_then(|day| day.and_hms_opt(5, 4, 3));
    TemplateInput { now, ..TemplateInput::default() }
}

fn rendered(source: &str) -> Result<String, Error> {
    ChatTemplate::new(source, &[])?.render(&[], input())
}

#[test]
fn builtins_are_those_of_jinja2() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let recorded = std::fs::read(path.join("../tests/data/text/jinja2_builtins.json")).unwrap();
    let cases: Vec<Case> = serde_json::from_slice(&recorded).unwrap();
    assert!(cases.len() > 150);
    let mut wrong = Vec::new();
    for Case { template, prompt } in cases {
        let found = rendered(&template);
        if found.as_ref().ok() != Some(&prompt) {
            wrong.push(format!("{template:?}: {found:?}, but jinja2 {prompt:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Templates that take endless time or memory where nothing stops them.
fn hostile() -> Vec<String> {
    let doubled = |start: &str, step: &str, end: &str| {
        format!("{{% set x = {start} %}}{}{end}", format!("{{% set x = {step} %}}").repeat(40))
    };
    let mut hostile = vec![
        "{{ '{:>2000000000}'.format('x') }}".to_owned(),
        "{{ '{:>100000000000}'.format('x') }}".to_owned(),
        "{{ '%2000000000d' | format(1) }}".to_owned(),
        "{{ 'x'.ljust(2000000000) }}".to_owned(),
        "{{ 'x'.zfill(2000000000) }}".to_owned(),
        "{{ 'x'.center(100000000000) }}".to_owned(),
        "{{ 'x' | center(2000000000) }}".to_owned(),
        "{{ ('a\n' * 100000) | indent(100000) }}".to_owned(),
        "{{ [1] * 100000000 }}".to_owned(),
        "{{ range(100000) | list | tojson(indent=128) }}".to_owned(),
        "{{ (('x' * 1000000) | list | join('y' * 100000)) | length }}".to_owned(),
        "{% set x = 'a' * 1000000 %}{{ x.replace('a', x) | length }}".to_owned(),
    ];
    // Walks without end, which only the clock stops; each leaves a thread behind, so these are few.
    hostile.push(doubled("[1]", "x + x", ""));
    hostile.push(doubled("[1]", "[x, x]", "{{ x == x }}"));
    // These fill the memory where nothing stops them.
    hostile.push(doubled("[1]", "[x, x]", "{{ x }}"));
    hostile.push(doubled("{'a': 1}", "{'a': x, 'b': x}", "{{ x | tojson }}"));
    hostile.push(doubled("'a'", "x ~ x", "{{ x }}"));
    for chain in ["not ", "-", "a ~ ", "a.", "a | trim | ", "a if b else ", "a and ", "a in "] {
        hostile.push(format!("{{{{ {}a }}}}", chain.repeat(20_000)));
    }
    hostile.push(format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(10_000)));
    hostile
}

#[test]
fn hostile_templates_are_stopped_soon() {
    for source in hostile() {
        let start = Instant::now();
        let _ = rendered(&source);
        let taken = start.elapsed();
        let shown: String = source.chars().take(60).chain(source.chars().rev().take(30)).collect();
        assert!(taken < Duration::from_secs(10), "{shown:?} took {taken:?}");
    }
}

#[test]
fn the_longest_chains_that_are_read_do_not_exhaust_the_stack() {
    for chain in ["not ", "-", "a ~ ", "a.", "a | trim ~ ", "a if b else ", "a and ", "a in ", "a == "] {
        for length in [100, 240, 480] {
            let _ = rendered(&format!("{{{{ {}a }}}}", chain.repeat(length)));
        }
    }
    let _ = rendered(&format!("{{% if a %}}{}{{% endif %}}", "{% elif b %}".repeat(490)));
}
