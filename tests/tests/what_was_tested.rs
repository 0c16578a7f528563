//! The last line of `cargo test --workspace`: the instruction sets, backends, formats and real models that this run tested, and those
//! it could not. Fails where the environment requires one of them (`NIBBLE_REQUIRE_LEVELS`, `NIBBLE_REQUIRE_BACKENDS`,
//! `NIBBLE_REQUIRE_REAL_MODELS`).
//!
//! Why the line is true: no test chooses levels, backends or formats by itself. Tests of kernels go over `Level::available` and
//! `DType::all` or ask `testing::need` for a level, tests of decoders go over `backend::all`, tests of real models ask
//! `real_models` for their files, and this program asks the same functions on the same machine; a rule keeps other ways out of the tests. Cargo runs it after all others, which have passed
//! then: packages and targets run by their names' order, which a rule checks too. A run of some tests only says nothing here.
//!
//! A program without the test harness, which would keep the output of a test that passes to itself. It takes the harness's
//! arguments as far as runners use them.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "its output is what it is for")]

use std::process::ExitCode;

use nibble_engine::backend::{self, testing};
use nibble_kernels::level::Kind;
use nibble_kernels::testing::check_levels;
use nibble_kernels::{DType, Level};
use nibble_tests::real_models;

const NAME: &str = "what_was_tested";
/// Arguments of the test harness that take a value.
const WITH_VALUE: [&str; 6] =
    ["--color", "--format", "--logfile", "--shuffle-seed", "--skip", "--test-threads"];

/// What the harness's arguments ask for.
enum Asked {
    /// The names of the tests, or of the ignored ones, of which there are none.
    Names {
        ignored: bool,
    },
    Nothing,
    ThisAlone,
    WholeRun,
}

fn asked(arguments: &[String]) -> Asked {
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let follows = |index: usize, flags: &[&str]| index > 0 && flags.contains(&arguments[index - 1].as_str());
    let free = arguments.iter().enumerate().filter(|(_, argument)| !argument.starts_with('-'));
    let (skipped, free): (Vec<_>, Vec<_>) = free.partition(|(index, _)| follows(*index, &["--skip"]));
    let mut filters = free.into_iter().filter(|(index, _)| !follows(*index, &WITH_VALUE)).peekable();
    if has("--list") {
        return Asked::Names { ignored: has("--ignored") };
    }
    let matches = |filter: &str| if has("--exact") { filter == NAME } else { NAME.contains(filter) };
    let is_whole_run = filters.peek().is_none();
    let is_chosen = is_whole_run || filters.any(|(_, filter)| matches(filter));
    match is_chosen && !has("--ignored") && !skipped.iter().any(|(_, skipped)| matches(skipped)) {
        true if is_whole_run => Asked::WholeRun,
        true => Asked::ThisAlone,
        false => Asked::Nothing,
    }
}

fn result(word: &str, passed: usize, failed: usize) -> String {
    let filtered_out = 1 - passed - failed;
    format!(
        "test result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; {filtered_out} filtered out; \
         finished in 0.00s"
    )
}

fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// The closing line.
fn tested() -> String {
    let levels: Vec<_> = Level::available().into_iter().map(Level::name).collect();
    let backends = testing::present_backends();
    let missing_levels = Kind::ALL.map(Kind::name).into_iter().filter(|name| !levels.contains(name));
    let all_backends = backend::all().iter().map(|backend| backend.name());
    let missing_backends = all_backends.filter(|name| !backends.contains(name));
    let (models, not_fetched): (Vec<_>, Vec<_>) =
        real_models::all().into_iter().partition(|model| model.is_present());
    let not_fetched = not_fetched.into_iter().map(|model| model.name);
    let missing = list(missing_levels.chain(missing_backends).chain(not_fetched));
    format!(
        "tested: levels {}; backends {}; formats {}; real models {}. Not tested on this machine: {}.",
        list(levels),
        list(backends),
        list(DType::all().map(DType::name)),
        if models.is_empty() { "none".to_owned() } else { list(models.iter().map(|model| model.name)) },
        if missing.is_empty() { "nothing" } else { &missing }
    )
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let asked = asked(&arguments);
    match asked {
        Asked::Names { ignored: false } => println!("{NAME}: test"),
        Asked::Names { ignored: true } => {}
        Asked::Nothing => println!("\nrunning 0 tests\n\n{}\n", result("ok", 0, 0)),
        Asked::ThisAlone | Asked::WholeRun => {
            println!("\nrunning 1 test");
            let required = check_levels().and_then(|()| testing::check_backends());
            let required = required.map_err(|unmet| unmet.to_string()).and_then(|()| real_models::check());
            if let Err(unmet) = required {
                println!("test {NAME} ... FAILED\n\n{}\n", result("FAILED", 0, 1));
                eprintln!("{unmet}");
                return ExitCode::FAILURE;
            }
            println!("test {NAME} ... ok\n\n{}\n", result("ok", 1, 0));
            if matches!(asked, Asked::WholeRun) {
                println!("{}", tested());
            }
        }
    }
    ExitCode::SUCCESS
}
