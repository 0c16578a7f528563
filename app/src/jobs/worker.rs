//! Child processes of the engine: started at the first request, ended when they do not listen, started again when needed.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use nibble_engine::jobs::{ClientMessage, Event, JobId, Request, WorkerMessage};
use nibble_engine::library;

use super::mailbox::{Mailbox, Report, Wake};
use super::{Death, Engine, JobEvent, Lane, WorkerEnv};

/// Longest duration of a cancelled job before its process is killed.
const PATIENCE: Duration = Duration::from_secs(4);

/// How soon progress and text are shown.
const SOON: Duration = Duration::from_millis(16);

/// Environment variable that sets offline mode in all Hugging Face tools.
const OFFLINE: &str = "HF_HUB_OFFLINE";

/// Environment variables with the access token of the Hub, and with the file that it is in.
const TOKEN: &str = "HF_TOKEN";
const OLD_TOKEN: &str = "HUGGING_FACE_HUB_TOKEN";
const TOKEN_FILE: &str = "HF_TOKEN_PATH";

/// How to start a process of the engine.
#[derive(Clone, Debug)]
pub struct WorkerProgram {
    /// Path of the executable.
    pub path: PathBuf,
    /// Arguments of the executable.
    pub args: Vec<OsString>,
    /// The environment that it is given.
    pub env: WorkerEnv,
}

impl WorkerProgram {
    /// This executable as a worker; `NIBBLE_WORKER` names another program that speaks as it does, for tests.
    ///
    /// # Errors
    /// When the system does not report the path of this executable.
    pub fn engine() -> std::io::Result<Self> {
        let path = match std::env::var_os("NIBBLE_WORKER") {
            Some(path) => path.into(),
            None => std::env::current_exe()?,
        };
        Ok(Self { path, args: vec!["--worker".into()], env: WorkerEnv::default() })
    }
}

/// All lanes' processes.
pub struct Workers {
    program: WorkerProgram,
    wake: Arc<dyn Fn(Duration) + Send + Sync>,
    lanes: Vec<LaneQueue>,
    /// Jobs that were cancelled before they were started, which is yet to be told.
    unstarted: Vec<JobId>,
    patience: Duration,
}

/// One lane: its process, if there is one, and the commands that wait for it.
struct LaneQueue {
    lane: Lane,
    process: Option<Process>,
    waiting: VecDeque<Request>,
    /// The job that runs.
    running: Option<JobId>,
    cancelled_at: Option<Instant>,
}

struct Process {
    /// The process; gone only while this is dropped.
    child: Option<Child>,
    messages: SyncSender<ClientMessage>,
    mailbox: Mailbox,
    /// When the process closed its end of the pipe.
    closed_at: Option<Instant>,
    env: WorkerEnv,
}

impl Workers {
    /// Lanes that start `program` when asked something, and call `wake` with the time within which to look again.
    pub fn new(program: WorkerProgram, wake: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        let lanes = Lane::ALL
            .into_iter()
            .map(|lane| LaneQueue {
                lane,
                process: None,
                waiting: VecDeque::new(),
                running: None,
                cancelled_at: None,
            })
            .collect();
        Self { program, wake: Arc::new(wake), lanes, unstarted: Vec::new(), patience: PATIENCE }
    }

    /// The same, with another time that a cancelled job may take before its process is ended.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    fn queue(&mut self, lane: Lane) -> &mut LaneQueue {
        &mut self.lanes[lane as usize]
    }
}

impl Engine for Workers {
    fn ask(&mut self, lane: Lane, request: Request) {
        self.queue(lane).waiting.push_back(request);
        (self.wake)(Duration::ZERO);
    }

    fn cancel(&mut self, id: JobId) {
        for queue in &mut self.lanes {
            let n_waiting = queue.waiting.len();
            queue.waiting.retain(|request| request.id != id);
            if queue.waiting.len() < n_waiting {
                self.unstarted.push(id);
                (self.wake)(Duration::ZERO);
            }
            if let Some(process) = &queue.process
                && queue.running == Some(id)
            {
                // A full queue means that the worker does not listen; patience then ends it.
                let _ = process.messages.try_send(ClientMessage::Cancel(id));
                queue.cancelled_at.get_or_insert_with(Instant::now);
                (self.wake)(self.patience);
            }
        }
    }

    fn set_env(&mut self, env: WorkerEnv) {
        self.program.env = env;
    }

    fn collect(&mut self, budget: usize) -> Vec<JobEvent> {
        let unstarted = std::mem::take(&mut self.unstarted).into_iter();
        let mut events: Vec<_> =
            unstarted.map(|id| JobEvent::Engine { id, event: Event::Cancelled }).collect();
        for queue in &mut self.lanes {
            queue.read(budget, &mut events, &self.wake);
            queue.end_if_deaf(self.patience, &mut events);
            queue.hand_out(&self.program, &self.wake, &mut events);
        }
        if events.len() >= budget {
            (self.wake)(Duration::ZERO);
        }
        events
    }
}

