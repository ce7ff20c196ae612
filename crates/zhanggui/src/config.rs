//! Configuration: flags, then `ZHANGGUI_*` in the environment, then `zhanggui.toml`, then what is said here.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use payments::stripe::{self, Stripe, StripeConfig};
use platform::db::DatabaseUrl;
use serde::{Deserialize, Serialize};

/// Flags that every command takes. A flag that is not given leaves the word to the environment and the file.
#[derive(Debug, Clone, Default, Args, Serialize)]
pub struct Flags {
    /// Where the data lives: sqlite:PATH or postgres://USER@HOST/NAME
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
    /// The folder of the database, pictures and mail
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    data_dir: Option<PathBuf>,
    /// The address to answer at
    #[arg(long, global = true)]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    /// A configuration file
    #[arg(long, global = true, default_value = "zhanggui.toml")]
    #[serde(skip)]
    config: PathBuf,
}

/// The whole configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Config {
    /// `sqlite:PATH` or `postgres://…`; by default a file in the data folder.
    #[serde(default)]
    pub database: Option<String>,
    /// The folder of the database, pictures and mail.
    pub data_dir: PathBuf,
    /// The address to answer at.
    pub listen: SocketAddr,
    /// The shop's address as browsers see it; by default the address it listens at.
    #[serde(default)]
    pub public_url: Option<String>,
    /// Whether a reverse proxy on this machine reports the source of requests.
    pub behind_proxy: bool,
    /// The mail server, `smtp://USER:PASSWORD@HOST:PORT` or `smtps://…`; without one, mail is kept in a folder.
    #[serde(default)]
    pub smtp: Option<String>,
    /// The sender of mail; by default the shop's own address.
    #[serde(default)]
    pub mail_from: Option<String>,
    /// The secret key of the shop's account at Stripe; without one, only a demonstration takes cards.
    #[serde(default, skip_serializing)]
    pub stripe_secret_key: Option<Secret>,
    /// The signing secrets of the account's webhook endpoint, with commas between them while one replaces another.
    #[serde(default, skip_serializing)]
    pub stripe_webhook_secrets: Option<Secret>,
    /// Where Stripe answers; another address than its own is a stand-in for trials.
    #[serde(default)]
    pub stripe_api: Option<String>,
}

/// A text that no debugging output and no report shows (P12).
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            database: None,
            data_dir: PathBuf::from("zhanggui-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            behind_proxy: false,
            smtp: None,
            mail_from: None,
            stripe_secret_key: None,
            stripe_webhook_secrets: None,
            stripe_api: None,
        }
    }
}

impl Config {
    /// Reads the configuration in its layers.
    ///
    /// # Errors
    /// A value that does not fit, with its name and where it came from.
    pub fn read(flags: &Flags) -> anyhow::Result<Self> {
        let layers = Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::file(&flags.config))
            .merge(Env::prefixed("ZHANGGUI_"))
            .merge(Serialized::defaults(flags));
        Ok(layers.extract()?)
    }

    /// Where the data lives.
    ///
    /// # Errors
    /// A text that is no database.
    pub fn database_url(&self) -> anyhow::Result<DatabaseUrl> {
        Ok(match &self.database {
            Some(text) => text.parse()?,
            None => DatabaseUrl::Sqlite(self.data_dir.join("shop.db")),
        })
    }

    /// The shop's account at Stripe; none without a key.
    ///
    /// # Errors
    /// A key, secret or address that cannot work, in words that say how to mend it.
    pub fn stripe(&self) -> anyhow::Result<Option<Arc<Stripe>>> {
        let Some(key) = &self.stripe_secret_key else {
            return Ok(None);
        };
        let secrets = self.stripe_webhook_secrets.as_ref();
        let config = StripeConfig {
            secret_key: key.reveal().trim().to_owned(),
            webhook_secrets: secrets
                .map(|all| {
                    all.reveal()
                        .split(',')
                        .map(|s| s.trim().to_owned())
                        .collect()
                })
                .unwrap_or_default(),
            api: self
                .stripe_api
                .clone()
                .unwrap_or_else(|| stripe::API.to_owned()),
        };
        Ok(Some(Arc::new(Stripe::new(&config)?)))
    }

    /// The shop's address as browsers see it, without a slash at the end. Unless one is configured, that is where the
    /// program listens, so `serve` and `demo` take their port before anybody asks.
    #[must_use]
    pub fn public_url(&self) -> String {
        let mut here = self.listen;
        if here.ip().is_unspecified() {
            here.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        self.public_url
            .clone()
            .unwrap_or_else(|| format!("http://{here}"))
            .trim_end_matches('/')
            .to_owned()
    }
}
