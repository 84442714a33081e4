//! Movements of money, asked for under the role of the orders service, with real connections at the same time.

use contract_checkout::{
    CaptureError, OperationKind, OperationState, PaymentKind, RefundDestination, RefundError,
    VoidError, order_payments, payment_sums, request_capture, request_refund, request_void,
    retry_refund,
};
use futures::future::join_all;
use kernel::{AttemptId, CheckoutId, GiftCardId, OperationId, OrderId, RefundId, UserId};
use rand::RngExt as _;
use sqlx::{Connection as _, PgPool};
use testkit::TestDb;

const ORIGINAL: RefundDestination = RefundDestination::Original;

struct Till {
    _db: TestDb,
    admin: PgPool,
    orders: PgPool,
}

/// What a test's order was paid with.
#[derive(Default)]
struct Paid {
    customer: Option<UserId>,
    card_minor: i64,
    authorized_only: bool,
    gift_minor: i64,
}

impl Till {
    async fn open() -> Self {
        let db = TestDb::new().await;
        Self {
            admin: db.admin_pool().await,
            orders: db.pool("orders", 20).await,
            _db: db,
        }
    }

    async fn order(&self, paid: Paid) -> OrderId {
        let (order_id, checkout_id) = (OrderId::generate(), CheckoutId::generate());
        sqlx::query(
            "insert into checkout.checkout (checkout_id, cart_id, customer_id, token_hash, state, currency, order_id, quoted, expires_at)
             values ($1, gen_random_uuid(), $2, case when $2 is null then '\\x00'::bytea end, 'completed', 'USD', $3, '{}', now())",
        )
        .bind(checkout_id.uuid())
        .bind(paid.customer.map(UserId::uuid))
        .bind(order_id.uuid())
        .execute(&self.admin)
        .await
        .expect("a checkout");
        if paid.card_minor > 0 {
            let state = if paid.authorized_only {
                "authorized"
            } else {
                "captured"
            };
            let captured = if paid.authorized_only {
                0
            } else {
                paid.card_minor
            };
            sqlx::query(
                "insert into checkout.payment_attempt (attempt_id, checkout_id, order_id, attempt_no, idempotency_key, provider,
                        payment_method, provider_ref, state, amount_minor, currency, captured_minor, card_brand, card_last4)
                 values ($1, $2, $3, 1, 'k', 'stripe', 'pm_1', 'pi_' || $1, $4, $5, 'USD', $6, 'visa', '4242')",
            )
            .bind(AttemptId::generate().uuid())
            .bind(checkout_id.uuid())
            .bind(order_id.uuid())
            .bind(state)
            .bind(paid.card_minor)
            .bind(captured)
            .execute(&self.admin)
            .await
            .expect("an attempt");
        }
        if paid.gift_minor > 0 {
            sqlx::query(
                "with v as (
                   insert into checkout.stored_value (stored_value_id, kind, code_hash, code_last4, currency, balance_minor)
                   values ($1, 'gift_card', sha256($1::text::bytea), 'WXYZ', 'USD', 0) returning stored_value_id)
                 insert into checkout.tender (tender_id, order_id, checkout_id, stored_value_id, amount_minor, currency, state)
                 select gen_random_uuid(), $2, $3, stored_value_id, $4, 'USD', 'captured' from v",
            )
            .bind(GiftCardId::generate().uuid())
            .bind(order_id.uuid())
            .bind(checkout_id.uuid())
            .bind(paid.gift_minor)
            .execute(&self.admin)
            .await
            .expect("a gift card");
        }
        order_id
    }

    async fn card(&self, card_minor: i64) -> OrderId {
        self.order(Paid {
            card_minor,
            ..Paid::default()
        })
        .await
    }

    async fn refund(
        &self,
        order_id: OrderId,
        minor: i64,
        to: RefundDestination,
    ) -> Result<bool, RefundError> {
        let mut tx = self.orders.begin().await?;
        let done = request_refund(&mut tx, RefundId::generate(), order_id, minor, to, None).await?;
        tx.commit().await?;
        Ok(done)
    }

    async fn sum(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query)
            .fetch_one(&self.admin)
            .await
            .expect("a sum")
    }
}

