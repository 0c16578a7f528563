//! Flags, log, window: then hand over to [`nibble::app`]. Started as `nibble-cli`, the same program is the terminal's.

#![forbid(unsafe_code)]
#![cfg_attr(windows, windows_subsystem = "windows")]

// Installed programs are one file under two names, since each holds the engine and the built-in model.
#[cfg(feature = "cli")]
#[path = "../../engine/src/bin/nibble-cli/main.rs"]
mod cli;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nibble::app::App;
use nibble::command::ModelCommand;
use nibble::jobs::{WorkerProgram, Workers};
use nibble::platform::{display, language, log, motion, places, settings_file};
use nibble::state::Places;
use nibble::text::{self, labels};
use nibble::{terminal, theme};
use nibble_engine::jobs;

fn main() -> ExitCode {
    let name = std::env::args_os().next().map(PathBuf::from);
    if name.as_deref().and_then(Path::file_stem).is_some_and(|name| name == "nibble-cli") {
        #[cfg(feature = "cli")]
        return cli::main();
    }
    let places = places::prepare();
    log::start(&places.log_file);
    if let Some(unavailable) = nibble_engine::hardware::unavailable_level() {
        tracing::warn!("{unavailable}");
    }
    let argument = std::env::args_os().nth(1);
    if argument.as_ref().is_some_and(|flag| flag == "--worker") {
        return work();
    }
    let model = argument.map(PathBuf::from);
    if display::is_present() {
        match open_window(places.clone(), model.clone()) {
            Ok(()) => return ExitCode::SUCCESS,
            Err(error) => tracing::warn!(%error, "the window could not be opened"),
        }
    }
    let settings = settings_file::load(&places.settings_file).settings;
    text::speak(settings.language.unwrap_or_else(language::of_system));
    terminal::say_aside(labels::terminal_instead());
    terminal::chat(&settings, &places.with_models_of(&settings), model)
}

/// The engine's side of the pipe.
fn work() -> ExitCode {
    let runner = jobs::Runner::default();
    let input = std::io::stdin().lock();
    let served = jobs::worker::serve(input, std::io::stdout(), |ask, send, cancel| {
        runner.run(ask, send, cancel);
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "{}", labels::worker_failed());
            ExitCode::FAILURE
        }
    }
}

/// The icon of the window, where the system takes it from the program.
fn icon() -> egui::IconData {
    let png = include_bytes!("../../assets/icon/nibble-128.png");
    // The file is a part of the program; without it the system shows an icon of its own.
    eframe::icon_data::from_png_bytes(png).unwrap_or_default()
}

fn open_window(places: Places, model: Option<PathBuf>) -> eframe::Result {
    let viewport = egui::ViewportBuilder::default()
        .with_title("Nibble")
        .with_app_id("nibble")
        .with_icon(icon())
        .with_inner_size([1200.0, 800.0])
        .with_min_inner_size([640.0, 480.0]);
    let options = eframe::NativeOptions { viewport, ..eframe::NativeOptions::default() };
    eframe::run_native(
        "Nibble",
        options,
        Box::new(move |creation| {
            let ctx = &creation.egui_ctx;
            theme::install_fonts(ctx);
            theme::use_system_fonts(ctx);
            let loaded = settings_file::load(&places.settings_file);
            let wake = ctx.clone();
            let workers =
                Workers::new(WorkerProgram::engine()?, move |soon| wake.request_repaint_after(soon));
            let app = App::new(ctx, loaded, places, Box::new(workers))
                .with_store()
                .with_stillness(motion::system_is_still())
                .with_language(language::of_system());
            if let Some(model) = model {
                app.commands().send(ModelCommand::Open(model));
            }
            Ok(Box::new(app))
        }),
    )
}
