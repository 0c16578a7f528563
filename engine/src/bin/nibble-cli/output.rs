//! Where results, messages and bars go.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use nibble_engine::progress::{Observer, Progress, Stage, Warning};
use serde::Serialize;

/// Stdout for results, stderr for everything else.
pub(crate) struct Output {
    json: bool,
    bar: ProgressBar,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        let bar =
            if std::io::stderr().is_terminal() { ProgressBar::no_length() } else { ProgressBar::hidden() };
        let style =
            ProgressStyle::with_template("{wide_bar} {percent:>3}% {bytes_per_sec:>12} {eta:>5} {msg:28!}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        Self { json, bar }
    }

    /// Whether stdout is for one JSON object alone.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// The result of the run: `value` as JSON, or the lines of `text`.
    pub(crate) fn result(&self, value: &impl Serialize, text: impl FnOnce() -> String) {
        self.bar.finish_and_clear();
        let rendered = if self.json {
            serde_json::to_string(value).expect("results are plain values with string keys")
        } else {
            text()
        };
        let mut stdout = std::io::stdout().lock();
        // A reader that has gone away, as in `| head`, is not an error.
        let _ = writeln!(stdout, "{}", rendered.trim_end_matches('\n')).and_then(|()| stdout.flush());
    }

    /// A piece of running text, shown at once unless stdout is for JSON.
    pub(crate) fn piece(&self, text: &str) {
        if !self.json {
            self.bar.finish_and_clear();
            let mut stdout = std::io::stdout().lock();
            let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        }
    }

    /// A line for the person, on stderr.
    pub(crate) fn message(&self, text: &str) {
        self.bar.finish_and_clear();
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

/// A number of bytes for people: three digits and a decimal unit, as disks and downloads are sold.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    let digits = if unit == 0 || value >= 99.95 {
        0
    } else if value >= 9.995 {
        1
    } else {
        2
    };
    format!("{value:.digits$} {}", units[unit])
}

impl Observer for Output {
    fn progress(&self, progress: Progress) {
        if self.bar.is_finished() {
            self.bar.reset();
        }
        self.bar.set_length(progress.total);
        self.bar.set_position(progress.done);
        self.bar.set_message(match progress.stage {
            Some(stage @ Stage::Measure(_)) => stage.to_string(),
            Some(stage) => format!("{stage} {}", progress.item),
            None => progress.item,
        });
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    fn warn(&self, warning: Warning) {
        self.message(&format!("note: {warning}"));
    }
}
