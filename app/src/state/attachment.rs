//! Text files that go with a message: their text stands before the message in the prompt.

use serde::{Deserialize, Serialize};

/// A text file as it was when it was attached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachedFile {
    /// Its name, without folders.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

impl AttachedFile {
    /// As it stands in the prompt: under its name, fenced by more backticks than it has in a row.
    pub fn in_prompt(&self) -> String {
        let fence = "`".repeat(longest_run_of_backticks(&self.text).max(2) + 1);
        format!("{}:\n{fence}\n{}\n{fence}\n\n", self.name, self.text.trim_end())
    }
}

/// A file that waits for the message it goes with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingFile {
    /// The attached file.
    pub file: AttachedFile,
    /// Tokens it takes in the prompt, once the model has counted them.
    pub tokens: Option<usize>,
}

/// Why a file cannot be attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoText {
    /// It has more bytes than are read.
    TooLarge {
        /// Size of the file in bytes.
        size: u64,
        /// The most that is read.
        most: u64,
    },
    /// It is not a text file, such as a picture or a PDF.
    NotText,
    /// There is nothing in it.
    Empty,
    /// The system cannot read it.
    Unreadable(String),
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_cannot_end_its_own_fence() {
        let file = |text: &str| AttachedFile { name: "a.md".into(), text: text.into() };
        assert_eq!(file("plain\n").in_prompt(), "a.md:\n```\nplain\n```\n\n");
        assert_eq!(file("a ```` b").in_prompt(), "a.md:\n`````\na ```` b\n`````\n\n");
    }
}
