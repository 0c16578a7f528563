//! Every screen with something on it.

use nibble::command::{CompareCommand, DiscoverCommand, DownloadsCommand, LibraryCommand, QualityCommand};
use nibble::jobs::{JobEvent, Lane};
use nibble::state::{HubQuery, Purpose, Screen};
use nibble_engine::jobs::protocol::ModelOrigin;
use nibble_engine::jobs::{Event, Failure};
use nibble_engine::progress::{Progress, Stage};

use super::hub::{fetch, found, page, shelved};
use super::window::Window;
use super::{advice, compared, measured};

/// Puts on the screen that is shown what it can have.
pub fn fill(window: &mut Window, screen: Screen) {
    match screen {
        Screen::Welcome | Screen::Chat | Screen::Settings => {}
        Screen::Models => {
            let made = shelved("tiny-q8_0", "/models/tiny-q8_0.gguf", ModelOrigin::Made);
            let models = vec![made, shelved("some/tiny", "/cache/some/tiny", ModelOrigin::Hub)];
            window.tell(Lane::Library, Event::Listed(models));
            window.send(LibraryCommand::AskRemove(Some("some/tiny".into())));
        }
        Screen::Discover => {
            let query = HubQuery { text: "tiny".into(), ..HubQuery::default() };
            window.send(DiscoverCommand::Search(query.clone()));
            window.tell(Lane::HubSearch, Event::Found(found(query.request(None), &["some/tiny"], None)));
        }
        Screen::HubModel => {
            window.send(DiscoverCommand::OpenModel("some/tiny".into()));
            window.tell(Lane::HubSearch, Event::Described(Box::new(page("some/tiny"))));
        }
        Screen::Downloads => {
            for repo in ["some/failed", "some/running", "some/waiting"] {
                window.send(DownloadsCommand::Add(fetch(repo)));
            }
            let failure = Failure { message: "no network".into(), details: vec!["why".into()] };
            window.tell(Lane::Download, Event::Failed(failure));
            let progress = Progress::new("model.safetensors", 1, 4).at(Stage::Download);
            window.tell(Lane::Download, Event::Progress(progress));
        }
        Screen::Model => {
            if window.state().pending.find(|purpose| *purpose == Purpose::Advise).is_some() {
                window.tell(Lane::Inspect, Event::Advised(advice()));
            }
        }
        Screen::Compare => {
            let models = ["tiny-q8_0", "tiny-int4", "downloaded-Q4_K_M"];
            let mut listed: Vec<_> = models
                .map(|name| shelved(name, &format!("/models/{name}.gguf"), ModelOrigin::Made))
                .into_iter()
                .collect();
            listed.push(shelved("some/tiny", "/cache/some/tiny", ModelOrigin::Hub));
            window.tell(Lane::Library, Event::Listed(listed));
            window.send(CompareCommand::SetOriginal("/cache/some/tiny".into()));
            window.send(CompareCommand::Toggle("/models/tiny-q8_0.gguf".into()));
            window.send(CompareCommand::Start);
            window.tell(Lane::Quantize, Event::Compared(Box::new(compared())));
        }
        Screen::Quality => {
            let report = measured("/models/tiny-q8_0.gguf", "/cache/some/tiny");
            window.send(QualityCommand::Show(report.model.clone()));
            window.tell_job(JobEvent::QualityFound(vec![report]));
        }
    }
}
