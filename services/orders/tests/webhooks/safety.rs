//! Messages go to public addresses and nowhere else, and no answer can do harm.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse as _;
use orders::webhooks::client::Lookup;
use orders::webhooks::{Client, WebhookSettings};
use serde_json::json;
use tokio::net::TcpListener;

use crate::shop::{Shop, open_settings};

/// Answers one address after the other, then the last one for ever.
fn lookup(addresses: &'static [&'static str]) -> Lookup {
    let asked = AtomicUsize::new(0);
    Arc::new(move |_| {
        let index = asked
            .fetch_add(1, Ordering::SeqCst)
            .min(addresses.len() - 1);
        let address: IpAddr = addresses[index].parse().expect("an address");
        Box::pin(async move { Ok(vec![address]) })
    })
}

fn strict(addresses: &'static [&'static str]) -> (WebhookSettings, Option<Client>) {
    let settings = WebhookSettings {
        timeout_ms: 1_000,
        ..WebhookSettings::default()
    };
    let client = Client::with_lookup(&settings, lookup(addresses)).expect("a client");
    (settings, Some(client))
}

#[tokio::test]
async fn addresses_that_lead_inside_are_not_taken() {
    let (settings, client) = strict(&["93.184.215.14"]);
    let shop = Shop::open_with(settings, client).await;
    for url in [
        "http://127.0.0.1:9",
        "https://127.0.0.1:9443/",
        "http://169.254.169.254/",
        "https://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "http://2130706433/",
        "https://2130706433/",
        "http://0x7f.1/",
        "https://0x7f.1/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://100.64.1.1/",
        "https://224.0.0.1/",
        "https://localhost/",
        "https://redis/",
        "http://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "https://user:password@example.com/",
        "https://example.com:22/",
        "https://example.com/#x",
        "no address",
    ] {
        let problem = shop
            .post("", Some(json!({"url": url})))
            .await
            .problem(422, "webhook_url_forbidden");
        assert_eq!(problem["errors"][0]["pointer"], "/url", "{url}");
    }
    let (id, _) = shop.endpoint("https://example.com/hooks", &[]).await;
    for url in ["http://example.com/", "https://[::ffff:127.0.0.1]/"] {
        shop.patch(&id, 1, json!({"url": url}))
            .await
            .problem(422, "webhook_url_forbidden");
    }
    assert_eq!(
        shop.get(&format!("/{id}")).await.expect(200).json["version"],
        1
    );
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_taken() {
    for address in [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "::ffff:10.0.0.1",
        "fd00::1",
        "100.64.0.1",
    ] {
        let settings = WebhookSettings::default();
        let found: IpAddr = address.parse().expect("an address");
        // One public address beside it makes no difference.
        let both: Lookup = Arc::new(move |_| {
            Box::pin(async move { Ok(vec!["93.184.215.14".parse().expect("an address"), found]) })
        });
        let client = Client::with_lookup(&settings, both).expect("a client");
        let shop = Shop::open_with(settings, Some(client)).await;
        let new = json!({"url": "https://innocent.example.com/"});
        shop.post("", Some(new))
            .await
            .problem(422, "webhook_url_forbidden");
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_reaches_nothing() {
    let canary = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = canary.local_addr().expect("an address").port();
    let (settings, client) = strict(&["93.184.215.14", "127.0.0.1"]);
    let shop = Shop::open_with(settings, client).await;
    let (id, _) = shop
        .endpoint(&format!("https://rebinding.example.com:{port}/"), &[])
        .await;
    let ping = shop.post(&format!("/{id}/ping"), None).await.expect(200);
    assert_eq!(ping.json["state"], "dead");
    assert_eq!(
        ping.json["log"][0]["error"],
        "the name leads to an address that is not public"
    );
    assert!(ping.json["log"][0]["status"].is_null());
    let knock = tokio::time::timeout(std::time::Duration::from_millis(300), canary.accept()).await;
    assert!(knock.is_err(), "nobody came");
}

#[tokio::test]
async fn an_address_that_was_entered_while_it_was_allowed_is_refused_later() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    let mut strict = shop.webhooks.clone();
    strict.client = Client::new(&WebhookSettings::default()).expect("a client");
    let order_id = shop.order().await;
    shop.emit(order_id, "order.placed", json!({})).await;
    orders::webhooks::recorder::run(strict.clone(), &shop.jobs, common::redis::Wakeups::local());
    orders::webhooks::dispatcher::run(strict, &shop.jobs);
    shop.until(&id, &["failed"]).await;
    assert_eq!(
        shop.deliveries(&id).await[0]["last_error"],
        "the address must begin with https://"
    );
    assert!(receiver.got().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let shop = Shop::open().await;
    let (receiver, canary) = (shop.receiver().await, shop.receiver().await);
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    for status in [301, 302, 303, 307, 308] {
        let location = canary.url.clone();
        receiver.answer(move |_| {
            let status = StatusCode::from_u16(status).expect("a status");
            (status, [("location", location.clone())]).into_response()
        });
        let ping = shop.post(&format!("/{id}/ping"), None).await.expect(200);
        assert_eq!(ping.json["state"], "dead");
        assert_eq!(
            ping.json["last_error"],
            format!("answered {status}: redirects are not followed")
        );
    }
    assert_eq!(receiver.got().len(), 5);
    assert!(canary.got().is_empty());
    shop.close().await;
}

#[tokio::test]
async fn long_answers_are_cut_and_cookies_forgotten() {
    let shop = Shop::open().await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    receiver.answer(|_| {
        let body = format!("a\0b{}", "x".repeat(8_000_000));
        ([("set-cookie", "session=1; Path=/")], body).into_response()
    });
    let ping = shop.post(&format!("/{id}/ping"), None).await.expect(200);
    assert_eq!(ping.json["state"], "delivered");
    let kept = ping.json["log"][0]["response"].as_str().expect("an answer");
    assert!(kept.starts_with("a\u{FFFD}bxxx") && kept.chars().count() == 1_000);
    shop.post(&format!("/{id}/ping"), None).await.expect(200);
    assert_eq!(receiver.got()[1].header("cookie"), "");
    shop.close().await;
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_is_left() {
    // Accepts connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", silent.local_addr().expect("an address"));
    let hasty = WebhookSettings {
        timeout_ms: 200,
        ..open_settings()
    };
    let shop = Shop::open_with(hasty, None).await;
    let (id, _) = shop.endpoint(&url, &[]).await;
    let ping = shop.post(&format!("/{id}/ping"), None).await.expect(200);
    assert_eq!(ping.json["last_error"], "no answer in time");
    drop(silent);
    let ping = shop.post(&format!("/{id}/ping"), None).await.expect(200);
    assert_eq!(ping.json["last_error"], "no connection");
}

#[tokio::test]
async fn an_answer_that_never_ends_counts_by_its_status() {
    let hasty = WebhookSettings {
        timeout_ms: 500,
        ..open_settings()
    };
    let shop = Shop::open_with(hasty, None).await;
    let receiver = shop.receiver().await;
    let (id, _) = shop.endpoint(&receiver.url, &[]).await;
    receiver.answer(|_| {
        let drops = futures::stream::unfold((), |()| async {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            Some((Ok::<_, std::io::Error>("drop"), ()))
        });
        Response::new(Body::from_stream(drops))
    });
    let ping = shop.post(&format!("/{id}/ping"), None).await.expect(200);
    assert_eq!(ping.json["state"], "delivered");
    shop.close().await;
}
