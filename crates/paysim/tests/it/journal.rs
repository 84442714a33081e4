//! What survives.

use std::{fs::OpenOptions, io::Write};

use paysim::Config;
use serde_json::Value;

use crate::support::{Folder, open, start};

#[tokio::test]
async fn everything_is_there_after_a_drop_without_shutdown() {
    let (folder, running, api) = start().await;
    let paid = api.pay("pm_card_visa").await.ok();
    api.pay("pm_card_visa_chargeDeclined").await.error(402);
    let id = paid["id"].as_str().unwrap();
    api.post("/v1/refunds", &[("payment_intent", id), ("amount", "500")])
        .await
        .ok();
    let before = running.ledger();
    let events = api.get("/v1/events?limit=100").await.ok();
    drop(running);

    let (running, api) = open(&folder).await;
    assert_eq!(running.ledger(), before);
    assert_eq!(api.get("/v1/events?limit=100").await.ok(), events);
    assert_eq!(
        api.get(&format!("/v1/payment_intents/{id}")).await.ok(),
        paid
    );
    // The refunded part still counts.
    let more = [("payment_intent", id), ("amount", "1501")];
    api.post("/v1/refunds", &more).await.error(400);
}

#[tokio::test]
async fn an_unfinished_last_line_is_cut_off() {
    for tail in ["{\"seq\":2,\"at_ms\":1,\"rec", "{\"seq\":2,\n", "\0\0\0\n"] {
        let (folder, running, api) = start().await;
        api.pay("pm_card_visa").await.ok();
        drop(running);
        append(&folder, tail);
        let (running, api) = open(&folder).await;
        assert_eq!(running.ledger().totals["usd"].captured, 2000);
        api.pay("pm_card_visa").await.ok();
        drop(running);
        let (running, _api) = open(&folder).await;
        assert_eq!(
            running.ledger().totals["usd"].captured,
            4000,
            "tail {tail:?}"
        );
    }
}

#[tokio::test]
async fn damage_in_the_middle_is_not_ignored() {
    let (folder, running, api) = start().await;
    api.pay("pm_card_visa").await.ok();
    drop(running);
    append(&folder, "rubbish\n");
    append(&folder, "{\"seq\":2,\"at_ms\":1,\"records\":[]}\n");
    let error = paysim::start(Config::new(folder.path()))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("line 3 is damaged"), "{error}");
}

#[tokio::test]
async fn a_missing_transaction_is_noticed() {
    let (folder, running, api) = start().await;
    for _ in 0..3 {
        api.pay("pm_card_visa").await.ok();
    }
    drop(running);
    let text = std::fs::read_to_string(folder.journal()).unwrap();
    let lines: Vec<&str> = text
        .lines()
        .enumerate()
        .filter(|(at, _)| *at != 2)
        .map(|(_, line)| line)
        .collect();
    std::fs::write(folder.journal(), lines.join("\n") + "\n").unwrap();
    let error = paysim::start(Config::new(folder.path()))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("transaction 2 is missing"), "{error}");
}

#[tokio::test]
async fn what_an_earlier_version_wrote_is_read() {
    let (folder, running, api) = start().await;
    let intent = api.pay("pm_card_visa").await.ok();
    let before = running.ledger().totals;
    drop(running);
    // Fields that were added since the first version.
    let newer = [
        "allow_redisplay",
        "authentication",
        "challenge",
        "customer",
        "disputed",
        "failure_balance_transaction",
        "request_three_d_secure",
        "set_up",
        "spent",
    ];
    let text = std::fs::read_to_string(folder.journal()).unwrap();
    let lines: Vec<String> = text
        .lines()
        .map(|line| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            for record in line["records"].as_array_mut().into_iter().flatten() {
                let kind = record["record"].as_str().unwrap().to_owned();
                let fields = record.as_object_mut().unwrap();
                fields.retain(|name, _| !newer.contains(&name.as_str()));
                if kind == "charge" {
                    fields.remove("idempotency_key");
                    fields.remove("settle_at_ms");
                }
            }
            line.to_string()
        })
        .collect();
    std::fs::write(folder.journal(), lines.join("\n") + "\n").unwrap();
    let (running, api) = open(&folder).await;
    assert_eq!(running.ledger().totals, before);
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    assert_eq!(api.get(&path).await.ok(), intent);
}

#[tokio::test]
async fn what_a_newer_version_wrote_is_not_cut_off() {
    let (folder, running, api) = start().await;
    api.pay("pm_card_visa").await.ok();
    drop(running);
    append(
        &folder,
        "{\"seq\":2,\"at_ms\":1,\"records\":[{\"record\":\"hologram\"}]}\n",
    );
    let error = paysim::start(Config::new(folder.path()))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("line 3 is damaged: unknown variant"),
        "{error}"
    );
}

#[tokio::test]
async fn one_folder_has_one_owner() {
    let (folder, _running, _api) = start().await;
    let error = paysim::start(Config::new(folder.path()))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("in use by another process"), "{error}");
}

fn append(folder: &Folder, text: &str) {
    let mut file = OpenOptions::new()
        .append(true)
        .open(folder.journal())
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
