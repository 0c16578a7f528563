//! The loop of the child process: messages come in as lines of JSON, events go out as lines of JSON.
//!
//! Jobs run side by side, each on one of a fixed number of threads; further jobs wait for a thread, and the jobs of one session run
//! one after the other (see `job_queue.rs`). This thread keeps reading, so that [`ClientMessage::Cancel`] reaches a job while it runs
//! or waits. The end of the input means that the window is gone: all jobs are cancelled and the loop ends.

use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use super::job_queue::{JobQueue, NotQueued};
use super::protocol::{Ask, ClientMessage, Event, Failure, JobId, Request, WorkerMessage};
use crate::progress::Cancel;

/// Jobs that run side by side.
const N_THREADS: usize = 8;

/// Runs requests from `input` with `job` until the input ends, writing their events to `output`.
///
/// `job` gets the work, a function that sends an event of the job, and the flag that cancels it. If it panics, the panic becomes the
/// job's [`Event::Failed`], as does a request that cannot be read, provided that it names its job.
///
/// # Errors
/// When `input` cannot be read, or holds a line that is not a message and names no job.
pub fn serve<R, W, J>(input: R, output: W, job: J) -> std::io::Result<()>
where
    R: BufRead,
    W: Write + Send,
    J: Fn(Ask, &(dyn Fn(Event) + Sync), &Cancel) + Sync,
{
    let output = Mutex::new(output);
    let queue = JobQueue::default();
    let send = |id, event| write_line(&output, &WorkerMessage { id, event });
    std::thread::scope(|scope| {
        let run = || {
            while let Some((Request { id, ask }, cancel)) = queue.next() {
                run_job(&job, ask, &|event| send(id, event), &cancel);
                queue.end(id);
            }
        };
        let spawn = |n| {
            let thread = std::thread::Builder::new().name(format!("nibble-job-{n}"));
            thread.spawn_scoped(scope, run).map(|_joined_by_the_scope| ())
        };
        let started = (0..N_THREADS).try_for_each(spawn);
        let result = started.and_then(|()| read(input, &queue, &send));
        for id in queue.close() {
            send(id, Event::Cancelled);
        }
        result
    })
}

/// Takes messages in until the input ends.
fn read(input: impl BufRead, queue: &JobQueue, send: &dyn Fn(JobId, Event)) -> std::io::Result<()> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(&line) {
            Ok(ClientMessage::Cancel(id)) => {
                if queue.cancel(id) {
                    send(id, Event::Cancelled);
                }
            }
            Ok(ClientMessage::Start(request)) => {
                let id = request.id;
                match queue.push(request) {
                    Ok(()) => {}
                    Err(error @ NotQueued::Duplicate(_)) => return Err(invalid(error)),
                    Err(error @ NotQueued::Full) => send(id, Event::Failed(refused(error))),
                }
            }
            Err(error) => match job_of(&line) {
                Some(id) => send(id, Event::Failed(other_version(&error))),
                None => return Err(invalid(error)),
            },
        }
    }
    Ok(())
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::InvalidData, error)
}

/// The job of a request that cannot be read otherwise.
fn job_of(line: &str) -> Option<JobId> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    message.get("Start")?.get("id")?.as_u64().map(JobId)
}

/// Runs one job to its end.
fn run_job(
    job: &impl Fn(Ask, &(dyn Fn(Event) + Sync), &Cancel),
    ask: Ask,
    send: &(dyn Fn(Event) + Sync),
    cancel: &Cancel,
) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| job(ask, send, cancel))) {
        send(Event::Failed(crashed(panic.as_ref())));
    }
}

/// Writes one message as one line; a window that is gone is noticed by the reading side.
fn write_line(output: &Mutex<impl Write>, message: &WorkerMessage) {
    let Ok(mut line) = serde_json::to_vec(message) else { return };
    line.push(b'\n');
    let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
    let _ = output.write_all(&line).and_then(|()| output.flush());
}

fn refused(reason: NotQueued) -> Failure {
    Failure { message: reason.to_string(), details: Vec::new() }
}

fn other_version(error: &serde_json::Error) -> Failure {
    Failure {
        message: "The window and its worker are of different versions; start Nibble again.".into(),
        details: vec![error.to_string()],
    }
}

