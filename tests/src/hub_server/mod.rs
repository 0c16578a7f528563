//! A server on loopback that speaks the Hub's API, and misbehaves on command.
//!
//! Two ports: the Hub (listing, facts, trees, `resolve`) and the network that delivers large files, to which `resolve`
//! redirects as the real one does. A thread for each connection, one request on each.

mod answer;
mod request;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use nibble_kernels::testing::Random;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use serde_json::{Value, json};

use request::Request;

/// What the server does wrong with one request for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mischief {
    /// No mischief at all.
    Behave,
    /// Ends the connection after so many bytes of the body.
    Cut(u64),
    /// Sends the whole file though a part was asked for, and ends the connection after so many bytes.
    IgnoreRange(u64),
    /// Announces so many bytes more than the file has.
    ClaimMore(u64),
    /// Announces so many bytes fewer.
    ClaimFewer(u64),
    /// Announces no length, and ends the body after so many bytes as if that were all.
    EndEarly(u64),
    /// Sends one bit of the file's byte at this place wrong.
    FlipBit(u64),
    /// Answers with a status, and Retry-After in seconds.
    Status(u16, Option<u64>),
    /// Sends so many bytes, and then nothing more while the client waits.
    Stall(u64),
    /// Names another checksum than the listing, as if the file had been replaced.
    Replace,
    /// Sends the right range under a wrong Content-Range.
    WrongRange,
}

/// A file that is served.
#[derive(Debug)]
pub struct ServedFile {
    bytes: Vec<u8>,
    /// Size in the listing, if that is not the true one.
    listed_size: Option<u64>,
    is_lfs: bool,
    sha1: String,
    sha256: String,
}

/// A repository that is served.
#[derive(Clone, Debug)]
pub struct ServedRepo {
    commit: String,
    facts: Value,
    files: BTreeMap<String, Arc<ServedFile>>,
    access: Access,
}

/// Who is given a repository's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Open to everybody.
    Open,
    /// Those whose token is [`GOOD_TOKEN`]; others are told of it.
    Gated,
    /// Those whose token is [`GOOD_TOKEN`]; to others it does not exist.
    Private,
    /// Nobody: the Hub disabled it, and says so.
    Disabled,
}

/// The token that opens gated and private repositories.
pub const GOOD_TOKEN: &str = "hf_good";

/// One request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Method, path and query.
    pub line: String,
    /// Whether it came to the network that delivers files.
    pub at_cdn: bool,
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The header `Range`.
    pub range: Option<String>,
    /// The header `If-Range`.
    pub if_range: Option<String>,
}

/// The server; it ends when this is dropped.
pub struct HubServer {
    shared: Arc<Shared>,
}

struct Shared {
    hub: SocketAddr,
    cdn: SocketAddr,
    repos: Mutex<BTreeMap<String, ServedRepo>>,
    /// By the end of a path: what is done with the next requests for it.
    mischief: Mutex<HashMap<String, VecDeque<Mischief>>>,
    always: Mutex<HashMap<String, Mischief>>,
    seen: Mutex<Vec<Seen>>,
    sent: AtomicU64,
    sent_more: (Mutex<()>, Condvar),
    page: AtomicUsize,
    /// Bytes that the system may hold for a connection; 0 leaves that to it.
    send_buffer: AtomicUsize,
    ended: AtomicBool,
}

impl ServedFile {
    /// A file that Git holds itself.
    pub fn small(bytes: impl Into<Vec<u8>>) -> Arc<Self> {
        Self::new(bytes.into(), false)
    }

    /// A file in LFS.
    pub fn large(bytes: impl Into<Vec<u8>>) -> Arc<Self> {
        Self::new(bytes.into(), true)
    }

    fn new(bytes: Vec<u8>, is_lfs: bool) -> Arc<Self> {
        let blob =
            [format!("blob {}\0", bytes.len()).as_bytes(), if is_lfs { b"pointer" } else { &bytes }].concat();
        let sha1 = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &blob).as_ref());
        let sha256 = hex(digest(&SHA256, &bytes).as_ref());
        Arc::new(Self { bytes, listed_size: None, is_lfs, sha1, sha256 })
    }

    /// A file in LFS that the listing says to have `size` bytes.
    pub fn claiming(size: u64) -> Arc<Self> {
        let file = Self::large(Vec::new());
        let (sha1, sha256) = (file.sha1.clone(), file.sha256.clone());
        Arc::new(Self { bytes: Vec::new(), listed_size: Some(size), is_lfs: true, sha1, sha256 })
    }

    fn listed_size(&self) -> u64 {
        self.listed_size.unwrap_or(self.bytes.len() as u64)
    }

    /// Bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of its blob in the cache.
    pub fn blob(&self) -> &str {
        if self.is_lfs { &self.sha256 } else { &self.sha1 }
    }
}

impl ServedRepo {
    /// A repository with these files and facts, the latter as the Hub tells them.
    pub fn new<'a>(files: impl IntoIterator<Item = (&'a str, Arc<ServedFile>)>, facts: Value) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().map(|(name, file)| (name.to_owned(), file)).collect();
        let listing: String = files.iter().map(|(name, file)| format!("{name} {}\n", file.sha256)).collect();
        let commit = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, listing.as_bytes()).as_ref());
        Self { commit, facts, files, access: Access::Open }
    }

    /// The same, given only to some.
    #[must_use]
    pub fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    /// Commit of the repository.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// The facts, with the commit.
    fn facts(&self, name: &str) -> Value {
        let mut facts = self.facts.clone();
        facts["id"] = json!(name);
        facts["sha"] = json!(self.commit);
        facts["gated"] = if self.access == Access::Gated { json!("auto") } else { json!(false) };
        facts["private"] = json!(self.access == Access::Private);
        facts["siblings"] = self.files.keys().map(|path| json!({ "rfilename": path })).collect();
        facts
    }
}

