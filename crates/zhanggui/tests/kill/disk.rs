//! A disk that is full, and a disk that fails, under the running program.

use std::{
    fs::OpenOptions,
    io::Write,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use kernel::VariantId;

use crate::{
    http::Connection,
    journal::{Journal, Line},
    program::{self, Program},
    shop::{self, Store},
    shoppers::{checkout, order},
};

/// Mounts a small disk of the program's own over the data folder, and puts the shop onto it.
const SMALL_DISK: &str = r#"
mount -t tmpfs -o size=12m none "$SHOP" && cp "$SEED"/shop.db "$SHOP"/ && exec "$0" "$@"
"#;

/// Lets writes beyond a limit fail instead of ending the program.
const FAILING_DISK: &str = r#"trap "" XFSZ; exec "$0" "$@""#;

/// A shop that is made, and where its orders are written down.
struct Bench {
    folder: tempfile::TempDir,
    store: Store,
    variants: Vec<VariantId>,
    journal: Journal,
    asked: usize,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::empty(folder.path(), None);
        let variants = shop::prepare(&store).await;
        let journal = Journal::create(folder.path());
        Self {
            folder,
            store,
            variants,
            journal,
            asked: 0,
        }
    }

    /// One purchase: the status of the answer that ended it.
    async fn buy(&mut self, line: &mut Connection) -> u16 {
        self.asked += 1;
        let body = serde_json::json!({ "variant_id": self.variants[0], "quantity": 1 });
        let added = line
            .ask("POST", "/cart/lines", &[], Some(&body))
            .await
            .unwrap();
        let Some(cart) = added.header("cart-token").filter(|_| added.is_ok()) else {
            return refusal(&added);
        };
        let form = checkout(&format!("disk-{}@example.com", self.asked), "bank_transfer");
        let quote = line
            .ask("PUT", "/checkout", &[("cart-token", cart)], Some(&form))
            .await
            .unwrap();
        if !quote.is_ok() {
            return refusal(&quote);
        }
        let key = format!("disk-{}", self.asked);
        self.journal.write(&Line::Asked {
            key: key.clone(),
            cart: cart.to_owned(),
            total: quote.body["total"]["amount"].as_i64().unwrap(),
        });
        match order(line, cart, &key, &self.journal).await.unwrap() {
            Ok(_) => 201,
            Err(status) => status,
        }
    }

    /// Buys until the shop refuses.
    async fn buy_until_refused(&mut self, line: &mut Connection) -> u16 {
        for _ in 0..400 {
            match self.buy(line).await {
                201 => {}
                other => return other,
            }
        }
        panic!("the disk never refused");
    }

    /// Everything that was acknowledged is there.
    async fn compare(&self, line: &mut Connection) {
        for order in self.journal.read().ordered.values() {
            let page = line
                .get(&format!("/orders/{}.json", order.token))
                .await
                .unwrap();
            assert_eq!(page.body["number"], *order.number, "{page:?}");
        }
    }
}

fn refusal(answer: &crate::http::Answer) -> u16 {
    assert_eq!(answer.header("retry-after"), Some("2"), "{answer:?}");
    assert_eq!(answer.body["code"], "busy", "{answer:?}");
    answer.status
}

