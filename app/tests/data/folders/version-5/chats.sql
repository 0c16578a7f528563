-- The file of chats of version 5 of its tables: one chat with a reply, and a reply that was growing.
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
CREATE VIRTUAL TABLE words USING fts5(
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
END;
ALTER TABLE messages ADD COLUMN files TEXT;
ALTER TABLE chats ADD COLUMN folder TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN reasoning TEXT NOT NULL DEFAULT '';
ALTER TABLE growing ADD COLUMN reasoning TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN model TEXT;
INSERT INTO chats (id, title, created, updated, pinned, draft, options, leaf, folder, model)
VALUES (1, 'From long ago', 1700000000, 1700000060, 1, 'And then', '{"system_prompt": "Be brief.", "temperature": 0.25, "top_p": 0.9, "top_k": 40, "min_p": 0.05, "repetition_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0, "logit_bias": [[42, -1.5]], "lookup_tokens": 3, "seed": 7, "stop": ["END"], "max_tokens": null}', 3, 'Travel', '/models/Tiny-int8.gguf');
INSERT INTO messages (id, chat, parent, role, text, outcome, created, files)
VALUES (2, 1, NULL, 'user', 'What did I see?', '"Written"', 1700000000, '[{"name":"log.txt","text":"fog"}]');
INSERT INTO messages (id, chat, parent, role, text, outcome, created, model, reasoning)
VALUES (3, 1, 2, 'assistant', 'It was a lighthouse.', '"Stopped"', 1700000060, 'Tiny', 'A house by the sea.');
INSERT INTO growing (id, chat, parent, role, text, created, model, reasoning)
VALUES (5, 1, 2, 'assistant', '', 1700000060, 'Tiny', 'Let me see');
PRAGMA user_version = 5;
