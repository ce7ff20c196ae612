//! Reading an HTTP/1.1 answer out of the bytes that have arrived so far, in place.

use std::ops::Range;

/// Why bytes are not an answer.
pub(crate) type Malformed = &'static str;

/// An answer in the middle of arriving.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Bytes in which the end of the head was looked for already.
    searched: usize,
    head: Option<Head>,
}

#[derive(Debug, Clone, Copy)]
struct Head {
    status: u16,
    /// Where the body begins.
    end: usize,
    closes: bool,
    body: Body,
}

#[derive(Debug, Clone, Copy)]
enum Body {
    Length(usize),
    /// The next chunk begins at `at`; what was decoded ends at `end`.
    Chunked {
        at: usize,
        end: usize,
    },
}

/// A whole answer, as places in the buffer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) head: Range<usize>,
    pub(crate) body: Range<usize>,
    /// Whether the server closes the connection after it.
    pub(crate) closes: bool,
}

impl Reading {
    /// Looks at all bytes that have arrived; answers once they are a whole answer. Chunks are joined in place.
    pub(crate) fn advance(&mut self, bytes: &mut [u8]) -> Result<Option<Whole>, Malformed> {
        let mut head = match self.head {
            Some(head) => head,
            None => {
                let from = self.searched.saturating_sub(3);
                self.searched = bytes.len();
                let Some(at) = find(bytes, from, b"\r\n\r\n") else {
                    return Ok(None);
                };
                parse(bytes.get(..at + 2).unwrap_or_default(), at + 4)?
            }
        };
        let body = match &mut head.body {
            Body::Length(length) => {
                let end = head.end + *length;
                match bytes.len() {
                    got if got < end => None,
                    got if got > end => return Err("more bytes than the answer has"),
                    _ => Some(end),
                }
            }
            Body::Chunked { at, end } => chunks(bytes, at, end)?.then_some(*end),
        };
        self.head = Some(head);
        Ok(body.map(|end| Whole {
            status: head.status,
            head: 0..head.end,
            body: head.end..end,
            closes: head.closes,
        }))
    }
}

/// Joins the chunks that are complete; true once the last one is there.
fn chunks(bytes: &mut [u8], at: &mut usize, end: &mut usize) -> Result<bool, Malformed> {
    while let Some(line) = find(bytes, *at, b"\r\n") {
        let size = bytes
            .get(*at..line)
            .and_then(hex)
            .ok_or("a chunk without a size")?;
        let data = line + 2;
        if size == 0 {
            // Trailers, if any, end with an empty line.
            let rest = bytes.get(data..).unwrap_or_default();
            return Ok(rest.starts_with(b"\r\n") || find(bytes, data, b"\r\n\r\n").is_some());
        }
        let next = data + size + 2;
        if bytes.len() < next {
            return Ok(false);
        }
        bytes.copy_within(data..data + size, *end);
        (*at, *end) = (next, *end + size);
    }
    Ok(false)
}

fn parse(head: &[u8], end: usize) -> Result<Head, Malformed> {
    let status = head
        .get(9..12)
        .filter(|_| head.starts_with(b"HTTP/1."))
        .and_then(decimal)
        .and_then(|s| u16::try_from(s).ok())
        .ok_or("no status line")?;
    let has = |name: &str, word: &[u8]| {
        header(head, name).is_some_and(|value| value.eq_ignore_ascii_case(word))
    };
    let body = if matches!(status, 100..=199 | 204 | 304) {
        Body::Length(0)
    } else if has("transfer-encoding", b"chunked") {
        Body::Chunked { at: end, end }
    } else {
        let length = header(head, "content-length").and_then(decimal);
        Body::Length(length.ok_or("an answer of unknown length")?)
    };
    Ok(Head {
        status,
        end,
        closes: has("connection", b"close"),
        body,
    })
}

/// The value of a header in a head, without blanks around it.
pub(crate) fn header<'a>(head: &'a [u8], name: &str) -> Option<&'a [u8]> {
    head.split(|b| *b == b'\n').skip(1).find_map(|line| {
        let (start, value) = line.split_at_checked(name.len())?;
        let value = value.strip_prefix(b":")?;
        start
            .eq_ignore_ascii_case(name.as_bytes())
            .then(|| value.trim_ascii())
    })
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(wanted.len())
        .position(|window| window == wanted)
        .map(|at| from + at)
}

fn decimal(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn hex(line: &[u8]) -> Option<usize> {
    let digits = line.split(|b| *b == b';').next()?;
    usize::from_str_radix(std::str::from_utf8(digits).ok()?.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds an answer byte by byte, as the slowest network would.
    fn read(text: &str) -> Result<Option<(Whole, String)>, Malformed> {
        let mut reading = Reading::default();
        let mut buffer = Vec::new();
        for (index, byte) in text.bytes().enumerate() {
            buffer.push(byte);
            if let Some(whole) = reading.advance(&mut buffer)? {
                assert_eq!(index + 1, text.len(), "answered too early");
                let body = String::from_utf8(buffer[whole.body.clone()].to_vec()).unwrap();
                return Ok(Some((whole, body)));
            }
        }
        Ok(None)
    }

    /// A body of known length, and the headers around it.
    #[test]
    fn a_length_is_kept_to() {
        let text = "HTTP/1.1 201 Created\r\nCart-Token:  abc \r\nContent-Length: 5\r\n\r\nhello";
        let (whole, body) = read(text).unwrap().unwrap();
        assert_eq!(
            (whole.status, body.as_str(), whole.closes),
            (201, "hello", false)
        );
        let head = &text.as_bytes()[whole.head];
        assert_eq!(header(head, "cart-token"), Some(&b"abc"[..]));
        assert_eq!(header(head, "cart"), None);
    }

    /// Chunks are joined, with extensions and trailers left out.
    #[test]
    fn chunks_are_joined() {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
        let (whole, body) = read(&format!(
            "{head}4;x=y\r\nWiki\r\nA\r\n0123456789\r\n0\r\n\r\n"
        ))
        .unwrap()
        .unwrap();
        assert_eq!((body.as_str(), whole.closes), ("Wiki0123456789", true));
        let trailed = read(&format!("{head}1\r\nx\r\n0\r\na: b\r\n\r\n")).unwrap();
        assert_eq!(trailed.unwrap().1, "x");
    }

    /// Some statuses have no body whatever the headers say.
    #[test]
    fn no_content_has_no_body() {
        let (whole, body) = read("HTTP/1.1 304 Not Modified\r\n\r\n").unwrap().unwrap();
        assert_eq!((whole.status, body.as_str()), (304, ""));
    }

    /// What is no answer is said to be none.
    #[test]
    fn nonsense_is_refused() {
        assert!(read("SSH-2.0-x\r\n\r\n").is_err());
        assert!(read("HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n").is_err());
        let mut two = *b"HTTP/1.1 204 No\r\n\r\nHTTP";
        assert!(Reading::default().advance(&mut two).is_err());
    }
}
