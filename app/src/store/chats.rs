//! Rows of chats.

use std::path::PathBuf;

use rusqlite::{Connection, Row, params};

use super::{Store, StoreError, messages};
use crate::state::{ChatHead, ChatId, ChatMessage, MessageId};

/// A chat of another program with all its messages.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedChat {
    /// What the list knows.
    pub head: ChatHead,
    /// All branches, oldest first.
    pub messages: Vec<ChatMessage>,
}

impl Store {
    /// All chats that were not deleted.
    ///
    /// # Errors
    /// [`StoreError::Read`] if the database cannot be read.
    pub fn heads(&self) -> Result<Vec<ChatHead>, StoreError> {
        let read = || {
            let mut statement = self.connection.prepare(
                "SELECT id, title, created, updated, pinned, archived, draft, options, leaf, folder, model
                 FROM chats WHERE deleted = 0 ORDER BY updated DESC",
            )?;
            statement.query_map([], head_of)?.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::read("the list of chats"))
    }

    /// The largest number that was given to a chat or a message.
    ///
    /// # Errors
    /// [`StoreError::Read`] if the database cannot be read.
    pub fn newest_number(&self) -> Result<u64, StoreError> {
        let sql =
            "SELECT max((SELECT ifnull(max(id), 0) FROM chats), (SELECT ifnull(max(id), 0) FROM messages))";
        let newest = self.connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        newest.map(|number| number as u64).map_err(StoreError::read("the list of chats"))
    }

    /// Keeps what the list knows of a chat.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn save_chat(&self, head: &ChatHead) -> Result<(), StoreError> {
        // A lost draft or title is not a lost message, so this does not wait for the disk.
        self.wait_for_disk(false)?;
        write_head(&self.connection, head).map_err(StoreError::write("a chat"))
    }

    /// Puts a chat into the bin, or takes it out.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn set_deleted(&self, id: ChatId, deleted: bool) -> Result<(), StoreError> {
        self.wait_for_disk(true)?;
        let sql = "UPDATE chats SET deleted = ?2 WHERE id = ?1";
        self.connection
            .execute(sql, params![id.0 as i64, deleted])
            .map_err(StoreError::write("the deletion of a chat"))?;
        Ok(())
    }

    /// Removes a chat and its messages for good.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn purge(&self, id: ChatId) -> Result<(), StoreError> {
        self.wait_for_disk(true)?;
        self.connection
            .execute("DELETE FROM chats WHERE id = ?1", [id.0 as i64])
            .map_err(StoreError::write("the deletion of a chat"))?;
        Ok(())
    }

    /// Removes for good what an earlier run deleted, and chats that were begun and left without a word.
    pub(super) fn empty_bin(&self) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM chats WHERE deleted <> 0 OR (leaf IS NULL AND draft = '')", [])
            .map_err(StoreError::write("the deletion of a chat"))?;
        Ok(())
    }

    /// Keeps chats of another program, all or none.
    ///
    /// # Errors
    /// [`StoreError::Write`] if the database cannot be written.
    pub fn import(&mut self, chats: &[ImportedChat]) -> Result<(), StoreError> {
        self.wait_for_disk(true)?;
        let mut write = || {
            let transaction = self.connection.transaction()?;
            for ImportedChat { head, messages } in chats {
                write_head(&transaction, head)?;
                for message in messages {
                    messages::write_message(&transaction, head.id, message)?;
                }
            }
            transaction.commit()
        };
        write().map_err(StoreError::write("imported chats"))
    }
}

fn write_head(connection: &Connection, head: &ChatHead) -> rusqlite::Result<()> {
    let options = head.options.as_ref().and_then(|options| serde_json::to_string(options).ok());
    let mut statement = connection.prepare(
        "INSERT INTO chats (id, title, created, updated, pinned, archived, draft, options, leaf, folder, model)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
         ON CONFLICT (id) DO UPDATE SET title = ?2, updated = ?4, pinned = ?5, archived = ?6, draft = ?7,
             options = ?8, leaf = ?9, folder = ?10, model = ?11",
    )?;
    statement.execute(params![
        head.id.0 as i64,
        head.title,
        head.created,
        head.updated,
        head.pinned,
        head.archived,
        head.draft,
        options,
        head.leaf.map(|leaf| leaf.0 as i64),
        head.folder,
        head.model.as_ref().and_then(|model| model.to_str()),
    ])?;
    Ok(())
}

fn head_of(row: &Row<'_>) -> rusqlite::Result<ChatHead> {
    let options: Option<String> = row.get(7)?;
    Ok(ChatHead {
        id: ChatId(row.get::<_, i64>(0)? as u64),
        title: row.get(1)?,
        created: row.get(2)?,
        updated: row.get(3)?,
        pinned: row.get(4)?,
        archived: row.get(5)?,
        draft: row.get(6)?,
        // Options that this version does not understand are those of all chats.
        options: options.and_then(|json| serde_json::from_str(&json).ok()),
        leaf: row.get::<_, Option<i64>>(8)?.map(|leaf| MessageId(leaf as u64)),
        folder: row.get(9)?,
        model: row.get::<_, Option<String>>(10)?.map(PathBuf::from),
    })
}
