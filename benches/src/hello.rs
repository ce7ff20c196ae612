//! The limit of the web: a hello-world server on the same framework, in the same run.

use std::{io, net::SocketAddr, thread::JoinHandle};

use axum::{Json, Router, response::Html, routing::get};
use bytes::Bytes;
use serde::Serialize;
use tokio::{net::TcpListener, sync::oneshot};

/// A server that answers `/json` with 1 KB of JSON, serialised each time, and `/html` with a page of a given size.
#[derive(Debug)]
pub struct Hello {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Hello {
    /// Starts on a free port of this machine.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn start(html_bytes: usize) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                let Ok(listener) = TcpListener::from_std(listener) else {
                    return;
                };
                let serve = axum::serve(listener, router(html_bytes));
                tokio::select! {
                    _ = serve => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it answers.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn router(html_bytes: usize) -> Router {
    let page = Bytes::from(vec![b'x'; html_bytes]);
    Router::new()
        .route("/json", get(async || Json(Tea::sample())))
        .route("/", get(async || "hello"))
        .route("/html", get(async move || Html(page)))
}

/// About what a small product is.
#[derive(Serialize)]
struct Tea {
    id: &'static str,
    handle: &'static str,
    title: &'static str,
    description: &'static str,
    variants: [Tin; 6],
}

#[derive(Serialize, Clone, Copy)]
struct Tin {
    id: &'static str,
    sku: &'static str,
    price: Price,
    available: bool,
    quantity: i64,
}

#[derive(Serialize, Clone, Copy)]
struct Price {
    amount: i64,
    currency: &'static str,
}

impl Tea {
    const fn sample() -> Self {
        let tin = Tin {
            id: "variant_01jz0000000000000000000000",
            sku: "OOLONG-150",
            price: Price {
                amount: 58_000,
                currency: "TWD",
            },
            available: true,
            quantity: 24,
        };
        Self {
            id: "product_01jz0000000000000000000000",
            handle: "high-mountain-oolong",
            title: "高山烏龍",
            description: "A light oolong from the mountains, picked by hand in spring.",
            variants: [tin; 6],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer is the kilobyte that the figures speak of.
    #[test]
    fn the_json_is_a_kilobyte() {
        let size = serde_json::to_string(&Tea::sample()).unwrap().len();
        assert!((950..1_100).contains(&size), "{size}");
    }
}
