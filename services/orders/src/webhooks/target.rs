//! Which addresses staff may enter.

use std::net::IpAddr;

use url::{Host, Url};

use super::address::is_public;

/// The longest address, in bytes.
pub const LENGTH_MAX: usize = 2_000;

/// Why an address is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No address of the web.
    #[error("is no address of the form https://host/path")]
    NotAnAddress,
    /// Longer than [`LENGTH_MAX`].
    #[error("is longer than 2000 bytes")]
    TooLong,
    /// Not HTTPS.
    #[error("must begin with https://")]
    NotHttps,
    /// Holds a name or password.
    #[error("must not hold a user name or password: the signature tells who sends")]
    Credentials,
    /// Holds what browsers keep to themselves.
    #[error("must not hold a fragment (#…)")]
    Fragment,
    /// A port that belongs to something else.
    #[error("must use port 443 or one from 1024 on")]
    Port,
    /// An address that is not of the public internet.
    #[error("must lead to a public address")]
    NotPublic,
}

/// The address, if messages may go there. Names are looked up later, at every connection.
///
/// `allow_private` lets it lie in a private network, and on this machine without TLS and on any port.
///
/// # Errors
/// Why it is not taken.
pub fn check(text: &str, allow_private: bool) -> Result<Url, Refusal> {
    if text.len() > LENGTH_MAX {
        return Err(Refusal::TooLong);
    }
    let url = Url::parse(text).map_err(|_| Refusal::NotAnAddress)?;
    let host = url.host().ok_or(Refusal::NotAnAddress)?;
    let here = allow_private && is_loopback(&host);
    match url.scheme() {
        "https" => {}
        "http" if here => {}
        _ => return Err(Refusal::NotHttps),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Credentials);
    }
    if url.fragment().is_some() {
        return Err(Refusal::Fragment);
    }
    let port = url.port_or_known_default().unwrap_or(0);
    if !here && port != 443 && port < 1_024 {
        return Err(Refusal::Port);
    }
    if !allow_private && !may_be_public(&host) {
        return Err(Refusal::NotPublic);
    }
    Ok(url)
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// Whether an address in numbers is public, or a name can be: one without a dot or with an ending that is kept for
/// private use cannot.
fn may_be_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let private = [
                "localhost",
                "local",
                "internal",
                "lan",
                "home.arpa",
                "onion",
            ];
            let ends = |ending: &&str| name == **ending || name.ends_with(&format!(".{ending}"));
            name.contains('.') && !private.iter().any(ends)
        }
        Host::Ipv4(address) => is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_public(IpAddr::V6(*address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_inside_is_refused() {
        for (text, why) in [
            ("http://127.0.0.1:9", Refusal::NotHttps),
            ("https://127.0.0.1:9443/", Refusal::NotPublic),
            ("https://169.254.169.254/", Refusal::NotPublic),
            ("https://[::ffff:127.0.0.1]/", Refusal::NotPublic),
            ("https://[::1]/", Refusal::NotPublic),
            ("https://[fd00::1]/", Refusal::NotPublic),
            ("https://2130706433/", Refusal::NotPublic),
            ("https://0x7f.1/", Refusal::NotPublic),
            ("https://0177.0.0.1/", Refusal::NotPublic),
            ("https://127.1/", Refusal::NotPublic),
            ("https://0/", Refusal::NotPublic),
            ("https://①②⑦.⓪.⓪.①/", Refusal::NotPublic),
            ("https://100.64.0.1/", Refusal::NotPublic),
            ("https://localhost/", Refusal::NotPublic),
            ("https://LOCALHOST./", Refusal::NotPublic),
            ("https://a.localhost/", Refusal::NotPublic),
            ("https://orders/", Refusal::NotPublic),
            ("https://db.internal/", Refusal::NotPublic),
            ("http://example.com/", Refusal::NotHttps),
            ("file:///etc/passwd", Refusal::NotAnAddress),
            ("file://host/etc/passwd", Refusal::NotHttps),
            ("gopher://example.com/", Refusal::NotHttps),
            ("ftp://example.com/", Refusal::NotHttps),
            ("javascript:alert(1)", Refusal::NotAnAddress),
            ("/path", Refusal::NotAnAddress),
            ("", Refusal::NotAnAddress),
            ("https://", Refusal::NotAnAddress),
            ("https://user:secret@example.com/", Refusal::Credentials),
            ("https://example.com@127.0.0.1/", Refusal::Credentials),
            ("https://example.com/#a", Refusal::Fragment),
            ("https://example.com:22/", Refusal::Port),
            ("https://example.com:0/", Refusal::Port),
        ] {
            assert_eq!(check(text, false), Err(why), "{text}");
        }
        assert_eq!(
            check(&format!("https://example.com/{}", "a".repeat(2_000)), false),
            Err(Refusal::TooLong)
        );
    }

    #[test]
    fn public_addresses_are_taken() {
        for text in [
            "https://example.com/hooks?a=b",
            "https://example.com:8443/",
            "https://93.184.215.14/",
            "https://[2606:4700::1111]:9000/x",
        ] {
            assert!(check(text, false).is_ok(), "{text}");
        }
    }

    #[test]
    fn private_addresses_only_by_setting_and_plain_text_only_here() {
        for text in [
            "http://127.0.0.1:9/",
            "http://localhost:80/",
            "http://[::1]:8080/",
            "https://10.0.0.1/",
            "https://orders/",
        ] {
            assert!(check(text, true).is_ok(), "{text}");
        }
        assert_eq!(check("http://10.0.0.1/", true), Err(Refusal::NotHttps));
        assert_eq!(check("http://example.com/", true), Err(Refusal::NotHttps));
    }
}
