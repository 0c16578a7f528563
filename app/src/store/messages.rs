//! Rows of messages, finished and growing.

use nibble_engine::jobs::{Delta, Role};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};

use super::{Store, StoreError};
use crate::state::{ChatId, ChatMessage, MessageId, Outcome};

impl Store {
    /// Keeps a finished message; it is on the disk when this returns.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn save_message(&mut self, chat: ChatId, message: &ChatMessage) -> Result<(), StoreError> {
        self.wait_for_disk(true)?;
        let mut write = || {
            let transaction = self.connection.transaction()?;
            write_message(&transaction, chat, message)?;
            transaction.execute("DELETE FROM growing WHERE id = ?1", [message.id.0 as i64])?;
            transaction.commit()
        };
        write().map_err(StoreError::write("a message"))
    }

    /// Keeps a reply that begins to grow.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn begin(&self, chat: ChatId, message: &ChatMessage) -> Result<(), StoreError> {
        self.wait_for_disk(false)?;
        let sql = "INSERT OR REPLACE INTO growing (id, chat, parent, role, text, created, model, reasoning)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let ChatMessage { id, parent, role, text, created, model, reasoning, .. } = message;
        let parent = parent.map(|parent| parent.0 as i64);
        let (id, chat, role) = (id.0 as i64, chat.0 as i64, name_of(*role));
        let values = params![id, chat, parent, role, text, created, model, reasoning];
        self.connection.execute(sql, values).map_err(StoreError::write("a reply"))?;
        Ok(())
    }

    /// Adds to a growing reply, or to its reasoning. A tool call is not text and adds nothing.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn append(&self, message: MessageId, delta: &Delta) -> Result<(), StoreError> {
        let (sql, piece) = match delta {
            Delta::Content(piece) => ("UPDATE growing SET text = text || ?2 WHERE id = ?1", piece),
            Delta::Reasoning(piece) => {
                ("UPDATE growing SET reasoning = reasoning || ?2 WHERE id = ?1", piece)
            }
            Delta::ToolCall(_) => return Ok(()),
        };
        self.wait_for_disk(false)?;
        self.connection
            .prepare(sql)
            .and_then(|mut statement| statement.execute(params![message.0 as i64, piece]))
            .map_err(StoreError::write("a reply"))?;
        Ok(())
    }

    /// Removes messages, finished or growing.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn delete_messages(&mut self, ids: &[MessageId]) -> Result<(), StoreError> {
        self.wait_for_disk(true)?;
        let mut write = || {
            let transaction = self.connection.transaction()?;
            for id in ids {
                transaction.execute("DELETE FROM messages WHERE id = ?1", [id.0 as i64])?;
                transaction.execute("DELETE FROM growing WHERE id = ?1", [id.0 as i64])?;
            }
            transaction.commit()
        };
        write().map_err(StoreError::write("the deletion of messages"))
    }

    /// A chat's finished messages, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Read`] if the database cannot be read.
    pub fn messages(&self, chat: ChatId) -> Result<Vec<ChatMessage>, StoreError> {
        let read = || {
            let mut statement = self.connection.prepare(
                "SELECT id, parent, role, text, outcome, created, model, files, reasoning
                 FROM messages WHERE chat = ?1 ORDER BY id",
            )?;
            statement.query_map([chat.0 as i64], message_of)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::read("the messages of a chat"))
    }

    /// The text of each of these chats, its messages one after the other; chats that say nothing are left out.
    ///
    /// # Errors
    /// [`StoreError::Read`] if the database cannot be read.
    pub fn texts(&self, chats: &[ChatId]) -> Result<Vec<String>, StoreError> {
        let mut texts = Vec::with_capacity(chats.len());
        for chat in chats {
            let messages = self.messages(*chat)?;
            let said: Vec<&str> =
                messages.iter().map(|message| message.text.trim()).filter(|text| !text.is_empty()).collect();
            texts.extend((!said.is_empty()).then(|| said.join("\n\n")));
        }
        Ok(texts)
    }

    /// Makes messages of replies that an earlier run did not finish. Those without a word leave no trace.
    pub(super) fn adopt_growing(&mut self) -> Result<(), StoreError> {
        let mut write = || {
            let transaction = self.connection.transaction()?;
            let stopped = serde_json::to_string(&Outcome::Stopped).unwrap_or_default();
            transaction.execute(
                "INSERT INTO messages (id, chat, parent, role, text, outcome, created, model, reasoning)
                 SELECT id, chat, parent, role, text, ?1, created, model, reasoning
                 FROM growing WHERE text <> '' OR reasoning <> ''
                 ON CONFLICT (id) DO UPDATE SET
                    text = excluded.text, reasoning = excluded.reasoning, outcome = excluded.outcome",
                [stopped],
            )?;
            // A branch whose last message left no trace ends with what that message answered.
            transaction.execute(
                "UPDATE chats SET leaf = (SELECT growing.parent FROM growing WHERE growing.id = chats.leaf)
                 WHERE leaf IN (SELECT id FROM growing WHERE text = '' AND reasoning = '')",
                [],
            )?;
            transaction.execute("DELETE FROM growing", [])?;
            transaction.commit()
        };
        write().map_err(StoreError::write("an unfinished reply"))
    }
}

/// Keeps a finished message within a transaction.
pub(super) fn write_message(
    connection: &Connection,
    chat: ChatId,
    message: &ChatMessage,
) -> rusqlite::Result<()> {
    let outcome = serde_json::to_string(&message.outcome)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let files = (!message.files.is_empty()).then(|| serde_json::to_string(&message.files));
    let files = files.transpose().map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let mut statement = connection.prepare(
        "INSERT INTO messages (id, chat, parent, role, text, outcome, created, model, files, reasoning)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (id) DO UPDATE SET text = ?5, outcome = ?6, model = ?8, reasoning = ?10",
    )?;
    statement.execute(params![
        message.id.0 as i64,
        chat.0 as i64,
        message.parent.map(|parent| parent.0 as i64),
        name_of(message.role),
        message.text,
        outcome,
        message.created,
        message.model,
        files,
        message.reasoning,
    ])?;
    Ok(())
}

fn message_of(row: &Row<'_>) -> rusqlite::Result<ChatMessage> {
    let role: String = row.get(2)?;
    let role = role_of(&role).ok_or_else(|| {
        rusqlite::Error::FromSqlConversionFailure(2, Type::Text, format!("no such role: {role}").into())
    })?;
    let outcome: String = row.get(4)?;
    let files: Option<String> = row.get(7)?;
    Ok(ChatMessage {
        id: MessageId(row.get::<_, i64>(0)? as u64),
        parent: row.get::<_, Option<i64>>(1)?.map(|parent| MessageId(parent as u64)),
        role,
        text: row.get(3)?,
        reasoning: row.get(8)?,
        files: files.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default(),
        // An outcome of another version says nothing, but the message does.
        outcome: serde_json::from_str(&outcome).unwrap_or(Outcome::Written),
        created: row.get(5)?,
        model: row.get(6)?,
    })
}

fn name_of(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::Tool => "tool",
    }
}

fn role_of(name: &str) -> Option<Role> {
    [Role::System, Role::User, Role::Assistant, Role::Tool].into_iter().find(|role| name_of(*role) == name)
}