fn left(result: Result<bool, RefundError>) -> i64 {
    match result {
        Err(RefundError::MoreThanLeft { left }) => left,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_goes_back_that_was_not_taken() {
    let till = Till::open().await;
    let order = till.card(1_000).await;
    let authorized = till
        .order(Paid {
            card_minor: 1_000,
            authorized_only: true,
            ..Paid::default()
        })
        .await;
    assert_eq!(left(till.refund(order, 1_001, ORIGINAL).await), 1_000);
    assert_eq!(left(till.refund(order, 0, ORIGINAL).await), 1_000);
    assert_eq!(left(till.refund(authorized, 1, ORIGINAL).await), 0);
    assert_eq!(left(till.refund(OrderId::generate(), 1, ORIGINAL).await), 0);
    assert!(matches!(
        till.refund(order, 1, RefundDestination::StoreCredit).await,
        Err(RefundError::NoStoreCreditForGuest)
    ));
    assert_eq!(
        till.sum("select count(*) from checkout.payment_operation")
            .await,
        0
    );
}

#[tokio::test]
async fn twenty_full_refunds_at_once_are_one() {
    let till = Till::open().await;
    for gift_minor in [0, 400] {
        let order = till
            .order(Paid {
                card_minor: 1_000 - gift_minor,
                gift_minor,
                ..Paid::default()
            })
            .await;
        let all = join_all((0..20).map(|_| till.refund(order, 1_000, ORIGINAL))).await;
        let accepted = all.iter().filter(|one| one.is_ok()).count();
        assert_eq!(accepted, 1);
        for refused in all.into_iter().filter(Result::is_err) {
            assert_eq!(left(refused), 0);
        }
    }
}

#[tokio::test]
async fn parts_never_add_up_to_more_than_the_whole() {
    let till = Till::open().await;
    for round in 0..8 {
        let (card, gift) = {
            let mut rng = rand::rng();
            (rng.random_range(1..2_000), rng.random_range(0..500))
        };
        let customer = (round % 2 == 0).then(UserId::generate);
        let order = till
            .order(Paid {
                customer,
                card_minor: card,
                gift_minor: gift,
                authorized_only: false,
            })
            .await;
        let parts: Vec<(i64, RefundDestination)> = (0..24)
            .map(|n| {
                let minor = rand::rng().random_range(1..=card / 3 + 1);
                let credit = customer.is_some() && n % 3 == 0;
                let to = if credit {
                    RefundDestination::StoreCredit
                } else {
                    ORIGINAL
                };
                (minor, to)
            })
            .collect();
        let all = join_all(
            parts
                .iter()
                .map(|(minor, to)| till.refund(order, *minor, *to)),
        )
        .await;
        let accepted: i64 = all
            .iter()
            .zip(&parts)
            .filter(|(result, _)| result.is_ok())
            .map(|(_, (minor, _))| minor)
            .sum();
        assert!(accepted <= card + gift, "{accepted} of {card} + {gift}");
        let rest = card + gift - accepted;
        if rest > 0 {
            till.refund(order, rest, ORIGINAL).await.expect("the rest");
        }
        assert_eq!(left(till.refund(order, 1, ORIGINAL).await), 0);
        let mut conn = till.orders.acquire().await.expect("a connection");
        let payments = order_payments(&mut conn, order).await.expect("payments");
        let moved: i64 = payments.operations.iter().map(|o| o.amount_minor).sum();
        assert_eq!(moved, card + gift);
    }
    let credit = "select coalesce(sum(balance_minor), 0)::bigint from checkout.stored_value where kind = 'store_credit'";
    let credited = "select coalesce(sum(amount_minor), 0)::bigint from checkout.ledger_transfer where kind = 'credit'";
    assert_eq!(till.sum(credit).await, till.sum(credited).await);
}

#[tokio::test]
async fn a_refund_asked_for_twice_is_one_and_the_card_goes_first() {
    let till = Till::open().await;
    let order = till
        .order(Paid {
            card_minor: 700,
            gift_minor: 300,
            ..Paid::default()
        })
        .await;
    let refund = RefundId::generate();
    for _ in 0..2 {
        let mut conn = till.orders.acquire().await.expect("a connection");
        let done = request_refund(&mut conn, refund, order, 800, ORIGINAL, None)
            .await
            .expect("a refund");
        assert!(!done, "the card's part waits for the provider");
    }
    let mut conn = till.orders.acquire().await.expect("a connection");
    let known = order_payments(&mut conn, order).await.expect("payments");
    assert_eq!(known.payments[0].kind, PaymentKind::Card);
    assert_eq!(known.payments[0].refund_pending_minor, 700);
    assert_eq!(known.payments[1].refunded_minor, 100);
    assert_eq!(known.operations.len(), 2);
    let states: Vec<OperationState> = known.operations.iter().map(|o| o.state).collect();
    assert!(
        states.contains(&OperationState::Requested) && states.contains(&OperationState::Succeeded)
    );
    assert!(
        known
            .operations
            .iter()
            .all(|o| o.kind == OperationKind::Refund && o.refund_id == Some(refund))
    );
    let sums = payment_sums(&mut conn, order).await.expect("sums");
    assert_eq!((sums.captured_minor, sums.refunded_minor), (1_000, 100));
    assert_eq!(
        till.sum("select sum(balance_minor)::bigint from checkout.stored_value")
            .await,
        100
    );
}

#[tokio::test]
async fn a_failed_refund_is_tried_again_only_with_money_that_is_left() {
    let till = Till::open().await;
    let order = till.card(1_000).await;
    let refund = RefundId::generate();
    let mut conn = till.orders.acquire().await.expect("a connection");
    assert!(
        !retry_refund(&mut conn, refund)
            .await
            .expect("no such refund")
    );
    request_refund(&mut conn, refund, order, 800, ORIGINAL, None)
        .await
        .expect("a refund");
    sqlx::raw_sql(
        "update checkout.payment_operation set state = 'failed', next_try_at = null;
         update checkout.payment_attempt set refund_pending_minor = 0",
    )
    .execute(&till.admin)
    .await
    .expect("as if the provider had refused");
    till.refund(order, 300, ORIGINAL)
        .await
        .expect("another one");
    let mut tx = conn.begin().await.expect("a transaction");
    assert!(matches!(
        retry_refund(&mut tx, refund).await,
        Err(RefundError::MoreThanLeft { left: 700 })
    ));
    tx.rollback().await.expect("a rollback");
    sqlx::raw_sql("update checkout.payment_attempt set refund_pending_minor = 0")
        .execute(&till.admin)
        .await
        .expect("as if the other had failed");
    assert!(retry_refund(&mut conn, refund).await.expect("a retry"));
    assert!(
        !retry_refund(&mut conn, refund)
            .await
            .expect("nothing failed")
    );
}

#[tokio::test]
async fn an_authorisation_ends_once() {
    let till = Till::open().await;
    let held = || Paid {
        card_minor: 500,
        authorized_only: true,
        ..Paid::default()
    };
    let order = till.order(held()).await;
    let id = OperationId::generate;
    let mut conn = till.orders.acquire().await.expect("a connection");
    for wrong in [0, 501] {
        let refused = request_capture(&mut conn, id(), order, Some(wrong), None).await;
        assert!(matches!(
            refused,
            Err(CaptureError::MoreThanAuthorised { most: 500 })
        ));
    }
    let captured = till.card(500).await;
    let refused = request_capture(&mut conn, id(), captured, None, None).await;
    assert!(matches!(refused, Err(CaptureError::NothingToCapture)));
    assert!(
        !request_void(&mut conn, id(), captured, None)
            .await
            .expect("nothing to void")
    );

    // Twenty captures and ends at the same time: one of them is accepted.
    let ends = join_all((0..20).map(|n| {
        let orders = till.orders.clone();
        async move {
            let mut tx = orders.begin().await.expect("a transaction");
            let done = if n % 2 == 0 {
                request_capture(&mut tx, OperationId::generate(), order, Some(400), None)
                    .await
                    .is_ok()
            } else {
                match request_void(&mut tx, OperationId::generate(), order, None).await {
                    Ok(done) => done,
                    Err(VoidError::CaptureUnderWay) => false,
                    Err(VoidError::Database(error)) => panic!("{error}"),
                }
            };
            tx.commit().await.ok();
            done
        }
    }))
    .await;
    assert!(ends.contains(&true));
    assert_eq!(
        till.sum(
            "select count(*) from checkout.payment_operation where kind in ('capture', 'void')"
        )
        .await,
        1
    );

    let order = till.order(held()).await;
    let same = id();
    request_capture(&mut conn, same, order, None, None)
        .await
        .expect("a capture");
    request_capture(&mut conn, same, order, None, None)
        .await
        .expect("the same one");
    let refused = request_void(&mut conn, id(), order, None).await;
    assert!(matches!(refused, Err(VoidError::CaptureUnderWay)));
    let sums = payment_sums(&mut conn, order).await.expect("sums");
    assert_eq!((sums.authorized_minor, sums.captured_minor), (500, 0));
}
