//! Models on their way, each with its stages, and what can be done about it.

use egui::{Align, Layout, ScrollArea, Ui};
use nibble_engine::jobs::protocol::{Failure, Wish};
use nibble_engine::progress::Stage;

use super::model_tabs;
use crate::command::{DownloadsCommand, ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Download, DownloadPhase, Screen, State, Work};
use crate::text::{self, labels, models, sentences};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::blank::{Blank, blank};
use crate::widgets::card::card;
use crate::widgets::column::column;
use crate::widgets::notice::details;
use crate::widgets::{button, meter};

/// Shows the screen.
pub(super) fn show(ui: &mut Ui, state: &State, commands: &CommandSender) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 3.0;
            ui.add_space(GRID * 2.0);
            model_tabs::show(ui, state, Screen::Downloads, commands);
            if state.downloads.all.is_empty() {
                let words = Blank {
                    icon: icons::DOWNLOAD,
                    title: models::no_downloads(),
                    more: models::no_downloads_more(),
                    step: models::find_models(),
                };
                if blank(ui, words) {
                    commands.send(ViewCommand::Show(Screen::Discover));
                }
            }
            for download in &state.downloads.all {
                ui.push_id(download.id.0, |ui| download_card(ui, download, commands));
            }
            ui.add_space(GRID * 8.0);
        });
    });
}

fn download_card(ui: &mut Ui, download: &Download, commands: &CommandSender) {
    card(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = GRID * 2.0;
        ui.horizontal(|ui| {
            let room = ui.available_width() - GRID * 26.0;
            ui.scope(|ui| {
                ui.set_max_width(room);
                let name = crate::theme::text(ui, download.name(), Scale::Body, BOLD);
                ui.add(egui::Label::new(name).truncate());
                if let Some(detail) = download.detail() {
                    let detail = if is_file(download) {
                        detail.to_owned()
                    } else {
                        labels::precision_spelling(detail)
                    };
                    let soft = Palette::of(ui).soft;
                    let detail = crate::theme::text(ui, detail, Scale::Small, "").color(soft);
                    ui.add(egui::Label::new(detail).truncate());
                }
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| tools(ui, download, commands));
        });
        match &download.phase {
            DownloadPhase::Waiting => soft(ui, models::waiting()),
            DownloadPhase::Running(work) => running(ui, download, work),
            DownloadPhase::Paused => paused(ui, download),
            DownloadPhase::Failed(failure) => {
                kept(ui, download);
                failed(ui, download, failure, commands);
            }
            DownloadPhase::Done { path, bytes } => {
                ui.horizontal(|ui| {
                    let good = Palette::of(ui).good;
                    ui.label(crate::theme::text(ui, icons::CHECK, Scale::Body, "").color(good));
                    ui.label(crate::theme::text(ui, models::is_here(), Scale::Body, ""));
                    soft(ui, &text::bytes(*bytes));
                });
                if button::primary(ui, "", labels::chat()).clicked() {
                    commands.send(ModelCommand::ChatWith(path.clone()));
                }
            }
        }
    });
}

/// Pause, go on, take away.
fn tools(ui: &mut Ui, download: &Download, commands: &CommandSender) {
    ui.spacing_mut().item_spacing.x = GRID;
    let named = |words: &str| sentences::item_of(words, download.name());
    let is_done = matches!(download.phase, DownloadPhase::Done { .. });
    let takes_away = if is_done { models::remove_from_list() } else { models::cancel_download() };
    let is_stopping = matches!(&download.phase, DownloadPhase::Running(work) if work.stopping.is_some());
    ui.add_enabled_ui(!is_stopping, |ui| {
        if button::icon(ui, icons::CLOSE, &named(takes_away)).clicked() {
            commands.send(DownloadsCommand::Drop(download.id));
        }
        match download.phase {
            DownloadPhase::Waiting | DownloadPhase::Running(_) => {
                if button::icon(ui, icons::PAUSE, &named(models::pause())).clicked() {
                    commands.send(DownloadsCommand::Pause(download.id));
                }
            }
            DownloadPhase::Paused => {
                if button::icon(ui, icons::GO_ON, &named(models::resume())).clicked() {
                    commands.send(DownloadsCommand::Resume(download.id));
                }
            }
            DownloadPhase::Failed(_) | DownloadPhase::Done { .. } => {}
        }
    });
}

