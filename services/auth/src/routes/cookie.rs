//! The cookies: one keeps a session, one makes the device known. Scripts cannot read them, and
//! browsers send them to this origin only, over a secure connection, from the shop's own pages.

use axum_extra::extract::CookieJar;
use http::header::HeaderMap;

use crate::domain::token::RefreshToken;

/// The session's cookie. Browsers hold the prefix to its promise: secure, this host only, path `/`.
const NAME: &str = "__Host-techmart_refresh";
/// The device's cookie.
const DEVICE: &str = "__Host-techmart_device";

const DAY_S: i64 = 24 * 3600;

/// What the cookie holds.
pub(super) enum Held {
    /// There is no cookie.
    Nothing,
    /// Something that is no token.
    Junk,
    /// A token.
    Token(RefreshToken),
}

/// Reads the cookie.
pub(super) fn read(headers: &HeaderMap) -> Held {
    match CookieJar::from_headers(headers).get(NAME) {
        None => Held::Nothing,
        Some(cookie) => RefreshToken::parse(cookie.value()).map_or(Held::Junk, Held::Token),
    }
}

/// The `Set-Cookie` that keeps a token for `seconds`.
pub(super) fn keep(token: &RefreshToken, seconds: i64) -> String {
    set(NAME, &token.text(), seconds)
}

/// The `Set-Cookie` that forgets the token.
pub(super) fn forget() -> String {
    set(NAME, "", 0)
}

/// What the device's cookie holds.
pub(super) fn read_device(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers)
        .get(DEVICE)
        .map(|cookie| cookie.value().to_owned())
}

/// The `Set-Cookie` that makes a device known for `days`.
pub(super) fn keep_device(text: &str, days: u32) -> String {
    set(DEVICE, text, i64::from(days) * DAY_S)
}

fn set(name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::COOKIE;

    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn the_token_is_found_among_other_cookies_and_junk_is_not_a_token() {
        let token = RefreshToken::generate();
        let cookies = format!("a=1; {NAME}={}; b=2", token.text());
        assert!(matches!(read(&headers(&cookies)), Held::Token(found) if found == token));
        assert!(matches!(
            read(&headers("a=1; __host-techmart_refresh=x")),
            Held::Nothing
        ));
        for junk in ["", "x", "%00", "\"'", &"A".repeat(5000)] {
            assert!(
                matches!(read(&headers(&format!("{NAME}={junk}"))), Held::Junk),
                "{junk}"
            );
        }
    }

    #[test]
    fn the_cookie_is_as_closed_as_a_cookie_can_be() {
        let cookie = keep(&RefreshToken::parse(&"A".repeat(43)).unwrap(), 60);
        assert_eq!(
            cookie,
            format!(
                "{NAME}={}; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict",
                "A".repeat(43)
            )
        );
        assert!(forget().starts_with("__Host-techmart_refresh=; Path=/; Max-Age=0;"));
    }
}
