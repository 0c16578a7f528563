//! What the server answers, rightly and wrongly.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use super::request::{Request, write_head};
use super::{Access, GOOD_TOKEN, Mischief, ServedFile, ServedRepo, Shared};

/// Bytes handed to the system at once.
const PIECE: usize = 64 << 10;

pub(super) fn answer(
    request: &Request,
    at_cdn: bool,
    shared: &Shared,
    stream: &mut TcpStream,
) -> io::Result<()> {
    let path = request.path();
    if at_cdn {
        // Without its own address, the network that delivers files knows them as the Hub does.
        return match path.strip_prefix("/cdn/").and_then(|path| find(shared, path)) {
            Some((_, _, file)) => send_file(request, &path, &file, shared, Vec::new(), stream),
            None => write_head(stream, 404, &[("Content-Length", "0".into())]),
        };
    }
    if let Some(rest) = path.strip_prefix("/api/models/") {
        return match shared.mischief(&path) {
            Mischief::Status(status, after) => send_status(status, after, stream),
            _ => api(request, rest, shared, stream),
        };
    }
    if path == "/api/whoami-v2" {
        let is_good = request.header("authorization") == Some(format!("Bearer {GOOD_TOKEN}"));
        return if is_good {
            send_json(&json!({ "type": "user", "name": "tester" }), None, stream)
        } else {
            send_error(401, "", stream)
        };
    }
    if path == "/api/models" {
        return match shared.mischief(&path) {
            Mischief::Status(status, after) => send_status(status, after, stream),
            _ => list(request, shared, stream),
        };
    }
    resolve(request, &path, shared, stream)
}

/// The repository and file of `NAME/resolve/REVISION/PATH`.
fn find(shared: &Shared, path: &str) -> Option<(String, ServedRepo, Arc<ServedFile>)> {
    let (name, rest) = path.trim_start_matches('/').split_once("/resolve/")?;
    let (revision, file) = rest.split_once('/')?;
    let repo = shared.repos.lock().unwrap().get(name)?.clone();
    let file = repo.files.get(file).filter(|_| is_revision(&repo, revision))?.clone();
    Some((name.to_owned(), repo, file))
}

fn is_revision(repo: &ServedRepo, revision: &str) -> bool {
    revision == "main" || revision == repo.commit
}

fn resolve(request: &Request, path: &str, shared: &Shared, stream: &mut TcpStream) -> io::Result<()> {
    let name = path.trim_start_matches('/').split("/resolve/").next().unwrap_or_default();
    let Some(repo) = shared.repos.lock().unwrap().get(name).cloned() else {
        return send_error(401, "RepoNotFound", stream);
    };
    if let Some(code) = refusal(&repo, request) {
        return send_error(if request.header("authorization").is_some() { 403 } else { 401 }, code, stream);
    }
    let Some((_, repo, file)) = find(shared, path) else { return send_error(404, "EntryNotFound", stream) };
    let mut headers = vec![("X-Repo-Commit", repo.commit.clone())];
    if !file.is_lfs {
        headers.push(("ETag", format!("\"{}\"", file.sha1)));
        return send_file(request, path, &file, shared, headers, stream);
    }
    let is_replaced = shared
        .always
        .lock()
        .unwrap()
        .iter()
        .any(|(end, mischief)| *mischief == Mischief::Replace && path.ends_with(end.as_str()));
    let sha256 = if is_replaced { "0".repeat(64) } else { file.sha256.clone() };
    headers.push(("X-Linked-Etag", format!("\"{sha256}\"")));
    headers.push(("X-Linked-Size", file.bytes.len().to_string()));
    headers.push(("Location", format!("http://{}/cdn{}", shared.cdn, request.target)));
    headers.push(("Content-Length", "0".into()));
    write_head(stream, 302, &headers)
}

