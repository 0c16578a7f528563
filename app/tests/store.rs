//! Chats on disk: what was acknowledged is there after any death, old files are brought up to date, broken ones are kept.

mod parts;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use nibble::state::{ChatHead, ChatId, ChatMessage, MessageId, Outcome, ReplyOptions};
use nibble::store::{ImportedChat, Store, StoreError};
use nibble_engine::backend::testing::Random;
use nibble_engine::jobs::{Delta, GenerateOptions, Role};

fn head(id: u64, title: &str) -> ChatHead {
    ChatHead {
        id: ChatId(id),
        title: title.into(),
        created: 1_700_000_000,
        updated: 1_700_000_000 + id as i64,
        pinned: false,
        archived: false,
        folder: "Kitchen".into(),
        draft: String::new(),
        options: None,
        leaf: Some(MessageId(id + 1)),
        model: Some("/models/tea.gguf".into()),
    }
}

fn message(id: u64, parent: Option<u64>, text: &str) -> ChatMessage {
    ChatMessage {
        id: MessageId(id),
        parent: parent.map(MessageId),
        role: if parent.is_some() { Role::Assistant } else { Role::User },
        text: text.into(),
        reasoning: String::new(),
        files: Vec::new(),
        outcome: Outcome::Written,
        created: 1_700_000_000,
        model: String::new(),
    }
}

fn said(piece: &str) -> Delta {
    Delta::Content(piece.into())
}

fn open(path: &Path) -> Store {
    let opened = Store::open(path).expect("it opens");
    assert!(opened.set_aside.is_none(), "{:?}", opened.set_aside);
    opened.store
}

#[test]
fn texts_of_chats_come_in_the_order_asked_and_without_those_that_say_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("chats.db"));
    for (chat, texts) in [(10, ["first", "reply"]), (20, [" ", ""]), (30, ["second", ""])] {
        store.save_chat(&head(chat, "title")).unwrap();
        for (index, text) in (1..).zip(texts) {
            let parent = (index > 1).then_some(chat + 1);
            store.save_message(ChatId(chat), &message(chat + index, parent, text)).unwrap();
        }
    }
    let asked = [30, 20, 10, 99].map(ChatId);
    assert_eq!(store.texts(&asked).unwrap(), ["second", "first\n\nreply"]);
}

#[test]
fn what_is_saved_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/chats.db");
    let mut store = open(&path);
    let options = ReplyOptions {
        generate: GenerateOptions { seed: Some(7), stop: vec!["END".into()], ..GenerateOptions::default() },
        ..ReplyOptions::default()
    };
    let chat = ChatHead { pinned: true, draft: "half".into(), options: Some(options), ..head(1, "Tea") };
    let said = [message(2, None, "hello"), message(3, Some(2), "Good day"), message(4, Some(2), "Hi")];
    store.save_chat(&chat).unwrap();
    for message in &said {
        store.save_message(chat.id, message).unwrap();
    }
    drop(store);
    let store = open(&path);
    assert_eq!(store.heads().unwrap(), std::slice::from_ref(&chat));
    assert_eq!(store.messages(chat.id).unwrap(), said);
    assert_eq!(store.newest_number().unwrap(), 4);
}

#[test]
fn a_second_window_leaves_what_the_first_is_doing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    let mut first = open(&path);
    first.save_chat(&ChatHead { leaf: Some(MessageId(2)), ..head(1, "Tea") }).unwrap();
    first.save_message(ChatId(1), &message(2, None, "hello")).unwrap();
    first.begin(ChatId(1), &ChatMessage { outcome: Outcome::Growing, ..message(3, Some(2), "") }).unwrap();
    first.append(MessageId(3), &said("Good ")).unwrap();
    first.save_chat(&ChatHead { leaf: Some(MessageId(5)), ..head(4, "Milk") }).unwrap();
    first.save_message(ChatId(4), &message(5, None, "hello")).unwrap();
    first.set_deleted(ChatId(4), true).unwrap();
    let second = open(&path);
    assert_eq!(second.messages(ChatId(1)).unwrap().len(), 1);
    first.append(MessageId(3), &said("day")).unwrap();
    first.set_deleted(ChatId(4), false).unwrap();
    drop((first, second));
    let store = open(&path);
    assert_eq!(store.messages(ChatId(1)).unwrap()[1].text, "Good day");
    assert_eq!(store.heads().unwrap().len(), 2);
}

