//! Page of a model on the Hub: facts, advice for this machine, and the ways to it; the buttons are in the bar below
//! (`hub_bar.rs`).

use egui::{OpenUrl, ScrollArea, Ui};
use nibble_engine::jobs::protocol::{ModelPage, ReadyMade};
use nibble_engine::quant::methods;

use super::back::back;
use super::hub_bar;
use super::hub_precisions::{self, fitting_file, made_bytes};
use crate::command::{DiscoverCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{HubPage, PageLook, Screen, State};
use crate::text::{self, labels, model_sentences, models, workshop};
use crate::theme::{BOLD, GRID, Palette, Scale, icons};
use crate::widgets::action_bar::with_action_bar;
use crate::widgets::blank::{Blank, blank_with_details, waiting};
use crate::widgets::button;
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::facts::facts;
use crate::widgets::fold::fold;
use crate::widgets::markdown::{MarkdownCache, markdown};

/// Shows the page, and the bar below it where there is something to download.
pub(super) fn show(ui: &mut Ui, state: &State, cache: &mut MarkdownCache, commands: &CommandSender) {
    let Some(page) = &state.discover.page else { return };
    match page.known().filter(|known| hub_bar::is_needed(page, known)) {
        Some(known) => with_action_bar(
            ui,
            "hub bar",
            |ui| page_ui(ui, page, cache, commands),
            |ui| hub_bar::show(ui, state, page, known, commands),
        ),
        None => page_ui(ui, page, cache, commands),
    }
}

fn page_ui(ui: &mut Ui, page: &HubPage, cache: &mut MarkdownCache, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 3.0;
            ui.add_space(GRID * 2.0);
            back(ui, Screen::Discover, commands);
            heading(ui, page);
            match &page.look {
                PageLook::Reading => waiting(ui, models::reading_page()),
                PageLook::Failed(failure) => {
                    let words = Blank {
                        icon: icons::WARNING,
                        title: models::hub_silent(),
                        more: &text::sentence(&failure.message),
                        step: labels::step_again(),
                    };
                    if blank_with_details(ui, words, &failure.details) {
                        commands.send(DiscoverCommand::OpenModel(page.repo.clone()));
                    }
                }
                PageLook::Known(known) => known_ui(ui, page, known, cache, commands),
            }
            ui.add_space(GRID * 8.0);
        });
    });
}

fn heading(ui: &mut Ui, page: &HubPage) {
    let soft = Palette::of(ui).soft;
    let (owner, name) = page.repo.split_once('/').unwrap_or(("", &page.repo));
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ui.heading(name);
        ui.label(crate::theme::text(ui, owner, Scale::Body, "").color(soft));
    });
}

fn known_ui(
    ui: &mut Ui,
    page: &HubPage,
    known: &ModelPage,
    cache: &mut MarkdownCache,
    commands: &CommandSender,
) {
    facts_card(ui, known);
    if known.needs_agreement {
        agreement(ui, known, commands);
    } else if let Some(refusal) = &known.refusal {
        warning(ui, models::cannot_run(), &text::sentence(&refusal.to_string()));
    } else {
        hub_precisions::show(ui, page, known, commands);
        ways(ui, page, known);
    }
    files(ui, known);
    ui.add_space(GRID * 2.0);
    if known.card.trim().is_empty() {
        let soft = Palette::of(ui).soft;
        ui.label(crate::theme::text(ui, models::no_card(), Scale::Body, "").color(soft));
    } else {
        card(ui, |ui| {
            ui.set_width(ui.available_width());
            if let Some(copied) = markdown(ui, cache, &known.card) {
                commands.send(ViewCommand::Copy(copied));
            }
        });
    }
}

fn facts_card(ui: &mut Ui, known: &ModelPage) {
    let facts_of = &known.facts;
    let unknown = || models::unknown().to_owned();
    let architecture = facts_of.model_type.clone().or_else(|| facts_of.gguf_architecture.clone());
    let changed = facts_of.last_modified.as_deref().and_then(|time| time.get(..10)).map(str::to_owned);
    let rows = [
        (labels::parameters(), facts_of.parameters.map_or_else(unknown, text::parameters)),
        (labels::architecture(), architecture.unwrap_or_else(unknown)),
        (models::license(), facts_of.license.clone().unwrap_or_else(unknown)),
        (models::downloads_in_a_month(), text::compact(facts_of.downloads)),
        (models::likes(), text::compact(facts_of.likes)),
        (models::changed(), changed.unwrap_or_else(unknown)),
    ];
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        facts(ui, &rows);
        ui.add_space(GRID);
        open_on_hub(ui, &known.facts.repo);
    });
}

/// A button that opens the model's page in the browser.
fn open_on_hub(ui: &mut Ui, repo: &str) {
    if button::outlined(ui, icons::OPEN_OUTSIDE, models::open_on_hub()).clicked() {
        ui.ctx().open_url(OpenUrl::new_tab(format!("https://huggingface.co/{repo}")));
    }
}

/// A card that says why something does not go.
fn warning(ui: &mut Ui, title: &str, more: &str) {
    let palette = Palette::of(ui);
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(crate::theme::text(ui, icons::WARNING, Scale::Body, "").color(palette.warn));
            ui.label(crate::theme::text(ui, title, Scale::Body, BOLD));
        });
        ui.label(more);
    });
}

/// What to do about a model that is given only to some.
fn agreement(ui: &mut Ui, known: &ModelPage, commands: &CommandSender) {
    warning(ui, models::gated(), models::gated_more());
    if button::outlined(ui, icons::AGAIN, labels::step_again()).clicked() {
        commands.send(DiscoverCommand::OpenModel(known.facts.repo.clone()));
    }
}

/// The ways to the model at the chosen precision, told apart: what each downloads and what it gains.
fn ways(ui: &mut Ui, page: &HubPage, known: &ModelPage) {
    let Some(precision) = &page.precision else {
        return warning(ui, models::too_large(), models::too_large_more());
    };
    let title = |ui: &mut Ui, words: &str| {
        ui.label(crate::theme::text(ui, words, Scale::Body, BOLD));
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        if let Some(ReadyMade { repo, bytes, .. }) = fitting_file(known, precision) {
            title(ui, models::ready_made());
            soft(ui, &model_sentences::ready_from(repo, &text::bytes(*bytes)));
            ui.add_space(GRID * 2.0);
        }
        if let (Some(bytes), Some(made)) = (known.checkpoint_bytes, made_bytes(known, precision)) {
            title(ui, models::made_on_this_computer());
            let (method, _) = workshop::method_words(methods::USUAL.name());
            soft(ui, &model_sentences::quantized_here(&text::bytes(bytes), &text::bytes(made), method));
        }
    });
}

fn soft(ui: &mut Ui, words: &str) {
    let soft = Palette::of(ui).soft;
    ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
}

/// The files, folded away at first.
fn files(ui: &mut Ui, known: &ModelPage) {
    let total = known.files.iter().map(|file| file.bytes).sum();
    let words = model_sentences::files_of(known.files.len(), &text::bytes(total));
    let id = ui.scope_id().with(("files", &known.facts.repo));
    if !fold(ui, id, |_| words.clone()) {
        return;
    }
    for file in &known.files {
        ui.horizontal(|ui| {
            soft(ui, &file.path);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                soft(ui, &text::bytes(file.bytes));
            });
        });
    }
}
