//! Everybody who can ask: a guest, a customer, and each role at a browser and by a key.

use std::{collections::HashMap, fmt, sync::Mutex};

use axum::http::request::Builder;
use customers::account;
use kernel::{CustomerId, Email, Role, StaffId};
use platform::auth::{keys, session, staff};

use crate::{
    furniture::Belongings,
    house::{Answer, Ask, House},
};

/// The password of everybody at the desk.
const PASSWORD: &str = "eleven blue teapots";

/// Somebody who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// A browser or program that nobody knows, with a cart.
    Guest,
    /// A customer who is signed in.
    Customer,
    /// A member of staff with a session.
    Staff(Role),
    /// A program with a key.
    Key(Role),
}

impl Who {
    pub(crate) fn everybody() -> Vec<Self> {
        let strangers = [Self::Guest, Self::Customer].into_iter();
        let people = Role::ALL.into_iter().map(Self::Staff);
        let programs = Role::ALL.into_iter().map(Self::Key);
        strangers.chain(people).chain(programs).collect()
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Guest => f.write_str("a guest"),
            Self::Customer => f.write_str("a customer"),
            Self::Staff(role) => write!(f, "{role} at a browser"),
            Self::Key(role) => write!(f, "a key of {role}"),
        }
    }
}

/// A customer with an account.
pub(crate) struct Buyer {
    pub(crate) id: CustomerId,
    session: String,
    pub(crate) cart: String,
}

impl Buyer {
    /// Somebody called `name` who signs in for the first time, and has something of everything.
    async fn open(house: &House, name: &str) -> (Self, Belongings) {
        let email = Email::parse(&format!("{}@people.test", name.to_lowercase())).unwrap();
        let named = format!("{name} Lin");
        let opened = house
            .ctx
            .write(async move |tx, ctx| account::open(tx, ctx, &email, &named).await);
        let (id, _) = opened.await.unwrap();
        let mut buyer = Self {
            id,
            session: session_of(house, id).await,
            cart: String::new(),
        };
        let belongings = Belongings::of(house, &mut buyer, name).await;
        (buyer, belongings)
    }

    /// Asks with the session and the cart of the buyer.
    pub(crate) async fn ask(&self, house: &House, ask: &Ask<'_>) -> Answer {
        let request = carrying(ask.request(), &self.cart)
            .header("cookie", format!("__Host-account={}", self.session))
            .header("content-type", "application/json");
        house.send(request.body(ask.content()).unwrap()).await
    }
}

async fn session_of(house: &House, id: CustomerId) -> String {
    let opened = house
        .ctx
        .write(async move |tx, ctx| account::open_session(tx, ctx, id).await);
    opened.await.unwrap()
}

fn carrying(request: Builder, cart: &str) -> Builder {
    if cart.is_empty() {
        request
    } else {
        request.header("cart-token", cart)
    }
}

/// Everybody, with what they prove themselves by.
pub(crate) struct People {
    /// The customer who asks, and another one.
    ada: (Buyer, Belongings),
    bea: (Buyer, Belongings),
    staff: HashMap<Role, StaffId>,
    proofs: Mutex<HashMap<Who, String>>,
}

impl People {
    pub(crate) async fn invite(house: &House) -> Self {
        let ada = Buyer::open(house, "Ada").await;
        let bea = Buyer::open(house, "Beacanary").await;
        let mut people = Self {
            ada,
            bea,
            staff: HashMap::new(),
            proofs: Mutex::default(),
        };
        for role in Role::ALL {
            let id = member(house, role, &format!("{role}@desk.test")).await;
            people.staff.insert(role, id);
            let token = desk_session(house, id).await;
            people.keep(Who::Staff(role), token);
            let made = house
                .ctx
                .write(async move |tx, ctx| keys::create(tx, ctx, "asking", role).await);
            people.keep(Who::Key(role), made.await.unwrap().1);
        }
        people.keep(Who::Customer, people.ada.0.session.clone());
        people
    }

    /// What the customer who asks has, and what the other one has.
    pub(crate) const fn belongings(&self) -> (&Belongings, &Belongings) {
        (&self.ada.1, &self.bea.1)
    }

    /// The owner's session.
    pub(crate) fn owner(&self) -> String {
        self.proofs.lock().unwrap()[&Who::Staff(Role::Owner)].clone()
    }

    fn keep(&self, who: Who, proof: String) {
        self.proofs.lock().unwrap().insert(who, proof);
    }

    /// Asks as somebody. A session that the answer ends is opened anew, so that the next question finds them there.
    pub(crate) async fn ask(&self, house: &House, who: Who, ask: &Ask<'_>) -> Answer {
        let proof = self.proofs.lock().unwrap().get(&who).cloned();
        let mut request = ask.request();
        if !ask.page {
            request = carrying(request, &self.ada.0.cart);
        }
        if ask.body.is_some() {
            request = request.header("content-type", "application/json");
        }
        request = match (who, proof) {
            (Who::Customer, Some(token)) => {
                request.header("cookie", format!("__Host-account={token}"))
            }
            (Who::Staff(_), Some(token)) => {
                request.header("cookie", format!("__Host-staff={token}"))
            }
            (Who::Key(_), Some(key)) => request.header("authorization", format!("Bearer {key}")),
            _ => request,
        };
        let answer = house.send(request.body(ask.content()).unwrap()).await;
        let sessions = ["__Host-account=", "__Host-staff="];
        let told = answer.headers.get_all("set-cookie").iter();
        let mut told = told.filter_map(|cookie| cookie.to_str().ok());
        if told.any(|cookie| sessions.iter().any(|name| cookie.starts_with(name))) {
            self.come_back(house, who).await;
        }
        answer
    }

    async fn come_back(&self, house: &House, who: Who) {
        match who {
            Who::Customer => self.keep(who, session_of(house, self.ada.0.id).await),
            Who::Staff(role) => self.keep(who, desk_session(house, self.staff[&role]).await),
            Who::Guest | Who::Key(_) => {}
        }
    }
}

/// A member of staff who took up the invitation.
pub(crate) async fn member(house: &House, role: Role, email: &str) -> StaffId {
    let (address, name) = (Email::parse(email).unwrap(), format!("{role} 一號"));
    let invited = house
        .ctx
        .write(async move |tx, ctx| staff::invite(tx, ctx, &address, &name, role).await);
    let (id, token) = invited.await.unwrap();
    staff::accept(&house.ctx, token, PASSWORD.to_owned())
        .await
        .unwrap();
    id
}

pub(crate) async fn desk_session(house: &House, id: StaffId) -> String {
    let opened = house
        .ctx
        .write(async move |tx, ctx| session::open(tx, ctx, id).await);
    opened.await.unwrap()
}
