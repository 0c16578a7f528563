//! Detection of stop strings, however they are split into tokens, without ever showing a part of one.

/// Searches a growing text for stop strings and withholds text that may become one.
#[derive(Clone, Debug)]
pub struct StopTexts {
    texts: Vec<String>,
    withheld: String,
}

impl StopTexts {
    /// Searches for `texts`; empty ones are ignored.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        Self { texts: texts.into_iter().filter(|text| !text.is_empty()).collect(), withheld: String::new() }
    }

    /// Appends the next piece of the text. Text that can no longer be part of a stop string is appended to `shown`; returns
    /// whether one is complete, after which no more text follows.
    pub fn push(&mut self, piece: &str, shown: &mut String) -> bool {
        if self.texts.is_empty() {
            shown.push_str(piece);
            return false;
        }
        self.withheld.push_str(piece);
        if let Some(start) = self.texts.iter().filter_map(|text| self.withheld.find(text.as_str())).min() {
            shown.push_str(&self.withheld[..start]);
            self.withheld.clear();
            return true;
        }
        let certain = self.certain_len();
        shown.push_str(&self.withheld[..certain]);
        self.withheld.drain(..certain);
        false
    }

    /// Appends the withheld text to `shown`, since the end of the text rules out a stop string.
    pub fn finish(&mut self, shown: &mut String) {
        shown.push_str(&self.withheld);
        self.withheld.clear();
    }

    /// Number of bytes before the first possible start of a stop string.
    fn certain_len(&self) -> usize {
        let may_begin =
            |start: usize| self.texts.iter().any(|text| text.starts_with(&self.withheld[start..]));
        self.withheld
            .char_indices()
            .map(|(start, _)| start)
            .find(|&start| may_begin(start))
            .unwrap_or(self.withheld.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(stops: &[&str], pieces: &[&str]) -> (String, bool) {
        let mut texts = StopTexts::new(stops.iter().map(ToString::to_string));
        let mut shown = String::new();
        let stopped = pieces.iter().any(|piece| texts.push(piece, &mut shown));
        if !stopped {
            texts.finish(&mut shown);
        }
        (shown, stopped)
    }

    #[test]
    fn a_stop_string_may_straddle_pieces() {
        assert_eq!(run(&["\nUser:"], &["Hi", "\n", "Us", "er: more"]), ("Hi".into(), true));
        assert_eq!(run(&["\nUser:"], &["Hi", "\n", "Us", "age"]), ("Hi\nUsage".into(), false));
        assert_eq!(run(&["ab", "b"], &["xa", "b"]), ("x".into(), true));
        assert_eq!(run(&["", "zz"], &["z", "é", "z"]), ("zéz".into(), false));
    }

    proptest! {
        #[test]
        fn what_is_shown_ends_where_the_first_stop_string_begins(text in "[abc]{0,40}", stop in "[abc]{1,4}", cut in 1_usize..5) {
            let characters: Vec<char> = text.chars().collect();
            let pieces: Vec<String> = characters.chunks(cut).map(|piece| piece.iter().collect()).collect();
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let (shown, stopped) = run(&[&stop], &pieces);
            prop_assert_eq!(stopped, text.contains(&stop));
            prop_assert_eq!(shown.as_str(), text.split(&stop).next().unwrap_or_default());
        }
    }
}
