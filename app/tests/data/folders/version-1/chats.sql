-- The file of chats of version 1 of its tables: one chat with a reply, and a reply that was growing.
CREATE TABLE chats (
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
) STRICT;
INSERT INTO chats (id, title, created, updated, pinned, draft, options, leaf)
VALUES (1, 'From long ago', 1700000000, 1700000060, 1, 'And then', '{"system_prompt": "Be brief.", "temperature": 0.25, "top_p": 0.9, "top_k": 40, "min_p": 0.05, "repetition_penalty": 1.0, "seed": 7, "stop": ["END"], "max_tokens": null}', 3);
INSERT INTO messages (id, chat, parent, role, text, outcome, created)
VALUES (2, 1, NULL, 'user', 'What did I see?', '"Written"', 1700000000);
INSERT INTO messages (id, chat, parent, role, text, outcome, created, model)
VALUES (3, 1, 2, 'assistant', '<think>
A house by the sea.
</think>

It was a lighthouse.', '"Stopped"', 1700000060, 'Tiny');
INSERT INTO growing (id, chat, parent, role, text, created, model)
VALUES (5, 1, 2, 'assistant', '<think>
Let me see', 1700000060, 'Tiny');
PRAGMA user_version = 1;
