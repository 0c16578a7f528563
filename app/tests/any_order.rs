//! Random commands and random events of jobs in any order (in time, late, sent twice, of numbers that no job has, after the death
//! of a process): the state keeps its promises, and nothing panics.

mod parts;

use nibble::base::USUAL_PRECISIONS;
use std::collections::HashSet;

use nibble::command::{
    ChatCommand, ChatsCommand, Command, CompareCommand, DiscoverCommand, DownloadsCommand, LibraryCommand,
    ModelCommand, QualityCommand, QuantizeCommand, SettingsCommand, ViewCommand,
};
use nibble::jobs::{Death, JobEvent, Lane};
use nibble::state::{
    CalibrationChoice, Chat, ChatFormat, ChatHead, ChatId, ChatMessage, Download, DownloadId, DownloadPhase,
    Goal, HubQuery, LimitKind, Look, MessageId, NoticeId, Notices, Outcome, PageLook, Phase, Purpose,
    RemovedId, ReplyOptions, Results, Screen, SettingsPage, State, Waiting,
};
use nibble::store::{StoreCommand, StoreEvent};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::protocol::{ModelOrigin, RemovedModel};
use nibble_engine::jobs::{Ask, Delta, Event, Failure, GenerateOptions, JobId, Role};
use nibble_engine::progress::{Progress, Stage, Warning};
use nibble_engine::session::StopReason;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;

use parts::hub::{fetch, fetched, found, page, shelved};
use parts::{
    advice, compared, curve, estimate, fresh, loaded, measured, quantized, replied, summary, too_large,
};

/// One thing that happens.
#[derive(Clone, Debug)]
enum Step {
    Command(Command),
    Job(JobEvent),
    /// An event of one of the pending jobs.
    Tell(Index, Event),
    /// The same event twice, which may end the job the first time.
    TellTwice(Index, Event),
    /// An event of any number: of a job that is pending, has ended, was abandoned or never was.
    Stray(u64, Event),
    /// The end of a process, with the job that it runs or, idle, with none.
    Death(Lane, bool),
    /// A process that cannot be started, which ends all jobs of its lane.
    NotStarted(Lane),
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![Just("/m/a".to_owned()), Just("/m/b.gguf".to_owned()), Just("/m/c.gguf".to_owned())]
}

fn replies(temperature: f32) -> ReplyOptions {
    let generate = GenerateOptions { temperature, ..GenerateOptions::default() };
    ReplyOptions { generate, ..ReplyOptions::default() }
}

