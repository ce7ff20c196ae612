//! Files at addresses that people name, such as the pictures of a shop that moves here (A15).
//!
//! Such an address may lead anywhere, also to what only this machine can reach. So only HTTPS at its usual port is
//! asked, and each name is resolved here: what is not an address of the open internet is left out before anything is
//! connected, and only to what was looked at is a connection made. Of redirects a few are followed, each looked at like
//! the first address. How long it takes and how much is read have limits.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client, Response, StatusCode, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, LOCATION},
    redirect::Policy,
};

use super::{BadAddress, CONNECT, tls};

/// How long a file may take, redirects included.
const WHOLE: Duration = Duration::from_secs(60);
/// How many redirects are followed.
const REDIRECTS: usize = 3;

/// Fetches files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    reach: Reach,
}

/// What a fetcher may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// The open internet, by HTTPS.
    Internet,
    /// This machine alone, without TLS.
    ThisMachine,
}

/// Why a file was not fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is no address by HTTPS at the usual port, or names a user.
    #[error("no https address")]
    Address,
    /// It leads to no place of the open internet.
    #[error("not of the open internet")]
    NotPublic,
    /// The other side refused, in HTTP.
    #[error("status {0}")]
    Status(u16),
    /// It leads on and on.
    #[error("more than {REDIRECTS} redirects")]
    Redirects,
    /// There is more than may be read.
    #[error("too large")]
    TooLarge,
    /// There was no answer, or not all of it in time.
    #[error("no answer: {0}")]
    Silent(String),
}

impl FetchError {
    /// The key of the sentence for people.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Address => "error-fetch-address",
            Self::NotPublic => "error-fetch-not-public",
            Self::Status(_) => "error-fetch-status",
            Self::Redirects => "error-fetch-redirects",
            Self::TooLarge => "error-picture-bytes",
            Self::Silent(_) => "error-fetch-silent",
        }
    }

    /// Whether it may be otherwise later.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Silent(_) | Self::Status(408 | 425 | 429 | 500..=599)
        )
    }
}

/// A name has no address that may be asked.
#[derive(Debug, thiserror::Error)]
#[error("no address that may be asked")]
struct Nowhere;

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = found.filter(|address| reach.allows(address.ip()));
            let allowed: Vec<SocketAddr> = allowed.collect();
            if allowed.is_empty() {
                return Err(Nowhere.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl Reach {
    fn allows(self, address: IpAddr) -> bool {
        match self {
            Self::Internet => is_public(address),
            Self::ThisMachine => address.is_loopback(),
        }
    }

    /// Looks at an address before it is asked. A name is looked at again when it is resolved.
    fn check(self, url: &Url) -> Result<(), FetchError> {
        let fits = match self {
            Self::Internet => url.scheme() == "https" && url.port().is_none(),
            Self::ThisMachine => url.scheme() == "http",
        };
        let host = url.host_str().ok_or(FetchError::Address)?;
        if !fits || !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::Address);
        }
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        match literal.parse::<IpAddr>() {
            Ok(address) if !self.allows(address) => Err(FetchError::NotPublic),
            _ => Ok(()),
        }
    }
}

impl Fetcher {
    /// One that asks the open internet by HTTPS, and nothing else.
    ///
    /// # Errors
    /// [`BadAddress::Tls`].
    pub fn of_the_internet() -> Result<Self, BadAddress> {
        Self::with(Reach::Internet)
    }

    /// One that asks this machine without TLS, and nothing else: for a stand-in of the other side.
    ///
    /// # Errors
    /// [`BadAddress::Tls`].
    pub fn of_this_machine() -> Result<Self, BadAddress> {
        Self::with(Reach::ThisMachine)
    }

    fn with(reach: Reach) -> Result<Self, BadAddress> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .user_agent(concat!("zhanggui/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .dns_resolver(Arc::new(reach))
            .no_proxy()
            .connect_timeout(CONNECT)
            .build()
            .map_err(|e| BadAddress::Tls(e.to_string()))?;
        Ok(Self { client, reach })
    }

    /// Whether an address may be asked, as far as it says itself.
    ///
    /// # Errors
    /// [`FetchError::Address`], [`FetchError::NotPublic`].
    pub fn check(&self, address: &str) -> Result<(), FetchError> {
        let url = Url::parse(address).map_err(|_| FetchError::Address)?;
        self.reach.check(&url)
    }

    /// The file at an address, of at most `most` bytes. What it is, its reader finds out.
    ///
    /// # Errors
    /// [`FetchError`].
    pub async fn get(&self, address: &str, most: usize) -> Result<Vec<u8>, FetchError> {
        let following = tokio::time::timeout(WHOLE, self.follow(address, most));
        let silent = |_| Err(FetchError::Silent("it took too long".to_owned()));
        following.await.unwrap_or_else(silent)
    }

    async fn follow(&self, address: &str, most: usize) -> Result<Vec<u8>, FetchError> {
        let mut url = Url::parse(address).map_err(|_| FetchError::Address)?;
        for _ in 0..=REDIRECTS {
            self.reach.check(&url)?;
            let request = self.client.get(url.clone()).header(ACCEPT, "image/*");
            let response = request.send().await.map_err(|e| failed(&e))?;
            let status = response.status();
            if status.is_redirection() {
                url = leads_to(&url, &response).ok_or(FetchError::Status(status.as_u16()))?;
            } else if status == StatusCode::OK {
                return body(response, most).await;
            } else {
                return Err(FetchError::Status(status.as_u16()));
            }
        }
        Err(FetchError::Redirects)
    }
}

/// Where a redirect leads.
fn leads_to(from: &Url, response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, FetchError> {
    let mut read = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|e| failed(&e))? {
        if read.len() + part.len() > most {
            return Err(FetchError::TooLarge);
        }
        read.extend_from_slice(&part);
    }
    Ok(read)
}

/// Why a call failed: a name without an allowed address stands at the bottom of its reasons.
fn failed(error: &reqwest::Error) -> FetchError {
    let mut reason: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = reason {
        if one.is::<Nowhere>() {
            return FetchError::NotPublic;
        }
        reason = one.source();
    }
    FetchError::Silent(error.to_string())
}

/// Whether an address is one of the open internet. Of the newer kind only what is handed out for it counts, and nothing
/// in it that stands for an address of the older kind, so that no way leads around the list of the older kind.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// The registry of special addresses of IANA, the older kind.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = a == 0
        || a >= 240
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !special
}

