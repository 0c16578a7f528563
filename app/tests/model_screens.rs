//! What a person sees and clicks on the screens of models, by accessible label; no display, no rendering.

mod parts;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use nibble::command::{DiscoverCommand, DownloadsCommand, ModelCommand, ViewCommand};
use nibble::jobs::{JobEvent, Lane, Task};
use nibble::state::{HubQuery, Screen};
use nibble_engine::base::DType;
use nibble_engine::hardware::SystemMemory;
use nibble_engine::jobs::protocol::{FetchRequest, ModelOrigin, ModelPage, Program, TensorSummary, Wish};
use nibble_engine::jobs::{Ask, Event, Failure};
use nibble_engine::progress::{Progress, Stage};
use nibble_engine::quant::Precision;

use parts::hub::{fetch, fetched, found, page, refused, shelved};
use parts::window::Window;
use parts::{loaded, quantized, summary};

fn failure() -> Failure {
    Failure {
        message: "no lasting connection to hub; check the network".into(),
        details: vec!["refused".into()],
    }
}

/// The window at the search for models, on a machine with 8 GB free.
fn at_discover() -> Window {
    let mut window = Window::open();
    window.send(ViewCommand::Show(Screen::Discover));
    let memory = SystemMemory { available_bytes: 8_000_000_000, total_bytes: 16_000_000_000 };
    window.script.borrow_mut().events.push_back(JobEvent::MemorySeen(memory));
    window.run();
    window
}

/// The window at the page of a model.
fn at_page(described: ModelPage) -> Window {
    let mut window = Window::open();
    window.send(DiscoverCommand::OpenModel(described.facts.repo.clone()));
    window.tell(Lane::HubSearch, Event::Described(Box::new(described)));
    window
}

#[test]
fn the_way_to_models_begins_on_the_first_screen_with_a_catalog() {
    let mut window = Window::open();
    window.click("Find models");
    assert_eq!(window.state().screen, Screen::Discover);
    assert!(window.sees("Good models to start with") && window.sees("SmolLM2 135M"));
}

#[test]
fn what_suits_the_machine_is_recommended_before_the_rest() {
    let window = at_discover();
    assert!(window.sees("Recommended for this computer"));
    let rect = |name: &str| window.harness.get_by_label(name).rect();
    let cards = ["Qwen3 1.7B", "Qwen3 4B Instruct", "Qwen3 8B"];
    assert!(cards.map(|name| rect(name).left()).is_sorted() && cards.iter().all(|name| window.sees(name)));
    assert!(cards.map(|name| rect(name).top()).windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1.0));
    let names = ["Qwen3 8B", "Jan v3 4B", "SmolLM2 135M", "Qwen3 14B"];
    let tops = names.map(|name| rect(name).top());
    assert!(tops.is_sorted(), "{tops:?}");
    for reason in ["Fast", "Balanced", "Best answers"] {
        assert!(window.harness.query_by_label(reason).is_some(), "{reason}");
    }
}

/// The recommended models of a machine whose memory's speed is known.
fn at_offers() -> Window {
    let mut window = at_discover();
    window.tell(Lane::Library, Event::MemorySpeed { read_gbps: Some(20.0) });
    window
}

#[test]
fn a_recommended_model_is_downloaded_and_answers_after_two_clicks() {
    let mut window = at_offers();
    for words in ["in memory", "8.1 tokens/s, about as fast as you read"] {
        assert!(window.sees(words), "{words} is not there");
    }
    window.click("Download 2.5 GB: Qwen3 4B Instruct");
    let Some((Lane::Download, Ask::Fetch(request))) = window.last_asked() else { panic!("nothing asked") };
    assert_eq!(request.repo, "Qwen/Qwen3-4B-Instruct-2507");
    assert_eq!(request.wish, Wish::ReadyMade(Precision::Q4_K_M));
    assert_eq!(window.state().screen, Screen::Downloads);
    // Which file that is turns out, and is what goes on after a restart.
    let file = FetchRequest {
        repo: "other/Qwen3-4B-Instruct-2507-GGUF".into(),
        wish: Wish::Gguf("Qwen3-4B-Instruct-2507-Q4_K_M.gguf".into()),
        ..request
    };
    window.tell(Lane::Download, Event::FetchSettled(file.clone()));
    assert_eq!(window.state().settings.downloads[0].request, file);
    window.send(ViewCommand::Show(Screen::Discover));
    let progress = Progress::new("model", 1, 4).at(Stage::Download);
    window.tell(Lane::Download, Event::Progress(progress));
    assert!(window.sees("Downloading, 25%: Qwen3 4B Instruct"));
    window.send(ViewCommand::Show(Screen::Downloads));
    window.tell(Lane::Download, Event::Fetched(fetched("/cache/qwen.gguf")));
    window.click("Chat");
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(_)))));
    window.tell(Lane::Chat, Event::Loaded(loaded("/cache/qwen.gguf".as_ref())));
    window.exchange("Hello?", "Hello.");
    assert!(window.sees("Hello."));
    // Its card leads to the chat now.
    window.send(ViewCommand::Show(Screen::Discover));
    assert!(window.sees("Chat: Qwen3 4B Instruct"));
}