/// The failure of a job that panicked.
fn crashed(panic: &(dyn std::any::Any + Send)) -> Failure {
    let said =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Failure {
        message: "An internal error stopped this job; nothing else was touched.".into(),
        details: said.map(|text| vec![text.to_owned()]).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Delta;
    use std::io::{BufReader, Read};
    use std::path::PathBuf;
    use std::sync::Barrier;

    /// Input that ends once all others wait at the barrier.
    struct EndsAfter<'a>(&'a Barrier);

    impl Read for EndsAfter<'_> {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            self.0.wait();
            Ok(0)
        }
    }

    fn messages(output: &[u8]) -> Vec<WorkerMessage> {
        let lines = output.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
    }

    fn line(message: &ClientMessage) -> String {
        serde_json::to_string(message).unwrap() + "\n"
    }

    /// A request to inspect a file called `name`.
    fn inspect(id: u64, name: &str) -> String {
        let ask = Ask::Inspect { path: PathBuf::from(name) };
        line(&ClientMessage::Start(Request { id: JobId(id), ask }))
    }

    fn of(messages: &[WorkerMessage], id: u64) -> Vec<&Event> {
        messages.iter().filter(|message| message.id == JobId(id)).map(|message| &message.event).collect()
    }

    #[test]
    fn jobs_run_side_by_side_and_a_panic_ends_its_own_job_alone() {
        let all = Barrier::new(3);
        let unreadable = "{\"Start\":{\"id\":7,\"ask\":\"Sing\"}}\n";
        let input = inspect(1, "a") + unreadable + &inspect(2, "b");
        let mut output = Vec::new();
        serve(input.as_bytes().chain(BufReader::new(EndsAfter(&all))), &mut output, |ask, send, _| {
            let Ask::Inspect { path } = ask else { return };
            // Each waits for the other: one after the other they would never end.
            all.wait();
            assert!(path.as_os_str() != "a", "a is broken");
            send(Event::Delta(Delta::Content(path.display().to_string())));
            send(Event::Cancelled);
        })
        .unwrap();
        let messages = messages(&output);
        assert!(matches!(of(&messages, 1)[..], [Event::Failed(f)] if f.details == ["a is broken"]));
        assert_eq!(of(&messages, 2), [&Event::Delta(Delta::Content("b".into())), &Event::Cancelled]);
        assert!(matches!(of(&messages, 7)[..], [Event::Failed(f)] if f.message.contains("versions")));
    }

    #[test]
    fn a_cancel_reaches_its_own_job_and_the_end_of_input_reaches_all() {
        let cancel = line(&ClientMessage::Cancel(JobId(1)));
        let mut output = Vec::new();
        let input = inspect(1, "a") + &inspect(2, "b") + &cancel + &line(&ClientMessage::Cancel(JobId(9)));
        serve(input.as_bytes(), &mut output, |_, send, cancel| {
            while !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            send(Event::Cancelled);
        })
        .unwrap();
        let messages = messages(&output);
        assert_eq!((of(&messages, 1), of(&messages, 2)), (vec![&Event::Cancelled], vec![&Event::Cancelled]));
    }

    #[test]
    fn jobs_that_wait_end_at_once_when_they_are_cancelled_or_too_many() {
        let (n_jobs, cancelled) = (200, 60);
        let started: String = (1..=n_jobs).map(|id| inspect(id, "a")).collect();
        let input = started + &line(&ClientMessage::Cancel(JobId(cancelled)));
        let mut output = Vec::new();
        serve(input.as_bytes(), &mut output, |_, send, cancel| {
            while !cancel.is_cancelled() {
                std::thread::yield_now();
            }
            send(Event::SessionEnded);
        })
        .unwrap();
        let messages = messages(&output);
        assert_eq!(messages.len() as u64, n_jobs, "one end for each job");
        assert_eq!(of(&messages, cancelled), [&Event::Cancelled]);
        assert!(matches!(of(&messages, n_jobs)[..], [Event::Failed(f)] if f.message.contains("waiting")));
        assert!(matches!(of(&messages, 1)[..], [Event::SessionEnded | Event::Cancelled]));
    }

    #[test]
    fn lines_that_are_no_messages_end_the_worker() {
        for input in ["nonsense\n".to_owned(), inspect(1, "a") + &inspect(1, "a")] {
            let served = serve(input.as_bytes(), Vec::new(), |_, _, cancel| {
                while !cancel.is_cancelled() {
                    std::thread::yield_now();
                }
            });
            assert_eq!(served.unwrap_err().kind(), std::io::ErrorKind::InvalidData);
        }
    }
}