/// What IANA hands out for the open internet, the newer kind: 2000::/3 without tunnels, special purposes and examples.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let special =
        (a == 0x2001 && (b < 0x0200 || b == 0x0db8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    a & 0xe000 == 0x2000 && !special
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    /// A15: what only this machine or its neighbours can reach is not public, in whatever way it is written.
    #[test]
    fn only_the_open_internet_is_public() {
        for public in [
            "1.1.1.1",
            "100.63.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.254",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for hidden in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(hidden.parse().unwrap()), "{hidden}");
        }
    }

    /// A15: an address that a person names is HTTPS at its usual port, without a user; numbers are looked at however
    /// they are written.
    #[test]
    fn an_address_is_looked_at() {
        let fetcher = Fetcher::of_the_internet().unwrap();
        for good in ["https://cdn.example/1.jpg?v=2#x", "https://1.1.1.1/a"] {
            assert_eq!(fetcher.check(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            "1.jpg",
            "http://cdn.example/1.jpg",
            "ftp://cdn.example/1.jpg",
            "https://cdn.example:8443/1.jpg",
            "https://user:word@cdn.example/1.jpg",
            "file:///etc/passwd",
            "https://",
        ] {
            assert_eq!(fetcher.check(bad), Err(FetchError::Address), "{bad}");
        }
        for hidden in [
            "https://127.0.0.1/1.jpg",
            "https://2130706433/1.jpg",
            "https://0x7f.1/1.jpg",
            "https://[::1]/1.jpg",
            "https://[::ffff:169.254.169.254]/latest/meta-data",
            "https://10.1.2.3/1.jpg",
        ] {
            assert_eq!(
                fetcher.check(hidden),
                Err(FetchError::NotPublic),
                "{hidden}"
            );
        }
    }

    /// A15: a name is looked at when it is resolved; one that leads to this machine is not asked.
    #[tokio::test]
    async fn a_name_of_this_machine_is_not_asked() {
        let fetcher = Fetcher::of_the_internet().unwrap();
        let got = fetcher.get("https://localhost/1.jpg", 10).await;
        assert_eq!(got, Err(FetchError::NotPublic));
    }

    /// Answers each request to it with the next of these, and tells its address.
    fn serving(answers: Vec<String>) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = stream.read(&mut [0; 2_048]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        base
    }

    fn answer(status: &str, header: &str, body: &str) -> String {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\n{header}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    }

    /// A15: redirects are followed a few times, each looked at like the first address; more than asked for is not read.
    #[tokio::test]
    async fn redirects_and_sizes_have_limits() {
        let fetcher = Fetcher::of_this_machine().unwrap();
        let onward = |to: &str| answer("302 Found", &format!("location: {to}\r\n"), "");
        let base = serving(vec![onward("/b.jpg"), answer("200 OK", "", "picture")]);
        let got = fetcher.get(&format!("{base}/a.jpg"), 7).await;
        assert_eq!(got.as_deref(), Ok(&b"picture"[..]));
        let base = serving(vec![answer("200 OK", "", "picture")]);
        let got = fetcher.get(&base, 6).await;
        assert_eq!(got, Err(FetchError::TooLarge));
        let base = serving(vec![onward("/again"); REDIRECTS + 1]);
        assert_eq!(fetcher.get(&base, 9).await, Err(FetchError::Redirects));
        let base = serving(vec![onward("http://10.0.0.1/inside")]);
        assert_eq!(fetcher.get(&base, 9).await, Err(FetchError::NotPublic));
        let base = serving(vec![answer("404 Not Found", "", "")]);
        let gone = fetcher.get(&base, 9).await.unwrap_err();
        assert_eq!((gone.may_pass(), gone), (false, FetchError::Status(404)));
        let base = serving(vec![answer("503 Service Unavailable", "", "")]);
        assert!(fetcher.get(&base, 9).await.unwrap_err().may_pass());
        let base = serving(Vec::new());
        assert!(fetcher.get(&base, 9).await.unwrap_err().may_pass());
    }
}