fn command() -> impl Strategy<Value = Command> {
    // Begun here, kept in the store, begun after the store was opened.
    let chat = prop_oneof![4 => 0_u64..12, 2 => 30_u64..40, 2 => 70_u64..90].prop_map(ChatId);
    let message = prop_oneof![4 => 0_u64..30, 2 => 40_u64..70, 2 => 70_u64..100].prop_map(MessageId);
    prop_oneof![
        2 => (path().prop_map(|path| ModelCommand::Open(path.into()))).prop_map(Command::from),
        2 => (path().prop_map(|path| ModelCommand::ChatWith(path.into()))).prop_map(Command::from),
        1 => (Just(ModelCommand::ChatWith("/home/starter".into()))).prop_map(Command::from),
        1 => (path().prop_map(|path| ModelCommand::ForgetRecent(path.into()))).prop_map(Command::from),
        3 => (Just(QuantizeCommand::Start)).prop_map(Command::from),
        2 => (Just(QuantizeCommand::Pause)).prop_map(Command::from),
        1 => (Just(QuantizeCommand::Resume("/home/models/Tiny-1B-int4.gguf".into()))).prop_map(Command::from),
        1 => (Just(QuantizeCommand::Discard("/home/models/Tiny-1B-int4.gguf".into()))).prop_map(Command::from),
        1 => (prop::sample::select(Goal::ALL.to_vec()).prop_map(QuantizeCommand::SetGoal)).prop_map(Command::from),
        1 => (prop_oneof![Just(LimitKind::Disk), Just(LimitKind::Memory)].prop_map(QuantizeCommand::SetLimitKind)).prop_map(Command::from),
        1 => (prop_oneof![Just(CalibrationChoice::OwnText), Just(CalibrationChoice::Chats(vec![ChatId(1)]))].prop_map(QuantizeCommand::SetCalibration)).prop_map(Command::from),
        2 => (Just(QuantizeCommand::MeasureCurve)).prop_map(Command::from),
        1 => (Just(QuantizeCommand::CancelCurve)).prop_map(Command::from),
        1 => (path().prop_map(|path| CompareCommand::With(path.into()))).prop_map(Command::from),
        1 => (path().prop_map(|path| CompareCommand::Toggle(path.into()))).prop_map(Command::from),
        1 => (path().prop_map(|path| CompareCommand::SetOriginal(path.into()))).prop_map(Command::from),
        2 => (Just(CompareCommand::Start)).prop_map(Command::from),
        1 => (Just(CompareCommand::Cancel)).prop_map(Command::from),
        2 => (Just(QualityCommand::Cancel)).prop_map(Command::from),
        2 => (path().prop_map(|path| QualityCommand::Measure(path.into()))).prop_map(Command::from),
        1 => (path().prop_map(|path| QualityCommand::Show(path.into()))).prop_map(Command::from),
        2 => (prop_oneof![Just(ModelCommand::LoadAnyway), Just(ModelCommand::LeaveUnloaded), Just(ModelCommand::LoadWithContext(512))]).prop_map(Command::from),
        2 => (Just(ChatsCommand::New)).prop_map(Command::from),
        2 => (chat.clone().prop_map(ChatsCommand::Open)).prop_map(Command::from),
        2 => (chat.clone().prop_map(ChatsCommand::Delete)).prop_map(Command::from),
        1 => ((chat.clone(), "[a-z ]{0,4}").prop_map(|(id, title)| ChatsCommand::Rename(id, title))).prop_map(Command::from),
        1 => ((chat.clone(), "[a-z]{0,4}").prop_map(|(id, draft)| ChatsCommand::SaveDraft(id, draft))).prop_map(Command::from),
        6 => ("[a-z ]{0,6}".prop_map(ChatCommand::Send)).prop_map(Command::from),
        3 => (Just(ChatCommand::Regenerate)).prop_map(Command::from),
        3 => (Just(ChatCommand::StopReply)).prop_map(Command::from),
        1 => ((0_u64..20).prop_map(|id| ViewCommand::Dismiss(NoticeId(id)))).prop_map(Command::from),
        1 => (any::<f32>().prop_map(|temperature| SettingsCommand::SetReplies(replies(temperature)))).prop_map(Command::from),
        1 => ((chat.clone(), any::<f32>()).prop_map(|(id, heat)| ChatsCommand::SetReplies(id, Some(replies(heat))))).prop_map(Command::from),
        1 => (Just(ChatsCommand::NewTemporary)).prop_map(Command::from),
        1 => ((chat.clone(), "[a-c]{0,1}").prop_map(|(id, folder)| ChatsCommand::Move(id, folder))).prop_map(Command::from),
        1 => ((0_usize..3).prop_map(ChatCommand::Detach)).prop_map(Command::from),
        2 => ((chat.clone(), message.clone()).prop_map(|(id, message)| ChatsCommand::OpenHit(id, message))).prop_map(Command::from),
        1 => (chat.clone().prop_map(|id| ChatsCommand::Archive(id, true))).prop_map(Command::from),
        1 => (chat.clone().prop_map(|id| ChatsCommand::Export(id, ChatFormat::Json))).prop_map(Command::from),
        3 => ((0_u64..30).prop_map(|id| ChatsCommand::Restore(RemovedId(id)))).prop_map(Command::from),
        3 => (message.clone().prop_map(ChatCommand::ReplyAgain)).prop_map(Command::from),
        3 => (message.clone().prop_map(ChatCommand::ShowVersion)).prop_map(Command::from),
        3 => (message.clone().prop_map(ChatCommand::DeleteMessage)).prop_map(Command::from),
        3 => ((message, "[a-z ]{0,4}").prop_map(|(id, text)| ChatCommand::Edit(id, text))).prop_map(Command::from),
        3 => (Just(ChatCommand::Continue)).prop_map(Command::from),
        1 => ("[a-z]{0,2}".prop_map(ChatsCommand::Search)).prop_map(Command::from),
        1 => (prop_oneof![Just(None), Just(Some(2048))].prop_map(SettingsCommand::SetContext)).prop_map(Command::from),
        1 => ((0_usize..9).prop_map(|n| SettingsCommand::SetThreads(Some(n)))).prop_map(Command::from),
        1 => (prop::sample::select(USUAL_PRECISIONS.to_vec()).prop_map(SettingsCommand::SetPrecision)).prop_map(Command::from),
        3 => (prop_oneof![Just("a/one"), Just("a/two")].prop_map(|repo| DownloadsCommand::Add(fetch(repo)))).prop_map(Command::from),
        2 => ((0_u64..6).prop_map(|id| DownloadsCommand::Pause(DownloadId(id)))).prop_map(Command::from),
        2 => ((0_u64..6).prop_map(|id| DownloadsCommand::Resume(DownloadId(id)))).prop_map(Command::from),
        1 => ((0_u64..6).prop_map(|id| DownloadsCommand::Drop(DownloadId(id)))).prop_map(Command::from),
        2 => ("[a-c]{0,2}".prop_map(|text| DiscoverCommand::Search(HubQuery { text, ..HubQuery::default() }))).prop_map(Command::from),
        1 => (Just(DiscoverCommand::MoreResults)).prop_map(Command::from),
        1 => (Just(DiscoverCommand::OpenModel("a/one".into()))).prop_map(Command::from),
        1 => (Just(LibraryCommand::Verify("one".into()))).prop_map(Command::from),
        1 => (Just(LibraryCommand::Remove("one".into()))).prop_map(Command::from),
        1 => (Just(ViewCommand::Show(Screen::Chat))).prop_map(Command::from),
        1 => (Just(ViewCommand::Show(Screen::Models))).prop_map(Command::from),
        1 => (Just(ViewCommand::ToggleDrawer)).prop_map(Command::from),
        1 => (Just(ViewCommand::ShowSettings(SettingsPage::Network))).prop_map(Command::from),
        1 => (Just(ModelCommand::Unload)).prop_map(Command::from),
        1 => (Just(SettingsCommand::TryToken)).prop_map(Command::from),
        1 => (Just(SettingsCommand::Reset)).prop_map(Command::from),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let failure = Failure { message: "no".into(), details: Vec::new() };
    prop_oneof![
        3 => path().prop_map(|path| Event::Loaded(loaded(path.as_ref()))),
        2 => path().prop_map(|path| Event::Inspected(summary(&path))),
        2 => path().prop_map(|path| Event::Quantized(quantized(path.as_ref()))),
        2 => path().prop_map(|path| Event::Measured(Box::new(measured(&path, "/m/a")))),
        2 => path().prop_map(|path| Event::TooLarge(too_large(&path))),
        1 => Just(Event::Advised(advice())),
        6 => "[a-z]{0,5}".prop_map(|text| Event::Delta(Delta::Content(text))),
        2 => "[a-z]{0,5}".prop_map(|text| Event::Delta(Delta::Reasoning(text))),
        4 => Just(Event::Replied(replied(StopReason::Eos))),
        1 => prop::collection::vec(0_usize..9, 0..3).prop_map(Event::Counted),
        2 => Just(Event::Cancelled),
        2 => Just(Event::Failed(failure)),
        1 => Just(Event::Warning(Warning::NoChatTemplate)),
        2 => Just(Event::Fetched(fetched("/m/c.gguf"))),
        1 => Just(Event::Progress(Progress::new("", 0, 0).at(Stage::Quantize))),
        1 => "[a-c]{0,2}".prop_map(|text| {
            let query = HubQuery { text, ..HubQuery::default() };
            Event::Found(found(query.request(None), &["a/one"], Some("p2")))
        }),
        1 => Just(Event::Described(Box::new(page("a/one")))),
        1 => Just(Event::Listed(vec![shelved("one", "/m/b.gguf", ModelOrigin::Made)])),
        1 => Just(Event::Removed(RemovedModel { name: "one".into(), freed_bytes: 1 })),
        2 => (0_u64..100, 0_u64..100).prop_map(|(done, total)| {
            Event::Progress(Progress::new("t", done, total))
        }),
    ]
}

/// What the store tells, also of chats that nobody asked about.
fn store() -> impl Strategy<Value = StoreEvent> {
    let messages = prop::collection::vec((0_u64..30, prop::option::of(0_u64..30)), 0..4);
    prop_oneof![
        3 => (30_u64..40).prop_map(|id| StoreEvent::Opened {
            chats: vec![stored_head(id)],
            newest: 70,
            set_aside: None,
        }),
        3 => (0_u64..40, messages).prop_map(|(id, messages)| {
            let messages = messages.into_iter().map(|(id, parent)| stored_message(40 + id, parent));
            StoreEvent::Messages(ChatId(id), messages.collect())
        }),
        1 => (0_u64..5).prop_map(|round| StoreEvent::Found { round, hits: Vec::new() }),
        1 => Just(StoreEvent::Failed { reason: "full".into() }),
    ]
}

/// The listing of an earlier run, with the starter in it or without.
fn listing() -> impl Strategy<Value = JobEvent> {
    any::<bool>().prop_map(|has_starter| {
        let starter = shelved("starter", "/home/starter", ModelOrigin::BuiltIn);
        let made = shelved("one", "/m/b.gguf", ModelOrigin::Made);
        let models = [made].into_iter().chain(has_starter.then_some(starter)).collect();
        JobEvent::ListingRead { models, missing: Vec::new() }
    })
}

fn stored_head(id: u64) -> ChatHead {
    let mut state = fresh();
    let empty = state.chats.start(false, 0);
    let head = state.chats.find(empty).expect("it was just begun").head.clone();
    ChatHead { id: ChatId(id), title: "kept".into(), leaf: Some(MessageId(40)), ..head }
}

fn stored_message(id: u64, parent: Option<u64>) -> ChatMessage {
    ChatMessage {
        id: MessageId(id),
        parent: parent.map(|parent| MessageId(40 + parent)),
        role: if id.is_multiple_of(2) { Role::User } else { Role::Assistant },
        text: "kept".into(),
        reasoning: String::new(),
        files: Vec::new(),
        outcome: Outcome::Stopped,
        created: 0,
        model: String::new(),
    }
}

fn step() -> impl Strategy<Value = Step> {
    let lane = prop::sample::select(Lane::ALL.to_vec());
    let attached = (0_u64..40, "[a-z]{1,3}").prop_map(|(chat, text)| JobEvent::AttachmentRead {
        chat: ChatId(chat),
        path: "/files/a.txt".into(),
        read: Ok(text),
    });
    prop_oneof![
        12 => command().prop_map(Step::Command),
        10 => (any::<Index>(), event()).prop_map(|(job, event)| Step::Tell(job, event)),
        2 => (any::<Index>(), event()).prop_map(|(job, event)| Step::TellTwice(job, event)),
        2 => (0_u64..120, event()).prop_map(|(id, event)| Step::Stray(id, event)),
        3 => store().prop_map(|event| Step::Job(JobEvent::Store(event))),
        1 => listing().prop_map(Step::Job),
        1 => attached.prop_map(Step::Job),
        1 => (lane.clone(), any::<bool>()).prop_map(|(lane, is_idle)| Step::Death(lane, is_idle)),
        1 => lane.prop_map(Step::NotStarted),
    ]
}

/// An event that fits the job, half of the time: random events mostly do not.
fn fitting(purpose: &Purpose, event: Event) -> Event {
    match (purpose, event) {
        (Purpose::Reply { .. }, Event::Inspected(_)) => Event::Replied(replied(StopReason::Eos)),
        (Purpose::Inspect, Event::Delta(_)) => Event::Inspected(summary("/m/a")),
        (Purpose::LoadModel, Event::Delta(_)) => Event::Loaded(loaded("/m/b.gguf".as_ref())),
        (Purpose::Quantize | Purpose::MakeStarter, Event::Delta(_)) => {
            Event::Quantized(quantized("/m/c.gguf".as_ref()))
        }
        (Purpose::Curve, Event::Delta(_)) => Event::Curve(Box::new(curve())),
        (Purpose::Compare, Event::Delta(_)) => Event::Compared(Box::new(compared())),
        (Purpose::Estimate, Event::Delta(_)) => Event::Estimated(estimate()),
        (Purpose::DiscardRun, Event::Delta(_)) => Event::Discarded,
        (Purpose::Measure, Event::Delta(_)) => Event::Measured(Box::new(measured("/m/b.gguf", "/m/a"))),
        (Purpose::Download(_), Event::Delta(_)) => Event::Fetched(fetched("/m/c.gguf")),
        (Purpose::VerifyModel(_) | Purpose::Discard(_), Event::Delta(_)) => Event::Cancelled,
        (_, event) => event,
    }
}

fn take(state: &mut State, step: Step, now: f64) -> Vec<Effect> {
    match step {
        Step::Command(command) => apply(state, command),
        Step::Job(event) => absorb(state, event, now),
        Step::Stray(id, event) => tell(state, JobId(id), event, now),
        Step::Tell(job, event) => match pick(state, job) {
            Some((id, purpose)) => tell(state, id, fitting(&purpose, event), now),
            None => Vec::new(),
        },
        Step::TellTwice(job, event) => {
            let Some((id, purpose)) = pick(state, job) else { return Vec::new() };
            let event = fitting(&purpose, event);
            let mut effects = tell(state, id, event.clone(), now);
            let has_ended = state.pending.purpose(id).is_none();
            let before = state.clone();
            effects.extend(tell(state, id, event, now));
            assert!(!has_ended || *state == before, "a second end changed something");
            effects
        }
        Step::Death(lane, is_idle) => {
            let running = state.pending.find(|purpose| purpose.lane() == lane).filter(|_| !is_idle);
            let jobs = running.into_iter().collect();
            absorb(state, JobEvent::Died { lane, death: Death::default(), jobs }, now)
        }
        Step::NotStarted(lane) => {
            let of_lane = state.pending.jobs().filter(|(_, purpose)| purpose.lane() == lane);
            let jobs = of_lane.map(|(id, _)| id).collect();
            absorb(state, JobEvent::NotStarted { lane, reason: "gone".into(), jobs }, now)
        }
    }
}

fn tell(state: &mut State, id: JobId, event: Event, now: f64) -> Vec<Effect> {
    absorb(state, JobEvent::Engine { id, event }, now)
}

fn pick(state: &State, index: Index) -> Option<(JobId, Purpose)> {
    let jobs: Vec<_> = state.pending.jobs().map(|(id, purpose)| (id, purpose.clone())).collect();
    (!jobs.is_empty()).then(|| jobs[index.index(jobs.len())].clone())
}

/// What is true of every chat.
fn check_tree(chat: &Chat) {
    let shown: Vec<&ChatMessage> = chat.messages.shown().collect();
    if chat.is_read() {
        assert_eq!(chat.messages.is_empty(), shown.is_empty(), "messages without one that is shown");
        assert_eq!(chat.is_empty(), shown.is_empty(), "the list does not know whether there are messages");
    } else {
        assert!(chat.messages.is_empty() && !chat.temporary);
    }
    assert!(shown.first().is_none_or(|first| first.parent.is_none()));
    for pair in shown.windows(2) {
        assert_eq!(pair[1].parent, Some(pair[0].id), "the shown branch has a gap");
    }
    for message in chat.messages.all() {
        assert!(chat.messages.versions(message.id).contains(&message.id));
        assert!(
            message.parent.is_none_or(|parent| parent < message.id && chat.messages.find(parent).is_some())
        );
    }
}

/// What is true of every state.
fn check(state: &State, effects: &[Effect]) {
    let mut ids = HashSet::new();
    let mut growing = Vec::new();
    for chat in state.chats.all() {
        assert!(ids.insert(("chat", chat.id().0)), "two chats have one number");
        for message in chat.messages.all() {
            assert!(
                ids.insert(("message", message.id.0)) || message.text == "kept",
                "two messages have one number"
            );
            assert!(
                message.role != Role::User || !message.in_prompt().trim().is_empty(),
                "an empty message was sent"
            );
            if message.outcome == Outcome::Growing {
                growing.push((chat.id(), message.id));
            }
        }
        check_tree(chat);
    }
    check_jobs(state, &growing);
    if let Some(current) = state.chats.current {
        assert!(state.chats.find(current).is_some(), "the current chat is gone");
    }
    if state.screen == Screen::Chat {
        assert!(state.chats.current.is_some(), "a chat screen without a chat");
    }
    assert_eq!(state.downloads.to_keep(), state.settings.downloads);
    assert!(state.notices.open.len() <= Notices::MOST);
    let own = state.chats.all().iter().filter_map(|chat| chat.head.options.as_ref());
    for replies in own.chain([&state.settings.replies]) {
        assert!(replies.generate.check().is_ok());
    }
    assert!(state.settings.threads != Some(0));
    // What is asked of a lane belongs there, and is pending with a purpose of that lane unless it was taken back at once.
    for effect in effects {
        match effect {
            Effect::Ask(lane, request) => {
                // The starter is quantized by the process that loads it.
                let is_made = matches!(request.ask, Ask::Quantize(_)) && *lane == Lane::Chat;
                assert!(*lane == lane_of(&request.ask) || is_made);
                assert!(state.pending.purpose(request.id).is_none_or(|purpose| purpose.lane() == *lane));
            }
            Effect::Store(StoreCommand::SaveChat(head)) => assert!(!is_temporary(state, head.id)),
            Effect::Store(
                StoreCommand::SaveMessage(id, _) | StoreCommand::Begin(id, _) | StoreCommand::Read(id),
            ) => assert!(!is_temporary(state, *id), "a temporary chat reaches the store"),
            _ => {}
        }
    }
}

/// Every job that runs is shown as running, and what is shown as running is a job: no purpose outlives its job.
fn check_jobs(state: &State, growing: &[(ChatId, MessageId)]) {
    let all =
        |is_it: &dyn Fn(&Purpose) -> bool| state.pending.jobs().filter(|(_, purpose)| is_it(purpose)).count();
    let one = |purpose: &Purpose| all(&|other| other == purpose);
    // A growing message has its reply job, and the other way round.
    match state.engine.phase {
        Phase::Replying { chat, message, .. } => {
            assert!(growing.iter().all(|growing| *growing == (chat, message)), "{growing:?}");
            assert_eq!(one(&Purpose::Reply { chat, message }), 1);
            let found = state.chats.reach(chat).and_then(|chat| chat.messages.find(message));
            assert!(found.is_none_or(|message| message.outcome == Outcome::Growing));
            assert!(state.engine.model.is_some(), "a reply without a model");
        }
        Phase::Loading(_) => assert!(state.engine.model.is_some(), "nothing to load"),
        Phase::Idle | Phase::TooLarge { .. } => {}
    }
    let is_replying = state.engine.is_replying();
    assert!(is_replying || growing.is_empty(), "nobody writes {growing:?}");
    assert_eq!(all(&|purpose| matches!(purpose, Purpose::Reply { .. })), usize::from(is_replying));
    assert_eq!(one(&Purpose::LoadModel), usize::from(state.engine.is_loading()));
    assert!(one(&Purpose::MakeStarter) <= one(&Purpose::LoadModel), "made for nobody");
    assert!(all(&|purpose| matches!(purpose, Purpose::Title { .. })) <= 1);
    // What waits for the model waits for a job.
    let n_waiting =
        state.pending.waiting.iter().filter(|waiting| matches!(waiting, Waiting::Reply(_))).count();
    let is_coming = state.engine.is_loading() || state.pending.titled_chat().is_some();
    assert!(n_waiting == 0 || (n_waiting == 1 && is_coming), "nobody will serve the chat that waits");
    assert!(state.pending.waiting.len() == n_waiting || state.engine.is_loading(), "a measurement is stuck");

    assert_eq!(one(&Purpose::Quantize), usize::from(state.quantize.run.is_some()));
    assert_eq!(one(&Purpose::Curve), usize::from(state.quantize.curve_run.is_some()));
    assert_eq!(one(&Purpose::Compare), usize::from(state.compare.run.is_some()));
    assert!(
        state
            .quantize
            .run
            .iter()
            .all(|run| { state.settings.unfinished.iter().any(|kept| kept.target == run.request.target) })
    );
    assert_eq!(one(&Purpose::Measure), usize::from(state.quality.run.is_some()));
    let is_reading = state.source.as_ref().is_some_and(|source| source.look == Look::Reading);
    assert_eq!(one(&Purpose::Inspect), usize::from(is_reading));
    assert!(one(&Purpose::Advise) <= 1);

    let is_running = |download: &&Download| matches!(download.phase, DownloadPhase::Running(_));
    let running: Vec<_> = state.downloads.all.iter().filter(is_running).map(|download| download.id).collect();
    let is_waiting = state.downloads.all.iter().any(|download| download.phase == DownloadPhase::Waiting);
    assert!(
        running.len() == 1 || (running.is_empty() && !is_waiting),
        "downloads stand still, or too many run"
    );
    assert_eq!(all(&|purpose| matches!(purpose, Purpose::Download(_))), running.len());
    assert!(running.iter().all(|id| one(&Purpose::Download(*id)) == 1));

    let is_searching = match &state.discover.results {
        Results::Searching => true,
        Results::Found { is_loading, .. } => *is_loading,
        Results::Catalog | Results::Failed(_) => false,
    };
    assert_eq!(one(&Purpose::SearchHub), usize::from(is_searching));
    let read = state.discover.page.as_ref().filter(|page| page.look == PageLook::Reading);
    assert_eq!(all(&|purpose| matches!(purpose, Purpose::Describe(_))), usize::from(read.is_some()));
    assert!(read.is_none_or(|page| one(&Purpose::Describe(page.repo.clone())) == 1));

    let works = all(&|purpose| matches!(purpose, Purpose::RemoveModel(_) | Purpose::VerifyModel(_)));
    assert_eq!(works, usize::from(state.library.work.is_some()));
}

/// The lane that runs jobs of this kind.
fn lane_of(ask: &Ask) -> Lane {
    match ask {
        Ask::Inspect { .. } | Ask::Advise(_) | Ask::Estimate(_) => Lane::Inspect,
        Ask::Search(_) | Ask::Describe(_) | Ask::Account => Lane::HubSearch,
        Ask::Fetch(_) | Ask::Download(_) => Lane::Download,
        Ask::Library
        | Ask::MemorySpeed
        | Ask::Remove { .. }
        | Ask::Verify { .. }
        | Ask::Discard { .. }
        | Ask::DiscardUnfinished { .. } => Lane::Library,
        Ask::Quantize(_) | Ask::Measure(_) | Ask::Curve(_) | Ask::Compare(_) => Lane::Quantize,
        Ask::Load(_) | Ask::Chat(_) | Ask::Count(_) | Ask::Unload(_) | Ask::EndSession(_) => Lane::Chat,
    }
}

fn is_temporary(state: &State, id: ChatId) -> bool {
    state.chats.reach(id).is_some_and(|chat| chat.temporary)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, rng_seed: RngSeed::Fixed(20_261_123), ..ProptestConfig::default() })]

    #[test]
    fn the_state_keeps_its_promises(steps in prop::collection::vec(step(), 1..120)) {
        let mut state = fresh();
        for (index, step) in steps.into_iter().enumerate() {
            let effects = take(&mut state, step, index as f64);
            check(&state, &effects);
        }
    }
}
