//! Uses of coupons, with real connections at the same time, under the roles of the services that call.

use contract_cart::{
    CouponProblem, CustomerKey, RedeemError, count_uses, freeze, redeem, return_uses,
};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kernel::{CartId, Clock as _, CouponId, OrderId, UserId};
use sqlx::{PgPool, Row as _};
use testkit::TestDb;

struct Desk {
    db: TestDb,
    admin: PgPool,
    checkout: PgPool,
    now: Timestamp,
}

/// What a test's coupon differs in.
#[derive(Default)]
struct Terms {
    usage_limit: Option<i32>,
    per_customer_limit: Option<i32>,
    starts_in: Option<SignedDuration>,
    ends_in: Option<SignedDuration>,
    disabled: bool,
}

impl Desk {
    async fn open(connections: u32) -> Self {
        let db = TestDb::new().await;
        let (admin, checkout) = (
            db.admin_pool().await,
            db.pool("checkout", connections).await,
        );
        let now = testkit::clock().now();
        Self {
            db,
            admin,
            checkout,
            now,
        }
    }

    async fn coupon(&self, terms: Terms) -> CouponId {
        let coupon_id = CouponId::generate();
        let at = |from_now: Option<SignedDuration>| {
            from_now.map(|d| jiff_sqlx::Timestamp::from(self.now + d))
        };
        sqlx::query(
            "insert into cart.coupon (coupon_id, code, description, kind, percent_ppm, usage_limit, per_customer_limit,
                                      starts_at, ends_at, state, created_by)
             values ($1, 'C-' || right(upper($1::text), 12), 'A tenth off', 'percent', 100000, $2, $3, $4, $5, $6, gen_random_uuid())",
        )
        .bind(coupon_id.uuid())
        .bind(terms.usage_limit)
        .bind(terms.per_customer_limit)
        .bind(at(terms.starts_in))
        .bind(at(terms.ends_in))
        .bind(if terms.disabled { "disabled" } else { "active" })
        .execute(&self.admin)
        .await
        .expect("a coupon");
        coupon_id
    }

    /// Uses a coupon in a transaction of its own, as checkout does.
    async fn redeem(
        &self,
        coupon_id: CouponId,
        order_id: OrderId,
        customer: &CustomerKey,
    ) -> Result<(), RedeemError> {
        let mut tx = self.checkout.begin().await?;
        redeem(&mut tx, coupon_id, order_id, customer, self.now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Uses counted on the coupon, on its customers, and orders that hold one.
    async fn uses(&self, coupon_id: CouponId) -> (i64, i64, i64) {
        let row = sqlx::query(
            "select c.used::bigint,
                    (select coalesce(sum(u.used), 0)::bigint from cart.coupon_customer u where u.coupon_id = c.coupon_id),
                    (select count(*) from cart.coupon_redemption r where r.coupon_id = c.coupon_id and r.state = 'redeemed')
               from cart.coupon c where c.coupon_id = $1",
        )
        .bind(coupon_id.uuid())
        .fetch_one(&self.admin)
        .await
        .expect("there is the coupon");
        (row.get(0), row.get(1), row.get(2))
    }
}

fn anybody() -> CustomerKey {
    CustomerKey::customer(UserId::generate())
}

#[track_caller]
fn refused(result: Result<(), RedeemError>) -> CouponProblem {
    match result {
        Err(RedeemError::NotUsable(problem)) => problem,
        other => panic!("expected a refusal, found {other:?}"),
    }
}

#[tokio::test]
async fn checkout_and_orders_may_call_and_nothing_else() {
    let desk = Desk::open(1).await;
    let orders = desk.db.pool("orders", 1).await;
    let cart = desk.db.pool("cart", 1).await;
    for (pool, statement) in [
        (&desk.checkout, "select * from cart.coupon"),
        (&desk.checkout, "update cart.coupon set used = 0"),
        (
            &desk.checkout,
            "select cart.coupon_definition(gen_random_uuid())",
        ),
        (&orders, "select * from cart.coupon_redemption"),
        (
            &orders,
            "select cart.redeem_coupon_v1(gen_random_uuid(), gen_random_uuid(), '', now())",
        ),
        (
            &orders,
            "select * from cart.freeze_cart_v2(gen_random_uuid())",
        ),
        (&cart, "update cart.coupon set used = 0"),
        (&cart, "delete from cart.coupon"),
        (&cart, "delete from cart.coupon_redemption"),
        (&cart, "update cart.coupon_customer set used = 0"),
    ] {
        let error = sqlx::query(statement).execute(pool).await.unwrap_err();
        let code = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code);
        assert_eq!(code.as_deref(), Some("42501"), "{statement}");
    }
    let mut conn = orders.acquire().await.unwrap();
    assert_eq!(
        return_uses(&mut conn, OrderId::generate()).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn every_refusal_has_its_reason() {
    let desk = Desk::open(1).await;
    let minute = SignedDuration::from_mins(1);
    let of = |terms| desk.coupon(terms);
    let disabled = of(Terms {
        disabled: true,
        ..Terms::default()
    });
    let early = of(Terms {
        starts_in: Some(minute),
        ..Terms::default()
    });
    let late = of(Terms {
        ends_in: Some(SignedDuration::ZERO),
        ..Terms::default()
    });
    let once = of(Terms {
        usage_limit: Some(1),
        ..Terms::default()
    })
    .await;
    let one_each = of(Terms {
        per_customer_limit: Some(1),
        ..Terms::default()
    })
    .await;
    let customer = anybody();
    for coupon_id in [once, one_each] {
        desk.redeem(coupon_id, OrderId::generate(), &customer)
            .await
            .unwrap();
    }
    for (coupon_id, problem) in [
        (CouponId::generate(), CouponProblem::Unknown),
        (disabled.await, CouponProblem::Disabled),
        (early.await, CouponProblem::NotStarted),
        (late.await, CouponProblem::Expired),
        (once, CouponProblem::Exhausted),
        (one_each, CouponProblem::CustomerLimit),
    ] {
        let result = desk.redeem(coupon_id, OrderId::generate(), &customer).await;
        assert_eq!(refused(result), problem);
    }
    assert_eq!(desk.uses(once).await, (1, 1, 1));
    assert_eq!(
        desk.uses(one_each).await,
        (1, 1, 1),
        "a refusal counts nothing"
    );
    desk.redeem(one_each, OrderId::generate(), &anybody())
        .await
        .unwrap();
}

#[tokio::test]
async fn of_200_redemptions_of_a_one_use_coupon_one_succeeds() {
    let desk = Desk::open(50).await;
    let coupon_id = desk
        .coupon(Terms {
            usage_limit: Some(1),
            ..Terms::default()
        })
        .await;
    let buyers = (0..200).map(|_| async {
        desk.redeem(coupon_id, OrderId::generate(), &anybody())
            .await
    });
    let (won, lost): (Vec<_>, Vec<_>) = join_all(buyers).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    assert!(
        lost.into_iter()
            .all(|r| refused(r) == CouponProblem::Exhausted)
    );
    assert_eq!(desk.uses(coupon_id).await, (1, 1, 1));
}

#[tokio::test]
async fn a_customer_keeps_to_the_limit_from_many_devices() {
    let desk = Desk::open(40).await;
    let coupon_id = desk
        .coupon(Terms {
            per_customer_limit: Some(3),
            ..Terms::default()
        })
        .await;
    let (eager, other) = (
        anybody(),
        CustomerKey::guest(&"ann@example.com".parse().unwrap()),
    );
    let orders = (0..80).map(|n| {
        let customer = if n % 2 == 0 { &eager } else { &other };
        desk.redeem(coupon_id, OrderId::generate(), customer)
    });
    let (won, lost): (Vec<_>, Vec<_>) = join_all(orders).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 6, "three each");
    assert!(
        lost.into_iter()
            .all(|r| refused(r) == CouponProblem::CustomerLimit)
    );
    assert_eq!(desk.uses(coupon_id).await, (6, 6, 6));
    let mut conn = desk.checkout.acquire().await.unwrap();
    for customer in [&eager, &other] {
        let uses = count_uses(&mut conn, coupon_id, customer).await.unwrap();
        assert_eq!(uses, 3);
    }
    let uses = count_uses(&mut conn, coupon_id, &anybody()).await.unwrap();
    assert_eq!(uses, 0);
}

#[tokio::test]
async fn one_order_counts_once_however_often_it_asks() {
    let desk = Desk::open(20).await;
    let coupon_id = desk
        .coupon(Terms {
            usage_limit: Some(1),
            per_customer_limit: Some(1),
            ..Terms::default()
        })
        .await;
    let (order_id, customer) = (OrderId::generate(), anybody());
    let calls = (0..40).map(|_| desk.redeem(coupon_id, order_id, &customer));
    for result in join_all(calls).await {
        result.unwrap();
    }
    assert_eq!(desk.uses(coupon_id).await, (1, 1, 1));
    // Neither the end of its time nor being disabled takes a use back.
    sqlx::query("update cart.coupon set state = 'disabled'")
        .execute(&desk.admin)
        .await
        .unwrap();
    desk.redeem(coupon_id, order_id, &customer).await.unwrap();
}

#[tokio::test]
async fn a_use_is_given_back_once() {
    let desk = Desk::open(20).await;
    let terms = || Terms {
        usage_limit: Some(2),
        per_customer_limit: Some(1),
        ..Terms::default()
    };
    let (first, second) = (desk.coupon(terms()).await, desk.coupon(terms()).await);
    let (order_id, kept, customer) = (OrderId::generate(), OrderId::generate(), anybody());
    for coupon_id in [first, second] {
        desk.redeem(coupon_id, order_id, &customer).await.unwrap();
        desk.redeem(coupon_id, kept, &anybody()).await.unwrap();
    }
    let calls = (0..20).map(|_| async {
        let mut conn = desk.checkout.acquire().await?;
        return_uses(&mut conn, order_id).await
    });
    let answers: Result<Vec<i32>, _> = join_all(calls).await.into_iter().collect();
    assert_eq!(
        answers.unwrap().iter().sum::<i32>(),
        2,
        "one of each coupon"
    );
    for coupon_id in [first, second] {
        assert_eq!(desk.uses(coupon_id).await, (1, 1, 1));
        let next = desk.redeem(coupon_id, OrderId::generate(), &customer).await;
        next.expect("the customer may use it again");
        let full = desk
            .redeem(coupon_id, OrderId::generate(), &anybody())
            .await;
        assert_eq!(refused(full), CouponProblem::Exhausted);
    }
}

#[tokio::test]
async fn uses_and_returns_at_the_same_time_add_up() {
    let desk = Desk::open(30).await;
    let coupon_id = desk
        .coupon(Terms {
            usage_limit: Some(5),
            ..Terms::default()
        })
        .await;
    let customers = [anybody(), anybody(), anybody()];
    let orders = (0..60).map(|n| {
        let customer = &customers[n % customers.len()];
        let desk = &desk;
        async move {
            let order_id = OrderId::generate();
            match desk.redeem(coupon_id, order_id, customer).await {
                Ok(()) if n % 2 == 0 => {
                    let mut conn = desk.checkout.acquire().await.unwrap();
                    let back = return_uses(&mut conn, order_id).await.unwrap();
                    assert_eq!(back, 1);
                }
                Ok(()) => {}
                Err(error) => assert_eq!(refused(Err(error)), CouponProblem::Exhausted),
            }
        }
    });
    join_all(orders).await;
    let (used, by_customer, held) = desk.uses(coupon_id).await;
    assert!((1..=5).contains(&used), "{used}");
    assert_eq!((used, used), (by_customer, held));
}

#[tokio::test]
async fn a_frozen_cart_brings_its_coupon() {
    let desk = Desk::open(1).await;
    let coupon_id = desk.coupon(Terms::default()).await;
    let (with, without) = (CartId::generate(), CartId::generate());
    for (cart_id, coupon) in [(with, Some(coupon_id.uuid())), (without, None)] {
        sqlx::query("insert into cart.cart (cart_id, customer_id, currency, coupon_id) values ($1, gen_random_uuid(), 'USD', $2)")
            .bind(cart_id.uuid())
            .bind(coupon)
            .execute(&desk.admin)
            .await
            .unwrap();
    }
    let mut conn = desk.checkout.acquire().await.unwrap();
    let frozen = freeze(&mut conn, with).await.unwrap();
    let coupon = frozen.coupon.expect("a coupon");
    assert_eq!(coupon.coupon_id, coupon_id);
    assert_eq!(coupon.percent().map(kernel::Ppm::get), Some(100_000));
    assert!(coupon.enabled && coupon.amount().is_none() && coupon.ends_at.is_none());
    assert!(freeze(&mut conn, without).await.unwrap().coupon.is_none());
}
