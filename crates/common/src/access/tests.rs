use axum::body::Body;
use axum::extract::FromRef;
use axum::routing::get;
use axum::{Router, response::IntoResponse};
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use kernel::{SessionId, TestClock, UserId};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

use super::*;

mod hostile;
mod permissions;

const ISSUER: &str = "https://shop.test";

struct Setup {
    clock: TestClock,
    signer: Signer,
    pem: String,
    verifier: Verifier,
}

#[derive(Clone)]
struct AppState(Verifier);

impl FromRef<AppState> for Verifier {
    fn from_ref(state: &AppState) -> Self {
        state.0.clone()
    }
}

fn setup() -> Setup {
    let clock = TestClock::new("2026-05-01T12:00:00Z".parse().unwrap());
    let pem = Signer::generate_pem().unwrap();
    let signer = Signer::from_pkcs8_pem(&pem).unwrap();
    let verifier = Verifier::new(ISSUER, Arc::new(clock.clone()));
    verifier
        .replace_keys(&[signer.public_key().clone()])
        .unwrap();
    Setup {
        clock,
        signer,
        pem,
        verifier,
    }
}

fn now() -> i64 {
    "2026-05-01T12:00:00Z"
        .parse::<Timestamp>()
        .unwrap()
        .as_second()
}

fn claims(role: Role) -> AccessClaims {
    AccessClaims {
        iss: ISSUER.into(),
        sub: UserId::generate(),
        aud: role.audience(),
        exp: now() + 600,
        iat: now(),
        jti: "t1".into(),
        sid: SessionId::generate(),
        role,
        scope: None,
    }
}

async fn ask(setup: &Setup, path: &str, authorization: &[&str]) -> (StatusCode, Value) {
    let router: Router = Router::new()
        .route(
            "/user",
            get(|user: CurrentUser| async move { user.user_id.to_string() }),
        )
        .route(
            "/maybe",
            get(|MaybeUser(user): MaybeUser| async move { user.is_some().to_string() }),
        )
        .route(
            "/staff",
            get(|_: Staff| async { StatusCode::OK.into_response() }),
        )
        .with_state(AppState(setup.verifier.clone()));
    let mut request = Request::get(path);
    for value in authorization {
        request = request.header("authorization", *value);
    }
    let response = router
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let status = response.status();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = response.headers()["www-authenticate"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(challenge.starts_with("Bearer"));
    }
    let bytes = axum::body::to_bytes(response.into_body(), 10_000)
        .await
        .unwrap();
    (
        status,
        serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    )
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[tokio::test]
async fn every_hostile_token_is_401() {
    let setup = setup();
    let hostile = hostile::hostile(&setup);
    assert!(hostile.len() >= 80, "{}", hostile.len());
    for (name, token) in hostile {
        for path in ["/user", "/maybe", "/staff"] {
            let (status, body) = ask(&setup, path, &[&bearer(&token)]).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{name} at {path}");
            assert_eq!(body["code"], "token_invalid", "{name} at {path}");
        }
    }
}

#[tokio::test]
async fn a_good_token_says_who_it_is() {
    let setup = setup();
    let token = setup.signer.sign(&claims(Role::Customer)).unwrap();
    assert_eq!(
        ask(&setup, "/user", &[&bearer(&token)]).await.0,
        StatusCode::OK
    );
    assert_eq!(
        ask(&setup, "/user", &[&format!("bearer {token}")]).await.0,
        StatusCode::OK
    );
    let (status, body) = ask(&setup, "/staff", &[&bearer(&token)]).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::FORBIDDEN, &json!("forbidden"))
    );
    let staff = setup.signer.sign(&claims(Role::Staff)).unwrap();
    assert_eq!(
        ask(&setup, "/staff", &[&bearer(&staff)]).await.0,
        StatusCode::OK
    );
    let mixed = AccessClaims {
        aud: Audience::Shop,
        ..claims(Role::Staff)
    };
    let mixed = setup.signer.sign(&mixed).unwrap();
    assert_eq!(
        ask(&setup, "/staff", &[&bearer(&mixed)]).await.0,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn the_header_must_hold_one_bearer_token() {
    let setup = setup();
    let token = setup.signer.sign(&claims(Role::Customer)).unwrap();
    let good = bearer(&token);
    let (status, body) = ask(&setup, "/user", &[]).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::UNAUTHORIZED, &json!("token_missing"))
    );
    assert_eq!(
        ask(&setup, "/maybe", &[]).await,
        (StatusCode::OK, json!(false))
    );
    for values in [
        &["Basic dTpw"][..],
        &["Bearer"],
        &["Bearer "],
        &[&token],
        &[&good, &good],
    ] {
        let (status, body) = ask(&setup, "/maybe", values).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{values:?}");
        assert_eq!(body["code"], "token_invalid", "{values:?}");
    }
}

