//! The built-in model, the one trained model there is here: every precision of it answers, and what quantizing costs is
//! ordered as it must be.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "figures are worth seeing even where they are good enough")]

use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use nibble_engine::eval::Figures;
use nibble_engine::jobs::{
    self, Ask, Calibration, ChatModel, ChatSession, Event, GenerateOptions, KvCacheType, LoadOptions,
    MeasureRequest, Message, QuantizeRequest, Runner,
};
use nibble_engine::library::starter;
use nibble_engine::progress::Cancel;
use nibble_engine::quant::{Precision, WeightErrors, methods};
use serde::Deserialize;
use tempfile::TempDir;

const OUT_OF_SCOPE: &str = "out_of_scope";
/// Room for a conversation of one turn.
const CONTEXT: usize = 256;

#[derive(Deserialize)]
struct Corpus {
    intent: Vec<Intent>,
}

#[derive(Deserialize)]
struct Intent {
    id: String,
    answer: String,
}

#[derive(Deserialize)]
struct HeldOut {
    question: Vec<Question>,
}

/// A question and the intent, or intents, whose answer is right.
#[derive(Deserialize)]
struct Question {
    text: String,
    intent: Option<String>,
    #[serde(default)]
    intents: Vec<String>,
}

impl Question {
    fn intents(&self) -> impl Iterator<Item = &String> {
        self.intent.iter().chain(&self.intents)
    }

    fn is_out_of_scope(&self) -> bool {
        self.intents().any(|intent| intent == OUT_OF_SCOPE)
    }
}

fn below_top(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn starter_folder() -> PathBuf {
    below_top("assets/starter")
}

/// The answer of every intent the model was taught.
fn answers() -> HashMap<String, String> {
    let files = std::fs::read_dir(below_top("assets/starter/training/corpus")).unwrap();
    let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    texts
        .flat_map(|text| toml::from_str::<Corpus>(&text).unwrap().intent)
        .map(|intent| (intent.id, intent.answer))
        .collect()
}

fn held_out() -> Vec<Question> {
    let text = std::fs::read_to_string(below_top("tests/data/starter/held_out.toml")).unwrap();
    toml::from_str::<HeldOut>(&text).unwrap().question
}

/// The starter at a precision, as a window quantizes it; each precision is quantized once for all tests.
fn quantized(precision: Precision) -> &'static Path {
    static MADE: OnceLock<Vec<OnceLock<PathBuf>>> = OnceLock::new();
    let made = MADE.get_or_init(|| Precision::all().map(|_| OnceLock::new()).collect());
    let at = Precision::all().position(|other| other == precision).unwrap();
    made[at].get_or_init(|| quantize(precision))
}

fn quantize(precision: Precision) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("starter");
    std::fs::create_dir_all(&folder).unwrap();
    let target = folder.join(starter::file_name(precision.name()));
    let mut request = QuantizeRequest::new(starter_folder(), target.clone(), precision);
    if precision.needs_importance() {
        request.method = &methods::Importance;
        request.calibration = Calibration::File(below_top("tests/data/starter/importance.bin"));
    }
    let events = Mutex::new(Vec::new());
    let keep = |event| events.lock().unwrap().push(event);
    Runner::default().run(Ask::Quantize(request), &keep, &Cancel::new());
    let end = events.into_inner().unwrap().pop().unwrap();
    assert!(matches!(end, Event::Quantized(_)), "{end:?}");
    target
}

fn load(path: &Path) -> jobs::LoadedModel {
    let options = LoadOptions::with_threads(Some(1));
    jobs::load(path, &options, &(), &Cancel::new()).unwrap()
}

/// The starter at a precision, ready to chat.
fn chat(precision: Precision) -> ChatSession {
    let model = ChatModel::new(load(quantized(precision)), Some(CONTEXT), &()).unwrap();
    ChatSession::new(Arc::new(model)).unwrap()
}

fn ask(chat: &mut ChatSession, messages: &[Message]) -> String {
    let turn = chat.reply(messages, &GenerateOptions::greedy(), &mut |_| (), &(), &Cancel::new()).unwrap();
    turn.reply.text.trim().to_owned()
}

