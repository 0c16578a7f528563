//! `nibble-cli pull` and the library, as a person runs them: the program is killed at random moments, models are found by name.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "helpers of tests fail as tests do, and know the names they made"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;

use nibble_kernels::testing::Random;
use nibble_tests::hub_server::{Access, GOOD_TOKEN, HubServer, ServedFile, ServedRepo, noise};
use serde_json::{Value, json};

/// The program, which `cargo test --workspace` builds beside the tests; `NIBBLE_CLI` names another one.
fn nibble_cli() -> PathBuf {
    if let Some(path) = std::env::var_os("NIBBLE_CLI") {
        return path.into();
    }
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().and_then(Path::parent).unwrap();
    let path = folder.join(format!("nibble-cli{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "run `cargo build --release -p nibble-engine` first: no {}", path.display());
    path
}

/// A run with everything of Nibble's and of the Hub's in `home`.
fn command(server: &HubServer, home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(nibble_cli());
    command.args(args).arg("--json").env("HF_ENDPOINT", server.endpoint());
    command.env("HF_HOME", home.join("hf")).env("NIBBLE_HOME", home.join("nibble")).env("HOME", home);
    for name in [
        "HF_TOKEN",
        "HF_HUB_CACHE",
        "HF_HUB_OFFLINE",
        "HUGGINGFACE_HUB_CACHE",
        "LLAMA_CACHE",
        "OLLAMA_MODELS",
        "TRANSFORMERS_OFFLINE",
        "XDG_CACHE_HOME",
        "XDG_DATA_HOME",
    ] {
        command.env_remove(name);
    }
    command
}

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

#[track_caller]
fn json_of(command: &mut Command) -> Value {
    let output = run(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

const KILLS: u64 = 50;
const LARGE_BYTES: usize = 160 << 20;

#[test]
fn killed_fifty_times_the_file_is_right_and_was_fetched_about_once() {
    let seed = 0x5EED_2026;
    let mut random = Random::new(seed);
    let (server, home) = (HubServer::start().unwrap(), tempfile::tempdir().unwrap());
    server.set_send_buffer(64 << 10);
    let weights = ServedFile::large(noise(seed, LARGE_BYTES));
    let config = ServedFile::small(r#"{"model_type":"llama"}"#);
    let facts = json!({ "config": { "model_type": "llama" } });
    let tokenizer = ServedFile::small(r#"{"version":"1.0"}"#);
    let files =
        [("config.json", config), ("model.safetensors", Arc::clone(&weights)), ("tokenizer.json", tokenizer)];
    server.serve("some/large", ServedRepo::new(files, facts));
    let pull = || command(&server, home.path(), &["pull", "some/large"]);

    // On average so much that the last kills come when most of the file is there.
    let most = 2 * LARGE_BYTES as u64 / (KILLS + 10);
    for _ in 0..KILLS {
        let until = server.sent_bytes() + random.below(most);
        let mut child = start(pull());
        server.wait_until_sent(until, || child.try_wait().unwrap().is_some());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let report = json_of(&mut pull());
    let path = Path::new(report["path"].as_str().unwrap()).join("model.safetensors");
    assert!(fs::read(path).unwrap() == weights.bytes(), "other bytes");
    let fetched = server.sent_bytes() as f64 / LARGE_BYTES as f64;
    println!(
        "fetched {fetched:.3} times the size, over {} connections",
        server.fetches("model.safetensors").len()
    );
    assert!(fetched < 1.3, "fetched {fetched:.3} times the size, seed {seed}");
}

/// Bytes of the file whose arrival is timed.
const FAST_BYTES: usize = 2 << 30;

#[test]
#[ignore = "shows how fast downloads are on a machine that does nothing else"]
fn one_file_arrives_as_fast_as_it_can_be_checked() {
    let (server, home) = (HubServer::start().unwrap(), tempfile::tempdir().unwrap());
    let weights = ServedFile::large(noise(7, FAST_BYTES));
    let files = [
        ("config.json", ServedFile::small(r#"{"model_type":"llama"}"#)),
        ("model.safetensors", weights),
        ("tokenizer.json", ServedFile::small(r#"{"version":"1.0"}"#)),
    ];
    let facts = json!({ "config": { "model_type": "llama" } });
    server.serve("some/fast", ServedRepo::new(files, facts));
    let report = json_of(&mut command(&server, home.path(), &["pull", "some/fast"]));
    let (bytes, seconds) = (report["bytes"].as_f64().unwrap(), report["seconds"].as_f64().unwrap());
    let peak = report["peak_rss_bytes"].as_f64().unwrap();
    println!("{:.0} MB/s with the checksum, {:.0} MB of memory", bytes / seconds / 1e6, peak / 1e6);
    assert!(peak < 100e6);
}

/// A recorded checkpoint of the tests, as a repository of the server.
fn recorded(name: &str) -> ServedRepo {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models").join(name);
    let names = [
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ];
    let read = |file: &str| fs::read(folder.join(file)).unwrap();
    let serve = |file: &'static str| {
        let is_large = file.ends_with(".safetensors");
        (file, if is_large { ServedFile::large(read(file)) } else { ServedFile::small(read(file)) })
    };
    let config: Value = serde_json::from_slice(&read("config.json")).unwrap();
    let files = names
        .map(serve)
        .into_iter()
        .chain([("README.md", ServedFile::small("---\nlicense: mit\n---\n# Tiny\n"))]);
    ServedRepo::new(files, json!({ "config": { "model_type": config["model_type"] } }))
}

/// What the library lists, by name.
fn names(library: &Value) -> Vec<String> {
    let models = library["models"].as_array().unwrap();
    models.iter().map(|model| model["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_model_goes_through_its_life_by_name() {
    let (server, home) = (HubServer::start().unwrap(), tempfile::tempdir().unwrap());
    server.serve("Tiny/Qwen3-test", recorded("qwen3"));
    let command = |args: &[&str]| command(&server, home.path(), args);
    let names = || names(&json_of(&mut command(&["library"])));
    assert_eq!(names(), ["starter"]);
    let pulled = json_of(&mut command(&["pull", "Tiny/Qwen3-test"]));
    assert!(pulled["bytes"].as_u64().unwrap() > 0 && pulled["seconds"].is_number());

    let inspected = json_of(&mut command(&["inspect", "Qwen3-test"]));
    assert_eq!(inspected["architecture"], "qwen3");
    let out = home.path().join("nibble/models");
    fs::create_dir_all(&out).unwrap();
    let out = out.join("small.gguf");
    json_of(&mut command(&["quantize", "Tiny/Qwen3-test", out.to_str().unwrap(), "--precision", "q8_0"]));
    let listed = json_of(&mut command(&["library"]));
    let rows: Vec<_> = listed["models"].as_array().unwrap().iter().collect();
    let row = |at: usize| [&rows[at]["name"], &rows[at]["architecture"], &rows[at]["precision"]];
    assert_eq!(row(0), ["starter", "llama", "bf16"]);
    assert_eq!(row(1), ["small", "qwen3", "q8_0"]);
    assert_eq!(row(2)[..2], ["Tiny/Qwen3-test", "qwen3"]);
    assert_eq!(rows[2]["bytes"], pulled["bytes"]);
    let reply = json_of(&mut command(&["generate", "small", "--prompt", "a", "-n", "2"]));
    assert!(reply["tokens"].is_array() && reply["text"].is_string());

    let verified = json_of(&mut command(&["verify", "Qwen3-test"]));
    assert_eq!(verified["right"].as_array().unwrap().len(), 5);
    json_of(&mut command(&["verify", "small"]));
    let weights = Path::new(pulled["path"].as_str().unwrap()).join("model.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(fs::canonicalize(&weights).unwrap(), bytes).unwrap();
    let damaged = run(&mut command(&["verify", "Qwen3-test"]));
    assert_eq!(damaged.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&damaged.stderr).contains("Qwen3-test is damaged: model.safetensors"));

    let removed = json_of(&mut command(&["remove", "Qwen3-test"]));
    let (freed, pulled) = (removed["freed_bytes"].as_u64().unwrap(), pulled["bytes"].as_u64().unwrap());
    assert!((pulled..pulled + 1000).contains(&freed), "{freed} of {pulled}");
    json_of(&mut command(&["remove", "small"]));
    assert_eq!(names(), ["starter"]);
    let refused = run(&mut command(&["remove", "starter"]));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("starter comes with the program"));
    json_of(&mut command(&["verify", "starter"]));
    let gone = run(&mut command(&["inspect", "Qwen3-test"]));
    assert_eq!(gone.status.code(), Some(1));
}

#[test]
fn a_model_is_described_brought_and_quantized_in_one_go() {
    let (server, home) = (HubServer::start().unwrap(), tempfile::tempdir().unwrap());
    server.serve("Tiny/Qwen3-test", recorded("qwen3"));
    let command = |args: &[&str]| command(&server, home.path(), args);

    let page = json_of(&mut command(&["describe", "Tiny/Qwen3-test", "--context", "512"]));
    assert_eq!(page["card"], "# Tiny");
    assert_eq!((&page["refusal"], &page["needs_agreement"]), (&Value::Null, &json!(false)));
    let advice = page["advice"].as_array().unwrap();
    let of = |name: &str| advice.iter().find(|one| one["precision"] == name).unwrap();
    assert!(of("q4_k_m")["disk_bytes"].as_u64() < of("q8_0")["disk_bytes"].as_u64());
    assert!(of("q8_0")["tokens_per_second"].as_f64().unwrap() > 0.0);
    assert_eq!((&page["preselected"], &page["request"]["context"]), (&json!("q8_0"), &json!(512)));

    let fetched = json_of(&mut command(&["pull", "Tiny/Qwen3-test", "--precision", "q8_0"]));
    let path = Path::new(fetched["path"].as_str().unwrap());
    assert_eq!(path, home.path().join("nibble/models/Qwen3-test-q8_0.gguf"));
    assert!(fetched["fetched_bytes"].as_u64().unwrap() > 0);
    let again = json_of(&mut command(&["pull", "Tiny/Qwen3-test", "--precision", "q4_0"]));
    assert_eq!(again["fetched_bytes"], 0);
    // A model of that name from somebody else takes no file away, and its own file is taken again.
    server.serve("Else/Qwen3-test", recorded("qwen3"));
    for _ in 0..2 {
        let elses = json_of(&mut command(&["pull", "Else/Qwen3-test", "--precision", "q8_0"]));
        let expected = home.path().join("nibble/models/Else-Qwen3-test-q8_0.gguf");
        assert_eq!(Path::new(elses["path"].as_str().unwrap()), expected);
    }
    json_of(&mut command(&["remove", "Else/Qwen3-test"]));

    let library = json_of(&mut command(&["library"]));
    let models = library["models"].as_array().unwrap();
    let model = |name: &str| models.iter().find(|model| model["name"] == name).unwrap();
    let made = model("Qwen3-test-q8_0");
    assert_eq!((&made["origin"], &made["repo"]), (&json!("Made"), &json!("Tiny/Qwen3-test")));
    assert_eq!((&made["original"], &made["last_used"]), (&json!("Tiny/Qwen3-test"), &Value::Null));
    assert_eq!(model("Tiny/Qwen3-test")["origin"], "Hub");

    // The file that was made serves as one that the Hub has ready.
    let files = [("Qwen3-test-Q8_0.gguf", ServedFile::large(fs::read(path).unwrap()))];
    let tags = json!({ "gguf": { "architecture": "qwen3" }, "tags": ["gguf", "base_model:quantized:Tiny/Qwen3-test"] });
    server.serve("Other/Qwen3-test-GGUF", ServedRepo::new(files, tags));
    let page = json_of(&mut command(&["describe", "Tiny/Qwen3-test"]));
    let ready = &page["ready_made"][0];
    assert_eq!((&ready["repo"], &ready["precision"]), (&json!("Other/Qwen3-test-GGUF"), &json!("q8_0")));
    let page = json_of(&mut command(&["describe", "Other/Qwen3-test-GGUF"]));
    assert_eq!((&page["refusal"], &page["checkpoint_bytes"]), (&Value::Null, &Value::Null));
    assert!(!page["advice"].as_array().unwrap().is_empty());
}

#[test]
fn a_gated_model_is_described_without_its_files() {
    let (server, home) = (HubServer::start().unwrap(), tempfile::tempdir().unwrap());
    server.serve("Tiny/Gated", recorded("qwen3").with_access(Access::Gated));
    for token in ["", "hf_of_somebody_who_has_not_agreed"] {
        let mut command = command(&server, home.path(), &["describe", "Tiny/Gated"]);
        let page = json_of(command.env("HF_TOKEN", token));
        assert_eq!((&page["needs_agreement"], &page["card"]), (&json!(true), &json!("")));
    }
    let mut command = command(&server, home.path(), &["describe", "Tiny/Gated"]);
    let page = json_of(command.env("HF_TOKEN", GOOD_TOKEN));
    assert_eq!((&page["needs_agreement"], &page["card"]), (&json!(false), &json!("# Tiny")));
}

#[test]
fn models_of_other_programs_are_used_where_they_lie() {
    let (server, home) = (HubServer::start().unwrap(), tempfile::tempdir().unwrap());
    let command = |args: &[&str]| command(&server, home.path(), args);
    let folder = home.path().join(".lmstudio/models/someone/tiny");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("tiny-q8_0.gguf");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models/qwen3");
    json_of(&mut command(&[
        "quantize",
        source.to_str().unwrap(),
        file.to_str().unwrap(),
        "--precision",
        "q8_0",
    ]));
    let library = json_of(&mut command(&["library"]));
    let found = library["models"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&found["name"], &found["precision"]), (&json!("lm-studio/tiny-q8_0"), &json!("q8_0")));
    assert_eq!(found["origin"], json!({ "Elsewhere": "LmStudio" }));
    json_of(&mut command(&["generate", "tiny-q8_0", "--prompt", "a", "-n", "1"]));
    let refused = run(&mut command(&["remove", "tiny-q8_0"]));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("belongs to LM Studio"));
    assert!(file.exists());
}

#[test]
fn a_search_is_one_object() {
    let (server, home) = (HubServer::start().unwrap(), tempfile::tempdir().unwrap());
    server.serve("Tiny/Qwen3-test", recorded("qwen3"));
    let found =
        json_of(&mut command(&server, home.path(), &["search", "qwen3", "--limit", "3", "--sort", "likes"]));
    assert_eq!(found["models"][0]["repo"], "Tiny/Qwen3-test");
    assert_eq!(found["models"][0]["runs"], true);
    let failed = run(&mut command(&server, home.path(), &["pull", "not a name"]));
    assert_eq!(failed.status.code(), Some(1));
    assert!(failed.stdout.is_empty() && String::from_utf8_lossy(&failed.stderr).contains("OWNER/NAME"));
}
