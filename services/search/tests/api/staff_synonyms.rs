//! Synonyms as staff manage them.

use search::merchandising::SynonymId;
use serde_json::{Value, json};
use testkit::Answer;

use crate::staff_desk::{Desk, SYNONYMS, members, place};

fn one_way(from: &str, to: &str) -> Value {
    json!({"kind": "one_way", "from": [from], "to": [to]})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refuses_what_is_no_synonym() {
    let desk = Desk::open().await;
    let equivalent = |from: Value| json!({"kind": "equivalent", "from": from});
    let many: Vec<String> = (0..21).map(|n| format!("w{n}")).collect();
    let half: Vec<String> = (0..11).map(|n| format!("w{n}")).collect();
    for (body, pointer) in [
        (json!({"from": ["a", "b"]}), "/kind"),
        (json!({"kind": "both", "from": ["a", "b"]}), "/kind"),
        (equivalent(json!([])), "/from"),
        (equivalent(json!(["a"])), "/from"),
        (equivalent(json!(["a", ""])), "/from/1"),
        (equivalent(json!(["a", " - "])), "/from/1"),
        (equivalent(json!(["a", "x".repeat(65)])), "/from/1"),
        (equivalent(json!(["a", "1 2 3 4 5 6 7"])), "/from/1"),
        (equivalent(json!(["Café", "b", "cafe"])), "/from/2"),
        (equivalent(json!(["a", "b, c"])), "/from/1"),
        (equivalent(json!(["a", "b => c"])), "/from/1"),
        (equivalent(json!(["a", "b # c"])), "/from/1"),
        (equivalent(json!(["a", "b\u{0}c"])), "/from/1"),
        (equivalent(json!(["a", "b\u{202e}c"])), "/from/1"),
        (equivalent(json!(many)), "/from"),
        (
            json!({"kind": "equivalent", "from": ["a", "b"], "to": ["c"]}),
            "/to",
        ),
        (json!({"kind": "one_way", "from": ["a"]}), "/to"),
        (
            json!({"kind": "one_way", "from": ["a"], "to": ["A"]}),
            "/to/0",
        ),
        (
            json!({"kind": "one_way", "from": half, "to": (0..10).map(|n| format!("t{n}")).collect::<Vec<_>>()}),
            "/to",
        ),
        (
            json!({"kind": "disabled", "from": ["laptop"], "to": ["no such thing"]}),
            "/from",
        ),
        (
            json!({"kind": "one_way", "from": ["a"], "to": ["b"], "note": "x".repeat(501)}),
            "/note",
        ),
        (
            json!({"kind": "one_way", "from": ["a"], "to": ["b"], "id": "x"}),
            "/id",
        ),
    ] {
        let text = body.to_string();
        let answer = desk.make(SYNONYMS, "k", body).await;
        let problem = answer.problem(422, "validation_failed");
        assert_eq!(
            problem["errors"][0]["pointer"], pointer,
            "{text}: {problem}"
        );
    }
    let without = desk.app.post(SYNONYMS).bearer(desk.staff());
    let without = without.json(one_way("a", "b")).send().await;
    without.problem(400, "idempotency_key_missing");
    assert_eq!(desk.number("select count(*) from search.synonym").await, 0);
    assert_eq!(
        desk.number("select revision from search.merchandising_revision")
            .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_term_gets_so_many_wordings_at_most() {
    let desk = Desk::open().await;
    let entry = |n: usize| {
        let to: Vec<String> = (0..15).map(|m| format!("w{n}x{m}")).collect();
        json!({"kind": "one_way", "from": ["Kiste"], "to": to})
    };
    desk.make(SYNONYMS, "k0", entry(0)).await.expect(201);
    let second = desk.make(SYNONYMS, "k1", entry(1)).await.expect(201);
    let problem = desk.make(SYNONYMS, "k2", entry(2)).await;
    let problem = problem.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["code"], "too_many_wordings");
    assert_eq!(problem["errors"][0]["pointer"], "/from/0");
    // What is switched off does not count, and what is in force may be changed.
    let off = desk
        .patch(SYNONYMS, &second, json!({"enabled": false}))
        .await
        .expect(200);
    desk.make(SYNONYMS, "k3", entry(3)).await.expect(201);
    let on = desk.patch(SYNONYMS, &off, json!({"enabled": true})).await;
    on.problem(422, "validation_failed");
    desk.patch(SYNONYMS, &off, json!({"note": "n"}))
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_makes_one_synonym() {
    let desk = Desk::open().await;
    let calls = (0..8).map(|_| desk.make(SYNONYMS, "one-key", one_way("PS4", "PlayStation 4")));
    let answers = futures::future::join_all(calls).await;
    let replayed = |a: &Answer| a.header("idempotent-replayed") == Some("true");
    assert_eq!(answers.iter().filter(|a| replayed(a)).count(), 7);
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.json);
        assert_eq!(answer.json, answers[0].json);
    }
    assert_eq!(answers[0].json["from"], json!(["PS4"]), "as it was written");
    let location = answers[0].header("location").expect("a place");
    let read = desk.get(location).await.expect(200);
    assert_eq!(read.json, answers[0].json);
    assert_eq!(read.header("etag"), answers[0].header("etag"));
    let other = desk.make(SYNONYMS, "one-key", one_way("ps5", "playstation 5"));
    other.await.problem(422, "idempotency_key_reused");
    assert_eq!(
        desk.number("select revision from search.merchandising_revision")
            .await,
        2
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_needs_the_current_version() {
    let desk = Desk::open().await;
    let made = desk
        .make(SYNONYMS, "k", one_way("a", "b"))
        .await
        .expect(201);
    let target = place(SYNONYMS, &made);
    let blind = desk.app.patch(&target).bearer(desk.staff());
    let blind = blind.json(json!({"note": "n"})).send().await;
    blind.problem(428, "if_match_missing");
    let blind = desk.app.delete(&target).bearer(desk.staff()).send().await;
    blind.problem(428, "if_match_missing");
    let missing = format!("{SYNONYMS}/{}", SynonymId::generate());
    for call in [desk.app.patch(&missing), desk.app.delete(&missing)] {
        let call = call.bearer(desk.staff()).header("if-match", "\"1\"");
        call.json(json!({})).send().await.problem(404, "not_found");
    }
    desk.get(&missing).await.problem(404, "not_found");
    for (body, pointer) in [
        (json!({"to": []}), "/to"),
        (json!({"from": []}), "/from"),
        (json!({"kind": "equivalent"}), "/from"),
        (json!({"version": 2}), "/version"),
    ] {
        let problem = desk.patch(SYNONYMS, &made, body).await;
        let problem = problem.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
    let calls = (0..6).map(|n| desk.patch(SYNONYMS, &made, json!({"note": format!("n{n}")})));
    let answers = futures::future::join_all(calls).await;
    assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
    for lost in answers.into_iter().filter(|a| a.status != 200) {
        assert_eq!(lost.problem(412, "version_mismatch")["version"], 2);
    }
    let old = desk.app.delete(&target).bearer(desk.staff());
    let old = old.header("if-match", "\"1\"").send().await;
    old.problem(412, "version_mismatch");
    let current = desk.get(&target).await.expect(200);
    let same = desk.patch(SYNONYMS, &current, json!({"to": ["b"]})).await;
    assert_eq!(same.expect(200).json["version"], 2, "nothing changed");
    let gone = desk.app.delete(&target).bearer(desk.staff());
    let gone = gone.header("if-match", current.header("etag").expect("a tag"));
    gone.send().await.expect(204);
    desk.get(&target).await.problem(404, "not_found");
    assert_eq!(
        desk.number("select revision from search.merchandising_revision")
            .await,
        4
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_is_paged_and_filtered() {
    let desk = Desk::open().await;
    for (key, body) in [
        (
            "k1",
            json!({"kind": "equivalent", "from": ["Klapprechner", "laptop"]}),
        ),
        (
            "k2",
            json!({"kind": "one_way", "from": ["ps4"], "to": ["PlayStation 4"], "note": "Games 100 %_"}),
        ),
        (
            "k3",
            json!({"kind": "one_way", "from": ["lappy"], "to": ["laptop"], "enabled": false}),
        ),
    ] {
        desk.make(SYNONYMS, key, body).await.expect(201);
    }
    let firsts = |page: &Answer| -> Vec<String> {
        members(page, "from")
            .iter()
            .map(|from| from[0].as_str().expect("a term").to_owned())
            .collect()
    };
    let first = desk.get(&format!("{SYNONYMS}?limit=2")).await.expect(200);
    assert_eq!(firsts(&first), ["lappy", "ps4"]);
    let cursor = first.json["next_cursor"].as_str().expect("a cursor");
    let second = desk
        .get(&format!("{SYNONYMS}?limit=2&cursor={cursor}"))
        .await;
    assert_eq!(firsts(&second.expect(200)), ["Klapprechner"]);
    for (query, found) in [
        ("q=LAPTOP", &["lappy", "Klapprechner"][..]),
        ("q=playstation", &["ps4"]),
        ("q=%25_", &["ps4"]),
        ("kind=one_way", &["lappy", "ps4"]),
        ("kind=equivalent&q=lap", &["Klapprechner"]),
        ("kind=disabled", &[]),
    ] {
        let page = desk.get(&format!("{SYNONYMS}?{query}")).await.expect(200);
        assert_eq!(firsts(&page), found, "{query}");
    }
    let broken = desk.get(&format!("{SYNONYMS}?cursor=x")).await;
    broken.problem(400, "invalid_cursor");
    for query in ["limit=0", "kind=gone", "q=a%00b", "other=1"] {
        let refused = desk.get(&format!("{SYNONYMS}?{query}")).await;
        refused.problem(400, "invalid_query");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_in_the_log() {
    let desk = Desk::open().await;
    let made = desk
        .make(SYNONYMS, "k", one_way("a", "b"))
        .await
        .expect(201);
    let changed = desk
        .patch(SYNONYMS, &made, json!({"to": ["c"]}))
        .await
        .expect(200);
    let lost = desk.patch(SYNONYMS, &made, json!({"to": ["d"]})).await;
    lost.problem(412, "version_mismatch");
    let gone = desk.app.delete(place(SYNONYMS, &made)).bearer(desk.staff());
    let gone = gone.header("if-match", changed.header("etag").expect("a tag"));
    gone.send().await.expect(204);
    let auditor = desk.tokens.staff_with(&["audit.read"]);
    let log = desk.app.get("/api/v1/admin/audit/search").bearer(&auditor);
    let log = log.send().await.expect(200);
    let [delete, update, create] = &log.json["items"].as_array().expect("items")[..] else {
        panic!("three entries: {}", log.json)
    };
    assert_eq!(create["action"], "synonym.create");
    assert_eq!(
        create["object"],
        json!({"type": "synonym", "id": made.json["id"]})
    );
    assert_eq!(create["after"], made.json);
    assert_eq!(create["actor"]["id"], made.json["created_by"]);
    assert_eq!(update["action"], "synonym.update");
    assert_eq!(update["before"], json!({"to": ["b"], "version": 1}));
    assert_eq!(update["after"], json!({"to": ["c"], "version": 2}));
    assert_eq!(delete["action"], "synonym.delete");
    assert_eq!(delete["before"], changed.json);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_built_in_entry_can_be_switched_off_and_on() {
    let desk = Desk::open().await;
    let defaults = format!("{SYNONYMS}/defaults");
    let shown = desk.get(&defaults).await.expect(200);
    let items = shown.json["items"].as_array().expect("items");
    assert!(items.len() > 100);
    assert!(items.iter().all(|item| item["disabled_by"].is_null()));
    let (from, to) = (&items[3]["from"], &items[3]["to"]);
    let body = json!({"kind": "disabled", "from": from, "to": to});
    let built_in = desk.state.merchandising.current().synonyms.clone();
    let made = desk.make(SYNONYMS, "k", body).await.expect(201);
    let shown = desk.get(&defaults).await.expect(200);
    assert_eq!(shown.json["items"][3]["disabled_by"], made.json["id"]);
    assert!(shown.json["items"][4]["disabled_by"].is_null());
    assert_ne!(*desk.state.merchandising.current().synonyms, *built_in);
    let off = desk
        .patch(SYNONYMS, &made, json!({"enabled": false}))
        .await
        .expect(200);
    assert_eq!(off.json["version"], 2);
    let shown = desk.get(&defaults).await.expect(200);
    assert!(shown.json["items"][3]["disabled_by"].is_null());
    assert_eq!(*desk.state.merchandising.current().synonyms, *built_in);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_changes_are_counted_one_by_one() {
    let desk = Desk::open().await;
    let calls = (0..12).map(async |n| {
        let body = one_way(&format!("from{n}"), &format!("to{n}"));
        desk.make(SYNONYMS, &format!("k{n}"), body)
            .await
            .expect(201)
    });
    let made = futures::future::join_all(calls).await;
    let mut ids: Vec<&str> = made
        .iter()
        .map(|a| a.json["id"].as_str().expect("an id"))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 12);
    assert_eq!(
        desk.number("select revision from search.merchandising_revision")
            .await,
        13
    );
    desk.until_revision(13).await;
}
