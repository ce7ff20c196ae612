//! A mail server of the test's own: takes letters, or refuses, hangs up and dawdles at the step it is told to.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the server does with one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes the letter.
    Take,
    /// Answers the recipient with this line.
    Recipient(&'static str),
    /// Reads the letter and answers with this line.
    Letter(&'static str),
    /// Reads the letter and hangs up.
    HangUp,
    /// Reads the letter and answers once it is released.
    Hold,
    /// Never greets.
    Mute,
}

/// The server: its port, the moods of the next conversations, and the letters that it read to the end.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) port: u16,
    pub(crate) moods: Arc<Mutex<VecDeque<Mood>>>,
    pub(crate) letters: Arc<Mutex<Vec<String>>>,
    pub(crate) release: watch::Sender<bool>,
}

impl Sink {
    /// A server in these moods, one for each conversation, and willing afterwards.
    pub(crate) async fn in_moods(moods: &[Mood]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            port: listener.local_addr().unwrap().port(),
            moods: Arc::new(Mutex::new(moods.iter().copied().collect())),
            letters: Arc::default(),
            release: watch::channel(false).0,
        };
        let server = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        sink
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn count(&self) -> usize {
        self.letters.lock().unwrap().len()
    }

    /// Waits until this many letters were read.
    pub(crate) async fn has_read(&self, letters: usize) {
        for _ in 0..500 {
            if self.count() >= letters {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the server read {} letters, not {letters}", self.count());
    }

    async fn talk(self, stream: TcpStream) -> Option<()> {
        let mood = self.moods.lock().unwrap().pop_front().unwrap_or(Mood::Take);
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        if mood == Mood::Mute {
            return std::future::pending().await;
        }
        write.write_all(b"220 sink ESMTP\r\n").await.ok()?;
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.split([' ', ':']).next()? {
                "EHLO" => "250-sink\r\n250 8BITMIME",
                "RCPT" => {
                    if let Mood::Recipient(answer) = mood {
                        answer
                    } else {
                        "250 ok"
                    }
                }
                "QUIT" => return write.write_all(b"221 bye\r\n").await.ok(),
                "DATA" => {
                    write.write_all(b"354 go\r\n").await.ok()?;
                    let mut letter = String::new();
                    loop {
                        let line = lines.next_line().await.ok()??;
                        if line == "." {
                            break;
                        }
                        letter.push_str(&line);
                        letter.push('\n');
                    }
                    self.letters.lock().unwrap().push(letter);
                    match mood {
                        Mood::HangUp => return None,
                        Mood::Hold => self
                            .release
                            .subscribe()
                            .wait_for(|go| *go)
                            .await
                            .map(|_| "250 taken")
                            .ok()?,
                        Mood::Letter(answer) => answer,
                        _ => "250 taken",
                    }
                }
                _ => "250 ok",
            };
            write
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .ok()?;
        }
        None
    }
}