fn running(ui: &mut Ui, download: &Download, work: &Work) {
    stages(ui, download, work);
    let percent = text::percent(work.fraction());
    meter::bar(ui, work.fraction(), &format!("{}: {percent}", download.name()));
    ui.horizontal(|ui| {
        let left = match (&work.progress, work.stopping) {
            (_, Some(_)) => labels::stopping().to_owned(),
            // Measuring counts tokens.
            (Some(_), None) if is_measuring(work) => percent,
            (Some(progress), None) => {
                sentences::used_of(&text::bytes(progress.done), &text::bytes(progress.total))
            }
            (None, None) => labels::starting().to_owned(),
        };
        soft(ui, &left);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| soft(ui, &speed(work)));
    });
}

/// A download that somebody stopped, and how far it came.
fn paused(ui: &mut Ui, download: &Download) {
    kept(ui, download);
    let reached = download.reached.as_ref().filter(|reached| reached.stage == Some(Stage::Download));
    let far =
        reached.map(|reached| sentences::used_of(&text::bytes(reached.done), &text::bytes(reached.total)));
    let words: Vec<_> = std::iter::once(models::paused_more().to_owned()).chain(far).collect();
    soft(ui, &words.join(" · "));
}

/// The bar of a download that does not run; nothing before this run of the program knows how far it is.
fn kept(ui: &mut Ui, download: &Download) {
    if let Some(reached) = &download.reached {
        let fraction = reached.fraction();
        meter::bar(ui, fraction, &format!("{}: {}", download.name(), text::percent(fraction)));
    }
}

/// Speed and time left, once known.
fn speed(work: &Work) -> String {
    match (work.pace.per_second(), work.seconds_left()) {
        (Some(speed), Some(seconds)) if work.stopping.is_none() && !is_measuring(work) => {
            let left = sentences::time_left(&text::estimated(seconds));
            format!("{} · {left}", text::per_second(speed))
        }
        _ => String::new(),
    }
}

/// The stages side by side, the running one in the accent color.
fn stages(ui: &mut Ui, download: &Download, work: &Work) {
    let all: &[&str] = match download.request.wish {
        Wish::Quantized(_) => &[models::stage_download(), models::stage_quantize(), models::stage_measure()],
        // Where no file is ready, the download becomes one that is quantized here.
        Wish::ReadyMade(_) | Wish::Gguf(_) | Wish::Original => &[models::stage_download()],
    };
    let palette = Palette::of(ui);
    let at = match work.stage() {
        None | Some(Stage::Download) => 0,
        Some(Stage::Quantize) => 1,
        Some(Stage::Measure(_)) => 2,
    };
    ui.horizontal(|ui| {
        for (index, name) in all.iter().enumerate() {
            if index > 0 {
                ui.label(crate::theme::text(ui, icons::FOLDED, Scale::Small, "").color(palette.soft));
            }
            let (family, color) = if index == at { (MEDIUM, palette.accent) } else { ("", palette.soft) };
            let mark = if index < at { format!("{} ", icons::CHECK) } else { String::new() };
            let words = format!("{mark}{name}");
            ui.label(crate::theme::text(ui, words, Scale::Small, family).color(color));
        }
    });
}

fn is_measuring(work: &Work) -> bool {
    matches!(work.stage(), Some(Stage::Measure(_)))
}

fn failed(ui: &mut Ui, download: &Download, failure: &Failure, commands: &CommandSender) {
    let bad = Palette::of(ui).bad;
    ui.horizontal_top(|ui| {
        ui.label(crate::theme::text(ui, icons::WARNING, Scale::Body, "").color(bad));
        ui.vertical(|ui| {
            ui.label(text::sentence(&failure.message));
            if download.reached.is_some() {
                soft(ui, models::kept_more());
            }
            details(ui, &failure.details);
        });
    });
    if button::outlined(ui, icons::AGAIN, labels::step_again()).clicked() {
        commands.send(DownloadsCommand::Resume(download.id));
    }
}

fn is_file(download: &Download) -> bool {
    matches!(download.request.wish, Wish::Gguf(_))
}

fn soft(ui: &mut Ui, words: &str) {
    let soft = Palette::of(ui).soft;
    ui.label(crate::theme::text(ui, words, Scale::Small, "").color(soft));
}