/// Shares of held-out questions answered right: those the model was taught to answer, and those it was not.
fn shares_right(precision: Precision) -> (f64, f64) {
    let (answers, questions, mut chat) = (answers(), held_out(), chat(precision));
    let (mut right, mut asked) = ([0; 2], [0; 2]);
    for question in &questions {
        let kind = usize::from(question.is_out_of_scope());
        let reply = ask(&mut chat, &[Message::user(&question.text)]);
        asked[kind] += 1;
        right[kind] += u32::from(question.intents().any(|intent| answers[intent] == reply));
    }
    assert!(asked[0] >= 200 && asked[1] >= 40, "{asked:?} held-out questions");
    let share = |kind: usize| f64::from(right[kind]) / f64::from(asked[kind]);
    println!("{precision}: {right:?} of {asked:?} held-out questions");
    (share(0), share(1))
}

#[test]
fn f16_answers_what_it_was_never_asked() {
    let (known, unknown) = shares_right(Precision::F16);
    assert!(known >= 0.90 && unknown >= 0.80, "{known} {unknown}");
}

#[test]
fn int8_answers_what_it_was_never_asked() {
    let (known, unknown) = shares_right("int8".parse().unwrap());
    assert!(known >= 0.90 && unknown >= 0.80, "{known} {unknown}");
}

#[test]
fn int4_answers_what_it_was_never_asked() {
    let (known, unknown) = shares_right("int4".parse().unwrap());
    assert!(known >= 0.85 && unknown >= 0.80, "{known} {unknown}");
}

/// The three questions the window offers. Below four bits a model of this size may lose its words, but it still ends its reply.
#[test]
fn every_precision_quantizes_loads_and_answers() {
    let answers = answers();
    for precision in Precision::all() {
        let mut chat = chat(precision);
        for question in starter::EXAMPLE_QUESTIONS {
            let reply = ask(&mut chat, &[Message::user(question)]);
            let is_known = answers.values().any(|answer| *answer == reply);
            println!("{precision}: {question} {reply}");
            if precision.base_type().bits_per_weight() >= 4.0 {
                assert!(is_known, "{precision}: {question} {reply}");
            }
        }
    }
}

#[test]
fn a_second_turn_is_understood_from_the_first() {
    let (answers, mut chat) = (answers(), chat(Precision::F16));
    let first = ask(&mut chat, &[Message::user("What is perplexity?")]);
    assert_eq!(first, answers["concepts.perplexity"]);
    let messages = [
        Message::user("What is perplexity?"),
        Message::assistant(first),
        Message::user("And is a lower one better?"),
    ];
    assert_eq!(ask(&mut chat, &messages), answers["concepts.perplexity.lower"]);
}

#[test]
fn guessing_ahead_changes_no_reply() {
    let mut chat = chat("int8".parse().unwrap());
    for question in ["What is perplexity?", "What is a token?", "Who are you? Who are you? Who are you?"] {
        let replies = [0, 3, 8].map(|lookup_tokens| {
            [0.0, 0.8].map(|temperature| {
                let options = GenerateOptions {
                    temperature,
                    lookup_tokens,
                    seed: Some(7),
                    ..GenerateOptions::default()
                };
                let messages = [Message::user(question)];
                let reply = chat.reply(&messages, &options, &mut |_| (), &(), &Cancel::new()).unwrap();
                (reply.reply.tokens, reply.reply.stop_reason)
            })
        });
        assert_eq!(replies[0], replies[1], "{question}");
        assert_eq!(replies[0], replies[2], "{question}");
    }
}

/// Perplexity on held-out questions with their answers, and divergence from the original.
fn quality(precision: Precision, text: &Path, reference: &jobs::LoadedModel) -> (f64, Figures) {
    let model = load(quantized(precision));
    let found = jobs::evaluate(&model, Some(reference), text, CONTEXT, &(), &Cancel::new()).unwrap();
    let (perplexity, figures) = (found.perplexity(), found.figures.unwrap());
    println!("{precision}: perplexity {perplexity:.4}, KL {:.6}", figures.kl_mean);
    (perplexity, figures)
}

