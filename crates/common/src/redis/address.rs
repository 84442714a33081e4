//! From an address to what connects there.

use std::path::Path;

use anyhow::{Context as _, anyhow, ensure};
use deadpool_redis::redis::{Client, ConnectionAddr, TlsCertificates};

/// What connects to the address, trusting the authorities of `ca_file` where one is named. `section`: how the variables begin.
pub(super) fn client(url: &str, ca_file: &Path, section: &str) -> anyhow::Result<Client> {
    // The address may hold a password: it is not shown.
    let client = Client::open(url)
        .map_err(|_| anyhow!("{section}URL: not a redis:// or rediss:// address"))?;
    if ca_file.as_os_str().is_empty() {
        return Ok(client);
    }
    let variable = format!("{section}CA_FILE");
    ensure!(
        matches!(
            client.get_connection_info().addr(),
            ConnectionAddr::TcpTls { .. }
        ),
        "{variable}: only a rediss:// address is encrypted"
    );
    let unreadable = || format!("{variable}: cannot read {}", ca_file.display());
    let pem = std::fs::read(ca_file).with_context(unreadable)?;
    let marker = b"-----BEGIN CERTIFICATE-----";
    ensure!(
        pem.windows(marker.len()).any(|window| window == marker),
        "{variable}: {} holds no certificate",
        ca_file.display()
    );
    let trusted = TlsCertificates {
        client_tls: None,
        root_cert: Some(pem),
    };
    Client::build_with_tls(url, trusted).with_context(unreadable)
}
