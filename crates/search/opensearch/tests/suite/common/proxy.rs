//! A gate before the server that refuses some requests and remembers their sizes.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

#[derive(Default)]
struct Orders {
    /// Which path, with which status, how often.
    refuse: Option<(String, u16, usize)>,
    seen: Vec<(String, usize)>,
}

pub(crate) struct Proxy {
    pub(crate) url: String,
    orders: Arc<Mutex<Orders>>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    pub(crate) async fn start(server: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let orders = Arc::<Mutex<Orders>>::default();
        let server = server
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        let shared = Arc::clone(&orders);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, orders) = (server.clone(), Arc::clone(&shared));
                tokio::spawn(async move { serve(client, &server, &orders).await });
            }
        });
        Self { url, orders, task }
    }

    /// Refuses the next requests whose path ends so.
    pub(crate) fn refuse(&self, path: &str, status: u16, times: usize) {
        self.orders.lock().unwrap().refuse = Some((path.to_owned(), status, times));
    }

    /// Bytes of the requests whose path ended so.
    pub(crate) fn sizes(&self, path: &str) -> Vec<usize> {
        let orders = self.orders.lock().unwrap();
        orders
            .seen
            .iter()
            .filter(|(seen, _)| seen.ends_with(path))
            .map(|(_, size)| *size)
            .collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request on each connection.
async fn serve(mut client: TcpStream, server: &str, orders: &Mutex<Orders>) -> Option<()> {
    let mut request = Vec::new();
    let head = loop {
        if client.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&request[..head]).into_owned();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    while request.len() < head + length.unwrap_or(0) {
        if client.read_buf(&mut request).await.ok()? == 0 {
            return None;
        }
    }
    let path = text.split([' ', '?']).nth(1)?.to_owned();
    let refused = {
        let mut orders = orders.lock().unwrap();
        orders.seen.push((path.clone(), request.len() - head));
        match &mut orders.refuse {
            Some((ending, status, left)) if path.ends_with(ending.as_str()) && *left > 0 => {
                *left -= 1;
                Some(*status)
            }
            _ => None,
        }
    };
    if let Some(status) = refused {
        let body = r#"{"error":{"type":"rejected_execution_exception","reason":"no room"}}"#;
        let answer = format!(
            "HTTP/1.1 {status} No\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        return client.write_all(answer.as_bytes()).await.ok();
    }
    let mut upstream = TcpStream::connect(server).await.ok()?;
    let (first, rest) = text.split_once("\r\n")?;
    upstream
        .write_all(format!("{first}\r\nconnection: close\r\n{rest}").as_bytes())
        .await
        .ok()?;
    upstream.write_all(&request[head..]).await.ok()?;
    tokio::io::copy(&mut upstream, &mut client).await.ok()?;
    client.shutdown().await.ok()
}
