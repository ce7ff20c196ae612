//! Calls to other companies' machines: HTTPS with a time limit, without redirects, with a limit on what is read (A15).
//!
//! The address of an [`Outgoing`] comes from the configuration, never from a request. It must be HTTPS; without it only
//! this very machine is called, for a stand-in of the other side. Addresses that people name are the matter of a
//! [`Fetcher`].

mod fetch;

use std::{fmt, net::IpAddr, sync::Arc, time::Duration};

use reqwest::{
    Client, Method, Url,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};

pub use fetch::{FetchError, Fetcher};

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a call may take until its answer is read.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest answer that is read, in bytes.
const LONGEST: usize = 4 << 20;

/// The other side, ready to be called. Cheap to clone.
#[derive(Clone)]
pub struct Outgoing {
    client: Client,
    base: Url,
}

/// Where calls go; nothing that could be secret.
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

/// What the other side answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// An address that is not called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It cannot be read, or names a user, a query or a fragment.
    #[error("{0:?} is no address of a service")]
    Malformed(String),
    /// Neither HTTPS nor this machine.
    #[error("{0:?} is neither https nor this machine")]
    Open(String),
    /// A header holds what no header can hold.
    #[error("the header {0} cannot be sent")]
    Header(&'static str),
    /// The program's own TLS could not be set up.
    #[error("TLS: {0}")]
    Tls(String),
}

/// No answer: the call may or may not have done something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answer: {0}")]
pub struct NoAnswer(pub String);

impl Outgoing {
    /// A way to the service at `base`; each call carries `headers`, which no debugging output shows.
    ///
    /// # Errors
    /// [`BadAddress`].
    pub fn to(base: &str, headers: &[(&'static str, &str)]) -> Result<Self, BadAddress> {
        let malformed = || BadAddress::Malformed(base.to_owned());
        let url = Url::parse(base.trim_end_matches('/')).map_err(|_| malformed())?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let host = url.host_str().ok_or_else(malformed)?;
        if !plain {
            return Err(malformed());
        }
        match url.scheme() {
            "https" => {}
            "http" if is_here(host) => {}
            "http" => return Err(BadAddress::Open(base.to_owned())),
            _ => return Err(malformed()),
        }
        let client = Client::builder()
            .tls_backend_preconfigured(tls()?)
            .default_headers(sensitive(headers)?)
            .user_agent(concat!("zhanggui/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .build()
            .map_err(|e| BadAddress::Tls(e.to_string()))?;
        Ok(Self { client, base: url })
    }

    /// Asks for `path`, which may have a query.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn get(&self, path: &str) -> Result<Reply, NoAnswer> {
        self.call(Method::GET, path, None, Vec::new()).await
    }

    /// Sends a form to `path`. The same `key` again is the same call.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub async fn post(
        &self,
        path: &str,
        key: Option<&str>,
        fields: &[(String, String)],
    ) -> Result<Reply, NoAnswer> {
        let body = serde_urlencoded::to_string(fields).map_err(|e| NoAnswer(e.to_string()))?;
        self.call(Method::POST, path, key, body.into_bytes()).await
    }

    /// Takes something away there.
    ///
    /// # Errors
    /// [`NoAnswer`]; whether it is gone is then not known.
    pub async fn delete(&self, path: &str) -> Result<Reply, NoAnswer> {
        self.call(Method::DELETE, path, None, Vec::new()).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        key: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Reply, NoAnswer> {
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let mut request = self.client.request(method.clone(), url);
        if method == Method::POST {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        // The address of a call can carry names of customers: it stays out of what is logged.
        let lost = |e: reqwest::Error| NoAnswer(e.without_url().to_string());
        let mut response = request.send().await.map_err(lost)?;
        let status = response.status().as_u16();
        let mut read = Vec::new();
        while let Some(part) = response.chunk().await.map_err(lost)? {
            if read.len() + part.len() > LONGEST {
                return Err(NoAnswer("the answer is too long".into()));
            }
            read.extend_from_slice(&part);
        }
        Ok(Reply { status, body: read })
    }
}

fn sensitive(headers: &[(&'static str, &str)]) -> Result<HeaderMap, BadAddress> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let mut value = HeaderValue::try_from(*value).map_err(|_| BadAddress::Header(name))?;
        value.set_sensitive(true);
        map.insert(HeaderName::from_static(name), value);
    }
    Ok(map)
}

fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn tls() -> Result<ClientConfig, BadAddress> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| BadAddress::Tls(e.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    fn to(base: &str) -> Result<Outgoing, BadAddress> {
        Outgoing::to(base, &[])
    }

    /// A15: only HTTPS leaves this machine, and no address carries a user or a query.
    #[test]
    fn only_https_leaves_this_machine() {
        for good in [
            "https://api.stripe.com",
            "http://127.0.0.1:8420",
            "http://localhost:1",
            "http://[::1]:8420/",
        ] {
            assert!(to(good).is_ok(), "{good}");
        }
        for open in [
            "http://api.stripe.com",
            "http://10.0.0.1",
            "http://127.0.0.1.example.com",
            "http://169.254.169.254",
        ] {
            assert_eq!(to(open).err(), Some(BadAddress::Open(open.into())));
        }
        for bad in [
            "",
            "api.stripe.com",
            "ftp://a.tw",
            "https://user:word@a.tw",
            "https://a.tw?x=1",
            "file:///etc/passwd",
        ] {
            assert!(matches!(to(bad), Err(BadAddress::Malformed(_))), "{bad}");
        }
    }

    /// A15: a redirect is an answer like any other; nobody follows it.
    #[tokio::test]
    async fn redirects_are_not_followed() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 2_048];
            let read = stream.read(&mut request).unwrap();
            stream
                .write_all(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")
                .unwrap();
            String::from_utf8_lossy(request.get(..read).unwrap()).into_owned()
        });
        let fields = [("a[b]".to_owned(), "c&d".to_owned())];
        let reply = to(&base).unwrap().post("/v1/x", Some("k1"), &fields).await;
        assert_eq!(reply.unwrap().status, 302);
        let request = served.join().unwrap().to_lowercase();
        assert!(request.contains("idempotency-key: k1"), "{request}");
        assert!(request.ends_with("a%5bb%5d=c%26d"), "{request}");
    }
}
