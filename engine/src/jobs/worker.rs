//! The child process's loop: commands come in as lines of JSON, events go out as lines of JSON.
//!
//! One job runs at a time, on a thread of its own; this thread keeps reading, so that [`Command::Cancel`] is seen while the
//! job runs. The end of the input means that the window is gone: the running job is cancelled and the loop ends.

use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

use super::protocol::{Command, Event, Failure};
use crate::progress::Cancel;

/// Commands that may wait while one runs; the window sends the next one only after the end of the one before.
const WAITING: usize = 64;

/// Runs commands from `input` with `job` until the input ends, writing what it tells to `output`.
///
/// `job` gets the command, a function that sends an event, and the flag that stops it. If it panics, the panic becomes
/// [`Event::Failed`].
///
/// # Errors
/// When `input` cannot be read.
pub fn serve<R, W, J>(input: R, output: W, mut job: J) -> std::io::Result<()>
where
    R: BufRead,
    W: Write + Send,
    J: FnMut(Command, &(dyn Fn(Event) + Sync), &Cancel) + Send,
{
    let output = Mutex::new(output);
    let running = Mutex::new(Cancel::new());
    let send = |event: Event| write_line(&output, &event);
    std::thread::scope(|scope| {
        let (queue, commands) = sync_channel::<(Command, Cancel)>(WAITING);
        let worker = std::thread::Builder::new().name("nibble-job".into()).spawn_scoped(scope, || {
            for (command, cancel) in commands {
                let outcome = catch_unwind(AssertUnwindSafe(|| job(command, &send, &cancel)));
                if let Err(panic) = outcome {
                    send(Event::Failed(crashed(panic.as_ref())));
                }
            }
        })?;
        let result = read_commands(input, &send, |command| {
            let mut current = running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if command == Command::Cancel {
                current.cancel();
                return true;
            }
            *current = Cancel::new();
            queue.send((command, current.clone())).is_ok()
        });
        running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).cancel();
        drop(queue);
        // A panic of the worker itself was turned into an event above; there is nothing left to report.
        let _ = worker.join();
        result
    })
}

/// Hands each command to `take` until the input ends or `take` refuses.
fn read_commands(
    input: impl BufRead,
    send: &dyn Fn(Event),
    mut take: impl FnMut(Command) -> bool,
) -> std::io::Result<()> {
    for line in input.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(&line) {
            Ok(command) => {
                if !take(command) {
                    break;
                }
            }
            Err(error) => send(Event::Failed(Failure {
                message: "The window and its worker are of different versions; start Nibble again.".into(),
                details: vec![error.to_string()],
            })),
        }
    }
    Ok(())
}

/// Writes one event as one line; a window that is gone is noticed by the reading side.
fn write_line(output: &Mutex<impl Write>, event: &Event) {
    let Ok(mut line) = serde_json::to_vec(event) else { return };
    line.push(b'\n');
    let mut output = output.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let _ = output.write_all(&line).and_then(|()| output.flush());
}

/// What a panic says, as an event.
fn crashed(panic: &(dyn std::any::Any + Send)) -> Failure {
    let said =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Failure {
        message: "Nibble made a mistake of its own and stopped this job; nothing else was touched.".into(),
        details: said.map(|text| vec![text.to_owned()]).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn events(output: &[u8]) -> Vec<Event> {
        output
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }

    fn line(command: &Command) -> String {
        serde_json::to_string(command).unwrap() + "\n"
    }

    fn inspect(name: &str) -> Command {
        Command::Inspect { path: PathBuf::from(name) }
    }

    #[test]
    fn commands_run_in_order_and_a_panic_is_an_event() {
        let input = line(&inspect("a")) + "nonsense\n" + &line(&inspect("b"));
        let mut output = Vec::new();
        serve(input.as_bytes(), &mut output, |command, send, _| {
            let Command::Inspect { path } = command else { return };
            assert!(path.as_os_str() != "a", "a is broken");
            send(Event::Text(path.display().to_string()));
        })
        .unwrap();
        let events = events(&output);
        assert_eq!(events.len(), 3);
        let failures: Vec<_> = events.iter().filter(|event| matches!(event, Event::Failed(_))).collect();
        assert_eq!(failures.len(), 2);
        assert!(events.contains(&Event::Text("b".into())));
        assert!(
            failures.iter().any(|event| matches!(event, Event::Failed(f) if f.details == ["a is broken"]))
        );
    }

    #[test]
    fn cancel_reaches_the_running_job_and_the_end_of_input_too() {
        for input in [line(&inspect("a")) + &line(&Command::Cancel), line(&inspect("a"))] {
            let mut output = Vec::new();
            serve(input.as_bytes(), &mut output, |_, send, cancel| {
                while !cancel.is_cancelled() {
                    std::thread::yield_now();
                }
                send(Event::Cancelled);
            })
            .unwrap();
            assert_eq!(events(&output), [Event::Cancelled]);
        }
    }
}
