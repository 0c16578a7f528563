//! The tables, as steps from each version to the next. A step that was released is never changed.
//!
//! - `chats`: what the list knows of each. `leaf` is the last message of the branch that is shown, `model` the path of the model that
//!   replies.
//! - `messages`: finished messages; `parent` makes them a tree, `files` are text files that go with one, as JSON, `reasoning` is
//!   what the model wrote before what it said.
//! - `growing`: the reply that is being written, the same columns.
//! - `words`: the index of the messages' words, kept by triggers.

use std::path::Path;

use nibble_engine::text::split_thinking;
use rusqlite::{Connection, TransactionBehavior, params};

use super::StoreError;

/// Steps to version 1, 2 and so on.
const STEPS: [&str; 5] = [
    "CREATE TABLE chats (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        created INTEGER NOT NULL,
        updated INTEGER NOT NULL,
        pinned INTEGER NOT NULL DEFAULT 0,
        archived INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0,
        draft TEXT NOT NULL DEFAULT '',
        options TEXT,
        leaf INTEGER
    ) STRICT;
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        chat INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
        parent INTEGER,
        role TEXT NOT NULL,
        text TEXT NOT NULL,
        outcome TEXT NOT NULL,
        created INTEGER NOT NULL,
        model TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX messages_by_chat ON messages(chat);
    CREATE TABLE growing (
        id INTEGER PRIMARY KEY,
        chat INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE,
        parent INTEGER,
        role TEXT NOT NULL,
        text TEXT NOT NULL,
        created INTEGER NOT NULL,
        model TEXT NOT NULL DEFAULT ''
    ) STRICT;",
    "CREATE VIRTUAL TABLE words USING fts5(
        text, content='messages', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
    );
    INSERT INTO words(words, rank) VALUES ('secure-delete', 1);
    INSERT INTO words(rowid, text) SELECT id, text FROM messages;
    CREATE TRIGGER words_of_new AFTER INSERT ON messages BEGIN
        INSERT INTO words(rowid, text) VALUES (new.id, new.text);
    END;
    CREATE TRIGGER words_of_gone AFTER DELETE ON messages BEGIN
        INSERT INTO words(words, rowid, text) VALUES ('delete', old.id, old.text);
    END;
    CREATE TRIGGER words_of_changed AFTER UPDATE OF text ON messages BEGIN
        INSERT INTO words(words, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO words(rowid, text) VALUES (new.id, new.text);
    END;",
    "ALTER TABLE messages ADD COLUMN files TEXT;
    ALTER TABLE chats ADD COLUMN folder TEXT NOT NULL DEFAULT '';",
    "ALTER TABLE messages ADD COLUMN reasoning TEXT NOT NULL DEFAULT '';
    ALTER TABLE growing ADD COLUMN reasoning TEXT NOT NULL DEFAULT '';",
    "ALTER TABLE chats ADD COLUMN model TEXT;",
];

/// The version since which reasoning is apart from what is said.
const REASONING_APART: i64 = 4;

/// Brings an older file up to date, after a copy of it was put beside it.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let known = STEPS.len() as i64;
    let found = version(connection).map_err(StoreError::Open)?;
    if !(0..=known).contains(&found) {
        return Err(StoreError::Newer { found, known });
    }
    if found > 0 && found < known {
        keep_copy(connection, path, found)
            .map_err(|source| StoreError::Migrate { version: found + 1, source })?;
    }
    for (step, version) in STEPS.iter().zip(1_i64..).skip(found as usize) {
        take_step(connection, step, version).map_err(|source| StoreError::Migrate { version, source })?;
    }
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn take_step(connection: &mut Connection, step: &str, to: i64) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another window may have taken the step in the meantime.
    if version(&transaction)? < to {
        transaction.execute_batch(step)?;
        if to == REASONING_APART {
            part_reasoning(&transaction, "messages")?;
            part_reasoning(&transaction, "growing")?;
        }
        transaction.pragma_update(None, "user_version", to)?;
    }
    transaction.commit()
}

/// Parts the replies of a table that have reasoning between marks in their text.
fn part_reasoning(connection: &Connection, table: &str) -> rusqlite::Result<()> {
    let sql = format!("SELECT id, text FROM {table} WHERE role = 'assistant' AND instr(text, '<think>') > 0");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let update = format!("UPDATE {table} SET text = ?2, reasoning = ?3 WHERE id = ?1");
    for row in rows.collect::<rusqlite::Result<Vec<_>>>()? {
        let (id, whole) = row;
        let (reasoning, text) = split_thinking(&whole);
        if text != whole {
            connection.execute(&update, params![id, text, reasoning])?;
        }
    }
    Ok(())
}

/// A whole copy of the file as it was, under the name of its version; an earlier copy stays.
fn keep_copy(connection: &Connection, path: &Path, version: i64) -> rusqlite::Result<()> {
    let copy = path.with_extension(format!("version-{version}.db"));
    if !copy.exists() {
        // Under its name only when it is whole: a crash in between leaves a part, which is replaced.
        let part = copy.with_extension("part");
        let failed = |error: std::io::Error| rusqlite::Error::ToSqlConversionFailure(error.into());
        if part.exists() {
            std::fs::remove_file(&part).map_err(failed)?;
        }
        connection.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
        std::fs::rename(&part, &copy).map_err(failed)?;
    }
    Ok(())
}
