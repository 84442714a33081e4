//! Tokens that must be refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::{ISSUER, Setup, claims, now};
use crate::access::{Role, Signer};

/// A token with any header and claims, signed by the right key.
fn forge(setup: &Setup, header: &Value, claims: &Value) -> String {
    forge_text(setup, &header.to_string(), &claims.to_string())
}

fn forge_text(setup: &Setup, header: &str, claims: &str) -> String {
    let body: String = setup
        .pem
        .lines()
        .filter(|line| !line.starts_with('-'))
        .collect();
    let der = base64::engine::general_purpose::STANDARD
        .decode(body)
        .unwrap();
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let key = EncodingKey::from_ed_der(&der);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn header(setup: &Setup) -> Value {
    json!({"alg": "EdDSA", "typ": "at+jwt", "kid": setup.signer.public_key().kid})
}

fn changed(mut value: Value, key: &str, to: Value) -> Value {
    value[key] = to;
    value
}

fn without(mut value: Value, key: &str) -> Value {
    value.as_object_mut().unwrap().remove(key);
    value
}

/// What is wrong about a token, and the token.
type Hostile = Vec<(String, String)>;

/// Tokens that must be refused.
pub(super) fn hostile(setup: &Setup) -> Hostile {
    let mut all = wrong_headers(setup);
    all.extend(wrong_claims(setup));
    all.extend(wrong_signatures(setup));
    all
}

fn wrong_headers(setup: &Setup) -> Hostile {
    let good_header = header(setup);
    let good = serde_json::to_value(claims(Role::Customer)).unwrap();
    let x = setup.signer.public_key().x.clone();
    let mut all = Hostile::new();

    for (name, key, value) in [
        ("alg none", "alg", json!("none")),
        ("alg None", "alg", json!("None")),
        ("alg HS256", "alg", json!("HS256")),
        ("alg RS256", "alg", json!("RS256")),
        ("alg ES256", "alg", json!("ES256")),
        ("alg eddsa", "alg", json!("eddsa")),
        ("alg missing", "alg", Value::Null),
        ("alg a list", "alg", json!(["EdDSA"])),
        ("typ JWT", "typ", json!("JWT")),
        ("typ id token", "typ", json!("id+jwt")),
        ("typ refresh", "typ", json!("rt+jwt")),
        ("typ null", "typ", Value::Null),
        ("kid path", "kid", json!("../../dev/null")),
        ("kid sql", "kid", json!("' or 1=1 --")),
        ("kid empty", "kid", json!("")),
        ("kid number", "kid", json!(1)),
        ("kid null", "kid", Value::Null),
        ("kid of another key", "kid", json!("AAAA")),
        ("jku", "jku", json!("https://evil.test/jwks.json")),
        (
            "jwk",
            "jwk",
            json!({"kty": "OKP", "crv": "Ed25519", "x": x}),
        ),
        ("x5u", "x5u", json!("https://evil.test/cert.pem")),
        ("x5c", "x5c", json!(["AAAA"])),
        ("crit", "crit", json!(["exp"])),
        ("zip", "zip", json!("DEF")),
        ("b64", "b64", json!(false)),
        ("unknown header member", "note", json!("x")),
    ] {
        all.push((
            name.into(),
            forge(setup, &changed(good_header.clone(), key, value), &good),
        ));
    }
    for key in ["alg", "typ", "kid"] {
        let token = forge(setup, &without(good_header.clone(), key), &good);
        all.push((format!("header without {key}"), token));
    }
    all
}

fn wrong_claims(setup: &Setup) -> Hostile {
    let good_header = header(setup);
    let good = serde_json::to_value(claims(Role::Customer)).unwrap();
    let mut all = Hostile::new();
    for (name, key, value) in [
        ("exp text", "exp", json!("9999999999")),
        ("exp 1e308", "exp", json!(1e308)),
        ("exp fraction", "exp", json!(1.5e10)),
        ("exp a list", "exp", json!([now() + 600])),
        ("exp true", "exp", json!(true)),
        ("exp beyond 64 bits", "exp", json!(u64::MAX)),
        ("nbf in the future", "nbf", json!(now() + 60)),
        ("aud an object", "aud", json!({"shop": true})),
        ("aud in capitals", "aud", json!("Shop")),
        ("exp in a day", "exp", json!(now() + 86_400)),
        ("exp null", "exp", Value::Null),
        ("exp before iat", "exp", json!(now() - 1)),
        ("exp negative", "exp", json!(-1)),
        ("iat text", "iat", json!("1")),
        ("iat in the future", "iat", json!(now() + 60)),
        ("nbf", "nbf", json!("tomorrow")),
        ("iss another", "iss", json!("https://evil.test")),
        ("iss a list", "iss", json!([ISSUER])),
        ("aud another", "aud", json!("mail")),
        ("aud a list", "aud", json!(["shop", "admin"])),
        ("aud null", "aud", Value::Null),
        ("sub number", "sub", json!(1)),
        (
            "sub of another kind",
            "sub",
            json!("ses_01h455vb4pex5vsknk084sn02q"),
        ),
        ("sub empty", "sub", json!("")),
        (
            "sid of another kind",
            "sid",
            json!("usr_01h455vb4pex5vsknk084sn02q"),
        ),
        ("role root", "role", json!("root")),
        ("role a list", "role", json!(["staff"])),
        ("unknown claim", "admin", json!(true)),
        ("jti number", "jti", json!(5)),
    ] {
        all.push((
            name.into(),
            forge(setup, &good_header, &changed(good.clone(), key, value)),
        ));
    }
    for key in ["exp", "iat", "iss", "aud", "sub", "sid", "jti", "role"] {
        let token = forge(setup, &good_header, &without(good.clone(), key));
        all.push((format!("without {key}"), token));
    }
    all
}

fn wrong_signatures(setup: &Setup) -> Hostile {
    let good_header = header(setup);
    let good = serde_json::to_value(claims(Role::Customer)).unwrap();
    let token = setup.signer.sign(&claims(Role::Customer)).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let kid = setup.signer.public_key().kid.clone();
    let x = setup.signer.public_key().x.clone();
    let mut all = Hostile::new();
    let other = Signer::from_pkcs8_pem(&Signer::generate_pem().unwrap()).unwrap();
    all.push((
        "another key".into(),
        other.sign(&claims(Role::Customer)).unwrap(),
    ));
    let mut hs = Header::new(Algorithm::HS256);
    hs.typ = Some("at+jwt".into());
    hs.kid = Some(kid);
    let secret = EncodingKey::from_secret(x.as_bytes());
    all.push((
        "HS256 with the public key".into(),
        jsonwebtoken::encode(&hs, &good, &secret).unwrap(),
    ));
    let twice = format!(
        r#"{{"alg":"EdDSA","alg":"none","typ":"at+jwt","kid":"{}"}}"#,
        setup.signer.public_key().kid
    );
    all.push((
        "alg twice".into(),
        forge_text(setup, &twice, &good.to_string()),
    ));
    let text = good.to_string();
    for (name, scope) in [
        ("a customer's scope", json!("orders.read")),
        ("a customer's empty scope", json!("")),
        ("a customer's scope a list", json!(["*"])),
    ] {
        let token = forge(setup, &good_header, &changed(good.clone(), "scope", scope));
        all.push((name.into(), token));
    }
    let staff = serde_json::to_value(claims(Role::Staff)).unwrap();
    for scope in [json!(["*"]), json!({"*": true}), json!(1), json!(true)] {
        let token = forge(setup, &good_header, &changed(staff.clone(), "scope", scope));
        all.push(("scope no text".into(), token));
    }
    let doubled = text.replacen('{', r#"{"role":"staff","#, 1);
    all.push((
        "role twice".into(),
        forge_text(setup, &good_header.to_string(), &doubled),
    ));
    all.push((
        "claims no object".into(),
        forge_text(setup, &good_header.to_string(), "[]"),
    ));
    all.push((
        "claims no JSON".into(),
        forge_text(setup, &good_header.to_string(), "{"),
    ));

    all.push((
        "claims exchanged".into(),
        format!(
            "{}.{}.{}",
            parts[0],
            URL_SAFE_NO_PAD.encode(staff.to_string()),
            parts[2]
        ),
    ));
    all.push(("no signature".into(), format!("{}.{}.", parts[0], parts[1])));
    all.push(("two parts".into(), format!("{}.{}", parts[0], parts[1])));
    all.push(("four parts".into(), format!("{token}.{}", parts[2])));
    all.push(("signature cut".into(), token[..token.len() - 4].into()));
    all.push(("padding".into(), format!("{token}==")));
    all.push((
        "zero signature".into(),
        format!(
            "{}.{}.{}",
            parts[0],
            parts[1],
            URL_SAFE_NO_PAD.encode([0; 64])
        ),
    ));
    all.push(("text".into(), "hello".into()));
    all.push(("dots".into(), "..".into()));
    all.push(("long".into(), "a".repeat(100_000)));
    all.push((
        "a UUID".into(),
        "0190163d-8694-739b-aea5-966c26f8ad91".into(),
    ));
    all
}
