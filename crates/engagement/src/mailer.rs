//! Where letters go: to a mail server, or into a folder while developing.

use std::{fmt, path::PathBuf, time::Duration};

use kernel::{Email, MessageId, Timestamp};
use lettre::message::{
    Mailbox, MultiPart,
    header::{HeaderName, HeaderValue},
};

use crate::smtp::Smtp;

/// A letter, ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The message; also names the letter to mail servers, so that a copy can be recognised.
    pub id: MessageId,
    /// Where it goes.
    pub to: Email,
    /// The address it comes from, where it is not the mailer's own.
    pub from: Option<Email>,
    /// The name it comes from.
    pub sender_name: String,
    /// Where answers go.
    pub reply_to: Option<Email>,
    /// One line.
    pub subject: String,
    /// A whole HTML document.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// When it was written.
    pub at: Timestamp,
}

/// Why a letter was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The mail server certainly did not take it.
    #[error("{reason}")]
    Refused {
        /// True when trying again cannot help.
        permanent: bool,
        /// What was said.
        reason: String,
    },
    /// It was handed over and no answer came: it may have left.
    #[error("{0}")]
    Unknown(String),
}

/// Where letters go.
#[derive(Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp(Box<Smtp>),
    /// Into files of this folder, one for each letter.
    Folder {
        /// The folder; made when it is missing.
        path: PathBuf,
        /// The sender's address.
        from: Email,
    },
    /// Where another mailer sends them, except letters to people who do not exist.
    Sparing {
        /// The domain of their addresses. Letters to it count as sent, and nobody writes or carries them.
        domain: &'static str,
        /// Where all other letters go.
        others: Box<Mailer>,
    },
}

/// A mail address of the configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMailer {
    /// It is none of `smtp://…`, `smtps://…`, `folder:PATH`.
    #[error("mail must be smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST or folder:PATH")]
    Form,
    /// The TLS library refuses the host's name.
    #[error("the mail server's name cannot be used with TLS: {0}")]
    Tls(String),
}

impl Mailer {
    /// Reads where letters go from a setting. `smtps://` speaks TLS from the first byte (port 465), `smtp://` insists on
    /// STARTTLS (port 587); only a server on this machine may be spoken to without.
    ///
    /// # Errors
    /// A form that is not known, or a host that TLS refuses.
    pub fn from_url(url: &str, from: Email) -> Result<Self, InvalidMailer> {
        match url.strip_prefix("folder:") {
            Some("") => Err(InvalidMailer::Form),
            Some(path) => Ok(Self::Folder {
                path: PathBuf::from(path),
                from,
            }),
            None => Ok(Self::Smtp(Box::new(Smtp::from_url(url, from)?))),
        }
    }

    /// The same mailer, except that letters to addresses at `domain` count as sent and go nowhere.
    #[must_use]
    pub fn sparing(self, domain: &'static str) -> Self {
        Self::Sparing {
            domain,
            others: Box::new(self),
        }
    }

    /// The same mailer with other patience: how long it waits until the letter is asked for, and then for the answer.
    #[must_use]
    pub fn waiting(mut self, until_data: Duration, for_answer: Duration) -> Self {
        let mut last = &mut self;
        while let Self::Sparing { others, .. } = last {
            last = &mut **others;
        }
        if let Self::Smtp(smtp) = last {
            smtp.wait(until_data, for_answer);
        }
        self
    }

    /// Takes away the copies of letters, where this mailer keeps any.
    ///
    /// # Errors
    /// What the disk said.
    pub async fn forget(&self, letters: Vec<MessageId>) -> std::io::Result<()> {
        match self {
            Self::Smtp(_) => Ok(()),
            Self::Folder { path, .. } => {
                let folder = path.clone();
                let gone = tokio::task::spawn_blocking(move || {
                    for id in letters {
                        match std::fs::remove_file(folder.join(format!("{id}.eml"))) {
                            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                                return Err(error);
                            }
                            _ => {}
                        }
                    }
                    Ok(())
                });
                gone.await.map_err(std::io::Error::other)?
            }
            Self::Sparing { others, .. } => Box::pin(others.forget(letters)).await,
        }
    }

    /// Hands a letter over.
    ///
    /// # Errors
    /// Whether it certainly did not leave, or may have.
    pub async fn send(&self, letter: &Letter) -> Result<(), NotSent> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter, &write(letter, smtp.from())?).await,
            Self::Folder { path, from } => {
                let bytes = write(letter, from)?;
                let kept = keep(path.clone(), format!("{}.eml", letter.id), bytes).await;
                kept.map_err(|error| NotSent::Refused {
                    permanent: false,
                    reason: error.to_string(),
                })
            }
            Self::Sparing { domain, others } => {
                let spared = letter.to.as_str().rsplit('@').next() == Some(*domain);
                if spared {
                    return Ok(());
                }
                Box::pin(others.send(letter)).await
            }
        }
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp(smtp) => write!(f, "smtp to {}", smtp.server()),
            Self::Folder { path, .. } => write!(f, "folder {}", path.display()),
            Self::Sparing { domain, others } => write!(f, "{others:?}, not to {domain}"),
        }
    }
}

/// A half-written letter never has a letter's name.
async fn keep(folder: PathBuf, name: String, bytes: Vec<u8>) -> std::io::Result<()> {
    let kept = tokio::task::spawn_blocking(move || {
        let (draft, place) = (folder.join(format!(".{name}")), folder.join(name));
        if let Err(error) = std::fs::write(&draft, &bytes) {
            if error.kind() != std::io::ErrorKind::NotFound {
                return Err(error);
            }
            std::fs::create_dir_all(&folder)?;
            std::fs::write(&draft, &bytes)?;
        }
        std::fs::rename(draft, place)
    });
    kept.await.map_err(std::io::Error::other)?
}

/// The letter as it goes over the wire. Names and subjects are encoded by the library, so none of them can begin a
/// header of its own (A17).
fn write(letter: &Letter, from: &Email) -> Result<Vec<u8>, NotSent> {
    let unfit = |reason: String| NotSent::Refused {
        permanent: true,
        reason,
    };
    let address = |email: &Email| {
        email
            .as_str()
            .parse::<lettre::Address>()
            .map_err(|error| unfit(format!("{}: {error}", email.as_str())))
    };
    let sender_name: String = letter
        .sender_name
        .chars()
        .filter(|c| !c.is_control())
        .collect();
    let sender = Mailbox::new(
        Some(sender_name).filter(|name| !name.trim().is_empty()),
        address(letter.from.as_ref().unwrap_or(from))?,
    );
    let domain = from.as_str().rsplit('@').next().unwrap_or("localhost");
    let micros = u64::try_from(letter.at.micros()).unwrap_or_default();
    let mut builder = lettre::Message::builder()
        .from(sender)
        .to(Mailbox::new(None, address(&letter.to)?))
        .subject(letter.subject.as_str())
        .message_id(Some(format!("<{}@{domain}>", letter.id)))
        .date(std::time::UNIX_EPOCH + Duration::from_micros(micros))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        ));
    if let Some(reply_to) = &letter.reply_to {
        builder = builder.reply_to(Mailbox::new(None, address(reply_to)?));
    }
    let parts = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
    builder
        .multipart(parts)
        .map(|message| message.formatted())
        .map_err(|error| unfit(error.to_string()))
}