#[test]
fn a_card_leads_to_the_page_of_its_model() {
    let mut window = at_offers();
    window.click("Details: Qwen3 8B");
    assert!(
        matches!(window.last_asked(), Some((Lane::HubSearch, Ask::Describe(asked))) if asked.repo == "Qwen/Qwen3-8B")
    );
}

#[test]
fn a_folder_is_quantized_and_answers_after_two_clicks() {
    let mut window = Window::open();
    window.click("Choose a model folder…");
    assert!(window.script.borrow().tasks.contains(&Task::PickFolder));
    window.send(ModelCommand::Open("/m/a".into()));
    window.tell(Lane::Inspect, Event::Inspected(summary("/m/a")));
    window.click("Quantize and chat");
    window.tell(Lane::Quantize, Event::Quantized(quantized("/home/models/Tiny-1B-int4.gguf".as_ref())));
    assert_eq!(window.state().screen, Screen::Chat);
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(_)))));
}

#[test]
fn a_gguf_file_opens_a_chat_and_its_page_is_in_the_menu_with_a_warning() {
    let mut window = Window::open();
    window.send(ModelCommand::Open("/m/tiny-Q4_K_M.gguf".into()));
    let mut quantized = summary("/m/tiny-Q4_K_M.gguf");
    let tensor = |dtype| TensorSummary { name: "a".into(), shape: vec![256, 256], dtype, bytes: 36_864 };
    quantized.tensors = vec![tensor(DType::Q4_K)];
    quantized.bits_per_weight = 4.5;
    window.tell(Lane::Inspect, Event::Inspected(quantized.clone()));
    assert_eq!(window.state().screen, Screen::Chat);
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(_)))));

    window.send(ViewCommand::Show(Screen::Models));
    let listed = shelved("tiny-Q4_K_M", "/m/tiny-Q4_K_M.gguf", ModelOrigin::Hub);
    window.tell(Lane::Library, Event::Listed(vec![listed]));
    window.click("More: tiny-Q4_K_M");
    window.click("Details and convert…");
    window.tell(Lane::Inspect, Event::Inspected(quantized));
    assert_eq!(window.state().screen, Screen::Model);
    assert!(window.sees("already quantized (4.5 bits per weight)"));
    window.click("Library");
    assert_eq!(window.state().screen, Screen::Models);
}

#[test]
fn a_broken_file_says_what_is_wrong_and_another_is_one_click_away() {
    let mut window = Window::open();
    window.send(ModelCommand::Open("/m/tiny.gguf".into()));
    let failure = Failure {
        message: "this download is incomplete: 3.00 MB are here, at least 31.9 MB are needed; download it again or \
            choose another file: /m/tiny.gguf"
            .into(),
        details: vec!["the file is cut off".into()],
    };
    window.tell(Lane::Inspect, Event::Failed(failure));
    let words = "This download is incomplete: 3.00 MB are here, at least 31.9 MB are needed; download it again or \
        choose another file";
    assert!(window.harness.query_by_label(words).is_some());
    window.click("Choose another file…");
    assert!(window.script.borrow().tasks.contains(&Task::PickFile));
}

