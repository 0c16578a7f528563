//! Names of what lives in a worker from one request to the next: jobs, loaded models, sessions.

use serde::{Deserialize, Serialize};

/// The name of a job, chosen by the client and unique among its jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JobId(pub u64);

/// The name of a loaded model, given by the runner when the model is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ModelId(pub u64);

/// The name of a session, chosen by the client; a session is created by the first request that names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SessionId(pub u64);
