//! The models loaded in a worker and the sessions with them, shared by the jobs that run side by side.
//!
//! Sessions of one model share its weights. A job takes a session out for as long as it runs, and the next job of that session waits
//! for it. An unloaded model takes no new jobs; its memory is free when the last of its jobs has ended.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::generate::{Chat, ChatModel};
use super::{Error, ModelId, SessionId};
use crate::backend::RunOptions;
use crate::progress::Cancel;

/// Time between two looks at the cancel flag while a job waits for another.
const POLL: Duration = Duration::from_millis(20);

/// The file, context and options of a load; loads that agree in them share one model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LoadKey {
    pub(super) path: PathBuf,
    pub(super) context: Option<usize>,
    pub(super) run: RunOptions,
}

/// The models and sessions of a worker.
#[derive(Default)]
pub(super) struct Hosted {
    state: Mutex<State>,
    /// Notified whenever a session is returned or dropped.
    returned: Condvar,
}

#[derive(Default)]
struct State {
    n_loaded: u64,
    models: BTreeMap<ModelId, HostedModel>,
    sessions: BTreeMap<SessionId, Slot>,
}

struct HostedModel {
    key: LoadKey,
    model: Arc<ChatModel>,
    /// A session allocated with the model, so that its memory is certain; the first conversation takes it.
    spare: Option<Chat>,
}

/// A session, or the place of one that a job has taken out.
struct Slot {
    model: ModelId,
    chat: Option<Chat>,
}

/// A session taken out by a job; dropping it returns the session, unless the job panicked.
pub(super) struct Lease<'a> {
    hosted: &'a Hosted,
    session: SessionId,
    model: ModelId,
    chat: Option<Chat>,
}

impl Hosted {
    /// Takes in a loaded model with its first session.
    pub(super) fn insert(&self, key: LoadKey, model: Arc<ChatModel>, spare: Chat) -> ModelId {
        let mut state = self.lock();
        state.n_loaded += 1;
        let id = ModelId(state.n_loaded);
        state.models.insert(id, HostedModel { key, model, spare: Some(spare) });
        id
    }

    /// The model loaded with `key`, if there is one.
    pub(super) fn find(&self, key: &LoadKey) -> Option<(ModelId, Arc<ChatModel>)> {
        let state = self.lock();
        let (id, hosted) = state.models.iter().find(|(_, hosted)| hosted.key == *key)?;
        Some((*id, Arc::clone(&hosted.model)))
    }

    /// The model called `id`.
    ///
    /// # Errors
    /// [`Error::UnknownModel`].
    pub(super) fn model(&self, id: ModelId) -> Result<Arc<ChatModel>, Error> {
        let state = self.lock();
        state.models.get(&id).map(|hosted| Arc::clone(&hosted.model)).ok_or(Error::UnknownModel { id })
    }

    /// The names of all loaded models.
    pub(super) fn models(&self) -> Vec<ModelId> {
        self.lock().models.keys().copied().collect()
    }

    /// Takes out a session with a model, after the job that has it; a session that does not exist, or is one of another model, is
    /// created.
    ///
    /// # Errors
    /// [`Error::UnknownModel`], [`Error::Cancelled`] while waiting, [`Error::Session`] when a new session could not be allocated.
    pub(super) fn lease(
        &self,
        model: ModelId,
        session: SessionId,
        cancel: &Cancel,
    ) -> Result<Lease<'_>, Error> {
        let mut state = self.lock();
        let (shared, chat) = loop {
            let State { models, sessions, .. } = &mut *state;
            let Some(hosted) = models.get_mut(&model) else { return Err(Error::UnknownModel { id: model }) };
            match sessions.get_mut(&session) {
                Some(Slot { chat: None, .. }) => {}
                Some(slot) if slot.model == model => break (Arc::clone(&hosted.model), slot.chat.take()),
                _ => {
                    sessions.insert(session, Slot { model, chat: None });
                    break (Arc::clone(&hosted.model), hosted.spare.take());
                }
            }
            cancel.check()?;
            state = self.wait(state);
        };
        drop(state);
        // From here on the lease frees the place whatever happens.
        let mut lease = Lease { hosted: self, session, model, chat };
        if lease.chat.is_none() {
            lease.chat = Some(Chat::new(shared)?);
        }
        Ok(lease)
    }

    /// Ends a session; one that a job has taken out ends with the job. A session that does not exist is ended already.
    pub(super) fn end(&self, session: SessionId) {
        let slot = self.lock().sessions.remove(&session);
        drop(slot);
    }

    /// Removes a model and its sessions, and waits until no job uses them, so that their memory is free.
    ///
    /// # Errors
    /// [`Error::UnknownModel`]; [`Error::Cancelled`] while waiting: the model then goes with its last job.
    pub(super) fn unload(&self, id: ModelId, cancel: &Cancel) -> Result<(), Error> {
        let mut state = self.lock();
        let hosted = state.models.remove(&id).ok_or(Error::UnknownModel { id })?;
        let model = Arc::downgrade(&hosted.model);
        state.sessions.retain(|_, slot| slot.model != id);
        drop(hosted);
        while Weak::strong_count(&model) > 0 {
            cancel.check()?;
            state = self.wait(state);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&'a self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.returned.wait_timeout(state, POLL).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Deref for Lease<'_> {
    type Target = Chat;

    fn deref(&self) -> &Chat {
        self.chat.as_ref().expect("a lease is handed out with its session")
    }
}

impl DerefMut for Lease<'_> {
    fn deref_mut(&mut self) -> &mut Chat {
        self.chat.as_mut().expect("a lease is handed out with its session")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // After a panic nothing is known of the session's state.
        let chat = self.chat.take().filter(|_| !std::thread::panicking());
        let mut state = self.hosted.lock();
        let is_wanted = state.models.contains_key(&self.model);
        // The place is gone if the session was ended, and another's if a job made a new one of that name since.
        match state.sessions.get_mut(&self.session) {
            Some(slot) if slot.model == self.model && slot.chat.is_none() => match chat.filter(|_| is_wanted)
            {
                Some(chat) => slot.chat = Some(chat),
                None => {
                    state.sessions.remove(&self.session);
                }
            },
            _ => drop(chat),
        }
        drop(state);
        self.hosted.returned.notify_all();
    }
}