impl LaneQueue {
    /// Takes what the process told.
    fn read(
        &mut self,
        budget: usize,
        events: &mut Vec<JobEvent>,
        wake: &Arc<dyn Fn(Duration) + Send + Sync>,
    ) {
        let Some(process) = &mut self.process else { return };
        for (id, progress) in process.mailbox.take_progress() {
            if self.running == Some(id) {
                events.push(JobEvent::Engine { id, event: Event::Progress(progress) });
            }
        }
        while events.len() < budget {
            match process.mailbox.take_report() {
                Some(Report::Message(WorkerMessage { id, event })) => {
                    // What a job says after its end was told for it is not heard.
                    if self.running != Some(id) {
                        continue;
                    }
                    if event.ends_job() {
                        self.running = None;
                        self.cancelled_at = None;
                    }
                    events.push(JobEvent::Engine { id, event });
                }
                Some(Report::Garbled) => {}
                Some(Report::Closed) => process.closed_at = Some(Instant::now()),
                None => break,
            }
        }
        if let Some(closed_at) = process.closed_at {
            match process.child.as_mut().map(Child::try_wait) {
                Some(Ok(None)) if closed_at.elapsed() < PATIENCE => wake(SOON),
                Some(Ok(Some(status))) => self.bury(death_of(status), events),
                // It cannot be heard any more, so it is killed.
                Some(Ok(None) | Err(_)) | None => self.bury(Death::default(), events),
            }
        }
    }

    /// Forgets a process that ended; commands that wait will start another.
    fn bury(&mut self, death: Death, events: &mut Vec<JobEvent>) {
        self.process = None;
        self.cancelled_at = None;
        let jobs: Vec<JobId> = self.running.take().into_iter().collect();
        tracing::error!(lane = ?self.lane, ?death, ?jobs, "an engine process ended");
        events.push(JobEvent::Died { lane: self.lane, death, jobs });
    }

    /// Ends a process that was asked to stop and did not.
    fn end_if_deaf(&mut self, patience: Duration, events: &mut Vec<JobEvent>) {
        if self.cancelled_at.is_some_and(|asked| asked.elapsed() >= patience) {
            tracing::warn!(lane = ?self.lane, "an engine process did not stop and was ended");
            self.process = None;
            self.cancelled_at = None;
            let cancelled = self.running.take().map(|id| JobEvent::Engine { id, event: Event::Cancelled });
            events.extend(cancelled);
            // The model that it had loaded is gone with it.
            events.push(JobEvent::Died { lane: self.lane, death: Death::default(), jobs: Vec::new() });
        }
    }

    /// Gives the next command to the process, starting one if there is none.
    fn hand_out(
        &mut self,
        program: &WorkerProgram,
        wake: &Arc<dyn Fn(Duration) + Send + Sync>,
        events: &mut Vec<JobEvent>,
    ) {
        if self.running.is_some() || self.waiting.is_empty() {
            return;
        }
        // A process keeps what it was started with. The lane that chats needs none of it, and has a model loaded.
        if self.lane != Lane::Chat {
            self.process.take_if(|process| process.env != program.env);
        }
        if self.process.is_none() {
            match Process::start(program, self.lane, wake) {
                Ok(process) => self.process = Some(process),
                Err(error) => {
                    let jobs = self.waiting.drain(..).map(|request| request.id).collect();
                    let reason = error.to_string();
                    return events.push(JobEvent::NotStarted { lane: self.lane, reason, jobs });
                }
            }
        }
        if let (Some(process), Some(request)) = (&self.process, self.waiting.pop_front()) {
            self.running = Some(request.id);
            // A closed queue means that the process just died; its end is read in the next round.
            let _ = process.messages.try_send(ClientMessage::Start(request));
        }
    }
}

impl Process {
    fn start(
        program: &WorkerProgram,
        lane: Lane,
        wake: &Arc<dyn Fn(Duration) + Send + Sync>,
    ) -> std::io::Result<Self> {
        let mut command = std::process::Command::new(&program.path);
        let WorkerEnv { offline, models, token_file, token_version: _ } = &program.env;
        if *offline {
            command.env(OFFLINE, "1");
        }
        if let Some(models) = models {
            command.env(library::MODELS_FOLDER, models);
        }
        if let Some(file) = token_file {
            // The token of the settings comes before that of the environment.
            command.env_remove(TOKEN).env_remove(OLD_TOKEN).env(TOKEN_FILE, file);
        }
        let mut child = command
            .args(&program.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()?;
        let (messages, queue) = sync_channel(4);
        let (mailbox, slot) = Mailbox::new();
        if let Some(stdin) = child.stdin.take() {
            named(lane, "writer").spawn(move || write_messages(&queue, stdin))?;
        }
        if let Some(stdout) = child.stdout.take() {
            let wake = Arc::clone(wake);
            named(lane, "reader").spawn(move || {
                slot.read_from(stdout, |urgency| match urgency {
                    Wake::Now => wake(Duration::ZERO),
                    Wake::Soon => wake(SOON),
                });
            })?;
        }
        Ok(Self { child: Some(child), messages, mailbox, closed_at: None, env: program.env.clone() })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        // Already gone is as good.
        let _ = child.kill();
        // The system may take seconds to free the memory of a large model, and the window does not wait for it.
        let reap = move || {
            let _ = child.wait();
        };
        let _ = std::thread::Builder::new().name("reaper".to_owned()).spawn(reap);
    }
}

fn named(lane: Lane, part: &str) -> std::thread::Builder {
    std::thread::Builder::new().name(format!("{lane:?} {part}").to_lowercase())
}

/// Writes messages, one JSON object a line, until the window or the process closes the pipe.
fn write_messages(queue: &Receiver<ClientMessage>, stdin: impl Write) {
    let mut stdin = BufWriter::new(stdin);
    while let Ok(message) = queue.recv() {
        let Ok(mut line) = serde_json::to_vec(&message) else { continue };
        line.push(b'\n');
        if stdin.write_all(&line).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

#[cfg(unix)]
fn death_of(status: std::process::ExitStatus) -> Death {
    use std::os::unix::process::ExitStatusExt;
    Death { code: status.code(), signal: status.signal() }
}

#[cfg(not(unix))]
fn death_of(status: std::process::ExitStatus) -> Death {
    Death { code: status.code(), signal: None }
}
