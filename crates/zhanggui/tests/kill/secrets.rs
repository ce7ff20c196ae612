//! Where secrets must not be: in the repository, in the defaults, in a fresh shop's files, answers and logs.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
};

use kernel::Clock;
use payments::demo_card;
use platform::{DbError, secret};
use serde_json::{Value, json};

use crate::{
    http::{Answer, Connection},
    program::{self, Program, command},
    shop::{self, Store},
};

const OWNER: &str = "owner@example.com";

/// Something that only its bearer may know.
struct Secret {
    what: &'static str,
    text: String,
}

/// Everything that was made, and everything that was said where it does not belong.
#[derive(Default)]
struct Traces {
    secrets: Vec<Secret>,
    said: Vec<(String, String)>,
}

impl Traces {
    fn secret(&mut self, what: &'static str, text: impl Into<String>) -> String {
        let text = text.into();
        assert!(text.len() >= 16, "{what} is no secret: {text}");
        self.secrets.push(Secret {
            what,
            text: text.clone(),
        });
        text
    }

    fn heard(&mut self, from: &str, text: &str) {
        self.said.push((from.to_owned(), text.to_owned()));
    }

    /// Looks for every secret in every text and in every file below a folder.
    fn search(&self, folder: &Path) {
        let mut places: Vec<(String, Vec<u8>)> = self
            .said
            .iter()
            .map(|(from, text)| (from.clone(), text.clone().into_bytes()))
            .collect();
        for path in files(folder) {
            places.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
        assert!(places.len() > 10, "nothing was searched");
        for (place, bytes) in &places {
            for Secret { what, text } in &self.secrets {
                let found = bytes
                    .windows(text.len())
                    .any(|window| window == text.as_bytes());
                assert!(!found, "{what} stands in {place}");
            }
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found
}

/// The values of the cookies that an answer sets.
fn cookies(answer: &Answer) -> Vec<String> {
    let values = answer.headers("set-cookie").filter_map(|cookie| {
        let (_, rest) = cookie.split_once('=')?;
        Some(rest.split(';').next()?.to_owned())
    });
    values.filter(|value| !value.is_empty()).collect()
}

struct Visitor<'a> {
    address: SocketAddr,
    traces: &'a mut Traces,
}

impl Visitor<'_> {
    async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut line = Connection::open(self.address).await.unwrap();
        line.ask(method, path, headers, body).await.unwrap()
    }

    /// Takes up the owner's invitation, fails to sign in, signs in.
    async fn sign_in(&mut self, invitation: &str) -> String {
        let password = self
            .traces
            .secret("a password", "four-horses-and-a-battery-4711");
        let wrong = self
            .traces
            .secret("a mistyped password", "four-horses-and-a-batery-4711");
        let chosen = json!({ "new_password": password, "new_password_again": password });
        let path = format!("/admin/invitations/{invitation}");
        let first = self.ask("POST", &path, &[], Some(&chosen)).await;
        assert!(first.is_ok(), "{first:?}");
        for cookie in cookies(&first) {
            self.traces.secret("a session", cookie);
        }
        let mistyped = json!({ "email": OWNER, "password": wrong });
        let refused = self
            .ask("POST", "/admin/sign-in", &[], Some(&mistyped))
            .await;
        assert!(!refused.is_ok(), "{refused:?}");
        self.traces.heard("the refusal of a sign-in", &refused.text);
        let right = json!({ "email": OWNER, "password": password });
        let entered = self.ask("POST", "/admin/sign-in", &[], Some(&right)).await;
        assert!(entered.is_ok(), "{entered:?}");
        let cookies = cookies(&entered);
        for cookie in &cookies {
            self.traces.secret("a cookie", cookie.clone());
        }
        cookies.into_iter().next().unwrap()
    }

    /// Uses everything that can be used, and listens to what is said.
    async fn look_around(&mut self, session: &str, key: &str) {
        let cookie = format!("__Host-staff={session}");
        let bearer = format!("Bearer {key}");
        let wrong = self
            .traces
            .secret("a revoked key", format!("zg_{}", secret::random_token()));
        let wrong = format!("Bearer {wrong}");
        let invited =
            json!({ "name": "Helper", "email": "helper@example.com", "role": "warehouse" });
        let origin = ("sec-fetch-site", "same-origin");
        let shown = self
            .ask(
                "POST",
                "/admin/staff",
                &[("cookie", &cookie), origin],
                Some(&invited),
            )
            .await;
        let link = shown.body["invitation"]["url"].as_str().unwrap().to_owned();
        let here = format!("http://{}/admin/invitations/", self.address);
        self.traces
            .secret("an invitation", link.strip_prefix(&here).unwrap());
        for path in [
            "/admin.json",
            "/admin/staff.json",
            "/admin/jobs.json",
            "/admin/account.json",
            "/metrics",
        ] {
            for headers in [[("cookie", &*cookie)], [("authorization", &*bearer)]] {
                let page = self.ask("GET", path, &headers, None).await;
                self.traces.heard(path, &page.text);
            }
        }
        for path in [
            "/openapi.json",
            "/healthz",
            "/readyz",
            "/nowhere",
            "/admin/nowhere",
            "/admin/orders/x.json",
            "/",
        ] {
            for accept in [
                ("accept", "text/html"),
                ("authorization", &*wrong),
                ("authorization", &*bearer),
            ] {
                let page = self.ask("GET", path, &[accept], None).await;
                self.traces.heard(path, &page.text);
            }
        }
        let card = self
            .traces
            .secret("a card number", "4242-4242-4242-4242, 12/27");
        let question = json!({
            "name": "Reader", "email": "reader@example.com", "message": format!("my card is {card}"),
        });
        let asked = self.ask("POST", "/contact", &[], Some(&question)).await;
        assert!(asked.is_ok(), "{asked:?}");
        self.say_a_card_everywhere(&bearer).await;
        let nonsense = json!({ "password": session, "role": key });
        let refused = self
            .ask(
                "POST",
                "/admin/keys",
                &[("authorization", &bearer)],
                Some(&nonsense),
            )
            .await;
        assert!(!refused.is_ok());
    }