#[test]
fn what_is_typed_is_searched_for_and_a_result_opens_its_page() {
    let mut window = at_discover();
    let field = window.harness.get_by_role_and_label(Role::TextInput, "Search models");
    field.focus();
    window.run();
    window.harness.get_by_role_and_label(Role::TextInput, "Search models").type_text("qwen");
    window.run();
    window.harness.key_press(Key::Enter);
    window.run();
    let Some((Lane::HubSearch, Ask::Search(request))) = window.last_asked() else { panic!("nothing asked") };
    assert_eq!((request.text.as_str(), request.only_runnable), ("qwen", true));
    assert!(window.sees("Searching…"));
    window.tell(Lane::HubSearch, Event::Found(found(request, &["Qwen/Qwen3-0.6B"], None)));
    assert!(window.sees("Qwen/Qwen3-0.6B"));
    window.click("Qwen/Qwen3-0.6B");
    assert!(matches!(window.last_asked(), Some((Lane::HubSearch, Ask::Describe(_)))));
    assert!(window.sees("Loading model details…"));
}

#[test]
fn the_end_of_the_list_asks_for_more() {
    let mut window = at_discover();
    let query = HubQuery { text: "a".into(), ..HubQuery::default() };
    window.send(DiscoverCommand::Search(query.clone()));
    window.tell(Lane::HubSearch, Event::Found(found(query.request(None), &["a/1"], Some("p2"))));
    assert_eq!(window.last_asked(), Some((Lane::HubSearch, Ask::Search(query.request(Some("p2".into()))))));
}

#[test]
fn nothing_found_and_a_silent_hub_each_have_one_next_step() {
    let mut window = at_discover();
    let query = HubQuery { text: "zzz".into(), ..HubQuery::default() };
    window.send(DiscoverCommand::Search(query.clone()));
    window.tell(Lane::HubSearch, Event::Failed(failure()));
    assert!(window.sees("Cannot reach Hugging Face") && window.sees("check the network"));
    assert!(window.sees("Recommended for this computer"), "the catalog needs no network");
    window.click("Try again");
    assert!(window.sees("Searching…"));
    window.tell(Lane::HubSearch, Event::Found(found(query.request(None), &[], None)));
    assert!(window.sees("No models found"));
    window.click("Clear the search");
    assert!(window.sees("Good models to start with"));
}

#[test]
fn a_page_tells_the_two_ways_apart_and_starts_the_chosen_one() {
    let mut window = at_page(page("Qwen/Qwen3-0.6B"));
    for words in ["Qwen3-0.6B", "apache-2.0", "596M", "About", "2 files"] {
        assert!(window.sees(words), "{words} is not there");
    }
    let rows: Vec<_> = window.harness.query_all_by_label_contains("Precision: ").collect();
    assert_eq!(rows.len(), 3, "q5_0 is folded away");
    assert!(!window.sees("Download GGUF"), "none is ready at 8 bits");
    assert!(window.sees("31.7 tokens/s, faster than you read"));
    let row = window.harness.query_all_by_label_contains("Precision: Q4_K_M, 380 MB, 630 MB").next();
    row.expect("a row of 4 bits").click();
    window.run();
    assert!(
        window.sees("Downloads the original (1.19 GB) and quantizes it here to 380 MB, by Round to nearest")
    );
    assert!(window.sees("converted by other/Files-GGUF"));
    let left = |label: &str| window.harness.get_by_role_and_label(Role::Button, label).rect().left();
    assert!(left("Download GGUF (380 MB)") < left("Download and quantize"), "the smaller download first");
    window.click("Download GGUF (380 MB)");
    let Some((Lane::Download, Ask::Fetch(request))) = window.last_asked() else { panic!("nothing asked") };
    assert_eq!(
        (request.repo.as_str(), request.wish),
        ("other/Files-GGUF", Wish::Gguf("files-Q4_K_M.gguf".into()))
    );
    assert_eq!(window.state().screen, Screen::Downloads);

    window.send(DiscoverCommand::OpenModel("Qwen/Qwen3-0.6B".into()));
    window.click("Download and quantize");
    assert_eq!(window.state().downloads.all.len(), 2);
}

#[test]
fn what_does_not_run_and_what_is_gated_say_so_before_any_download() {
    let window = at_page(refused("a/mamba"));
    assert!(window.sees("Does not run in Nibble") && window.sees("architecture mamba is unknown"));
    assert!(!window.sees("Download and quantize"));

    let mut window = at_page(ModelPage { needs_agreement: true, ..page("a/gated") });
    assert!(window.sees("Access required") && window.sees("access token in Settings"));
    assert!(!window.sees("Download and quantize"));
    let n_asked = window.script.borrow().asked.len();
    window.click("Try again");
    assert_eq!(window.script.borrow().asked.len(), n_asked + 1);
}

