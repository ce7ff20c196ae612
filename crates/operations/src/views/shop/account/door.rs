//! Getting in to an account.

use customers::link::Purpose;
use platform::web::PageView;
use schemars::JsonSchema;
use serde::Serialize;

/// What the door is opened for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// To sign in.
    #[default]
    SignIn,
    /// To open an account.
    SignUp,
    /// To get a new password.
    Forgotten,
}

/// The door: signing in, opening an account, a forgotten password.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct DoorPage {
    /// What for.
    pub mode: Mode,
    /// The page to go on with.
    pub next: Option<String>,
}

impl PageView for DoorPage {
    const TEMPLATE: &'static str = "account_door.html";
}

/// A letter is on its way, if the address can have one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SentPage {
    /// Always true.
    pub sent: bool,
}

impl PageView for SentPage {
    const TEMPLATE: &'static str = "account_sent.html";
}

/// Where a link of a letter leads. Looking at it changes nothing.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkPage {
    /// What it does.
    pub purpose: Purpose,
    /// The address it proves.
    pub email: String,
    /// The link's secret.
    pub token: String,
}

impl PageView for LinkPage {
    const TEMPLATE: &'static str = "account_link.html";
}
