//! `pull`, `search` and `describe`: models of the Hugging Face Hub.

use std::fmt::Write;

use nibble_engine::fit::{Advice, Setting, Verdict};
use nibble_engine::hub::{Hub, HubSettings, Sort};
use nibble_engine::jobs::describe::{DescribeRequest, ModelPage};
use nibble_engine::jobs::fetch::{FetchRequest, Wish};
use nibble_engine::jobs::search::{Found, SearchRequest};
use nibble_engine::jobs::{self, DownloadRequest, Error};
use nibble_engine::library::memory_speed;
use nibble_engine::progress::Cancel;
use nibble_engine::quant::Precision;
use serde_json::json;

use super::args;
use super::output::{Output, size};

pub(crate) fn pull(args: &args::Pull, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let hub = Hub::new(&HubSettings::from_environment()?)?;
    if let Some(precision) = args.precision {
        return fetch(&hub, args, precision, output, cancel);
    }
    let request = DownloadRequest {
        repo: args.repo.clone(),
        revision: args.revision.clone(),
        file: args.file.clone(),
        quantized: false,
    };
    let report = jobs::download(&hub, &request, output, cancel)?;
    output.result(&report, || {
        let path = report.path.display();
        if report.fetched_bytes == 0 {
            return format!("{path}: {}, already here", size(report.bytes));
        }
        format!("{path}: {}, in {:.1} s", size(report.bytes), report.seconds)
    });
    Ok(())
}

/// Downloads and quantizes in one go.
fn fetch(
    hub: &Hub,
    args: &args::Pull,
    precision: Precision,
    output: &Output,
    cancel: &Cancel,
) -> Result<(), Error> {
    let request = FetchRequest {
        repo: args.repo.clone(),
        revision: args.revision.clone(),
        wish: Wish::Quantized(precision),
        threads: None,
    };
    let report = jobs::fetch(hub, &request, output, cancel)?;
    output.result(&report, || {
        format!("{}: {}, in {:.1} s", report.path.display(), size(report.bytes), report.seconds)
    });
    Ok(())
}

pub(crate) fn describe(args: &args::Describe, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let hub = Hub::new(&HubSettings::from_environment()?)?;
    let request =
        DescribeRequest { repo: args.repo.clone(), revision: args.revision.clone(), context: args.context };
    let setting = Setting::here(args.context, memory_speed::read_gbps());
    let page = jobs::describe(&hub, &request, &setting, cancel)?;
    output.result(&page, || described(&page));
    Ok(())
}

/// A model's page in lines.
fn described(page: &ModelPage) -> String {
    let mut text = format!("{}\n", page.facts.repo);
    // Writing to a string cannot fail.
    if page.needs_agreement {
        let _ = writeln!(text, "requires accepting its license on the Hub");
    }
    if let Some(refusal) = &page.refusal {
        let _ = writeln!(text, "cannot run: {refusal}");
    }
    text.push_str(&table(&page.advice, page.preselected));
    for one in &page.ready_made {
        let reason = one.refusal.as_ref().map_or(String::new(), |refusal| format!("  cannot run: {refusal}"));
        let _ = writeln!(text, "{}/{} {}{reason}", one.repo, one.file, size(one.bytes));
    }
    text
}

/// What each precision takes, a line each, with a mark at the one that is `best`.
pub(crate) fn table(advice: &[Advice], best: Option<Precision>) -> String {
    let mut text = String::new();
    for one in advice {
        let verdict = match one.verdict {
            Verdict::Comfortable => "fits",
            Verdict::Tight => "tight",
            Verdict::DoesNotFit => "does not fit",
        };
        let chosen = if best == Some(one.precision) { "  <- best here" } else { "" };
        let speed = one.tokens_per_second.map_or(String::new(), |speed| format!("{speed:>6.0} tokens/s"));
        let (disk, memory) = (size(one.disk_bytes), size(one.memory_bytes));
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:<7} {disk:>8} on disk {memory:>8} of memory {speed}  {verdict}{chosen}",
            one.precision
        );
    }
    text
}

pub(crate) fn search(args: &args::SearchArgs, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let hub = Hub::new(&HubSettings::from_environment()?)?;
    let request = SearchRequest {
        text: args.text.clone(),
        sort: sort(args.sort),
        license: args.license.clone(),
        most_parameters: args.max_billions.map(|most| (most * 1e9) as u64),
        only_runnable: args.runs,
        limit: args.limit,
        page: None,
    };
    let mut found = jobs::search(&hub, &request, cancel)?.models;
    found.truncate(args.limit);
    let models: Vec<_> = found.iter().map(value).collect();
    output.result(&json!({ "models": models }), || {
        let mut text = String::new();
        for found in &found {
            let facts = &found.facts;
            let parameters = facts.parameters.map_or("?".to_owned(), |n| format!("{:.1} B", n as f64 / 1e9));
            let gated = if facts.gated { ", gated" } else { "" };
            let license = facts.license.as_deref().unwrap_or("license unknown");
            let reason =
                found.refusal.as_ref().map_or(String::new(), |refusal| format!("; cannot run: {refusal}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{:<52} {parameters:>8} {:>11} downloads  {license}{gated}{reason}",
                facts.repo, facts.downloads
            );
        }
        text
    });
    Ok(())
}

fn value(found: &Found) -> serde_json::Value {
    let facts = &found.facts;
    json!({
        "repo": facts.repo,
        "architecture": facts.model_type.as_ref().or(facts.gguf_architecture.as_ref()),
        "parameters": facts.parameters,
        "context_length": facts.context_length,
        "license": facts.license,
        "gated": facts.gated,
        "downloads": facts.downloads,
        "likes": facts.likes,
        "last_modified": facts.last_modified,
        "runs": found.refusal.is_none(),
        "reason": found.refusal.as_ref().map(ToString::to_string),
    })
}

fn sort(sort: args::SortArg) -> Sort {
    match sort {
        args::SortArg::Downloads => Sort::Downloads,
        args::SortArg::Likes => Sort::Likes,
        args::SortArg::Trending => Sort::Trending,
        args::SortArg::Updated => Sort::Updated,
    }
}