#[test]
fn a_reply_that_was_growing_becomes_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    let mut store = open(&path);
    store.save_chat(&ChatHead { leaf: Some(MessageId(3)), ..head(1, "Tea") }).unwrap();
    store.save_message(ChatId(1), &message(2, None, "hello")).unwrap();
    let growing = ChatMessage { outcome: Outcome::Growing, ..message(3, Some(2), "") };
    store.begin(ChatId(1), &growing).unwrap();
    store.append(MessageId(3), &said("Good ")).unwrap();
    store.append(MessageId(3), &said("day")).unwrap();
    assert_eq!(store.messages(ChatId(1)).unwrap().len(), 1);
    drop(store);
    let store = open(&path);
    let expected = ChatMessage { text: "Good day".into(), outcome: Outcome::Stopped, ..growing };
    assert_eq!(store.messages(ChatId(1)).unwrap()[1], expected);
    assert_eq!(store.search("day").unwrap()[0].message, MessageId(3));

    // One without a word leaves no trace, and the chat ends with what it answered.
    store.begin(ChatId(1), &message(9, Some(3), "")).unwrap();
    store.save_chat(&ChatHead { leaf: Some(MessageId(9)), ..head(1, "Tea") }).unwrap();
    drop(store);
    let store = open(&path);
    assert_eq!(store.messages(ChatId(1)).unwrap().len(), 2);
    assert_eq!(store.heads().unwrap()[0].leaf, Some(MessageId(3)));
}

#[test]
fn deleted_chats_come_back_until_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    let mut store = open(&path);
    for id in [10, 20] {
        store.save_chat(&head(id, "secret")).unwrap();
        store.save_message(ChatId(id), &message(id + 1, None, "the secret word is xyzzy")).unwrap();
        store.set_deleted(ChatId(id), true).unwrap();
    }
    assert!(store.heads().unwrap().is_empty() && store.search("xyzzy").unwrap().is_empty());
    store.set_deleted(ChatId(20), false).unwrap();
    assert_eq!(store.search("xyzzy").unwrap().len(), 1);
    store.purge(ChatId(20)).unwrap();
    drop(store);
    let store = open(&path);
    assert!(store.messages(ChatId(10)).unwrap().is_empty());
    drop(store);
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"xyzzy"), "deleted words are still in the file");
}

#[test]
fn words_are_found_in_all_chats_and_in_every_script() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("chats.db"));
    let texts = [
        "How to brew Green tea",
        "Зелёный чай с мятой",
        "抹茶の点て方を教えてください",
        "Crème brûlée, 'quoted'",
    ];
    for (id, text) in (1_u64..).step_by(10).zip(texts) {
        store.save_chat(&head(id, "chat")).unwrap();
        store.save_message(ChatId(id), &message(id + 1, None, text)).unwrap();
    }
    let found =
        |query: &str| store.search(query).unwrap().into_iter().map(|hit| hit.chat.0).collect::<Vec<_>>();
    assert_eq!(found("green te"), [1]);
    assert_eq!(found("tea green"), [1]);
    assert_eq!(found("чай"), [11]);
    assert_eq!(found("点て方"), [21]);
    assert_eq!(found("creme BRULEE"), [31]);
    assert_eq!(found("'quot"), [31]);
    assert_eq!(found("coffee"), [0; 0]);
    assert_eq!(found("\" OR NEAR( *"), [0; 0]);
    // What was changed or deleted is not found any more.
    store.save_message(ChatId(1), &message(2, None, "coffee")).unwrap();
    store.delete_messages(&[MessageId(12)]).unwrap();
    assert!(store.search("green").unwrap().is_empty() && store.search("чай").unwrap().is_empty());
    assert_eq!(store.search("coffee").unwrap()[0].excerpt, "coffee");
}

