//! Where a request comes from.

use std::net::{IpAddr, Ipv6Addr};

use common::extract::RequestMeta;
use http::HeaderMap;

/// What is counted together: an IPv4 address, or the /64 that one IPv6 customer has.
pub(super) fn client(headers: &HeaderMap, meta: &RequestMeta) -> String {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let address: Option<IpAddr> = forwarded
        .and_then(|value| value.to_str().ok())
        // Only the last entry: the gateway wrote it. What stands before came from the client.
        .and_then(|value| value.rsplit(',').next())
        .and_then(|text| text.trim().parse().ok())
        .or_else(|| meta.peer.map(|peer| peer.ip()));
    match address.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let prefix = u128::from(address) >> 64 << 64;
            format!("{}/64", Ipv6Addr::from(prefix))
        }
    }
}
