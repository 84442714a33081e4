//! Setting a new password with a link from a mail.

use auth::jobs::{password_resets, purge};
use futures::future::join_all;
use serde_json::{Value, json};
use testkit::Answer;

use crate::world::{ORIGIN, PASSWORD, Session, World};

const ASK: &str = "/api/v1/auth/password-resets";
const COMPLETE: &str = "/api/v1/auth/password-resets/complete";
const NEW: &str = "blaue-Kreide-93";

async fn ask(world: &World, email: &str) -> Answer {
    world.post(ASK).json(json!({"email": email})).send().await
}

async fn complete(world: &World, token: &str, password: &str) -> Answer {
    let body = json!({"token": token, "password": password});
    world.post(COMPLETE).json(body).send().await
}

/// Template, recipient, text and whether it is secret, oldest first.
type Kept = (String, String, Option<String>, bool);

async fn messages(world: &World) -> Vec<Kept> {
    let sql = "select template, recipient, body_text, secret from auth.message order by message_id";
    sqlx::query_as(sql)
        .fetch_all(&world.admin().await)
        .await
        .unwrap()
}

/// Asks for a link and reads its token out of the message.
async fn token(world: &World, email: &str) -> String {
    ask(world, email).await.expect(202);
    password_resets::run(&world.state).await.unwrap();
    let (template, recipient, text, secret) = messages(world).await.pop().unwrap();
    assert_eq!((template.as_str(), secret), ("password_reset", true));
    assert_eq!(recipient, email);
    let text = text.unwrap();
    let (before, after) = text.split_once("#token=").unwrap();
    assert!(
        before.ends_with(&format!("{ORIGIN}/reset-password")),
        "{text}"
    );
    after.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_no_working_link_is_refused() {
    let world = World::new().await;
    world.register("ada@example.com").await;
    for wrong in ["", "x", &"A".repeat(43), &"A".repeat(5000), "ü"] {
        complete(&world, wrong, NEW)
            .await
            .problem(400, "reset_token_invalid");
    }
    let token = token(&world, "ada@example.com").await;
    world.pass(15 * 60);
    complete(&world, &token, NEW)
        .await
        .problem(400, "reset_token_invalid");
    world.log_in("ada@example.com", PASSWORD).await.expect(200);
    for body in [json!({}), json!({"email": "x"}), json!({"email": null})] {
        world
            .post(ASK)
            .json(body)
            .send()
            .await
            .problem(422, "validation_failed");
    }
}

#[tokio::test]
async fn a_weak_password_is_refused_and_leaves_the_link_alone() {
    let world = World::new().await;
    world.register("ada@example.com").await;
    let token = token(&world, "ada@example.com").await;
    for (weak, code) in [("short", "too_short"), ("password1", "too_common")] {
        let problem = complete(&world, &token, weak).await;
        let problem = problem.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/password");
        assert_eq!(problem["errors"][0]["code"], code);
    }
    complete(&world, &token, NEW).await.expect(204);
    complete(&world, &token, "gelbe-Schere-55")
        .await
        .problem(400, "reset_token_invalid");
    world.log_in("ada@example.com", NEW).await.expect(200);
}

#[tokio::test]
async fn a_new_password_ends_all_sessions_and_all_other_links_and_tells_the_owner() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let first = token(&world, "ada@example.com").await;
    let second = token(&world, "ada@example.com").await;
    assert_ne!(first, second);
    complete(&world, &second, NEW).await.expect(204);
    complete(&world, &first, "gelbe-Schere-55")
        .await
        .problem(400, "reset_token_invalid");
    world
        .me(&session.access)
        .await
        .problem(401, "token_invalid");
    world
        .refresh(&session.refresh)
        .await
        .problem(401, "refresh_token_invalid");
    world
        .log_in("ada@example.com", PASSWORD)
        .await
        .problem(401, "invalid_credentials");
    world.log_in("ada@example.com", NEW).await.expect(200);
    let (template, recipient, text, secret) = messages(&world).await.pop().unwrap();
    assert_eq!((template.as_str(), secret), ("password_changed", false));
    assert_eq!(recipient, "ada@example.com");
    let text = text.unwrap();
    assert!(text.contains("One session was ended."), "{text}");
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from auth.password_reset")
        .fetch_all(&world.admin().await)
        .await
        .unwrap();
    assert!(
        stored
            .iter()
            .all(|hash| hash.len() == 32 && hash != second.as_bytes())
    );
    world.db.verify().await;
}