/// Held-out questions with their answers, in a file that goes away.
fn held_out_text() -> (TempDir, PathBuf) {
    let answers = answers();
    let mut text = String::new();
    for question in held_out() {
        let answer = &answers[question.intents().next().unwrap()];
        writeln!(text, "{}\n{answer}\n", question.text).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("held_out.txt");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

#[test]
fn keys_and_values_in_eight_bits_cost_next_to_nothing() {
    let (_folder, file) = held_out_text();
    let perplexity = |cache| {
        let mut options = LoadOptions::with_threads(Some(1));
        options.run.cache = cache;
        let model = jobs::load(&starter_folder(), &options, &(), &Cancel::new()).unwrap();
        jobs::evaluate(&model, None, &file, CONTEXT, &(), &Cancel::new()).unwrap().perplexity()
    };
    let (halves, codes) = (perplexity(KvCacheType::F16), perplexity(KvCacheType::Int8));
    println!("perplexity {halves:.4} with keys and values in half precision, {codes:.4} in eight bits");
    assert!((codes / halves - 1.0).abs() < 0.005, "{halves} {codes}");
}

/// Precisions of which each loses more than the one before.
fn ever_fewer_bits() -> [Precision; 5] {
    ["f16", "int8", "q6_k", "q5_k_m", "q4_k_m"].map(|name| name.parse().unwrap())
}

#[test]
fn fewer_bits_cost_more_on_what_was_never_seen() {
    let (_folder, file) = held_out_text();
    let reference = load(&starter_folder());
    let found = ever_fewer_bits().map(|precision| quality(precision, &file, &reference));
    for pair in found.windows(2) {
        let [(better_perplexity, better), (worse_perplexity, worse)] = pair else {
            unreachable!("windows of two")
        };
        assert!(better.kl_mean < worse.kl_mean, "{pair:?}");
        assert!(better.top1_agreement >= worse.top1_agreement - 0.002, "{pair:?}");
        // Where so little is lost, perplexity moves as much by chance.
        assert!(worse_perplexity / better_perplexity > 0.99, "{pair:?}");
    }
    // Eight bits change next to nothing, four bits something.
    assert!(found[1].1.kl_mean < 0.1 * found[4].1.kl_mean, "{found:?}");
}

/// Quality measured on what the original writes, with the errors of the weights.
fn measured(precision: Precision) -> (Figures, WeightErrors) {
    let request = MeasureRequest {
        model: quantized(precision).to_owned(),
        original: starter_folder(),
        text: None,
        tokens: Some(512),
        prompt: None,
        threads: Some(2),
    };
    let report = jobs::measure(&request, &(), &Cancel::new()).unwrap();
    let (measured, errors) = (report.measured.unwrap(), report.errors.unwrap());
    let figures = measured.figures;
    println!(
        "{precision}: KL {:.3e}, p99 {:.3e}, same {:.4}, perplexity {:.4} of {:.4}, weights {:.4}",
        figures.kl_mean,
        figures.kl_p99,
        figures.top1_agreement,
        figures.perplexity,
        figures.original_perplexity,
        errors.relative_rmse,
    );
    assert_eq!((figures.tokens, figures.histogram.counts.iter().sum::<u64>()), (512, 512));
    // Its vocabulary is kept whole.
    assert_eq!(figures.rest_probability.to_bits(), 0.0_f64.to_bits());
    assert!(figures.kl_median <= figures.kl_p99 && figures.kl_p99 <= figures.kl_max);
    assert_eq!(measured.original_answer.text.trim(), measured.model_answer.text.trim(), "{precision}");
    (figures, errors)
}

#[test]
fn fewer_bits_cost_more_on_what_the_original_writes() {
    let found = ever_fewer_bits().map(measured);
    for pair in found.windows(2) {
        let [(better, less), (worse, more)] = pair else { unreachable!("windows of two") };
        assert!(better.kl_mean < worse.kl_mean, "{pair:?}");
        assert!(less.relative_rmse < more.relative_rmse, "{pair:?}");
        assert_eq!(better.original_perplexity.to_bits(), worse.original_perplexity.to_bits());
    }
    assert!(found[1].0.top1_agreement > 0.99, "{:?}", found[1].0);
}