/// Sends a file, or the part that was asked for, with whatever is to go wrong.
fn send_file(
    request: &Request,
    path: &str,
    file: &ServedFile,
    shared: &Shared,
    mut headers: Vec<(&str, String)>,
    stream: &mut TcpStream,
) -> io::Result<()> {
    if request.method == "HEAD" {
        headers.push(("Content-Length", file.bytes.len().to_string()));
        return write_head(stream, 200, &headers);
    }
    let mischief = shared.mischief(path);
    if let Mischief::Status(status, after) = mischief {
        return send_status(status, after, stream);
    }
    let size = file.bytes.len() as u64;
    let etag = format!("\"version-{}\"", &file.sha256[..16]);
    let is_same = request.header("if-range").is_none_or(|known| known == etag);
    let asked = request.range().filter(|_| is_same && !matches!(mischief, Mischief::IgnoreRange(_)));
    if asked.is_some_and(|(start, _)| start >= size) {
        return write_head(
            stream,
            416,
            &[("Content-Range", format!("bytes */{size}")), ("Content-Length", "0".into())],
        );
    }
    let (start, end) = asked.unwrap_or((0, None));
    let end = end.unwrap_or(size).min(size);
    if !headers.iter().any(|(name, _)| *name == "ETag") {
        headers.push(("ETag", etag));
    }
    let claimed = match mischief {
        Mischief::ClaimMore(bytes) => end - start + bytes,
        Mischief::ClaimFewer(bytes) => (end - start).saturating_sub(bytes),
        _ => end - start,
    };
    if !matches!(mischief, Mischief::EndEarly(_)) {
        headers.push(("Content-Length", claimed.to_string()));
    }
    if asked.is_some() {
        let shown = if mischief == Mischief::WrongRange { start + 1 } else { start };
        headers.push(("Content-Range", format!("bytes {shown}-{}/{size}", end - 1)));
    }
    write_head(stream, if asked.is_some() { 206 } else { 200 }, &headers)?;
    send_body(file, start, claimed, mischief, shared, stream)
}

fn send_body(
    file: &ServedFile,
    start: u64,
    claimed: u64,
    mischief: Mischief,
    shared: &Shared,
    stream: &mut TcpStream,
) -> io::Result<()> {
    let body = &file.bytes[start as usize..];
    let most = match mischief {
        Mischief::Cut(bytes)
        | Mischief::EndEarly(bytes)
        | Mischief::Stall(bytes)
        | Mischief::IgnoreRange(bytes) => bytes,
        _ => claimed,
    };
    let body = &body[..body.len().min(most as usize)];
    let mut sent = start;
    for piece in body.chunks(PIECE) {
        match mischief {
            Mischief::FlipBit(at) if (sent..sent + piece.len() as u64).contains(&at) => {
                let mut wrong = piece.to_vec();
                wrong[(at - sent) as usize] ^= 1;
                stream.write_all(&wrong)?;
            }
            _ => stream.write_all(piece)?,
        }
        sent += piece.len() as u64;
        shared.count_sent(piece.len() as u64);
    }
    if matches!(mischief, Mischief::Stall(_)) {
        // Nothing more comes until the client gives up, which ends this read.
        let _ = stream.read(&mut [0]);
    }
    Ok(())
}

fn api(request: &Request, rest: &str, shared: &Shared, stream: &mut TcpStream) -> io::Result<()> {
    let (name, what) = match rest.find("/revision/").or_else(|| rest.find("/tree/")) {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, "revision/main"),
    };
    let repo = shared.repos.lock().unwrap().get(name).cloned();
    let Some(repo) = repo.filter(|repo| repo.access != Access::Private || refusal(repo, request).is_none())
    else {
        return send_error(401, "RepoNotFound", stream);
    };
    if repo.access == Access::Disabled {
        let message = "Access to this resource is disabled.".to_owned();
        let headers = [("X-Error-Message", message), ("Content-Length", "0".into())];
        return write_head(stream, 403, &headers);
    }
    let (kind, revision) = what.split_once('/').unwrap_or((what, "main"));
    if !is_revision(&repo, revision) {
        return send_error(404, "RevisionNotFound", stream);
    }
    if kind == "revision" {
        return send_json(&repo.facts(name), None, stream);
    }
    let entry = |(path, file): (&String, &Arc<ServedFile>)| {
        let mut entry = json!({ "type": "file", "path": path, "oid": file.sha1, "size": file.listed_size() });
        if file.is_lfs {
            entry["lfs"] = json!({ "oid": file.sha256, "size": file.listed_size(), "pointerSize": 134 });
        }
        entry
    };
    let mut entries =
        vec![json!({ "type": "directory", "path": "folder", "oid": "0".repeat(40), "size": 0 })];
    entries.extend(repo.files.iter().map(entry));
    send_page(request, entries, shared, stream)
}