/// D3: on a full disk shoppers are told to come back, pages go on, and once there is room the shop sells again without
/// a restart; nothing that was acknowledged is lost, nothing is half there.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_full_disk_is_survived() {
    let _alone = crate::ALONE.lock().await;
    let Some(unshare) = small_disks() else {
        println!("skipped: this system lets nobody mount a disk of their own");
        return;
    };
    let mut bench = Bench::new().await;
    let seed = bench.folder.path().join("seed");
    std::fs::create_dir(&seed).unwrap();
    std::fs::copy(bench.store.data.join("shop.db"), seed.join("shop.db")).unwrap();
    let mut command = program::scripted(&bench.store, unshare, SMALL_DISK);
    command.env("SHOP", &bench.store.data).env("SEED", &seed);
    let program = Program::start(command, &bench.store, &[]).unwrap();
    let mut line = Connection::open(program.address).await.unwrap();
    assert_eq!(bench.buy(&mut line).await, 201);

    let inside = PathBuf::from(format!(
        "/proc/{}/root{}",
        program.id(),
        bench.store.data.display()
    ));
    let ballast = inside.join("ballast");
    fill(&ballast);
    assert_eq!(bench.buy_until_refused(&mut line).await, 503);
    assert_eq!(bench.buy(&mut line).await, 503);
    assert_eq!(line.get("/products/tea.json").await.unwrap().status, 200);
    bench.compare(&mut line).await;

    std::fs::remove_file(&ballast).unwrap();
    assert_eq!(bench.buy(&mut line).await, 201);
    bench.compare(&mut line).await;
    let left = bench.folder.path().join("left");
    std::fs::create_dir(&left).unwrap();
    for name in ["shop.db", "shop.db-wal"] {
        std::fs::copy(inside.join(name), left.join(name)).unwrap();
    }
    let left = Store {
        data: left,
        server: None,
    };
    shop::inspect(&left, &bench.journal.read()).await.unwrap();
    tokio::task::block_in_place(|| program::check(&left)).unwrap();
}

/// How to get a mount of one's own here, if at all.
fn small_disks() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [
        &["unshare", "--mount", "sh"],
        &["unshare", "--user", "--map-root-user", "--mount", "sh"],
    ];
    ways.into_iter().find(|way| {
        let mut probe = Command::new(way[0]);
        probe
            .args(&way[1..])
            .args(["-c", "mount -t tmpfs none /mnt"]);
        probe.output().is_ok_and(|done| done.status.success())
    })
}

/// Leaves no byte.
fn fill(ballast: &std::path::Path) {
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(ballast)
        .unwrap();
    for size in [65_536, 4_096] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

/// D3: after a write that failed in a way that leaves its durability in doubt, the program takes no further writes, also
/// when the disk is well again; pages go on; a restart finds everything that was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failed_write_stops_writing_until_restart() {
    let _alone = crate::ALONE.lock().await;
    let mut bench = Bench::new().await;
    let command = program::scripted(&bench.store, &["sh"], FAILING_DISK);
    let mut program = Program::start(command, &bench.store, &[]).unwrap();
    let mut line = Connection::open(program.address).await.unwrap();
    assert_eq!(bench.buy(&mut line).await, 201);
    let log = bench.store.data.join("shop.db-wal");
    limit_files(&program, &std::fs::metadata(log).unwrap().len().to_string());
    assert_eq!(bench.buy_until_refused(&mut line).await, 503);
    limit_files(&program, "unlimited");
    for _ in 0..3 {
        assert_eq!(bench.buy(&mut line).await, 503);
    }
    assert_eq!(line.get("/products/tea.json").await.unwrap().status, 200);
    bench.compare(&mut line).await;
    assert!(program::last_words(&bench.store.data).contains("writing stops until restart"));
    program.kill();

    let begun = Instant::now();
    let program = Program::serve(&bench.store, false).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    let mut line = Connection::open(program.address).await.unwrap();
    bench.compare(&mut line).await;
    assert_eq!(bench.buy(&mut line).await, 201);
    drop(line);
    assert!(tokio::task::block_in_place(|| program.stop()));
    shop::inspect(&bench.store, &bench.journal.read())
        .await
        .unwrap();
    tokio::task::block_in_place(|| program::check(&bench.store)).unwrap();
}

/// No file of the program may grow beyond so many bytes from now on.
fn limit_files(program: &Program, bytes: &str) {
    let limited = Command::new("prlimit")
        .args([
            "--pid",
            &program.id().to_string(),
            &format!("--fsize={bytes}:"),
        ])
        .status();
    assert!(limited.unwrap().success());
}