#[test]
fn a_download_shows_its_stage_and_pauses_goes_on_fails_and_ends_in_a_chat() {
    let mut window = Window::open();
    window.send(ViewCommand::Show(Screen::Downloads));
    assert!(window.sees("No downloads"));
    window.send(DownloadsCommand::Add(fetch("Qwen/Qwen3-0.6B")));
    let progress = Progress::new("model.safetensors", 300_000_000, 1_200_000_000).at(Stage::Download);
    window.tell(Lane::Download, Event::Progress(progress));
    assert!(window.sees("300 MB of 1.20 GB") && window.sees("Q8_0"));
    let label = format!("Qwen3-0.6B: {}", nibble::text::percent(0.25));
    let bar = window.harness.get_by_role_and_label(Role::ProgressIndicator, &label);
    assert_eq!(bar.accesskit_node().numeric_value(), Some(25.0));

    window.click("Pause: Qwen3-0.6B");
    assert_eq!(window.script.borrow().cancelled, [Lane::Download]);
    assert!(window.sees("Stopping…"));
    window.tell(Lane::Download, Event::Cancelled);
    assert!(window.sees("Paused · 300 MB of 1.20 GB"));
    assert!(
        window.harness.query_by_role_and_label(Role::ProgressIndicator, &label).is_some(),
        "the bar stays"
    );
    window.click("Resume: Qwen3-0.6B");
    window.tell(Lane::Download, Event::Failed(failure()));
    assert!(window.sees("check the network"));
    window.click("Try again");
    window.tell(Lane::Download, Event::Fetched(fetched("/models/Qwen3-0.6B-q8_0.gguf")));
    assert!(window.sees("Ready to chat"));
    window.click("Chat");
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(_)))));
}

#[test]
fn the_library_says_where_models_came_from_and_asks_before_it_deletes() {
    let mut window = Window::open();
    window.send(ViewCommand::Show(Screen::Models));
    assert!(window.sees("Listing models…"));
    let mut made = shelved("tiny-q8_0", "/models/tiny-q8_0.gguf", ModelOrigin::Made);
    made.original = Some("some/tiny".into());
    let models = vec![
        made,
        shelved("some/tiny", "/cache/some/tiny", ModelOrigin::Hub),
        shelved("ollama/llama3.2:1b", "/ollama/blob", ModelOrigin::Elsewhere(Program::Ollama)),
    ];
    window.tell(Lane::Library, Event::Listed(models));
    for words in ["Made on this computer", "Downloaded", "From other apps", "tiny-q8_0", "ollama/llama3.2:1b"]
    {
        assert!(window.sees(words), "{words} is not there");
    }
    window.click("More: tiny-q8_0");
    window.click("Show in file manager");
    assert!(window.script.borrow().tasks.contains(&Task::Reveal("/models/tiny-q8_0.gguf".into())));
    window.click("More: tiny-q8_0");
    window.click("Delete the original, keep this");
    assert!(window.sees("Delete some/tiny? This frees 630 MB."));
    window.click("Keep");
    assert!(!window.sees("This frees"));
    window.click("More: tiny-q8_0");
    window.click("Delete…");
    window.click("Delete");
    assert_eq!(window.last_asked(), Some((Lane::Library, Ask::Remove { name: "tiny-q8_0".into() })));
}

#[test]
fn models_of_other_programs_can_be_used_and_checked_but_not_deleted() {
    let mut window = Window::open();
    window.send(ViewCommand::Show(Screen::Models));
    let other = shelved("ollama/llama3.2:1b", "/ollama/blob", ModelOrigin::Elsewhere(Program::Ollama));
    window.tell(Lane::Library, Event::Listed(vec![other]));
    window.click("More: ollama/llama3.2:1b");
    assert!(!window.sees("Delete…"));
    window.click("Verify files");
    assert!(window.sees("Verifying ollama/llama3.2:1b"));
    window.click("Cancel");
    assert_eq!(window.script.borrow().cancelled, [Lane::Library]);
    window.tell(Lane::Library, Event::Cancelled);
    window.click("ollama/llama3.2:1b");
    assert_eq!(window.state().screen, Screen::Chat);
}