#[tokio::test]
async fn of_twenty_uses_at_once_one_succeeds() {
    let world = World::new().await;
    world.register("ada@example.com").await;
    let token = token(&world, "ada@example.com").await;
    let passwords: Vec<String> = (0..20).map(|n| format!("{NEW}-{n}-x")).collect();
    let tries = passwords.iter().map(|new| complete(&world, &token, new));
    let answers = join_all(tries).await;
    let won: Vec<_> = (0..20).filter(|n| answers[*n].status == 204).collect();
    assert_eq!(won.len(), 1, "{won:?}");
    for answer in answers {
        if answer.status != 204 {
            answer.problem(400, "reset_token_invalid");
        }
    }
    world
        .log_in("ada@example.com", &passwords[won[0]])
        .await
        .expect(200);
    let notices = messages(&world).await;
    let notices = notices.iter().filter(|kept| kept.0 == "password_changed");
    assert_eq!(notices.count(), 1);
}

#[tokio::test]
async fn nobody_learns_which_addresses_have_an_account() {
    let world = World::new().await;
    world.register("ada@example.com").await;
    world.register("closed@example.com").await;
    let closed = "closed@example.com".parse().unwrap();
    world.operator().set_disabled(&closed, true).await.unwrap();
    let shape = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("x-request-id");
        (answer.status, headers, answer.bytes.clone())
    };
    let known = ask(&world, "ada@example.com").await;
    assert_eq!(known.status, 202);
    assert_eq!(
        known.json,
        json!({"status": "sent_if_known", "expires_in_minutes": 15})
    );
    for email in ["nobody@example.com", "closed@example.com"] {
        assert_eq!(shape(&ask(&world, email).await), shape(&known), "{email}");
    }
    // The same work for all: one row, nothing else, until the job runs.
    let rows = "select (select count(*) from auth.password_reset_request),
                       (select count(*) from auth.password_reset), (select count(*) from auth.message)";
    let admin = world.admin().await;
    let counts: (i64, i64, i64) = sqlx::query_as(rows).fetch_one(&admin).await.unwrap();
    assert_eq!(counts, (3, 0, 0));
    assert_eq!(password_resets::run(&world.state).await.unwrap(), 3);
    let counts: (i64, i64, i64) = sqlx::query_as(rows).fetch_one(&admin).await.unwrap();
    assert_eq!(counts, (0, 1, 1));
    assert_eq!(messages(&world).await[0].1, "ada@example.com");

    // The limit of an address does not tell either.
    for email in ["ada@example.com", "nobody@example.com"] {
        ask(&world, email).await.expect(202);
    }
    let known = ask(&world, "ada@example.com").await;
    let unknown = ask(&world, "nobody@example.com").await;
    assert_eq!(known.header("retry-after"), unknown.header("retry-after"));
    known.problem(429, "rate_limited");
    unknown.problem(429, "rate_limited");
}

#[tokio::test]
async fn a_client_gets_few_links_and_each_address_fewer() {
    let world = World::with(&[("LIMIT__RESET_ADDRESS_BURST", "5")]).await;
    let from = |address: &str, email: String| {
        let call = world.post(ASK).header("x-forwarded-for", address);
        call.json(json!({"email": email})).send()
    };
    for turn in 0..5 {
        let email = format!("person{turn}@example.com");
        from("203.0.113.1", email).await.expect(202);
    }
    from("203.0.113.1", "other@example.com".to_owned())
        .await
        .problem(429, "rate_limited");
    for address in ["203.0.113.2", "203.0.113.3"] {
        from(address, "ada@example.com".to_owned())
            .await
            .expect(202);
    }
    let refused = from("203.0.113.4", "ada@example.com".to_owned()).await;
    assert_eq!(refused.header("retry-after"), Some("1800"));
    refused.problem(429, "rate_limited");
    world.pass(1800);
    from("203.0.113.4", "ada@example.com".to_owned())
        .await
        .expect(202);
}

