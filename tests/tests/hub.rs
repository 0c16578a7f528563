//! Downloads from a server on loopback that does everything wrong that networks do.
//!
//! In each case the download ends complete and right, or with a sentence, and nothing that is not whole is ever under a final
//! name.

#![allow(
    clippy::unwrap_used,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "helpers of tests fail as tests do, and know the names they made"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nibble_engine::fit::Setting;
use nibble_engine::hub::{self, Hub, HubSettings, HubToken, Refusal, RetryPolicy, Sort};
use nibble_engine::jobs::describe::DescribeRequest;
use nibble_engine::jobs::fetch::{FetchRequest, Wish};
use nibble_engine::jobs::search::{FoundPage, SearchRequest};
use nibble_engine::jobs::{self, DownloadReport, DownloadRequest, QuantizeRequest};
use nibble_engine::progress::{Cancel, Observer, Progress, Warning, WarningCollector};
use nibble_engine::quant::Precision;
use nibble_tests::hub_server::{Access, GOOD_TOKEN, HubServer, Mischief, ServedFile, ServedRepo, noise};
use serde_json::json;
use tempfile::TempDir;

const REPO: &str = "someone/tiny";
const WEIGHTS: &str = "model.safetensors";
/// Large enough for several reads of a socket, small enough to be fetched many times.
const WEIGHTS_BYTES: usize = 700_001;

/// A server with one repository, and a cache to fill from it.
struct Setup {
    server: HubServer,
    cache: TempDir,
    weights: Arc<ServedFile>,
}

impl Setup {
    fn new() -> Self {
        let server = HubServer::start().unwrap();
        let weights = ServedFile::large(noise(1, WEIGHTS_BYTES));
        server.serve(REPO, repo(&weights));
        Self { server, cache: tempfile::tempdir().unwrap(), weights }
    }

    fn settings(&self) -> HubSettings {
        HubSettings {
            endpoint: self.server.endpoint(),
            cache: self.cache.path().join("hub"),
            token: None,
            offline: false,
            retry_policy: RetryPolicy {
                max_attempts: 4,
                first_backoff: Duration::from_millis(1),
                max_backoff: Duration::from_millis(100),
                retry_after_second: Duration::from_millis(1),
                stall_timeout: Duration::from_secs(1),
            },
        }
    }

    fn pull(&self) -> Result<DownloadReport, jobs::Error> {
        pull_as(&self.settings(), &request(REPO))
    }

    /// Fails unless the folder holds the model, whole.
    #[track_caller]
    fn assert_whole(&self, report: &DownloadReport) {
        assert!(fs::read(report.path.join(WEIGHTS)).unwrap() == self.weights.bytes(), "other bytes");
        assert_eq!(fs::read(report.path.join("config.json")).unwrap(), CONFIG.as_bytes());
        self.assert_nothing_broken();
        let left =
            files_below(self.cache.path()).into_iter().filter(|path| name(path).contains("nibble-part"));
        assert_eq!(left.count(), 0, "an unfinished file was left");
    }

    /// Fails if a blob's bytes are not what its name says, or a snapshot has a file that is not served.
    #[track_caller]
    fn assert_nothing_broken(&self) {
        let served = [self.weights.bytes(), CONFIG.as_bytes(), TOKENIZER.as_bytes()];
        for path in files_below(&self.cache.path().join("hub")) {
            let is_final = !name(&path).contains("nibble-part") && !path.to_string_lossy().contains(".locks");
            let is_ref = path.to_string_lossy().contains("refs");
            if is_final && !is_ref {
                let bytes = fs::read(&path).unwrap();
                assert!(served.contains(&bytes.as_slice()), "{} is broken", path.display());
            }
        }
    }
}

const CONFIG: &str = r#"{"model_type":"llama"}"#;
const TOKENIZER: &str = r#"{"version":"1.0"}"#;

fn repo(weights: &Arc<ServedFile>) -> ServedRepo {
    let files = [
        ("config.json", ServedFile::small(CONFIG)),
        ("tokenizer.json", ServedFile::small(TOKENIZER)),
        (WEIGHTS, Arc::clone(weights)),
        ("README.md", ServedFile::small("# A card")),
        ("pytorch_model.bin", ServedFile::large(vec![0; 5000])),
        ("onnx/model.onnx", ServedFile::large(vec![1; 5000])),
    ];
    ServedRepo::new(
        files,
        json!({ "config": { "model_type": "llama" }, "downloads": 5, "tags": ["license:mit"] }),
    )
}

