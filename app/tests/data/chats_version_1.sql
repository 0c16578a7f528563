-- The file of chats as version 1 made it, with one chat.
CREATE TABLE chats (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
    draft TEXT NOT NULL DEFAULT '', options TEXT, leaf INTEGER
) STRICT;
CREATE TABLE messages (
    id INTEGER PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE, parent INTEGER,
    role TEXT NOT NULL, text TEXT NOT NULL, outcome TEXT NOT NULL, created INTEGER NOT NULL,
    model TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX messages_by_chat ON messages(chat);
CREATE TABLE growing (
    id INTEGER PRIMARY KEY, chat INTEGER NOT NULL REFERENCES chats(id) ON DELETE CASCADE, parent INTEGER,
    role TEXT NOT NULL, text TEXT NOT NULL, created INTEGER NOT NULL, model TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO chats (id, title, created, updated, leaf) VALUES (1, 'From long ago', 1700000000, 1700000060, 3);
INSERT INTO messages VALUES (2, 1, NULL, 'user', 'What did I see?', '"Written"', 1700000000, '');
INSERT INTO messages VALUES (3, 1, 2, 'assistant', 'It was a lighthouse.', '"Stopped"', 1700000060, 'Tiny');
INSERT INTO messages VALUES (4, 1, 2, 'assistant', '<think>
A greeting.
</think>

Hello', '"Stopped"', 1700000060, 'Tiny');
INSERT INTO messages VALUES (6, 1, 2, 'user', 'What does <think> mean?', '"Written"', 1700000060, '');
INSERT INTO growing VALUES (5, 1, 2, 'assistant', '<think>
Let me see', 1700000060, 'Tiny');
PRAGMA user_version = 1;