    /// The number of a card where programs and browsers put what nobody asked them for.
    async fn say_a_card_everywhere(&mut self, bearer: &str) {
        let card = self
            .traces
            .secret("the plain number of a card", "5555 5555 5555 4444");
        let number = self
            .traces
            .secret("the number of a card in an address", "5105105105105100");
        let (from, what) = (
            format!("https://pay.test/{number}"),
            format!("Mozilla/5.0 ({card})"),
        );
        let (page, device) = (("referer", &*from), ("user-agent", &*what));
        let (staff, key) = (("authorization", bearer), ("idempotency-key", &*number));
        for path in [
            "/search",
            "/admin/orders.json",
            "/admin/find.json",
            "/nowhere",
        ] {
            let asked = format!("{path}?q={number}&{number}=1");
            for headers in [[page, device], [staff, key]] {
                let answer = self.ask("GET", &asked, &headers, None).await;
                self.traces.heard(path, &answer.text);
            }
        }
        let named = json!({ "name": card, "role": "warehouse", (number.as_str()): 1 });
        let made = self
            .ask("POST", "/admin/keys", &[staff, key], Some(&named))
            .await;
        self.traces
            .heard("the answer to a field of no name", &made.text);
        let signed = [("stripe-signature", "t=1,v1=00")];
        let told = self
            .ask("POST", "/webhooks/stripe", &signed, Some(&named))
            .await;
        self.traces.heard("the answer to a message", &told.text);
    }

    async fn fill_a_cart(&mut self, variant: kernel::VariantId) {
        let body = json!({ "variant_id": variant, "quantity": 1 });
        let added = self.ask("POST", "/cart/lines", &[], Some(&body)).await;
        self.traces
            .secret("a cart", added.header("cart-token").unwrap());
    }
}

/// A19, P12: keys, passwords, sessions, invitations, carts, and card numbers that visitors and programs sent, of a fresh
/// shop are in none of its files (the database keeps hashes), in no answer but the one that hands them out, in no log,
/// also not a talkative one, in no backup, and in no command's output.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_shop_keeps_no_secret_in_the_clear() {
    let _alone = crate::ALONE.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::empty(folder.path(), None);
    let variant = shop::prepare(&store).await[0];
    let mut traces = Traces::default();
    let made = program::output(
        &store,
        &["init", "--email", OWNER, "--name", "Owner", "--json"],
    )
    .unwrap();
    let made: Value = serde_json::from_str(&made).unwrap();
    let link = made["invitation"].as_str().unwrap();
    let invitation = traces.secret("the owner's invitation", link.rsplit('/').next().unwrap());
    let made = program::output(
        &store,
        &[
            "key", "create", "--role", "owner", "--name", "probe", "--json",
        ],
    )
    .unwrap();
    let made: Value = serde_json::from_str(&made).unwrap();
    let key = traces.secret("a key", made["key"].as_str().unwrap());

    let mut talkative = command(&store);
    talkative.env("ZHANGGUI_LOG", "trace");
    let program = Program::start(talkative, &store, &[]).unwrap();
    let mut visitor = Visitor {
        address: program.address,
        traces: &mut traces,
    };
    let session = visitor.sign_in(&invitation).await;
    visitor.look_around(&session, &key).await;
    visitor.fill_a_cart(variant).await;
    assert!(tokio::task::block_in_place(|| program.stop()));

    for words in [
        &["check", "--json"][..],
        &["routes"],
        &["permissions"],
        &["openapi"],
    ] {
        let said = program::output(&store, words).unwrap();
        traces.heard(words[0], &said);
    }
    let archive = folder.path().join("archive");
    let archive = archive.to_str().unwrap();
    program::output(&store, &["backup", archive]).unwrap();
    let restored = folder.path().join("restored");
    let done = Command::new(env!("CARGO_BIN_EXE_zhanggui"))
        .args(["restore", archive, "--data-dir", restored.to_str().unwrap()])
        .output()
        .unwrap();
    traces.heard("restore", &String::from_utf8_lossy(&done.stdout));
    assert!(done.status.success(), "{done:?}");
    let log = std::fs::read_to_string(store.data.join("stderr.log")).unwrap();
    assert!(log.contains("DEBUG"), "no talkative log: {log}");
    traces.search(&store.data);
    traces.search(&restored);
    hashed(&store, &key, &session).await;
}

