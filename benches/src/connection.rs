//! One connection of the load tool: prepared bytes out, an answer back, over and over on the same socket.

use std::{
    io::{self, Write as _},
    net::SocketAddr,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::answer::{Reading, header};

/// What a page takes; larger answers let the buffer grow once.
const BUFFER: usize = 64 << 10;
/// Larger answers are a mistake of the benchmark.
const LARGEST: usize = 16 << 20;

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Failure {
    /// The server closed the connection instead of answering.
    #[error("closed")]
    Closed,
    /// The network said no.
    #[error("{0}")]
    Network(io::ErrorKind),
    /// The answer was none.
    #[error("malformed: {0}")]
    Malformed(&'static str),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Network(error.kind())
    }
}

/// A connection that is opened when it is needed and kept as long as the server keeps it.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

/// An answer, valid until the next request.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The HTTP status.
    pub status: u16,
    head: &'a [u8],
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// A header by its name in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(header(self.head, name)?).ok()
    }
}

impl Connection {
    /// A connection to `address`, not yet opened.
    #[must_use]
    pub fn to(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            buffer: vec![0; BUFFER],
        }
    }

    /// Sends a request and reads its whole answer.
    ///
    /// # Errors
    /// Whatever kept the answer from arriving; the connection is a new one the next time.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                stream
            }
        };
        stream.write_all(request).await?;
        let mut reading = Reading::default();
        let mut filled = 0;
        let whole = loop {
            if filled == self.buffer.len() {
                self.grow()?;
            }
            let free = self.buffer.get_mut(filled..).unwrap_or_default();
            match stream.read(free).await? {
                0 => return Err(Failure::Closed),
                read => filled += read,
            }
            let arrived = self.buffer.get_mut(..filled).unwrap_or_default();
            if let Some(whole) = reading.advance(arrived).map_err(Failure::Malformed)? {
                break whole;
            }
        };
        if !whole.closes {
            self.stream = Some(stream);
        }
        Ok(Answer {
            status: whole.status,
            head: self.buffer.get(whole.head).unwrap_or_default(),
            body: self.buffer.get(whole.body).unwrap_or_default(),
        })
    }

    fn grow(&mut self) -> Result<(), Failure> {
        if self.buffer.len() >= LARGEST {
            return Err(Failure::Malformed("too large"));
        }
        self.buffer.resize(self.buffer.len() * 2, 0);
        Ok(())
    }
}

/// Writes a request into `out`, replacing what was there. `headers` are whole lines, each with its `\r\n`.
pub fn request(out: &mut Vec<u8>, method: &str, path: &str, headers: &str, body: &str) {
    out.clear();
    out.extend_from_slice(method.as_bytes());
    out.push(b' ');
    out.extend_from_slice(path.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\nHost: localhost\r\n");
    out.extend_from_slice(headers.as_bytes());
    if !body.is_empty() {
        let length = body.len();
        // Writing into a vector cannot fail.
        let _ = write!(
            out,
            "Content-Type: application/json\r\nContent-Length: {length}\r\n"
        );
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hello::Hello;

    /// A connection is kept, opened again after the server closed it, and takes answers larger than its buffer.
    #[tokio::test]
    async fn answers_come_back_over_one_connection() {
        let hello = Hello::start(3 * BUFFER).unwrap();
        let mut connection = Connection::to(hello.address());
        let mut bytes = Vec::new();
        request(&mut bytes, "GET", "/html", "", "");
        for _ in 0..3 {
            let answer = connection.exchange(&bytes).await.unwrap();
            assert_eq!((answer.status, answer.body.len()), (200, 3 * BUFFER));
            assert_eq!(
                answer.header("content-type"),
                Some("text/html; charset=utf-8")
            );
        }
        request(&mut bytes, "GET", "/html", "Connection: close\r\n", "");
        assert_eq!(connection.exchange(&bytes).await.unwrap().status, 200);
        request(&mut bytes, "POST", "/nowhere", "", "{}");
        assert_eq!(connection.exchange(&bytes).await.unwrap().status, 404);
    }

    /// A request is what a server expects, and a body has its length.
    #[test]
    fn requests_are_whole() {
        let mut bytes = vec![1, 2, 3];
        request(
            &mut bytes,
            "PUT",
            "/checkout",
            "Accept: application/json\r\n",
            "{\"a\":1}",
        );
        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "PUT /checkout HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}"
        );
    }

    /// Nobody there is a failure, not a panic.
    #[tokio::test]
    async fn nobody_there_is_a_failure() {
        let address = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap()
        };
        let mut connection = Connection::to(address);
        let failure = connection
            .exchange(b"GET / HTTP/1.1\r\n\r\n")
            .await
            .unwrap_err();
        assert_eq!(failure, Failure::Network(io::ErrorKind::ConnectionRefused));
    }
}