impl HubServer {
    /// Starts a server without repositories, on ports that the system chooses.
    pub fn start() -> io::Result<Self> {
        Self::start_on(0)
    }

    /// Starts a server whose Hub is on `port`.
    pub fn start_on(port: u16) -> io::Result<Self> {
        let (hub, cdn) = (TcpListener::bind(("127.0.0.1", port))?, TcpListener::bind(("127.0.0.1", 0))?);
        let shared = Arc::new(Shared {
            hub: hub.local_addr()?,
            cdn: cdn.local_addr()?,
            repos: Mutex::default(),
            mischief: Mutex::default(),
            always: Mutex::default(),
            seen: Mutex::default(),
            sent: AtomicU64::new(0),
            sent_more: (Mutex::new(()), Condvar::new()),
            page: AtomicUsize::new(1000),
            send_buffer: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
        });
        for (listener, at_cdn) in [(hub, false), (cdn, true)] {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name("hub-server".into())
                .spawn(move || listen(&listener, at_cdn, &shared))?;
        }
        Ok(Self { shared })
    }

    /// The value for `HF_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.shared.hub)
    }

    /// Serves `repo` under `name`, in place of what was there.
    pub fn serve(&self, name: &str, repo: ServedRepo) {
        self.shared.repos.lock().unwrap().insert(name.to_owned(), repo);
    }

    /// Lists come in pages of so many entries.
    pub fn set_page(&self, entries: usize) {
        self.shared.page.store(entries, Ordering::Relaxed);
    }

    /// Lets the system hold no more than so many bytes for a connection, so that what was sent is about what arrived.
    pub fn set_send_buffer(&self, bytes: usize) {
        self.shared.send_buffer.store(bytes, Ordering::Relaxed);
    }

    /// Does these things, one after another, with the next requests whose path ends in `path`.
    pub fn misbehave(&self, path: &str, mischief: &[Mischief]) {
        self.shared.mischief.lock().unwrap().entry(path.to_owned()).or_default().extend(mischief);
    }

    /// Does this with every request whose path ends in `path`.
    pub fn always_misbehave(&self, path: &str, mischief: Mischief) {
        self.shared.always.lock().unwrap().insert(path.to_owned(), mischief);
    }

    /// All requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Requests for the bytes of files whose path ends in `path`.
    pub fn fetches(&self, path: &str) -> Vec<Seen> {
        let is_fetch = |seen: &Seen| seen.line.starts_with("GET ") && seen.line.ends_with(path);
        let large = |seen: &Seen| {
            seen.at_cdn || !self.seen().iter().any(|other| other.at_cdn && other.line.ends_with(path))
        };
        self.seen().into_iter().filter(|seen| is_fetch(seen) && large(seen)).collect()
    }

    /// Bytes of files that were handed to the system for sending.
    pub fn sent_bytes(&self) -> u64 {
        self.shared.sent.load(Ordering::Relaxed)
    }

    /// Waits until so many bytes of files were sent in all, or `is_over`, which is looked at now and then.
    pub fn wait_until_sent(&self, bytes: u64, mut is_over: impl FnMut() -> bool) {
        let (lock, more) = &self.shared.sent_more;
        let mut guard = lock.lock().unwrap();
        while self.sent_bytes() < bytes && !is_over() {
            guard = more.wait_timeout(guard, std::time::Duration::from_millis(20)).unwrap().0;
        }
    }
}

impl Drop for HubServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        // Each listener is waiting for one more connection.
        for address in [self.shared.hub, self.shared.cdn] {
            let _ = TcpStream::connect(address);
        }
    }
}

impl Shared {
    /// What is to be done with a request for `path`.
    fn mischief(&self, path: &str) -> Mischief {
        let mut queued = self.mischief.lock().unwrap();
        let next = queued
            .iter_mut()
            .find(|(end, _)| path.ends_with(end.as_str()))
            .and_then(|(_, all)| all.pop_front());
        let always = self.always.lock().unwrap();
        let always = || always.iter().find(|(end, _)| path.ends_with(end.as_str())).map(|(_, one)| *one);
        next.or_else(always).unwrap_or(Mischief::Behave)
    }

    fn count_sent(&self, bytes: u64) {
        self.sent.fetch_add(bytes, Ordering::Relaxed);
        self.sent_more.1.notify_all();
    }
}

fn listen(listener: &TcpListener, at_cdn: bool, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.ended.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        let serve = move || {
            // A client that has gone away is what these tests are about.
            let _ = serve_one(stream, at_cdn, &shared);
        };
        thread::Builder::new().name("hub-connection".into()).spawn(serve).unwrap();
    }
}

fn serve_one(mut stream: TcpStream, at_cdn: bool, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let send_buffer = shared.send_buffer.load(Ordering::Relaxed);
    if send_buffer > 0 {
        socket2::SockRef::from(&stream).set_send_buffer_size(send_buffer)?;
    }
    let Some(request) = Request::read(&mut stream)? else { return Ok(()) };
    shared.seen.lock().unwrap().push(Seen {
        line: format!("{} {}", request.method, request.target),
        at_cdn,
        authorization: request.header("authorization"),
        range: request.header("range"),
        if_range: request.header("if-range"),
    });
    answer::answer(&request, at_cdn, shared, &mut stream)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes that look random, the same for the same seed.
pub fn noise(seed: u64, n_bytes: usize) -> Vec<u8> {
    Random::new(seed).bytes(n_bytes)
}
