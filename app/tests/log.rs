//! The log is a file of its own, and holds nothing that people or models say.

mod parts;

use std::cell::RefCell;
use std::rc::Rc;

use nibble::app::App;
use nibble::command::{ChatCommand, ChatsCommand, ModelCommand};
use nibble::jobs::{JobEvent, Lane};
use nibble::platform::log::LogFile;
use nibble::platform::settings_file::Loaded;
use nibble::state::{Places, Settings};
use nibble::store::StoreEvent;
use nibble_engine::jobs::{Delta, Event};
use nibble_engine::session::StopReason;

use parts::window::{Script, Scripted};
use parts::{loaded, replied, running};

#[test]
fn at_its_most_talkative_the_log_quotes_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nibble.log");
    tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(LogFile::open(&path)).init();

    let script = Rc::<RefCell<Script>>::default();
    let places = Places {
        models: folder.path().join("models"),
        own_models: folder.path().join("models"),
        settings_file: folder.path().join("settings.toml"),
        chats_file: folder.path().join("chats.db"),
        listing_file: folder.path().join("models.json"),
        token_file: folder.path().join("hugging-face-token"),
        log_file: path.clone(),
        portable: None,
    };
    let loaded_settings = Loaded { settings: Settings::default(), set_aside: None };
    let ctx = egui::Context::default();
    let mut app =
        App::new(&ctx, loaded_settings, places, Box::new(Scripted(Rc::clone(&script)))).with_store();
    let frame = |app: &mut App| {
        let output = ctx.run_ui(egui::RawInput::default(), |ui| {
            app.step(&ui.ctx().clone());
            app.draw(ui);
        });
        output.drop_without_applying_deltas();
    };
    let tell = |app: &App, event| {
        let id = running(app.state(), Lane::Chat);
        script.borrow_mut().events.push_back(JobEvent::Engine { id, event });
    };
    app.commands().send(ModelCommand::ChatWith("/m/a.gguf".into()));
    frame(&mut app);
    tell(&app, Event::Loaded(loaded("/m/a.gguf".as_ref())));
    app.commands().send(ChatCommand::Send("xyzzy, said the person".into()));
    frame(&mut app);
    frame(&mut app);
    tell(&app, Event::Delta(Delta::Content("xyzzy, said the model".into())));
    tell(&app, Event::Replied(replied(StopReason::Eos)));
    frame(&mut app);
    app.commands().send(ChatsCommand::Search("xyzzy".into()));
    app.commands().report(JobEvent::Store(StoreEvent::Failed { reason: "disk full".into() }));
    frame(&mut app);
    // Dropping it waits for the thread that keeps chats.
    drop(app);
    let stored = std::fs::read(folder.path().join("chats.db")).unwrap();
    assert!(stored.windows(5).any(|window| window == b"xyzzy"), "the chat was kept");
    let log = std::fs::read_to_string(path).unwrap();
    assert!(log.contains("first frame") && log.contains("the store is open"), "{log}");
    assert!(!log.contains("xyzzy"), "{log}");
}
