//! A customer who is signed in, as a browser keeps it: an access token in memory, a refresh token in a cookie.

use anyhow::{Context, Result, bail, ensure};
use reqwest::header::{COOKIE, SET_COOKIE};
use serde_json::{Value, json};
use std::time::Duration;

use crate::race::shop::text;
use crate::stack::Stack;
use crate::state::Login;

const SESSION_COOKIE: &str = "__Host-techmart_refresh=";

/// A signed-in customer.
#[derive(Debug)]
pub(super) struct Customer {
    client: reqwest::Client,
    origin: String,
    cookie: String,
    access_token: String,
}

impl Customer {
    /// Signs one of the demo customers in.
    pub(super) async fn sign_in(stack: &Stack, index: usize) -> Result<Self> {
        let customers = &stack.state.customers;
        ensure!(!customers.is_empty(), "there is no demo customer");
        let login: &Login = &customers[index % customers.len()];
        let mut customer = Self {
            client: reqwest::Client::builder()
                .timeout(Duration::from_secs(20))
                // A connection kept may be closed by the gateway just when it is used again; browsers ask once more then.
                .pool_max_idle_per_host(0)
                .no_proxy()
                .build()?,
            origin: stack.settings().origin()?,
            cookie: String::new(),
            access_token: String::new(),
        };
        let body = json!({"email": login.email, "password": login.password});
        customer.take_pair("login", &body).await?;
        Ok(customer)
    }

    /// Takes the next pair of tokens for the cookie.
    pub(super) async fn refresh(&mut self) -> Result<()> {
        self.take_pair("refresh", &json!({})).await
    }

    /// Asks who is signed in.
    pub(super) async fn who(&self) -> Result<Value> {
        self.get("/me").await
    }

    /// Asks another service than the one that issued the token.
    pub(super) async fn orders(&self) -> Result<Value> {
        self.get("/orders").await
    }

    /// The id of the key that signed the access token.
    pub(super) fn signed_by(&self) -> Result<String> {
        let head = self.access_token.split('.').next().unwrap_or_default();
        let head: Value = serde_json::from_slice(&base64url(head).context("the token's head")?)?;
        text(&head, "kid")
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let request = self.client.get(format!("{}/api/v1{path}", self.origin));
        let response = request.bearer_auth(&self.access_token).send().await?;
        let status = response.status();
        let body = response.text().await?;
        if !status.is_success() {
            bail!("GET {path}: {status}: {body}");
        }
        Ok(serde_json::from_str(&body)?)
    }

    async fn take_pair(&mut self, what: &str, body: &Value) -> Result<()> {
        let response = self
            .client
            .post(format!("{}/api/v1/auth/{what}", self.origin))
            .header(COOKIE, &self.cookie)
            .json(body)
            .send()
            .await?;
        let status = response.status();
        let cookies: Vec<String> = response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|value| Some(value.to_str().ok()?.split(';').next()?.to_owned()))
            .collect();
        let answer: Value = response.json().await.unwrap_or_default();
        if !status.is_success() {
            bail!("{what}: {status}: {answer}");
        }
        let cookie = cookies
            .into_iter()
            .find(|cookie| cookie.starts_with(SESSION_COOKIE));
        self.cookie = cookie.with_context(|| format!("{what}: no cookie"))?;
        self.access_token = text(&answer, "access_token")?;
        Ok(())
    }
}

/// Base64 with the letters of URLs, without padding.
fn base64url(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in text.bytes() {
        let digit = DIGITS.iter().position(|one| *one == byte)?;
        bits = (bits << 6 | u32::try_from(digit).ok()?) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_a_token_is_read() {
        assert_eq!(
            base64url("eyJhbGciOiJFZERTQSJ9").unwrap(),
            br#"{"alg":"EdDSA"}"#
        );
        assert_eq!(base64url("not base64!"), None);
    }
}
