//! Data folders of earlier versions open with this one: settings, chats and models survive an update.
//!
//! Each folder of `data/folders` is named after a version of the chats' tables and holds what Nibble of that time wrote: the
//! settings, and the file of chats as the statements that make it.

use std::fs;
use std::path::{Path, PathBuf};

use nibble::platform::{listing_file, settings_file};
use nibble::state::{ChatId, Language, MessageId, Motion, Outcome, Settings, TextSize, ThemeChoice, Titles};
use nibble::store::Store;
use nibble_engine::jobs::KvCacheType;
use nibble_engine::jobs::protocol::ModelOrigin;
use nibble_engine::quant::Precision;
use rusqlite::Connection;

/// Number of recorded versions.
const N_VERSIONS: i64 = 5;

/// The recorded folder of a version.
fn recorded(version: i64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/folders/version-{version}"))
}

/// Lays the folder of a version out as it was on disk.
fn lay_out(version: i64, folder: &Path) {
    let from = recorded(version);
    fs::copy(from.join("settings.toml"), folder.join("settings.toml")).expect("the settings are recorded");
    let statements = fs::read_to_string(from.join("chats.sql")).expect("the chats are recorded");
    let chats = Connection::open(folder.join("chats.db")).expect("the folder can be written");
    chats.execute_batch(&statements).expect("the statements hold");
}

#[test]
fn every_version_of_the_tables_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("chats.db");
    drop(Store::open(&path).unwrap());
    let chats = Connection::open(&path).unwrap();
    let newest: i64 = chats.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(newest, N_VERSIONS, "record a folder of the new version, and keep those before it");
}

#[test]
fn settings_of_every_version_hold() {
    for version in 1..=N_VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        lay_out(version, folder.path());
        let loaded = settings_file::load(&folder.path().join("settings.toml"));
        assert_eq!(loaded.set_aside, None, "version {version}");
        let settings = loaded.settings;
        assert_eq!((settings.theme, settings.text_size), (ThemeChoice::Dark, TextSize::Large));
        assert_eq!(
            (settings.precision, settings.context, settings.threads),
            (Precision::Q8_0, Some(4096), Some(3))
        );
        assert_eq!(settings.replies.system_prompt, "Be brief.");
        let generate = &settings.replies.generate;
        assert!((generate.temperature - 0.25).abs() < 1e-6, "version {version}");
        assert_eq!(generate.max_tokens, Some(256), "version {version}");
        assert_eq!(settings.last_model.as_deref(), Some(Path::new("/models/Tiny-int8.gguf")));
        assert_eq!(settings.recent.len(), 2);
        if version >= 2 {
            assert_eq!(
                (generate.top_k, generate.seed, &generate.stop[..]),
                (40, Some(7), &["END".to_owned()][..])
            );
            assert_eq!(settings.presets[0].name, "Mine");
            assert!((settings.presets[0].options.generate.temperature - 1.5).abs() < 1e-6);
        }
        if version >= 3 {
            assert_eq!((settings.language, settings.titles), (Some(Language::German), Titles::FirstWords));
        }
        if version >= 4 {
            assert_eq!((settings.motion, settings.cache), (Motion::None, KvCacheType::Int8));
            assert_eq!((settings.offline, settings.unload_after_minutes), (true, Some(30)));
            assert_eq!(settings.models_folder.as_deref(), Some(Path::new("/models")));
            assert_eq!(generate.logit_bias, [(42, -1.5)]);
            let [download] = &settings.downloads[..] else { panic!("the paused download is gone") };
            assert!(download.paused && download.request.repo == "small/practice");
        }
        // What this version writes, it reads.
        let path = folder.path().join("settings.toml");
        settings_file::save(&path, &settings).unwrap();
        assert_eq!(settings_file::load(&path).settings, settings);
    }
}

#[test]
fn chats_of_every_version_are_there_and_the_old_file_is_kept() {
    for version in 1..=N_VERSIONS {
        let folder = tempfile::tempdir().unwrap();
        lay_out(version, folder.path());
        let opened = Store::open(&folder.path().join("chats.db")).unwrap();
        assert!(opened.set_aside.is_none(), "version {version}: {:?}", opened.set_aside);
        let store = opened.store;
        let [head] = &store.heads().unwrap()[..] else { panic!("version {version} has one chat") };
        assert_eq!(
            (head.title.as_str(), head.pinned, head.draft.as_str()),
            ("From long ago", true, "And then")
        );
        assert_eq!(head.folder, if version >= 3 { "Travel" } else { "" });
        let model = head.model.as_deref().and_then(Path::to_str);
        assert_eq!(model, (version >= 5).then_some("/models/Tiny-int8.gguf"));
        let options = head.options.as_ref().expect("options of its own");
        assert_eq!((options.generate.seed, options.generate.top_k), (Some(7), 40), "version {version}");

        let messages = store.messages(ChatId(1)).unwrap();
        let [asked, replied, grown] = &messages[..] else { panic!("three messages in version {version}") };
        assert_eq!((asked.id, asked.text.as_str()), (MessageId(2), "What did I see?"));
        assert_eq!(asked.files.len(), usize::from(version >= 3));
        assert_eq!((replied.parent, replied.text.as_str()), (Some(MessageId(2)), "It was a lighthouse."));
        assert_eq!((replied.reasoning.as_str(), replied.model.as_str()), ("A house by the sea.", "Tiny"));
        // The reply that was being written when that version ended.
        assert_eq!((grown.reasoning.as_str(), &grown.outcome), ("Let me see", &Outcome::Stopped));
        assert_eq!(store.search("lighthouse").unwrap()[0].message, MessageId(3), "version {version}");

        let copy = folder.path().join(format!("chats.version-{version}.db"));
        assert_eq!(copy.exists(), version < N_VERSIONS, "the previous version can be put back");
        if version < N_VERSIONS {
            let copy = Connection::open(copy).unwrap();
            let found: i64 = copy.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
            let titles: String = copy.query_row("SELECT title FROM chats", [], |row| row.get(0)).unwrap();
            assert_eq!((found, titles.as_str()), (version, "From long ago"));
        }
    }
}

#[test]
fn models_of_an_earlier_version_are_listed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("Tiny-int8.gguf");
    fs::write(&model, "GGUF").unwrap();
    let listing = fs::read_to_string(recorded(4).join("models.json")).unwrap();
    let path = serde_json::to_string(&model).unwrap();
    let file = folder.path().join("models.json");
    fs::write(&file, listing.replace("\"/models/Tiny-int8.gguf\"", &path)).unwrap();
    let models = listing_file::read(&file);
    let made: Vec<_> = models.iter().filter(|model| model.origin == ModelOrigin::Made).collect();
    let [tiny] = &made[..] else { panic!("one model was made: {made:?}") };
    assert_eq!((tiny.name.as_str(), &tiny.path, tiny.parameters), ("Tiny-int8", &model, 2_000_000));
}

#[test]
fn an_empty_folder_is_a_fresh_start() {
    let folder = tempfile::tempdir().unwrap();
    let loaded = settings_file::load(&folder.path().join("settings.toml"));
    assert_eq!((loaded.settings, loaded.set_aside), (Settings::default(), None));
    assert!(
        listing_file::read(&folder.path().join("models.json"))
            .iter()
            .all(|model| model.origin == ModelOrigin::BuiltIn)
    );
}
