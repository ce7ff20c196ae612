//! Speaking SMTP step by step, because it matters at which step a conversation breaks: up to the moment the server
//! asks for the letter nothing can have left; after that only its answer tells.

use std::{net::IpAddr, time::Duration};

use kernel::Email;
use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::{AsyncSmtpConnection, TlsParameters},
    commands::{Data, Mail, Rcpt},
    extension::{ClientId, Extension, MailParameter},
};

use crate::mailer::{InvalidMailer, Letter, NotSent};

/// How long the conversation may take until the server asks for the letter.
const UNTIL_DATA: Duration = Duration::from_secs(30);
/// How long the server may take to answer once it has the letter.
const FOR_ANSWER: Duration = Duration::from_secs(120);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything is said, or no conversation.
    StartTls,
    /// None; only to this machine.
    None,
}

/// A mail server.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    from: Email,
    until_data: Duration,
    for_answer: Duration,
}

impl Smtp {
    /// Reads `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`; user, password and port may be missing.
    pub(crate) fn from_url(url: &str, from: Email) -> Result<Self, InvalidMailer> {
        let (scheme, rest) = url.split_once("://").ok_or(InvalidMailer::Form)?;
        let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (login, server) = rest
            .rsplit_once('@')
            .map_or((None, rest), |(login, server)| (Some(login), server));
        let (host, port) = match server.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => server
                .split_once(':')
                .map_or((server, None), |(host, port)| (host, Some(port))),
        };
        if host.is_empty() {
            return Err(InvalidMailer::Form);
        }
        let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let (security, usual) = match scheme {
            "smtps" => (Security::Tls, 465),
            "smtp" if here => (Security::None, 25),
            "smtp" => (Security::StartTls, 587),
            _ => return Err(InvalidMailer::Form),
        };
        let port = port
            .map_or(Ok(usual), str::parse)
            .map_err(|_| InvalidMailer::Form)?;
        let tls = match security {
            Security::None => None,
            _ => Some(
                TlsParameters::new(host.to_owned())
                    .map_err(|error| InvalidMailer::Tls(error.to_string()))?,
            ),
        };
        let credentials = login.map(|login| {
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            Credentials::new(percent_decoded(user), percent_decoded(password))
        });
        let host = host.to_owned();
        Ok(Self {
            host,
            port,
            security,
            tls,
            credentials,
            from,
            until_data: UNTIL_DATA,
            for_answer: FOR_ANSWER,
        })
    }

    pub(crate) const fn from(&self) -> &Email {
        &self.from
    }

    pub(crate) fn server(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    pub(crate) const fn wait(&mut self, until_data: Duration, for_answer: Duration) {
        (self.until_data, self.for_answer) = (until_data, for_answer);
    }

    /// Hands a letter over and waits for the server's answer.
    pub(crate) async fn send(&self, letter: &Letter, bytes: &[u8]) -> Result<(), NotSent> {
        let asked = tokio::time::timeout(self.until_data, self.until_asked(letter)).await;
        let mut connection = match asked {
            Ok(Ok(connection)) => connection,
            Ok(Err(refused)) => return Err(refused),
            Err(_) => return Err(temporary("the mail server did not answer in time")),
        };
        let answer = tokio::time::timeout(self.for_answer, connection.message(bytes)).await;
        match answer {
            Ok(Ok(_)) => {
                let _ = tokio::time::timeout(Duration::from_secs(1), connection.quit()).await;
                Ok(())
            }
            Ok(Err(error)) if error.is_permanent() || error.is_transient() => Err(refused(&error)),
            Ok(Err(error)) => Err(NotSent::Unknown(format!(
                "after the letter was handed over: {}",
                chain(&error)
            ))),
            Err(_) => Err(NotSent::Unknown(
                "the mail server took the letter and did not answer in time".to_owned(),
            )),
        }
    }

    /// The conversation up to the moment at which the server asks for the letter.
    async fn until_asked(&self, letter: &Letter) -> Result<AsyncSmtpConnection, NotSent> {
        let from: lettre::Address = self
            .from
            .as_str()
            .parse()
            .map_err(|_| unfit("the sender's address is none"))?;
        let to: lettre::Address = letter
            .to
            .as_str()
            .parse()
            .map_err(|_| unfit("the recipient's address is none"))?;
        let hello = ClientId::Domain(from.domain().to_owned());
        let implicit = self.tls.clone().filter(|_| self.security == Security::Tls);
        let server = (self.host.as_str(), self.port);
        let connected = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(self.until_data),
            &hello,
            implicit,
            None,
        )
        .await;
        let mut connection = connected.map_err(|error| refused(&error))?;
        if let (Security::StartTls, Some(tls)) = (self.security, &self.tls) {
            connection
                .starttls(tls.clone(), &hello)
                .await
                .map_err(|error| refused(&error))?;
        }
        if let Some(credentials) = &self.credentials {
            connection
                .auth(DEFAULT_MECHANISMS, credentials)
                .await
                .map_err(|error| login(&error))?;
        }
        let mut options = Vec::new();
        if !letter.to.as_str().is_ascii() {
            if !connection
                .server_info()
                .supports_feature(Extension::SmtpUtfEight)
            {
                return Err(unfit("the mail server cannot write to this address"));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        connection
            .command(Mail::new(Some(from), options))
            .await
            .map_err(|error| refused(&error))?;
        connection
            .command(Rcpt::new(to, Vec::new()))
            .await
            .map_err(|error| refused(&error))?;
        connection
            .command(Data)
            .await
            .map_err(|error| refused(&error))?;
        Ok(connection)
    }
}

fn unfit(reason: &str) -> NotSent {
    NotSent::Refused {
        permanent: true,
        reason: reason.to_owned(),
    }
}

fn temporary(reason: &str) -> NotSent {
    NotSent::Refused {
        permanent: false,
        reason: reason.to_owned(),
    }
}

fn refused(error: &Error) -> NotSent {
    NotSent::Refused {
        permanent: error.is_permanent(),
        reason: chain(error),
    }
}

/// A refused login is the shop's mistake, not the letter's: once it is mended, trying again helps.
fn login(error: &Error) -> NotSent {
    temporary(&format!(
        "the mail server refused the login: {}",
        chain(error)
    ))
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes =
        std::iter::successors(error.source(), |cause| cause.source()).map(ToString::to_string);
    let mut text = error.to_string();
    for cause in causes.filter(|cause| !cause.is_empty()) {
        if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text.replace(['\r', '\n'], " ").chars().take(500).collect()
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(url: &str) -> Result<Smtp, InvalidMailer> {
        Smtp::from_url(url, Email::parse("shop@example.tw").unwrap())
    }

    /// A19: a password travels only under TLS or to this machine.
    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for (url, security, server) in [
            (
                "smtps://mail.example.tw",
                Security::Tls,
                "mail.example.tw:465",
            ),
            (
                "smtp://u:p@mail.example.tw",
                Security::StartTls,
                "mail.example.tw:587",
            ),
            (
                "smtp://u:p@192.0.2.7:2525",
                Security::StartTls,
                "192.0.2.7:2525",
            ),
            ("smtp://127.0.0.1:2525", Security::None, "127.0.0.1:2525"),
            ("smtp://[::1]:2525", Security::None, "::1:2525"),
        ] {
            let smtp = smtp(url).unwrap();
            assert_eq!(
                (smtp.security, smtp.server().as_str()),
                (security, server),
                "{url}"
            );
        }
        for bad in [
            "",
            "mail.example.tw",
            "http://mail.example.tw",
            "smtp://",
            "smtp://host:notaport",
        ] {
            assert!(smtp(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn logins_are_percent_decoded() {
        assert_eq!(percent_decoded("a%40b%3Ac%zz%4"), "a@b:c%zz%4");
    }
}
