//! A mail server small enough for a test: it speaks SMTP and keeps what it takes.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What the server does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Take,
    Refuse,
    HangUp,
}

#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: String,
}

pub(crate) struct Server {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    #[expect(clippy::disallowed_methods, reason = "ends with the test")]
    pub(crate) async fn start(verdict: Verdict) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::<Mutex<Vec<Taken>>>::default();
        let kept = Arc::clone(&taken);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, verdict, Arc::clone(&kept)));
            }
        });
        Self {
            address,
            taken,
            task,
        }
    }

    pub(crate) fn url(&self) -> SecretString {
        format!("smtp://{}", self.address).into()
    }

    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

async fn talk(stream: TcpStream, verdict: Verdict, taken: Arc<Mutex<Vec<Taken>>>) -> Option<()> {
    if verdict == Verdict::HangUp {
        return None;
    }
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test ready\r\n").await.ok()?;
    let (mut from, mut to) = (String::new(), String::new());
    while let Some(line) = lines.next_line().await.ok()? {
        let address = || {
            let inner = line
                .split_once('<')
                .and_then(|(_, rest)| rest.split_once('>'));
            inner
                .map(|(address, _)| address.to_owned())
                .unwrap_or_default()
        };
        let answer = match line.get(..4).unwrap_or(&line) {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "MAIL" => {
                from = address();
                "250 ok\r\n"
            }
            "RCPT" if verdict == Verdict::Refuse => "550 mailbox unavailable\r\n",
            "RCPT" => {
                to = address();
                "250 ok\r\n"
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut data = String::new();
                loop {
                    let line = lines.next_line().await.ok()??;
                    if line == "." {
                        break;
                    }
                    data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    data.push_str("\r\n");
                }
                let letter = Taken {
                    from: from.clone(),
                    to: to.clone(),
                    data,
                };
                taken.lock().unwrap().push(letter);
                "250 taken\r\n"
            }
            "QUIT" => "221 bye\r\n",
            _ => "250 ok\r\n",
        };
        write.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}
