//! Reading a request and writing the head of an answer.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::TcpStream;

/// Longest head of a request.
const LONGEST_HEAD: usize = 64 << 10;

/// A request without its body; none of those that are answered has one.
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Reads one; `None` if the client closes the connection instead.
    pub(super) fn read(stream: &mut TcpStream) -> io::Result<Option<Self>> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read(&mut byte)? == 0 || head.len() > LONGEST_HEAD {
                return Ok(None);
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head);
        let mut lines = head.lines();
        let mut first = lines.next().unwrap_or_default().split(' ');
        let (method, target) = (first.next().unwrap_or_default(), first.next().unwrap_or_default());
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Ok(Some(Self { method: method.to_owned(), target: target.to_owned(), headers: headers.collect() }))
    }

    pub(super) fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    /// The path without its query, decoded.
    pub(super) fn path(&self) -> String {
        decode(self.target.split('?').next().unwrap_or_default())
    }

    /// All values of a name of the query, decoded.
    pub(super) fn queries(&self, name: &str) -> Vec<String> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let values = pairs.filter(|(known, _)| *known == name);
        values.map(|(_, value)| decode(&value.replace('+', " "))).collect()
    }

    /// The first value of a name of the query, decoded.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        self.queries(name).into_iter().next()
    }

    /// The bytes asked for by `Range: bytes=N-M` or `bytes=N-`: the first one, and the one after the last.
    pub(super) fn range(&self) -> Option<(u64, Option<u64>)> {
        let range = self.header("range")?;
        let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
        Some((first.parse().ok()?, last.parse::<u64>().ok().map(|last| last + 1)))
    }
}

/// Writes the head of an answer, after which the connection ends with the body.
pub(super) fn write_head(stream: &mut TcpStream, status: u16, headers: &[(&str, String)]) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {status} Status\r\nConnection: close\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())
}

fn decode(text: &str) -> String {
    let (mut decoded, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| first == b'%');
        let value = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        decoded.push(value.unwrap_or(first));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