#[tokio::test]
async fn the_link_never_follows_the_request() {
    let world = World::new().await;
    world.register("ada@example.com").await;
    let call = world.post(ASK).header("host", "evil.example");
    let call = call.header("x-forwarded-host", "evil.example");
    let call = call.header("origin", "https://evil.example");
    let call = call.header("referer", "https://evil.example/");
    let body = json!({"email": "ada@example.com"});
    call.json(body).send().await.expect(202);
    password_resets::run(&world.state).await.unwrap();
    let row = "select subject || body_text || body_html from auth.message";
    let all: String = sqlx::query_scalar(row)
        .fetch_one(&world.admin().await)
        .await
        .unwrap();
    assert!(!all.contains("evil") && all.contains(ORIGIN), "{all}");
}

#[tokio::test]
async fn only_owners_see_the_link_and_only_while_no_mail_leaves() {
    let mut world = World::new().await;
    world.register("ada@example.com").await;
    let token = token(&world, "ada@example.com").await;
    let staff = world.staff("staff@techmart.example", &["*"]).await;
    let clerk = world
        .staff("clerk@techmart.example", &["mailbox.read"])
        .await;
    let list = "/api/v1/admin/messages/auth";
    let page = world
        .get(list)
        .bearer(&staff.access)
        .send()
        .await
        .expect(200);
    let [item] = page.json["items"].as_array().unwrap().as_slice() else {
        panic!("{}", page.json)
    };
    assert_eq!(item["progress"], "waiting");
    assert_eq!(item["secret"], true);
    assert!(item.get("body").is_none());
    let one = format!("{list}/{}", item["id"].as_str().unwrap());
    let refused = world.get(&one).bearer(&clerk.access).send().await;
    let refused = refused.expect(200);
    assert_eq!(refused.json["recipient"], "ada@example.com");
    assert_eq!(refused.json["body"], Value::Null, "a link is an account");
    let read = || world.get(&one).bearer(&staff.access).send();
    let text = read().await.expect(200).json["body"]["text"].clone();
    assert!(text.as_str().unwrap().contains(&token), "{text}");
    let other = format!("{list}/{}", kernel::MessageId::generate());
    let other = world.get(&other).bearer(&staff.access).send().await;
    other.problem(404, "not_found");

    // Once it is too old its text is gone.
    world.pass(15 * 60 - 1);
    purge::purge(&world.state, 10).await.unwrap();
    let staff = Session::of(&world.refresh(&staff.refresh).await.expect(200));
    let fresh = world.get(&one).bearer(&staff.access).send().await;
    assert!(fresh.expect(200).json["body"].is_object());
    world.state.mailbox.sends = true;
    let world = world.restarted();
    let withheld = world.get(&one).bearer(&staff.access).send().await;
    assert_eq!(withheld.expect(200).json["body"], Value::Null);
    world.pass(1);
    purge::purge(&world.state, 10).await.unwrap();
    assert_eq!(messages(&world).await[0].2, None);
    let expired = world.get(&one).bearer(&staff.access).send().await;
    assert_eq!(expired.expect(200).json["progress"], "expired");
}

#[tokio::test]
async fn a_session_that_ends_because_its_token_came_twice_is_told_to_its_owner() {
    let world = World::new().await;
    let session = world.register("ada@example.com").await;
    let next = Session::of(&world.refresh(&session.refresh).await.expect(200));
    world.refresh(&next.refresh).await.expect(200);
    assert!(messages(&world).await.is_empty());
    for _ in 0..2 {
        let again = world.refresh(&session.refresh).await;
        assert_eq!(again.status, 401);
    }
    let kept = messages(&world).await;
    let [(template, recipient, text, secret)] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    assert_eq!((template.as_str(), *secret), ("session_reused", false));
    assert_eq!(recipient, "ada@example.com");
    assert!(text.as_ref().unwrap().contains("Hello Ada Lovelace"));
}