/// What the database keeps instead.
async fn hashed(store: &Store, key: &str, session: &str) {
    let ctx = store.open(Clock::wall()).await;
    let (key, session) = (secret::token_hash(key), secret::token_hash(session));
    let kept = ctx.read(async move |rx, _| {
        let keys: i64 = rx
            .scalar(
                "SELECT count(*) FROM api_keys WHERE key_hash = $1",
                platform::params![key],
            )
            .await?;
        let sessions: i64 = rx
            .scalar(
                "SELECT count(*) FROM staff_sessions WHERE token_hash = $1",
                platform::params![session],
            )
            .await?;
        let password: String = rx
            .scalar(
                "SELECT password_hash FROM staff WHERE password_hash IS NOT NULL",
                &[],
            )
            .await?;
        Ok::<_, DbError>((keys, sessions, password))
    });
    let (keys, sessions, password) = kept.await.unwrap();
    assert_eq!((keys, sessions), (1, 1));
    assert!(password.starts_with("$argon2id$"), "{password}");
}

/// A19: a fresh shop lets nobody in before its owner has chosen a password, and each shop makes secrets of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_password_is_there_from_the_start() {
    let _alone = crate::ALONE.lock().await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::empty(folder.path(), None);
        shop::prepare(&store).await;
        program::output(&store, &["init", "--email", OWNER, "--name", "Owner"]).unwrap();
        let program = Program::serve(&store, false).unwrap();
        let mut line = Connection::open(program.address).await.unwrap();
        for (email, password) in [
            (OWNER, ""),
            (OWNER, "admin"),
            (OWNER, "password"),
            ("admin", "admin"),
        ] {
            let guess = json!({ "email": email, "password": password });
            let answer = line
                .ask("POST", "/admin/sign-in", &[], Some(&guess))
                .await
                .unwrap();
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
        let ctx = store.open(Clock::wall()).await;
        let passwords: i64 = ctx
            .read(async |rx, _| {
                rx.scalar(
                    "SELECT count(*) FROM staff WHERE password_hash IS NOT NULL",
                    &[],
                )
                .await
            })
            .await
            .unwrap();
        assert_eq!(passwords, 0);
        let account = ctx
            .read(async |rx, _| demo_card::account(rx).await)
            .await
            .unwrap();
        assert!(account.secret.len() >= 32, "a guessable secret");
        made.push(account.secret);
    }
    assert_ne!(made[0], made[1]);
}

/// What secrets look like, each as what they begin with and how many characters of a key follow at least.
const SHAPES: [(&str, usize); 11] = [
    ("zg_", 32),
    ("AKIA", 16),
    ("ASIA", 16),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("ghp_", 30),
    ("github_pat_", 30),
    ("glpat-", 18),
    ("xoxb-", 20),
    ("AIza", 35),
    ("eyJhbGciOi", 20),
];

/// The secret in a text, if there is one.
fn secret_in(text: &str) -> Option<String> {
    for (at, begin) in text.match_indices("-----BEGIN ") {
        let kind = text[at + begin.len()..].split("PRIVATE KEY-----").next();
        if kind.is_some_and(|kind| {
            kind.len() < 12 && kind.chars().all(|c| c.is_ascii_uppercase() || c == ' ')
        }) {
            return Some("a private key".into());
        }
    }
    SHAPES.iter().find_map(|(begin, length)| {
        text.match_indices(begin).find_map(|(at, _)| {
            let key: String = text[at + begin.len()..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c))
                .collect();
            let whole = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
            let mixed = key.chars().any(|c| c.is_ascii_digit());
            (key.len() >= *length && whole && mixed).then(|| format!("{begin}…"))
        })
    })
}

/// A19: no file of the repository holds a private key or a key of a known shape; and the search would find one.
#[test]
fn no_file_of_the_repository_holds_a_key() {
    let planted = format!("key = \"zg_{}1\"", "aB3".repeat(11));
    assert!(secret_in(&planted).is_some());
    assert!(secret_in(&format!("-----BEGIN {}PRIVATE KEY-----", "RSA ")).is_some());
    assert!(secret_in("prefix_zg_short and words").is_none());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached"])
        .current_dir(&root)
        .output();
    let Some(listed) = listed.ok().filter(|done| done.status.success()) else {
        println!("skipped: this is no checkout");
        return;
    };
    let names = String::from_utf8(listed.stdout).unwrap();
    let mut searched = 0;
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let Ok(bytes) = std::fs::read(root.join(name)) else {
            continue;
        };
        searched += 1;
        let found = secret_in(&String::from_utf8_lossy(&bytes));
        assert!(found.is_none(), "{name} holds {}", found.unwrap());
    }
    assert!(searched > 100, "{searched} files are no repository");
}