#[test]
fn an_older_file_is_brought_up_to_date_and_a_copy_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("data/chats_version_1.sql")).unwrap();
    drop(old);
    let store = open(&path);
    assert_eq!(store.heads().unwrap()[0].title, "From long ago");
    assert_eq!(store.messages(ChatId(1)).unwrap()[1].text, "It was a lighthouse.");
    assert_eq!(store.search("lighthouse").unwrap()[0].message, MessageId(3));
    // Reasoning that stood between marks in the text has a place of its own, also in a reply that was growing.
    let thought = |id| {
        let messages = store.messages(ChatId(1)).unwrap();
        let found = messages.into_iter().find(|message| message.id == MessageId(id)).unwrap();
        (found.reasoning, found.text)
    };
    assert_eq!(thought(4), ("A greeting.".to_owned(), "Hello".to_owned()));
    assert_eq!(thought(5), ("Let me see".to_owned(), String::new()));
    assert_eq!(thought(6), (String::new(), "What does <think> mean?".to_owned()));
    assert!(store.search("greeting").unwrap().is_empty(), "the index holds what is said");
    let copy = rusqlite::Connection::open(folder.path().join("chats.version-1.db")).unwrap();
    let version: i64 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

#[test]
fn a_file_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    drop(open(&path));
    let later = rusqlite::Connection::open(&path).unwrap();
    later.pragma_update(None, "user_version", 99).unwrap();
    drop(later);
    assert!(matches!(Store::open(&path), Err(StoreError::Newer { found: 99, .. })));
    let names = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["chats.db", "chats.lock"], "no copy is made, and nothing is moved");
}

#[test]
fn broken_files_are_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    let mut store = open(&path);
    store.save_chat(&head(1, "Tea")).unwrap();
    store.save_message(ChatId(1), &message(2, None, &"tea ".repeat(20_000))).unwrap();
    drop(store);
    let whole = std::fs::read(&path).unwrap();
    let mut scribbled = whole.clone();
    scribbled[100..4096].fill(0x5A);
    let broken = [b"not a database at all, but long enough to have a header".repeat(4), scribbled];
    for (round, bytes) in broken.into_iter().enumerate() {
        std::fs::write(&path, &bytes).unwrap();
        let opened = Store::open(&path).unwrap();
        let (kept_as, error) = opened.set_aside.expect("the file is broken");
        assert_eq!(kept_as, folder.path().join(format!("chats.db.broken-{}", round + 1)));
        assert!(error.is_broken_file());
        assert_eq!(std::fs::read(kept_as).unwrap(), bytes);
        opened.store.save_chat(&head(1, "New")).unwrap();
    }
}

#[test]
fn imports_are_kept_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(&folder.path().join("chats.db"));
    let chats: Vec<ImportedChat> = (0..50_u64)
        .map(|n| ImportedChat {
            head: head(n * 10 + 1, "imported"),
            messages: vec![
                message(n * 10 + 2, None, "question"),
                message(n * 10 + 3, Some(n * 10 + 2), "answer"),
            ],
        })
        .collect();
    store.import(&chats).unwrap();
    assert_eq!(store.heads().unwrap().len(), 50);
    assert_eq!(store.search("answer").unwrap().len(), 50);
}