fn list(request: &Request, shared: &Shared, stream: &mut TcpStream) -> io::Result<()> {
    let words = request.query("search").unwrap_or_default().to_lowercase();
    let key = match request.query("sort").as_deref() {
        Some("likes") => "likes",
        _ => "downloads",
    };
    let repos = shared.repos.lock().unwrap().clone();
    let mut found: Vec<Value> = repos
        .iter()
        .filter(|(name, repo)| name.to_lowercase().contains(&words) && repo.access != Access::Private)
        .map(|(name, repo)| repo.facts(name))
        .collect();
    for filter in request.queries("filter") {
        let has = |facts: &Value| facts["tags"].as_array().is_some_and(|tags| tags.contains(&json!(filter)));
        found.retain(has);
    }
    found.sort_by_key(|facts| std::cmp::Reverse(facts[key].as_u64().unwrap_or(0)));
    send_page(request, found, shared, stream)
}

/// Sends one page of `items`, and in `Link` where the next one is.
fn send_page(
    request: &Request,
    items: Vec<Value>,
    shared: &Shared,
    stream: &mut TcpStream,
) -> io::Result<()> {
    let asked = request.query("limit").and_then(|limit| limit.parse().ok()).unwrap_or(usize::MAX);
    let page = shared.page.load(Ordering::Relaxed).min(asked).max(1);
    let start = request.query("cursor").and_then(|cursor| cursor.parse().ok()).unwrap_or(0).min(items.len());
    let end = (start + page).min(items.len());
    let base = request.target.split("&cursor=").next().unwrap_or_default();
    let join = if base.contains('?') { '&' } else { '?' };
    let next = format!("<http://{}{base}{join}cursor={end}>; rel=\"next\"", shared.hub);
    let next = (end < items.len()).then_some(next);
    send_json(&Value::Array(items[start..end].to_vec()), next, stream)
}

fn send_json(value: &Value, link: Option<String>, stream: &mut TcpStream) -> io::Result<()> {
    let body = value.to_string();
    let mut headers =
        vec![("Content-Type", "application/json".into()), ("Content-Length", body.len().to_string())];
    headers.extend(link.map(|link| ("Link", link)));
    write_head(stream, 200, &headers)?;
    stream.write_all(body.as_bytes())
}

fn send_status(status: u16, after: Option<u64>, stream: &mut TcpStream) -> io::Result<()> {
    let mut headers = vec![("Content-Length", "0".to_owned())];
    headers.extend(after.map(|seconds| ("Retry-After", seconds.to_string())));
    write_head(stream, status, &headers)
}

fn send_error(status: u16, code: &str, stream: &mut TcpStream) -> io::Result<()> {
    let headers = [
        ("X-Error-Code", code.to_owned()),
        ("X-Error-Message", code.to_owned()),
        ("Content-Length", "0".into()),
    ];
    write_head(stream, status, &headers)
}

/// The code of the error for those who may not have the files.
fn refusal(repo: &ServedRepo, request: &Request) -> Option<&'static str> {
    let is_good = request.header("authorization") == Some(format!("Bearer {GOOD_TOKEN}"));
    match repo.access {
        _ if is_good => None,
        Access::Open | Access::Disabled => None,
        Access::Gated => Some("GatedRepo"),
        Access::Private => Some("RepoNotFound"),
    }
}
