//! Words of all chats, found through the index; scripts without spaces are found by looking into every message.

use rusqlite::{Row, params};

use super::{Store, StoreError};
use crate::state::{ChatId, Hit, MessageId};

/// Most chats that are listed.
const MOST_HITS: usize = 60;
/// Characters of an excerpt before and after the place.
const AROUND: usize = 40;

impl Store {
    /// Where all words of `query` are said, best first, one message per chat.
    ///
    /// # Errors
    /// [`StoreError::Read`] if the database cannot be read.
    pub fn search(&self, query: &str) -> Result<Vec<Hit>, StoreError> {
        let found = if is_without_spaces(query) { self.look_into_all(query) } else { self.look_up(query) };
        found.map_err(StoreError::read("what a search found"))
    }

    fn look_up(&self, query: &str) -> rusqlite::Result<Vec<Hit>> {
        let Some(terms) = terms_of(query) else { return Ok(Vec::new()) };
        let mut statement = self.connection.prepare(
            "SELECT found.chat, found.id, found.excerpt, min(found.rank) AS best FROM (
                SELECT messages.chat AS chat, messages.id AS id, words.rank AS rank,
                       snippet(words, 0, '', '', '…', 12) AS excerpt
                FROM words JOIN messages ON messages.id = words.rowid
                WHERE words MATCH ?1 ORDER BY words.rank LIMIT 1000
             ) AS found JOIN chats ON chats.id = found.chat
             WHERE chats.deleted = 0 GROUP BY found.chat ORDER BY best LIMIT ?2",
        )?;
        let hit = |row: &Row<'_>| Ok(Hit { excerpt: one_line(&row.get::<_, String>(2)?), ..place_of(row)? });
        statement.query_map(params![terms, MOST_HITS as i64], hit)?.collect()
    }

    fn look_into_all(&self, query: &str) -> rusqlite::Result<Vec<Hit>> {
        let query = query.trim();
        let mut statement = self.connection.prepare(
            "SELECT messages.chat, max(messages.id), messages.text
             FROM messages JOIN chats ON chats.id = messages.chat
             WHERE chats.deleted = 0 AND instr(messages.text, ?1) > 0
             GROUP BY messages.chat ORDER BY max(messages.id) DESC LIMIT ?2",
        )?;
        let hit =
            |row: &Row<'_>| Ok(Hit { excerpt: excerpt(&row.get::<_, String>(2)?, query), ..place_of(row)? });
        statement.query_map(params![query, MOST_HITS as i64], hit)?.collect()
    }
}

fn place_of(row: &Row<'_>) -> rusqlite::Result<Hit> {
    let (chat, message) = (row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64);
    Ok(Hit { chat: ChatId(chat), message: MessageId(message), excerpt: String::new() })
}

/// The query in FTS5's language: every word must be there, and the last may be the beginning of one.
fn terms_of(query: &str) -> Option<String> {
    let words: Vec<&str> =
        query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let all = words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" AND ");
    (!words.is_empty()).then(|| if query.ends_with(char::is_whitespace) { all } else { all + " *" })
}

/// Whether the query is in a script that does not part words by spaces: Chinese, Japanese, Thai and the like.
fn is_without_spaces(query: &str) -> bool {
    query.chars().any(|c| {
        matches!(c, '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
            | '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
    })
}

fn excerpt(text: &str, query: &str) -> String {
    let at = text.find(query).unwrap_or_default();
    let before: Vec<char> = text[..at].chars().rev().take(AROUND).collect();
    let after = text[at..].chars().take(query.chars().count() + AROUND);
    let cut = if before.len() == AROUND { "…" } else { "" };
    one_line(&(cut.to_owned() + &before.into_iter().rev().chain(after).collect::<String>()))
}

/// Text on one line, without the marks of Markdown that would be in the way of reading.
fn one_line(text: &str) -> String {
    text.replace("**", "").replace('`', "").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_words_and_never_syntax() {
        assert_eq!(terms_of("green tea").unwrap(), "\"green\" AND \"tea\" *");
        assert_eq!(terms_of("tea ").unwrap(), "\"tea\"");
        assert_eq!(terms_of("\"NEAR(-x*").unwrap(), "\"NEAR\" AND \"x\" *");
        assert_eq!(terms_of(" -*\" "), None);
    }

    #[test]
    fn excerpts_stay_around_the_place() {
        let text = "あ".repeat(100) + "抹茶" + &"い".repeat(100);
        let cut = excerpt(&text, "抹茶");
        assert!(cut.starts_with('…') && cut.contains("抹茶"));
        assert_eq!(cut.chars().count(), 1 + 40 + 2 + 40);
    }
}