fn request(repo: &str) -> DownloadRequest {
    DownloadRequest { repo: repo.to_owned(), ..DownloadRequest::default() }
}

fn pull_as(settings: &HubSettings, request: &DownloadRequest) -> Result<DownloadReport, jobs::Error> {
    let hub = Hub::new(settings).unwrap();
    jobs::download(&hub, request, &(), &Cancel::new())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files_below(&path)) } else { found.push(path) }
    }
    found
}

#[track_caller]
fn hub_error(outcome: Result<DownloadReport, jobs::Error>) -> hub::Error {
    match outcome {
        Err(jobs::Error::Hub(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_checkpoint_comes_with_what_it_needs_and_no_more() {
    let setup = Setup::new();
    setup.server.set_page(2);
    let report = setup.pull().unwrap();
    setup.assert_whole(&report);
    let mut names: Vec<_> = files_below(&report.path).iter().map(|path| name(path)).collect();
    names.sort();
    assert_eq!(names, ["config.json", "model.safetensors", "tokenizer.json"]);
    assert_eq!(report.bytes, (WEIGHTS_BYTES + CONFIG.len() + TOKENIZER.len()) as u64);
    assert_eq!(report.fetched_bytes, report.bytes);

    let folder = setup.cache.path().join("hub/models--someone--tiny");
    let commit = fs::read_to_string(folder.join("refs/main")).unwrap();
    assert_eq!(report.path, folder.join("snapshots").join(&commit));
    assert!(folder.join("blobs").join(setup.weights.blob()).is_file());
    #[cfg(unix)]
    assert_eq!(
        fs::read_link(report.path.join(WEIGHTS)).unwrap(),
        Path::new("../../blobs").join(setup.weights.blob())
    );

    let again = setup.pull().unwrap();
    assert_eq!((again.path, again.fetched_bytes), (report.path, 0));
    assert_eq!(setup.server.fetches(WEIGHTS).len(), 1);
}

#[test]
fn a_connection_cut_anywhere_continues_there() {
    for cuts in [
        vec![0],
        vec![1],
        vec![65_536, 65_537],
        vec![300_000, 1, 0, 200_000, 100_000],
        vec![WEIGHTS_BYTES as u64 - 1],
    ] {
        let setup = Setup::new();
        let mischief: Vec<_> = cuts.iter().map(|&at| Mischief::Cut(at)).collect();
        setup.server.misbehave(WEIGHTS, &mischief);
        let report = setup.pull().unwrap();
        setup.assert_whole(&report);
        assert_eq!(report.fetched_bytes, report.bytes, "bytes came twice with cuts at {cuts:?}");
        let resumed = setup.server.fetches(WEIGHTS).into_iter().filter(|seen| seen.range.is_some());
        assert!(resumed.clone().all(|seen| seen.if_range.is_some()));
        assert_eq!(resumed.count(), cuts.iter().skip_while(|&&at| at == 0).count(), "{cuts:?}");
    }
}

#[test]
fn a_connection_cut_a_hundred_times_still_ends() {
    let setup = Setup::new();
    setup.server.misbehave(WEIGHTS, &[Mischief::Cut(6_500); 100]);
    let report = setup.pull().unwrap();
    setup.assert_whole(&report);
    assert_eq!(report.fetched_bytes, report.bytes);
}

#[test]
fn what_goes_wrong_once_is_made_good() {
    let cases: [(&str, Vec<Mischief>); 12] = [
        ("ignored range", vec![Mischief::Cut(300_000), Mischief::IgnoreRange(u64::MAX)]),
        ("ignored range, cut again", vec![Mischief::Cut(300_000), Mischief::IgnoreRange(400_000)]),
        ("too long a length", vec![Mischief::ClaimMore(10)]),
        ("too short a length", vec![Mischief::ClaimFewer(10)]),
        ("no length and an early end", vec![Mischief::EndEarly(12_345)]),
        ("a flipped bit", vec![Mischief::FlipBit(400_000)]),
        ("a flipped bit before a cut", vec![Mischief::FlipBit(0), Mischief::Cut(10)]),
        ("too many requests", vec![Mischief::Status(429, Some(3)), Mischief::Status(429, None)]),
        ("an overloaded server", vec![Mischief::Status(503, None), Mischief::Status(500, None)]),
        ("a stall", vec![Mischief::Stall(100_000)]),
        ("a stall from the start", vec![Mischief::Stall(0)]),
        ("another range than asked for", vec![Mischief::Cut(1000), Mischief::WrongRange]),
    ];
    for (what, mischief) in cases {
        let setup = Setup::new();
        setup.server.misbehave(WEIGHTS, &mischief);
        let report = setup.pull().unwrap_or_else(|error| panic!("{what}: {}", error.sentence()));
        setup.assert_whole(&report);
    }
}

#[test]
fn what_stays_wrong_ends_with_its_reason_and_without_a_file() {
    type Expected = fn(&hub::Error) -> bool;
    let cases: [(Mischief, Expected); 9] = [
        (Mischief::FlipBit(400_000), |error| matches!(error, hub::Error::Damaged { .. })),
        (Mischief::Status(503, None), |error| matches!(error, hub::Error::Busy { status: 503, .. })),
        (Mischief::Status(418, None), |error| matches!(error, hub::Error::Status { status: 418, .. })),
        (Mischief::Status(404, None), |error| matches!(error, hub::Error::NoFile { .. })),
        (Mischief::ClaimMore(10), |error| {
            matches!(error, hub::Error::Length { expected: 700_001, found: 700_011, .. })
        }),
        (Mischief::ClaimFewer(1), |error| matches!(error, hub::Error::Length { .. })),
        (Mischief::Stall(0), |error| matches!(error, hub::Error::Stalled { .. })),
        (Mischief::Cut(0), |error| matches!(error, hub::Error::Connection { .. })),
        (Mischief::Replace, |error| matches!(error, hub::Error::Replaced { .. })),
    ];
    for (mischief, is_expected) in cases {
        let setup = Setup::new();
        setup.server.always_misbehave(WEIGHTS, mischief);
        let error = hub_error(setup.pull());
        assert!(is_expected(&error), "{mischief:?}: {error:?}");
        setup.assert_nothing_broken();
        let blobs = setup.cache.path().join("hub/models--someone--tiny/blobs");
        assert!(!blobs.join(setup.weights.blob()).exists());
        assert!(!setup.cache.path().join("hub/models--someone--tiny/snapshots").exists(), "seen in part");
    }
}

#[test]
fn a_server_that_asks_for_a_long_wait_is_not_pressed() {
    let setup = Setup::new();
    setup.server.always_misbehave(WEIGHTS, Mischief::Status(429, Some(3600)));
    let error = hub_error(setup.pull());
    assert!(error.to_string().contains("asks to wait 3600 seconds"), "{error}");
    assert_eq!(setup.server.fetches(WEIGHTS).len(), 1);

    let setup = Setup::new();
    setup.server.misbehave(WEIGHTS, &[Mischief::Status(429, Some(60))]);
    let start = Instant::now();
    setup.pull().unwrap();
    assert!(start.elapsed() >= Duration::from_millis(60), "did not wait what counts as 60 seconds here");
}

#[test]
fn lists_and_facts_are_tried_again_too() {
    let setup = Setup::new();
    setup.server.misbehave("/revision/main", &[Mischief::Status(429, Some(1)), Mischief::Status(503, None)]);
    setup.server.misbehave(repo(&setup.weights).commit(), &[Mischief::Status(502, None)]);
    let report = setup.pull().unwrap();
    setup.assert_whole(&report);
}

#[test]
fn a_new_version_is_not_mixed_with_the_old_one() {
    let mut setup = Setup::new();
    setup.server.misbehave(WEIGHTS, &[Mischief::Cut(300_000), Mischief::Status(404, None)]);
    assert!(matches!(hub_error(setup.pull()), hub::Error::NoFile { .. }));
    setup.weights = ServedFile::large(noise(2, WEIGHTS_BYTES));
    setup.server.serve(REPO, repo(&setup.weights));
    let report = setup.pull().unwrap();
    assert!(fs::read(report.path.join(WEIGHTS)).unwrap() == setup.weights.bytes());
    setup.assert_nothing_broken();
}

#[test]
fn a_part_of_another_version_is_given_up() {
    let setup = Setup::new();
    setup.server.misbehave(WEIGHTS, &[Mischief::Cut(300_000), Mischief::Status(404, None)]);
    setup.pull().unwrap_err();
    let part = setup.cache.path().join("hub/models--someone--tiny/blobs").join(setup.weights.blob());
    let state = part.with_extension("nibble-part.json");
    assert!(fs::read_to_string(&state).unwrap().contains("version-"));
    fs::write(state, r#"{"validator":"\"version-other\""}"#).unwrap();
    let report = setup.pull().unwrap();
    setup.assert_whole(&report);
    assert_eq!(report.fetched_bytes, WEIGHTS_BYTES as u64);

    // And one whose bytes are wrong, as after a crash that lost a page.
    let setup = Setup::new();
    setup.server.misbehave(WEIGHTS, &[Mischief::Cut(300_000), Mischief::Status(404, None)]);
    setup.pull().unwrap_err();
    let part = setup.cache.path().join("hub/models--someone--tiny/blobs").join(setup.weights.blob());
    fs::write(part.with_extension("nibble-part"), vec![0; 300_000]).unwrap();
    let report = setup.pull().unwrap();
    setup.assert_whole(&report);
}

#[test]
fn the_token_goes_to_the_hub_alone() {
    let setup = Setup::new();
    let settings = HubSettings { token: HubToken::new(GOOD_TOKEN), ..setup.settings() };
    setup.server.serve(REPO, repo(&setup.weights).with_access(Access::Gated));
    pull_as(&settings, &request(REPO)).unwrap();
    let seen = setup.server.seen();
    assert!(seen.iter().any(|seen| seen.at_cdn) && seen.iter().any(|seen| !seen.at_cdn));
    for seen in seen {
        assert_eq!(seen.authorization.is_some(), !seen.at_cdn, "{}", seen.line);
    }
}

#[test]
fn doors_that_stay_closed_are_named() {
    let setup = Setup::new();
    let bad = HubSettings { token: HubToken::new("hf_bad"), ..setup.settings() };
    setup.server.serve("a/gated", repo(&setup.weights).with_access(Access::Gated));
    setup.server.serve("a/private", repo(&setup.weights).with_access(Access::Private));
    let without = |repo| hub_error(pull_as(&setup.settings(), &request(repo)));
    let with = |repo| hub_error(pull_as(&bad, &request(repo)));
    assert!(matches!(without("a/gated"), hub::Error::Refused { refusal: Refusal::Gated, .. }));
    assert!(matches!(with("a/gated"), hub::Error::Gated { .. }));
    assert!(matches!(without("a/private"), hub::Error::NoRepository { .. }));
    assert!(matches!(without("a/missing"), hub::Error::NoRepository { .. }));
    let missing = DownloadRequest { revision: Some("v9".into()), ..request(REPO) };
    let error = hub_error(pull_as(&setup.settings(), &missing));
    assert_eq!(error.to_string(), "someone/tiny has no branch, tag or commit v9");
    assert_eq!(setup.server.sent_bytes(), 0);
}

#[test]
fn what_small_files_tell_is_told_before_the_weights_are_fetched() {
    let setup = Setup::new();
    let small = |text: &str| ServedFile::small(text);
    let whole = || {
        vec![
            (WEIGHTS, ServedFile::large("x")),
            ("config.json", small(CONFIG)),
            ("tokenizer.json", small(r#"{"model": {"type": "BPE"}}"#)),
        ]
    };
    let serve = |name: &str, change: &[(&'static str, Option<&str>)]| {
        let mut files = whole();
        for (file, text) in change {
            files.retain(|(name, _)| name != file);
            files.extend(text.map(|text| (*file, small(text))));
        }
        setup.server.serve(name, ServedRepo::new(files, json!({ "config": { "model_type": "llama" } })));
    };
    let dynamic = r#"{"model_type": "llama", "rope_scaling": {"rope_type":"dynamic", "factor": 2.0}}"#;
    let index = r#"{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}"#;
    serve("a/no-tokenizer", &[("tokenizer.json", None)]);
    serve("a/sentencepiece", &[("tokenizer.json", None), ("tokenizer.model", Some("x"))]);
    serve("a/dynamic", &[("config.json", Some(dynamic))]);
    serve("a/unigram", &[("tokenizer.json", Some(r#"{"model": {"type": "Unigram"}}"#))]);
    serve(
        "a/half",
        &[
            (WEIGHTS, None),
            ("model.safetensors.index.json", Some(index)),
            ("model-00001-of-00002.safetensors", Some("x")),
        ],
    );
    let hub = Hub::new(&setup.settings()).unwrap();
    for (repo, words) in [
        ("a/no-tokenizer", "it has no tokenizer.json; look"),
        ("a/sentencepiece", "only a tokenizer in another format"),
        ("a/dynamic", "rope_type is \"dynamic\""),
        ("a/unigram", "of kind Unigram, which cannot be quantized"),
        ("a/half", "names model-00002-of-00002.safetensors, which it does not have"),
    ] {
        let wanted = DownloadRequest { quantized: true, ..request(repo) };
        let told = hub_error(pull_as(&setup.settings(), &wanted)).to_string();
        assert!(told.contains(words), "{repo}: {told}");
        let page = DescribeRequest { repo: repo.to_owned(), context: 512, ..DescribeRequest::default() };
        let page = jobs::describe(&hub, &page, &Setting::here(512, None), &Cancel::new()).unwrap();
        let told = page.refusal.unwrap().to_string();
        assert!(told.contains(words), "{repo} described: {told}");
    }
    assert!(setup.server.seen().iter().all(|seen| !seen.at_cdn && !seen.line.contains("00001-of")));
    // The original runs with any tokenizer.
    pull_as(&setup.settings(), &request("a/unigram")).unwrap();
}

#[test]
fn a_file_with_an_odd_name_is_left_out_and_the_rest_comes() {
    let setup = Setup::new();
    let mut served = vec![("assets/Screenshot at 10:30:00.png", ServedFile::small("x"))];
    served.push(("what?.txt", ServedFile::small("x")));
    served.extend([
        ("config.json", ServedFile::small(CONFIG)),
        ("tokenizer.json", ServedFile::small(TOKENIZER)),
        (WEIGHTS, Arc::clone(&setup.weights)),
    ]);
    setup.server.serve(REPO, ServedRepo::new(served, json!({ "config": { "model_type": "llama" } })));
    setup.assert_whole(&setup.pull().unwrap());
}

#[test]
fn a_pasted_address_is_its_repository_and_what_the_server_says_of_a_refusal_is_shown() {
    let setup = Setup::new();
    let pasted = request("https://huggingface.co/someone/tiny/tree/main?library=x");
    setup.assert_whole(&pull_as(&setup.settings(), &pasted).unwrap());
    setup.server.serve("a/disabled", repo(&setup.weights).with_access(Access::Disabled));
    let told = hub_error(pull_as(&setup.settings(), &request("a/disabled"))).to_string();
    assert!(told.contains("refuses (status 403): Access to this resource is disabled."), "{told}");
}

#[test]
fn what_cannot_run_is_refused_before_anything_is_fetched() {
    let setup = Setup::new();
    let serve = |name: &str, files: Vec<(&'static str, Arc<ServedFile>)>, facts| {
        setup.server.serve(name, ServedRepo::new(files, facts));
    };
    let small = |text: &str| ServedFile::small(text);
    let llama = json!({ "config": { "model_type": "llama" } });
    serve(
        "a/pickle",
        vec![("pytorch_model.bin", ServedFile::large("x")), ("config.json", small(CONFIG))],
        llama.clone(),
    );
    serve(
        "a/mamba",
        vec![(WEIGHTS, ServedFile::large("x")), ("config.json", small("{}"))],
        json!({ "config": { "model_type": "mamba" } }),
    );
    serve(
        "a/aqlm",
        vec![(WEIGHTS, ServedFile::large("x")), ("config.json", small("{}"))],
        json!({ "config": { "model_type": "llama", "quantization_config": { "quant_method": "aqlm" } } }),
    );
    // Here the Hub does not tell, and the configuration itself has to be read.
    serve(
        "a/silent",
        vec![(WEIGHTS, ServedFile::large("x")), ("config.json", small(r#"{"model_type":"rwkv"}"#))],
        json!({}),
    );
    let gguf = gguf();
    serve(
        "a/gguf",
        vec![("m-Q8_0.gguf", ServedFile::large(gguf.clone())), ("m-IQ1_KT.gguf", ServedFile::large("GGUF2"))],
        json!({ "gguf": { "architecture": "llama" } }),
    );
    serve(
        "a/big",
        vec![
            (WEIGHTS, ServedFile::claiming(1 << 60)),
            ("config.json", small(CONFIG)),
            ("tokenizer.json", small(TOKENIZER)),
        ],
        llama,
    );

    let sentence = |repo: &str, file: Option<&str>| {
        let request = DownloadRequest { file: file.map(str::to_owned), ..request(repo) };
        hub_error(pull_as(&setup.settings(), &request)).to_string()
    };
    assert!(sentence("a/pickle", None).contains("pickle (pytorch_model.bin)"));
    assert!(sentence("a/mamba", None).contains("architecture mamba is unknown"));
    assert!(sentence("a/aqlm", None).contains("already quantized by aqlm"));
    assert!(sentence("a/silent", None).contains("architecture rwkv is unknown"));
    assert!(sentence("a/gguf", None).contains("choose one with --file: m-IQ1_KT.gguf, m-Q8_0.gguf"));
    assert!(sentence("a/gguf", Some("iq1_kt")).contains("IQ1_KT, which Nibble does not support"));
    assert!(sentence("a/gguf", Some("q4_0")).contains("it has m-IQ1_KT.gguf, m-Q8_0.gguf"));
    assert!(sentence("a/big", None).contains("more disk space is needed, but only"));
    for seen in setup.server.seen() {
        assert!(!seen.at_cdn, "{}", seen.line);
    }
    let request = DownloadRequest { file: Some("q8_0".into()), ..request("a/gguf") };
    let report = pull_as(&setup.settings(), &request).unwrap();
    assert!(fs::read(report.path).unwrap() == gguf);
}

/// A small GGUF file.
fn gguf() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("m.gguf");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models/qwen3");
    let request =
        QuantizeRequest { threads: Some(2), ..QuantizeRequest::new(source, target.clone(), Precision::Q8_0) };
    jobs::quantize(&request, &(), &Cancel::new()).unwrap();
    fs::read(target).unwrap()
}

/// The same file with a key more, so that its header has `n_bytes` more, a multiple of the alignment.
fn with_longer_header(gguf: &[u8], n_bytes: usize) -> Vec<u8> {
    /// Version and counts.
    const START: usize = 24;
    /// GGUF's number for strings.
    const STRING: u32 = 8;
    let key = b"padding";
    let value = vec![b' '; n_bytes - (8 + key.len() + 4 + 8)];
    let mut longer = gguf[..START].to_vec();
    longer[16] += 1;
    longer.extend((key.len() as u64).to_le_bytes());
    longer.extend(key);
    longer.extend(STRING.to_le_bytes());
    longer.extend((value.len() as u64).to_le_bytes());
    longer.extend(value);
    longer.extend(&gguf[START..]);
    longer
}

/// The same file with a tensor of the type of this number.
fn with_type(gguf: &[u8], tensor: &str, type_id: u32) -> Vec<u8> {
    let at = gguf.windows(tensor.len()).position(|bytes| bytes == tensor.as_bytes()).unwrap() + tensor.len();
    let n_dimensions = u32::from_le_bytes(gguf[at..at + 4].try_into().unwrap()) as usize;
    let at = at + 4 + 8 * n_dimensions;
    let mut changed = gguf.to_vec();
    changed[at..at + 4].copy_from_slice(&type_id.to_le_bytes());
    changed
}

#[test]
fn a_gguf_file_is_judged_by_its_header_whatever_its_name_says() {
    let setup = Setup::new();
    let gguf = with_longer_header(&gguf(), 3 << 20);
    let foreign = with_type(&gguf, "output_norm.weight", 15);
    let serve = |name: &str, bytes: Vec<u8>| {
        let files = [("m-Q8_0.gguf", ServedFile::large(bytes))];
        setup.server.serve(name, ServedRepo::new(files, json!({ "gguf": { "architecture": "qwen3" } })));
    };
    serve("a/good", gguf.clone());
    serve("a/foreign", foreign);
    serve("a/text", b"not a model at all".to_vec());
    let sentence = |repo: &str| hub_error(pull_as(&setup.settings(), &request(repo))).to_string();
    assert!(
        sentence("a/foreign").contains("has type 15 (q8_k), which is not supported"),
        "{}",
        sentence("a/foreign")
    );
    assert!(sentence("a/text").contains("m-Q8_0.gguf: "), "{}", sentence("a/text"));
    assert!(files_below(setup.cache.path()).is_empty());
    let report = pull_as(&setup.settings(), &request("a/good")).unwrap();
    assert!(fs::read(&report.path).unwrap() == gguf);
    let ranges: Vec<_> =
        setup.server.fetches("m-Q8_0.gguf").into_iter().filter_map(|seen| seen.range).collect();
    assert!(ranges.contains(&"bytes=0-1048575".to_owned()), "{ranges:?}");
    // A server that knows no ranges is read from the beginning.
    setup.server.always_misbehave("m-Q8_0.gguf", Mischief::IgnoreRange(u64::MAX));
    assert!(sentence("a/foreign").contains("q8_k"));
}

#[test]
fn a_file_that_is_ready_is_found_and_the_checkpoint_taken_where_there_is_none() {
    let setup = Setup::new();
    let hub = Hub::new(&setup.settings()).unwrap();
    let wanted = FetchRequest {
        repo: REPO.to_owned(),
        revision: None,
        wish: Wish::ReadyMade(Precision::Q4_K_M),
        threads: Some(1),
    };
    let settle = |request: &FetchRequest| jobs::fetch::settle(&hub, request, &Cancel::new()).unwrap();
    let made_here = FetchRequest { wish: Wish::Quantized(Precision::Q4_K_M), ..wanted.clone() };
    assert_eq!(settle(&wanted), made_here, "nobody has converted it yet");
    assert_eq!(settle(&made_here), made_here);

    let files = [("tiny-Q8_0.gguf", ServedFile::large("x")), ("tiny-Q4_K_M.gguf", ServedFile::large("y"))];
    let tags =
        json!({ "gguf": { "architecture": "llama" }, "tags": ["gguf", "base_model:quantized:someone/tiny"] });
    setup.server.serve("other/tiny-GGUF", ServedRepo::new(files, tags));
    let found = settle(&wanted);
    assert_eq!((found.repo.as_str(), found.wish), ("other/tiny-GGUF", Wish::Gguf("tiny-Q4_K_M.gguf".into())));
    let rare = FetchRequest { wish: Wish::ReadyMade(Precision::Q6_K), ..wanted };
    assert_eq!(settle(&rare).wish, Wish::Quantized(Precision::Q6_K));
}

#[test]
fn a_silent_hub_leaves_what_is_here() {
    let setup = Setup::new();
    let whole = setup.pull().unwrap();
    setup.server.always_misbehave("/revision/main", Mischief::Status(503, None));
    let told = WarningCollector::new(&());
    let hub = Hub::new(&setup.settings()).unwrap();
    let again = jobs::download(&hub, &request(REPO), &told, &Cancel::new()).unwrap();
    assert_eq!((again.path, again.fetched_bytes), (whole.path, 0));
    let warnings = told.into_warnings();
    assert!(matches!(&warnings[..], [Warning::TakenFromCache { reason }] if reason.contains("503")));
    let error = hub_error(pull_as(&setup.settings(), &request("some/other")));
    assert!(matches!(error, hub::Error::Busy { .. }), "{error}");
}

/// Cancels as soon as so many bytes are there.
struct CancelAt(u64, Cancel);

impl Observer for CancelAt {
    fn progress(&self, progress: Progress) {
        assert!(progress.done <= progress.total);
        if progress.done >= self.0 {
            self.1.cancel();
        }
    }
}

#[test]
fn a_pause_is_quick_and_what_came_is_kept() {
    let setup = Setup::new();
    setup.server.misbehave(WEIGHTS, &[Mischief::Stall(300_000)]);
    let settings = HubSettings {
        retry_policy: RetryPolicy { stall_timeout: Duration::from_mins(10), ..setup.settings().retry_policy },
        ..setup.settings()
    };
    let (hub, cancel) = (Hub::new(&settings).unwrap(), Cancel::new());
    let outcome = jobs::download(&hub, &request(REPO), &CancelAt(1, cancel.clone()), &cancel);
    assert!(outcome.unwrap_err().is_cancelled());
    let report = setup.pull().unwrap();
    setup.assert_whole(&report);
    let fetched = setup.server.fetches(WEIGHTS);
    assert!(report.fetched_bytes <= report.bytes && fetched.len() <= 2);
}

#[test]
fn two_downloads_of_one_model_fetch_it_once() {
    let setup = Setup::new();
    let pull = || setup.pull().unwrap().fetched_bytes;
    let fetched: u64 = std::thread::scope(|scope| {
        let others = [scope.spawn(pull), scope.spawn(pull)];
        pull() + others.into_iter().map(|other| other.join().unwrap()).sum::<u64>()
    });
    assert_eq!(fetched, (WEIGHTS_BYTES + CONFIG.len() + TOKENIZER.len()) as u64);
    let report = setup.pull().unwrap();
    setup.assert_whole(&report);
}

#[test]
fn offline_only_the_cache_is_looked_into() {
    let setup = Setup::new();
    let offline = HubSettings { offline: true, ..setup.settings() };
    let error = hub_error(pull_as(&offline, &request(REPO)));
    assert!(error.to_string().contains("HF_HUB_OFFLINE"), "{error}");
    assert!(setup.server.seen().is_empty());
    let report = setup.pull().unwrap();
    let n_seen = setup.server.seen().len();
    let again = pull_as(&offline, &request(REPO)).unwrap();
    assert_eq!((again.path, again.bytes), (report.path, report.bytes));
    assert_eq!(setup.server.seen().len(), n_seen);
}

#[test]
fn a_search_reads_page_after_page_and_says_what_runs() {
    let setup = Setup::new();
    setup.server.set_page(2);
    for number in 0..7_u64 {
        let kind = if number % 2 == 0 { "qwen3" } else { "mamba" };
        let facts = json!({ "config": { "model_type": kind }, "downloads": number, "likes": 10 - number, "safetensors": { "total": number * 1000 } });
        setup.server.serve(&format!("many/model-{number}"), ServedRepo::new([], facts));
    }
    let hub = Hub::new(&setup.settings()).unwrap();
    let request = |text: &str, sort, limit| SearchRequest {
        text: text.into(),
        sort,
        limit,
        ..SearchRequest::default()
    };
    let search = |request: &SearchRequest| jobs::search(&hub, request, &Cancel::new()).unwrap();
    let names = |page: &FoundPage| -> Vec<String> {
        page.models.iter().map(|found| found.facts.repo.clone()).collect()
    };
    let found = search(&request("model", Sort::Downloads, 4));
    assert_eq!(names(&found), ["many/model-6", "many/model-5", "many/model-4", "many/model-3"]);
    assert_eq!(found.models.iter().filter(|found| found.refusal.is_none()).count(), 2);
    assert_eq!(found.models[0].facts.parameters, Some(6000));
    let more = SearchRequest { page: found.next, ..request("model", Sort::Downloads, 4) };
    let more = search(&more);
    assert_eq!(
        (names(&more).as_slice(), more.next),
        (["many/model-2", "many/model-1", "many/model-0"].map(String::from).as_slice(), None)
    );

    assert_eq!(names(&search(&request("model", Sort::Likes, 1)))[0], "many/model-0");
    assert_eq!(search(&request("", Sort::Downloads, 100)).models.len(), 8);
    let licensed = SearchRequest { license: Some("mit".into()), ..request("", Sort::Downloads, 100) };
    assert_eq!(names(&search(&licensed)), [REPO]);
    let small = SearchRequest { most_parameters: Some(3000), ..request("model", Sort::Downloads, 100) };
    assert_eq!(names(&search(&small))[0], "many/model-3");
    let runnable = SearchRequest { only_runnable: true, ..request("model", Sort::Downloads, 100) };
    assert!(search(&runnable).models.iter().all(|found| found.refusal.is_none()));
    let stray =
        SearchRequest { page: Some("http://elsewhere/api/models".into()), ..request("", Sort::Likes, 1) };
    assert!(jobs::search(&hub, &stray, &Cancel::new()).is_err());
}
