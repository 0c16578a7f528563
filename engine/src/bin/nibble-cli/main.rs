//! Nibble's terminal program: everything the engine can do, one subcommand each.
//!
//! Results go to stdout, as text or with `--json` as one object; messages and bars go to stderr. It exits with 0 when done,
//! 1 when something failed, 2 for wrong usage, 130 when interrupted.

mod args;
mod calibrate;
mod chat;
mod compare;
mod hub;
mod library;
mod measure;
mod model;
mod output;
mod quality;
mod quantize;
mod show;

use std::process::ExitCode;

use clap::Parser;
use nibble_engine::jobs;
use nibble_engine::progress::Cancel;

use args::{Cli, CliCommand};
use output::Output;

/// Exit code of a run that failed.
const FAILED: u8 = 1;
/// Exit code of a run that was interrupted, as shells have it: 128 + SIGINT.
const INTERRUPTED: u8 = 130;

/// Runs the command that the arguments name.
pub(crate) fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("NIBBLE_LOG"))
        .with_writer(std::io::stderr)
        .init();
    let cancel = Cancel::new();
    let on_interrupt = cancel.clone();
    // Without the handler Ctrl-C still ends the program, only less tidily.
    let _ = ctrlc::set_handler(move || {
        if on_interrupt.is_cancelled() {
            std::process::exit(i32::from(INTERRUPTED));
        }
        on_interrupt.cancel();
    });
    let output = Output::new(cli.json);
    if let Some(unavailable) = nibble_engine::hardware::unavailable_level() {
        output.message(&format!("Warning: {unavailable}."));
    }
    match run(cli.command, &output, &cancel) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_cancelled() => {
            output.message("Interrupted.");
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            output.message(&format!("nibble-cli: {}", error.sentence()));
            ExitCode::from(FAILED)
        }
    }
}

fn run(command: CliCommand, output: &Output, cancel: &Cancel) -> Result<(), jobs::Error> {
    match command {
        CliCommand::Pull(args) => hub::pull(&args, output, cancel),
        CliCommand::Search(args) => hub::search(&args, output, cancel),
        CliCommand::Describe(args) => hub::describe(&args, output, cancel),
        CliCommand::Library => library::list(output),
        CliCommand::Remove(args) => library::remove(&args, output),
        CliCommand::Verify(args) => library::verify(&args, output, cancel),
        CliCommand::Inspect(args) => show::inspect(&args, output),
        CliCommand::Quantize(args) => quantize::run(&args, output, cancel),
        CliCommand::Calibrate(args) => calibrate::run(&args, output, cancel),
        CliCommand::Sensitivity(args) => calibrate::predict(&args, output, cancel),
        CliCommand::Generate(args) => chat::generate(&args, output, cancel),
        CliCommand::Chat(args) => chat::chat(&args, output, cancel),
        CliCommand::Tokenize(args) => show::tokenize(&args, output),
        CliCommand::Template(args) => show::template(&args, output),
        CliCommand::Logits(args) => measure::logits(&args, output, cancel),
        CliCommand::Eval(args) => measure::eval(&args, output, cancel),
        CliCommand::Quality(args) => quality::run(&args, output, cancel),
        CliCommand::Compare(args) => compare::run(&args, output, cancel),
        CliCommand::Bench(args) => measure::bench(&args, output, cancel),
        CliCommand::Hardware => {
            show::hardware(output);
            Ok(())
        }
    }
}