/// Writes until it is killed: says on its output what is acknowledged. Run by the test below, in a process of its own.
#[test]
fn writer_child() {
    let Some(path) = std::env::var_os("NIBBLE_TEST_STORE") else { return };
    let first: u64 = std::env::var("NIBBLE_TEST_FIRST").unwrap().parse().unwrap();
    let mut store = open(path.as_ref());
    let mut out = std::io::stdout();
    for id in (first..).step_by(4) {
        store.save_chat(&head(id, "chat")).unwrap();
        store.save_message(ChatId(id), &message(id + 1, None, &text_of(id + 1))).unwrap();
        writeln!(out, "ACK {}", id + 1).unwrap();
        store.begin(ChatId(id), &message(id + 2, Some(id + 1), "")).unwrap();
        for piece in text_of(id + 2).split_inclusive(' ') {
            store.append(MessageId(id + 2), &said(piece)).unwrap();
        }
        store.save_message(ChatId(id), &message(id + 2, Some(id + 1), &text_of(id + 2))).unwrap();
        writeln!(out, "ACK {}", id + 2).unwrap();
    }
}

/// A text that tells its number, of a length that depends on it.
fn text_of(id: u64) -> String {
    format!("number {id} ").repeat(1 + (id % 97) as usize)
}

#[test]
fn a_hundred_deaths_lose_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    let mut random = Random::new(20_261_124);
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 0..100_u64 {
        // When to kill, in acknowledgements and then in turns of an idle loop.
        let (enough, idle) = (1 + random.below(12), random.below(60_000));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer_child", "--nocapture"])
            .env("NIBBLE_TEST_STORE", &path)
            .env("NIBBLE_TEST_FIRST", (round * 10_000 + 1).to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut numbers = lines.filter_map(|line| line.rsplit_once("ACK ")?.1.parse::<u64>().ok());
        acknowledged.extend(numbers.by_ref().take(enough as usize));
        (0..idle).for_each(|turn| _ = std::hint::black_box(turn));
        child.kill().unwrap();
        child.wait().unwrap();
        // What was said between the last look and the death counts too.
        acknowledged.extend(numbers);
        let store = open(&path);
        for id in &acknowledged {
            let chat = ChatId((id - 1) / 4 * 4 + 1);
            let kept = store.messages(chat).unwrap();
            let kept = kept.iter().find(|message| message.id.0 == *id);
            assert_eq!(
                kept.map(|message| message.text.as_str()),
                Some(text_of(*id).as_str()),
                "round {round}"
            );
        }
    }
    assert!(acknowledged.len() >= 100, "hardly anything was written");
    assert!(!open(&path).search("number").unwrap().is_empty());
}

/// `NIBBLE_TEST_STORE=FOLDER/chats.db cargo test --workspace --release --test store -- --ignored`, then `NIBBLE_HOME=FOLDER nibble`;
/// `tests/window/start.sh` does both and measures.
#[test]
#[ignore = "makes a large store to look at"]
fn ten_thousand_chats() {
    let path = std::env::var_os("NIBBLE_TEST_STORE").expect("NIBBLE_TEST_STORE names the file to make");
    let mut store = open(path.as_ref());
    let words =
        "Markdown with **strong** words, `code` and a list:\n\n- one\n- two\n\n```rust\nfn main() {}\n```\n";
    let chat = |n: u64, messages: u64| {
        let first = n * 10_000;
        let said = (1..=messages).map(|at| {
            let parent = (at > 1).then_some(first + at - 1);
            let role = if at % 2 == 1 { Role::User } else { Role::Assistant };
            ChatMessage {
                role,
                ..message(first + at, parent, &format!("{} {at} of {n}", words.repeat(at as usize % 4 + 1)))
            }
        });
        let updated = 1_795_500_000 - n as i64 * 3600;
        let leaf = Some(MessageId(first + messages));
        let head = ChatHead { created: updated, updated, leaf, ..head(first, &format!("Chat number {n}")) };
        ImportedChat { head, messages: said.collect() }
    };
    store.import(&[chat(1, 5000)]).unwrap();
    let chats: Vec<ImportedChat> = (2..=10_000).map(|n| chat(n, 4)).collect();
    store.import(&chats).unwrap();
    assert_eq!(store.heads().unwrap().len(), 10_000);
}