#[tokio::test]
async fn a_token_ends_also_when_it_is_remembered() {
    let setup = setup();
    let claims = claims(Role::Customer);
    let token = bearer(&setup.signer.sign(&claims).unwrap());
    assert_eq!(ask(&setup, "/user", &[&token]).await.0, StatusCode::OK);
    setup.clock.advance(SignedDuration::from_secs(604));
    assert_eq!(ask(&setup, "/user", &[&token]).await.0, StatusCode::OK);
    setup.clock.advance(SignedDuration::from_secs(1));
    let (status, body) = ask(&setup, "/user", &[&token]).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::UNAUTHORIZED, &json!("token_expired"))
    );
}

#[tokio::test]
async fn revoking_and_taking_a_key_away_work_at_once() {
    let setup = setup();
    let claims = claims(Role::Customer);
    let token = bearer(&setup.signer.sign(&claims).unwrap());
    assert_eq!(ask(&setup, "/user", &[&token]).await.0, StatusCode::OK);
    let other = Signer::from_pkcs8_pem(&Signer::generate_pem().unwrap()).unwrap();
    setup
        .verifier
        .replace_keys(&[other.public_key().clone()])
        .unwrap();
    assert_eq!(
        ask(&setup, "/user", &[&token]).await.0,
        StatusCode::UNAUTHORIZED
    );
    setup
        .verifier
        .replace_keys(&[setup.signer.public_key().clone()])
        .unwrap();
    assert_eq!(ask(&setup, "/user", &[&token]).await.0, StatusCode::OK);
    let until = setup.clock_now() + SignedDuration::from_secs(600);
    setup.verifier.add_revoked(claims.sid.uuid(), until);
    let (status, body) = ask(&setup, "/user", &[&token]).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::UNAUTHORIZED, &json!("token_invalid"))
    );
}

#[tokio::test]
async fn without_keys_the_answer_is_503() {
    let setup = setup();
    setup.verifier.replace_keys(&[]).unwrap();
    let token = bearer(&setup.signer.sign(&claims(Role::Customer)).unwrap());
    let (status, body) = ask(&setup, "/user", &[&token]).await;
    assert_eq!(
        (status, &body["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable"))
    );
}

#[tokio::test]
async fn the_feed_brings_keys_and_revocations() {
    struct Feed(PublicKey, Revoked);
    impl AccessFeed for Feed {
        async fn keys(&self) -> anyhow::Result<Vec<PublicKey>> {
            Ok(vec![self.0.clone()])
        }
        async fn revoked_since(&self, since: Timestamp) -> anyhow::Result<Vec<Revoked>> {
            Ok([self.1]
                .into_iter()
                .filter(|revoked| revoked.revoked_at >= since)
                .collect())
        }
    }
    let setup = setup();
    setup.verifier.replace_keys(&[]).unwrap();
    let claims = claims(Role::Customer);
    let token = setup.signer.sign(&claims).unwrap();
    let now = setup.clock_now();
    let revoked = Revoked {
        session_id: claims.sid.uuid(),
        revoked_at: now,
        expires_at: now + SignedDuration::from_secs(600),
    };
    let feed = Feed(setup.signer.public_key().clone(), revoked);
    let next = refresh(&setup.verifier, &feed, Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    assert_eq!(next, now - SignedDuration::from_secs(10));
    assert_eq!(
        setup.verifier.verify(&token).await,
        Err(TokenError::Invalid)
    );
    assert!(setup.verifier.is_ready());
}

#[test]
fn the_key_id_is_the_thumbprint_of_rfc_8037() {
    // RFC 8037, appendix A.1 to A.3: the key in PKCS#8 and its thumbprint.
    let pem = "-----BEGIN PRIVATE KEY-----\\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\\n-----END PRIVATE KEY-----";
    let signer = Signer::from_pkcs8_pem(pem).unwrap();
    assert_eq!(
        signer.public_key().x,
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    );
    assert_eq!(
        signer.public_key().kid,
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
}

#[test]
fn what_is_no_key_is_refused_with_a_reason() {
    for (pem, reason) in [
        ("", "expected a PEM block `PRIVATE KEY`"),
        (
            "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----",
            "the PEM block is not base64",
        ),
        (
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "the PEM block holds no Ed25519 key in PKCS#8",
        ),
    ] {
        assert_eq!(Signer::from_pkcs8_pem(pem).unwrap_err().to_string(), reason);
    }
}

impl Setup {
    fn clock_now(&self) -> Timestamp {
        self.verifier.clock().now()
    }
}
