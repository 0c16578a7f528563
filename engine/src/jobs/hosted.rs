//! The models loaded in a worker and the sessions with them, shared by the jobs that run side by side.
//!
//! Sessions of one model share its weights. A job takes a session out for as long as it runs, and the next job of that session waits
//! for it. An unloaded model takes no new jobs; its memory is free when the last of its jobs has ended.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::Error;
use super::generate::{ChatModel, ChatSession};
use super::ids::{ModelId, SessionId};
use super::load_key::LoadKey;
use crate::progress::Cancel;

/// Time between two looks at the cancel flag while a job waits for another.
const POLL: Duration = Duration::from_millis(20);

/// The models and sessions of a worker.
#[derive(Default)]
pub(super) struct Hosted {
    state: Mutex<State>,
    /// Notified whenever a session is returned or dropped, or a load ends.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    n_loaded: u64,
    n_leases: u64,
    is_loading: bool,
    models: BTreeMap<ModelId, HostedModel>,
    sessions: BTreeMap<SessionId, Slot>,
    /// Removed models that jobs may still use.
    leaving: Vec<Weak<ChatModel>>,
}

struct HostedModel {
    key: LoadKey,
    model: Arc<ChatModel>,
    /// A session allocated with the model, so that its memory is certain; the first conversation takes it.
    spare: Option<ChatSession>,
}

/// A session, or the place of one that a job has taken out.
struct Slot {
    model: ModelId,
    place: Place,
}

enum Place {
    /// The session waits for its next job.
    Idle(ChatSession),
    /// Taken by the job that holds the lease of this number; the flag cancels that job.
    Taken(u64, Cancel),
}

/// The turn of a job that loads; dropping it lets the next one load.
pub(super) struct LoadTurn<'a>(&'a Hosted);

/// A session taken out by a job; dropping it returns the session, unless the job panicked.
pub(super) struct Lease<'a> {
    hosted: &'a Hosted,
    session: SessionId,
    number: u64,
    chat: Option<ChatSession>,
}

impl Hosted {
    /// Waits until no other job loads, so that the memory a load counts on is not taken by another, and a model that is being loaded
    /// is shared when it is there.
    ///
    /// # Errors
    /// [`Error::Cancelled`] while waiting.
    pub(super) fn load_turn(&self, cancel: &Cancel) -> Result<LoadTurn<'_>, Error> {
        let mut state = self.lock();
        while state.is_loading {
            cancel.check()?;
            state = self.wait(state);
        }
        state.is_loading = true;
        Ok(LoadTurn(self))
    }

    /// Takes in a loaded model with its first session.
    pub(super) fn insert(&self, key: LoadKey, model: Arc<ChatModel>, spare: ChatSession) -> ModelId {
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
    /// [`Error::UnknownModel`] if it is not loaded.
    pub(super) fn model(&self, id: ModelId) -> Result<Arc<ChatModel>, Error> {
        let state = self.lock();
        state.models.get(&id).map(|hosted| Arc::clone(&hosted.model)).ok_or(Error::UnknownModel { id })
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
        state.n_leases += 1;
        let number = state.n_leases;
        let taken = || Place::Taken(number, cancel.clone());
        let (shared, chat) = loop {
            let State { models, sessions, .. } = &mut *state;
            let Some(hosted) = models.get_mut(&model) else { return Err(Error::UnknownModel { id: model }) };
            match sessions.get_mut(&session) {
                Some(Slot { place: Place::Taken(..), .. }) => {}
                Some(slot) if slot.model == model => {
                    let place = std::mem::replace(&mut slot.place, taken());
                    break (Arc::clone(&hosted.model), place.into_idle());
                }
                _ => {
                    sessions.insert(session, Slot { model, place: taken() });
                    break (Arc::clone(&hosted.model), hosted.spare.take());
                }
            }
            cancel.check()?;
            state = self.wait(state);
        };
        drop(state);
        // From here on the lease frees the place whatever happens.
        let mut lease = Lease { hosted: self, session, number, chat };
        if lease.chat.is_none() {
            lease.chat = Some(ChatSession::new(shared)?);
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
        let model = state.remove(id).ok_or(Error::UnknownModel { id })?;
        while Weak::strong_count(&model) > 0 {
            cancel.check()?;
            state = self.wait(state);
        }
        Ok(())
    }

    /// Unloads all models but `kept`, after cancelling the jobs of their sessions.
    ///
    /// # Errors
    /// [`Error::Cancelled`] while waiting for the jobs.
    pub(super) fn unload_others(&self, kept: Option<ModelId>, cancel: &Cancel) -> Result<(), Error> {
        let mut state = self.lock();
        for slot in state.sessions.values().filter(|slot| Some(slot.model) != kept) {
            if let Place::Taken(_, job) = &slot.place {
                job.cancel();
            }
        }
        // No job can begin with one of them between its cancel and its removal: the state stays locked.
        let others: Vec<ModelId> = state.models.keys().copied().filter(|id| Some(*id) != kept).collect();
        for id in others {
            state.remove(id);
        }
        loop {
            state.leaving.retain(|model| model.strong_count() > 0);
            if state.leaving.is_empty() {
                return Ok(());
            }
            cancel.check()?;
            state = self.wait(state);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&'a self, state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, POLL).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl State {
    /// Removes a model and its sessions; its memory is free when the last job that uses it has ended.
    fn remove(&mut self, id: ModelId) -> Option<Weak<ChatModel>> {
        let hosted = self.models.remove(&id)?;
        let model = Arc::downgrade(&hosted.model);
        self.sessions.retain(|_, slot| slot.model != id);
        self.leaving.push(Weak::clone(&model));
        Some(model)
    }
}

impl Place {
    fn into_idle(self) -> Option<ChatSession> {
        match self {
            Self::Idle(chat) => Some(chat),
            Self::Taken(..) => None,
        }
    }
}

impl Drop for LoadTurn<'_> {
    fn drop(&mut self) {
        self.0.lock().is_loading = false;
        self.0.changed.notify_all();
    }
}

impl Deref for Lease<'_> {
    type Target = ChatSession;

    fn deref(&self) -> &ChatSession {
        self.chat.as_ref().expect("a lease is handed out with its session")
    }
}

impl DerefMut for Lease<'_> {
    fn deref_mut(&mut self) -> &mut ChatSession {
        self.chat.as_mut().expect("a lease is handed out with its session")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        // After a panic nothing is known of the session's state.
        let chat = self.chat.take().filter(|_| !std::thread::panicking());
        let mut state = self.hosted.lock();
        let State { models, sessions, .. } = &mut *state;
        // The place is gone if the session was ended or the model unloaded, and another's if a job made a new session of that name.
        match sessions.get_mut(&self.session) {
            Some(slot) if matches!(slot.place, Place::Taken(number, _) if number == self.number) => {
                match chat.filter(|_| models.contains_key(&slot.model)) {
                    Some(chat) => slot.place = Place::Idle(chat),
                    None => drop(sessions.remove(&self.session)),
                }
            }
            _ => drop(chat),
        }
        drop(state);
        self.hosted.changed.notify_all();
    }
}
