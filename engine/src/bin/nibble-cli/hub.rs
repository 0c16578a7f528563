//! `pull` and `search`: models of the Hugging Face Hub.

use std::fmt::Write;

use nibble_engine::hub::{Hub, HubSettings, Sort};
use nibble_engine::jobs::search::{Found, SearchRequest};
use nibble_engine::jobs::{self, DownloadRequest, Error};
use nibble_engine::progress::Cancel;
use serde_json::json;

use crate::args;
use crate::output::{Output, size};

pub(crate) fn pull(args: &args::Pull, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let hub = Hub::new(&HubSettings::from_environment()?)?;
    let request =
        DownloadRequest { repo: args.repo.clone(), revision: args.revision.clone(), file: args.file.clone() };
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

pub(crate) fn search(args: &args::Search, output: &Output, cancel: &Cancel) -> Result<(), Error> {
    let hub = Hub::new(&HubSettings::from_environment()?)?;
    let request = SearchRequest {
        text: args.text.clone(),
        sort: sort(args.sort),
        licence: args.licence.clone(),
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
            let licence = facts.licence.as_deref().unwrap_or("licence unknown");
            let reason =
                found.refusal.as_ref().map_or(String::new(), |refusal| format!("; cannot run: {refusal}"));
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "{:<52} {parameters:>8} {:>11} downloads  {licence}{gated}{reason}",
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
        "licence": facts.licence,
        "gated": facts.gated,
        "downloads": facts.downloads,
        "likes": facts.likes,
        "last_modified": facts.last_modified,
        "runs": found.refusal.is_none(),
        "reason": found.refusal.as_ref().map(ToString::to_string),
    })
}

fn sort(sort: args::Sort) -> Sort {
    match sort {
        args::Sort::Downloads => Sort::Downloads,
        args::Sort::Likes => Sort::Likes,
        args::Sort::Trending => Sort::Trending,
        args::Sort::Updated => Sort::Updated,
    }
}
