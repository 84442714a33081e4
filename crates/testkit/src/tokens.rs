//! Access tokens for tests, and the verifier that accepts them.

use common::access::{AccessClaims, Role, Signer, Verifier};
use jiff::{SignedDuration, Timestamp};
use kernel::{SessionId, SharedClock, UserId};

/// Issuer of every test token.
pub const ISSUER: &str = "http://127.0.0.1:8080";
const LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Signs tokens with a key of its own.
#[derive(Debug)]
pub struct Tokens {
    signer: Signer,
    clock: SharedClock,
}

impl Tokens {
    /// A signer whose tokens begin at the clock's time.
    ///
    /// # Panics
    /// Never in practice: key generation does not fail.
    pub fn new(clock: SharedClock) -> Self {
        let pem = Signer::generate_pem().expect("a key can be made");
        Self {
            signer: Signer::from_pkcs8_pem(&pem).expect("a fresh key can be read"),
            clock,
        }
    }

    /// A verifier that knows the key and nothing else.
    ///
    /// # Panics
    /// Never in practice: the key is well formed.
    pub fn verifier(&self) -> Verifier {
        let verifier = Verifier::new(ISSUER, self.clock.clone());
        verifier
            .replace_keys(&[self.signer.public_key().clone()])
            .expect("the key is well formed");
        verifier
    }

    /// A customer's token, good for ten minutes.
    pub fn customer(&self, user_id: UserId) -> String {
        self.sign(user_id, Role::Customer, None, self.clock.now() + LIFETIME)
    }

    /// A token of a member of staff who may do everything, good for ten minutes.
    pub fn staff(&self) -> String {
        self.staff_with(&["*"])
    }

    /// A token of a member of staff with these permissions, good for ten minutes.
    pub fn staff_with(&self, permissions: &[&str]) -> String {
        self.staff_as(UserId::generate(), permissions)
    }

    /// A token of this member of staff with these permissions, good for ten minutes.
    pub fn staff_as(&self, user_id: UserId, permissions: &[&str]) -> String {
        let scope = Some(permissions.join(" "));
        self.sign(user_id, Role::Staff, scope, self.clock.now() + LIFETIME)
    }

    /// A customer's token that ran out a minute ago.
    pub fn expired(&self, user_id: UserId) -> String {
        self.sign(
            user_id,
            Role::Customer,
            None,
            self.clock.now() - SignedDuration::from_mins(1),
        )
    }

    fn sign(
        &self,
        user_id: UserId,
        role: Role,
        scope: Option<String>,
        expires_at: Timestamp,
    ) -> String {
        let claims = AccessClaims {
            iss: ISSUER.to_owned(),
            sub: user_id,
            aud: role.audience(),
            exp: expires_at.as_second(),
            iat: (expires_at - LIFETIME).as_second(),
            jti: SessionId::generate().to_string(),
            sid: SessionId::generate(),
            role,
            scope,
        };
        self.signer.sign(&claims).expect("claims can be signed")
    }
}
