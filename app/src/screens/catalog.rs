//! The catalog of models to begin with: three recommended ones as cards, which are downloaded by one click, and the others as
//! rows.

use egui::Ui;
use nibble_engine::fit::{RankedModel, Recommendation, RoughAdvice, Verdict, rank, rough};
use nibble_engine::hub::{CatalogModel, catalog};
use nibble_engine::jobs::protocol::{FetchRequest, LibraryModel, Wish};
use nibble_engine::quant::Precision;

use crate::command::{Command, DiscoverCommand, DownloadsCommand, ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{DownloadPhase, Screen, State, name_of_path};
use crate::text::{self, labels, model_sentences, models};
use crate::theme::{GRID, icons};
use crate::widgets::list_heading::list_heading;
use crate::widgets::model_row::{ModelRow, model_row};
use crate::widgets::offer_card::{OfferCard, OfferClick, offer_cards};

/// Shows the catalog in the order that suits this machine; strongest first before its memory is measured.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Some(memory) = state.memory else {
        ui.spacing_mut().item_spacing.y = 2.0;
        list_heading(ui, models::catalog_heading());
        for model in catalog() {
            row(ui, model, state, commands);
        }
        return;
    };
    let ranked = rank(catalog(), memory, state.read_gbps);
    let (recommended, others): (Vec<_>, Vec<_>) = ranked.iter().partition(|one| one.recommendation.is_some());
    if !recommended.is_empty() {
        list_heading(ui, models::recommended_heading());
        offers(ui, &recommended, state, commands);
    }
    ui.spacing_mut().item_spacing.y = 2.0;
    if !others.is_empty() {
        list_heading(ui, models::catalog_heading());
    }
    for one in others {
        row(ui, one.model, state, commands);
    }
}

/// The recommended models, as cards.
fn offers(ui: &mut Ui, recommended: &[&RankedModel<'_>], state: &State, commands: &CommandSender) {
    let offers: Vec<_> = recommended
        .iter()
        .filter_map(|one| Some((one.model, one.recommendation?, one.fit?)))
        .map(|(model, reason, fit)| {
            let (step, command) = step(state, model, &fit);
            let card = OfferCard {
                reason: reason_words(reason),
                name: &model.name,
                good_at: &model.good_at,
                facts: facts(&fit),
                step,
                calls: reason == Recommendation::Balanced,
            };
            (card, command, model)
        })
        .collect();
    let cards: Vec<_> = offers.iter().map(|(card, ..)| card).collect();
    match offer_cards(ui, &cards, models::offer_details()) {
        Some((index, OfferClick::Step)) => commands.send(offers[index].1.clone()),
        Some((index, OfferClick::Details)) => {
            commands.send(DiscoverCommand::OpenModel(offers[index].2.repository.clone()));
        }
        None => {}
    }
}

fn reason_words(reason: Recommendation) -> &'static str {
    match reason {
        Recommendation::Fast => models::recommended_fast(),
        Recommendation::Balanced => models::recommended_balanced(),
        Recommendation::Best => models::recommended_best(),
    }
}

/// What the model takes and how fast it is, in words.
fn facts(fit: &RoughAdvice) -> Vec<String> {
    let memory = model_sentences::in_memory_of(&text::about_bytes(fit.memory_bytes));
    let speed = fit
        .tokens_per_second
        .map(|speed| model_sentences::at_pace(&text::about_rate(speed), models::pace(speed)));
    [Some(memory), speed].into_iter().flatten().collect()
}

/// What the button of a recommended model says and does: it downloads the model, shows how that goes, and opens the chat.
fn step(state: &State, model: &CatalogModel, fit: &RoughAdvice) -> (String, Command) {
    let chat =
        |path: &std::path::Path| (labels::chat().to_owned(), ModelCommand::ChatWith(path.to_owned()).into());
    match state.downloads.of_repo(&model.repository).map(|download| &download.phase) {
        Some(DownloadPhase::Done { path, .. }) => return chat(path),
        Some(DownloadPhase::Running(work)) => {
            let words = model_sentences::downloading_share(&text::percent(work.fraction()));
            return (words, ViewCommand::Show(Screen::Downloads).into());
        }
        Some(DownloadPhase::Waiting) => {
            return (models::waiting().to_owned(), ViewCommand::Show(Screen::Downloads).into());
        }
        Some(DownloadPhase::Paused | DownloadPhase::Failed(_)) | None => {}
    }
    if let Some(there) = state.library.ready().find(|there| is_of(there, model)) {
        return chat(&there.path);
    }
    let request = FetchRequest {
        repo: model.repository.clone(),
        revision: None,
        wish: Wish::ReadyMade(fit.precision),
        threads: state.settings.threads,
    };
    let words = model_sentences::download_of(&text::about_bytes(fit.disk_bytes));
    (words, DownloadsCommand::Add(request).into())
}

/// Whether a model of this machine is this one of the catalog: from its repository, or a file with its name and a precision.
fn is_of(there: &LibraryModel, model: &CatalogModel) -> bool {
    let name = model.repository.rsplit('/').next().unwrap_or(&model.repository).to_lowercase();
    let file = name_of_path(&there.path).to_lowercase();
    let form = file.strip_prefix(&name).map(|rest| rest.trim_start_matches(['-', '.', '_']));
    let is_named = form.is_some_and(|form| form.parse::<Precision>().is_ok());
    is_named || there.repo.as_deref() == Some(model.repository.as_str())
}

/// One model of the catalog, with what it takes on this machine.
fn row(ui: &mut Ui, model: &CatalogModel, state: &State, commands: &CommandSender) {
    let parameters = (model.billions * 1e9) as u64;
    let more = format!("{} · {}", text::parameters(parameters), model.good_at);
    let figure = figure(state, parameters);
    let row = ModelRow { icon: icons::MODELS, name: &model.name, more: &more, figure: &figure };
    if model_row(ui, row).clicked() {
        commands.send(DiscoverCommand::OpenModel(model.repository.clone()));
    }
    ui.add_space(GRID / 4.0);
}

/// Size and speed of a model of that many parameters at the precision that suits this machine, in a few words; nothing before
/// memory is measured.
pub(super) fn figure(state: &State, parameters: u64) -> String {
    let Some(memory) = state.memory else { return String::new() };
    let Some(fit) = rough(parameters, memory, state.read_gbps) else {
        return labels::fit(Verdict::DoesNotFit).to_owned();
    };
    let verdict = (fit.verdict != Verdict::Comfortable).then(|| labels::fit(fit.verdict).to_owned());
    let speed = fit.tokens_per_second.map(text::about_rate);
    let parts = [verdict, Some(text::about_bytes(fit.disk_bytes)), speed];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
