//! Reading a cart, through the cache.

use std::sync::LazyLock;

use common::redis::redis::Script;
use contract_cart::view_cache_key;
use contract_catalog::quote::list_quotes;
use jiff::Timestamp;
use kernel::CartId;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::domain::principal::Principal;
use crate::domain::view::{self, Cart, CartHead, Inputs, StoredLine};
use crate::error::Error;
use crate::state::AppState;
use crate::store::{carts, coupons, lines};

/// Keeps a view unless a newer one is there: of two writers side by side the older one may come last.
/// KEYS: view. ARGV: version, seconds, view.
static KEEP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local known = redis.call('get', KEYS[1])
         if known and cjson.decode(known).cart.version > tonumber(ARGV[1]) then return 0 end
         redis.call('set', KEYS[1], ARGV[3], 'EX', ARGV[2])
         return 1",
    )
});

/// A view in Redis, with what decides who may have it.
#[derive(Serialize, Deserialize)]
struct CachedView {
    owner: Principal,
    cart: Cart,
}

/// The cart, if it is the principal's.
///
/// # Errors
/// [`Error::NotFound`] for a missing or foreign cart.
pub async fn get_cart(
    state: &AppState,
    cart_id: CartId,
    principal: &Principal,
) -> Result<Cart, Error> {
    if let Some(cached) = state
        .cache
        .get_json::<CachedView>(&view_cache_key(cart_id))
        .await
        && cached.owner.shares_proof_with(principal)
    {
        return Ok(cached.cart);
    }
    let mut conn = state.db.write().await?;
    let head = carts::find_cart(&mut conn, cart_id, principal)
        .await?
        .ok_or(Error::NotFound)?;
    let stored = lines::list_lines(&mut conn, cart_id).await?;
    let cart = build(&mut conn, &head, &stored, state.clock.now()).await?;
    drop(conn);
    remember(state, &head, &cart).await;
    Ok(cart)
}

/// The view of a cart at today's prices.
///
/// # Errors
/// When the database fails or amounts do not fit.
pub async fn build(
    conn: &mut PgConnection,
    head: &CartHead,
    stored: &[StoredLine],
    now: Timestamp,
) -> Result<Cart, Error> {
    let ids: Vec<_> = stored.iter().map(|l| l.variant_id).collect();
    let quotes = if ids.is_empty() {
        Vec::new()
    } else {
        list_quotes(&mut *conn, &ids, head.currency).await?
    };
    let coupon = match head.coupon_id {
        None => None,
        Some(coupon_id) => coupons::find_held_coupon(conn, coupon_id, head.customer_id).await?,
    };
    Ok(view::build(Inputs {
        head,
        lines: stored,
        quotes: &quotes,
        coupon: coupon.as_ref(),
        now,
    })?)
}

/// Puts a view into the cache. What a merge had to say is told once.
pub async fn remember(state: &AppState, head: &CartHead, cart: &Cart) {
    let owner = Principal {
        customer_id: head.customer_id,
        token_hash: head.token_hash,
    };
    let cached = CachedView {
        owner,
        cart: Cart {
            merge: Vec::new(),
            ..cart.clone()
        },
    };
    let Ok(view) = serde_json::to_string(&cached) else {
        return;
    };
    let (key, version) = (view_cache_key(head.cart_id), cart.version.to_string());
    let ttl_s = state.settings.view_ttl_s.max(1).to_string();
    // A cache that does not answer is one without the view.
    let _kept: Option<i64> = state
        .cache
        .eval(&KEEP, &[&key], &[&version, &ttl_s, &view])
        .await;
}
