//! Moving the money of an order.

use kernel::{OperationId, OrderId, RefundId, UserId};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::postgres::PgDatabaseError;
use utoipa::ToSchema;

/// Where refunded money goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundDestination {
    /// Back to what paid: the card first, then gift cards and store credit.
    Original,
    /// To the customer's store credit.
    StoreCredit,
}

impl RefundDestination {
    /// Every destination.
    pub const ALL: [Self; 2] = [Self::Original, Self::StoreCredit];

    /// The value as stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::StoreCredit => "store_credit",
        }
    }

    /// The destination stored as `text`.
    pub fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == text)
    }
}

/// What the payment of an order adds up to, in minor units of its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaymentSums {
    /// Held on a card, and to be captured yet.
    pub authorized_minor: i64,
    /// Taken, from cards, gift cards and store credit.
    pub captured_minor: i64,
    /// Given back for good; what is on its way is not in it.
    pub refunded_minor: i64,
    /// Whether an authorisation ended without a capture.
    pub voided: bool,
    /// Whether the cardholder disputes the payment.
    pub disputed: bool,
}

/// Why a capture is not asked for.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// Nothing is authorised, or its capture or end is asked for already.
    #[error("there is nothing to capture")]
    NothingToCapture,
    /// More than is authorised, or nothing.
    #[error("at most {most} may be captured")]
    MoreThanAuthorised {
        /// Minor units that are authorised.
        most: i64,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Why the end of an authorisation is not asked for.
#[derive(Debug, thiserror::Error)]
pub enum VoidError {
    /// Its capture is under way: once it is done, the money can be refunded.
    #[error("a capture is under way")]
    CaptureUnderWay,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Why a refund is not asked for. The transaction must be rolled back.
#[derive(Debug, thiserror::Error)]
pub enum RefundError {
    /// More than was taken and not given back yet, or nothing.
    #[error("at most {left} is left to refund")]
    MoreThanLeft {
        /// Minor units that are left.
        left: i64,
    },
    /// A guest has no store credit.
    #[error("a guest has no store credit")]
    NoStoreCreditForGuest,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Asks for the capture of what is authorised, or `amount_minor` of it; what is left of it is let go. Called again with
/// the same id it does nothing. `actor` is the member of staff, if it is one.
///
/// # Errors
/// [`CaptureError`].
pub async fn request_capture(
    conn: &mut PgConnection,
    operation_id: OperationId,
    order_id: OrderId,
    amount_minor: Option<i64>,
    actor: Option<UserId>,
) -> Result<(), CaptureError> {
    let asked = sqlx::query!(
        "select checkout.request_capture_v1($1, $2, $3, $4)",
        operation_id.uuid(),
        order_id.uuid(),
        amount_minor,
        actor.map(UserId::uuid)
    )
    .execute(conn)
    .await;
    match asked {
        Ok(_) => Ok(()),
        Err(error) => Err(match refusal(&error) {
            Some(("TM031", _)) => CaptureError::NothingToCapture,
            Some(("TM032", most)) => CaptureError::MoreThanAuthorised { most },
            _ => error.into(),
        }),
    }
}

/// Asks for the end of an authorisation of which nothing was taken. Whether there is one; called again it does nothing.
///
/// # Errors
/// [`VoidError`].
pub async fn request_void(
    conn: &mut PgConnection,
    operation_id: OperationId,
    order_id: OrderId,
    actor: Option<UserId>,
) -> Result<bool, VoidError> {
    let asked = sqlx::query_scalar!(
        r#"select checkout.request_void_v1($1, $2, $3) as "found!""#,
        operation_id.uuid(),
        order_id.uuid(),
        actor.map(UserId::uuid)
    )
    .fetch_one(conn)
    .await;
    match asked {
        Ok(found) => Ok(found),
        Err(error) => Err(match refusal(&error) {
            Some(("TM031", _)) => VoidError::CaptureUnderWay,
            _ => error.into(),
        }),
    }
}

/// Asks for a refund. Gift cards and store credit get theirs at once; what goes to a card follows. Whether all of it is
/// done already. Called again with the same refund it does nothing.
///
/// # Errors
/// [`RefundError`].
pub async fn request_refund(
    conn: &mut PgConnection,
    refund_id: RefundId,
    order_id: OrderId,
    amount_minor: i64,
    destination: RefundDestination,
    actor: Option<UserId>,
) -> Result<bool, RefundError> {
    let asked = sqlx::query_scalar!(
        r#"select checkout.request_refund_v1($1, $2, $3, $4, $5) as "done!""#,
        refund_id.uuid(),
        order_id.uuid(),
        amount_minor,
        destination.as_str(),
        actor.map(UserId::uuid)
    )
    .fetch_one(conn)
    .await;
    match asked {
        Ok(done) => Ok(done),
        Err(error) => Err(match refusal(&error) {
            Some(("TM030", left)) => RefundError::MoreThanLeft { left },
            Some(("TM033", _)) => RefundError::NoStoreCreditForGuest,
            _ => error.into(),
        }),
    }
}

/// Tries the failed parts of a refund once more. Whether there were any.
///
/// # Errors
/// [`RefundError::MoreThanLeft`] when their money was given back in another way meanwhile.
pub async fn retry_refund(
    conn: &mut PgConnection,
    refund_id: RefundId,
) -> Result<bool, RefundError> {
    let asked = sqlx::query_scalar!(
        r#"select checkout.retry_refund_v1($1) as "tried!""#,
        refund_id.uuid()
    )
    .fetch_one(conn)
    .await;
    match asked {
        Ok(tried) => Ok(tried),
        Err(error) => Err(match refusal(&error) {
            Some(("TM030", left)) => RefundError::MoreThanLeft { left },
            _ => error.into(),
        }),
    }
}

/// What the payment of an order adds up to now.
///
/// # Errors
/// When the database fails.
pub async fn payment_sums(
    conn: &mut PgConnection,
    order_id: OrderId,
) -> Result<PaymentSums, sqlx::Error> {
    let row = sqlx::query!(
        r#"select authorized_minor as "authorized_minor!", captured_minor as "captured_minor!",
                  refunded_minor as "refunded_minor!", voided as "voided!", disputed as "disputed!"
             from checkout.payment_sums_v1($1)"#,
        order_id.uuid()
    )
    .fetch_one(conn)
    .await?;
    Ok(PaymentSums {
        authorized_minor: row.authorized_minor,
        captured_minor: row.captured_minor,
        refunded_minor: row.refunded_minor,
        voided: row.voided,
        disputed: row.disputed,
    })
}

/// The code of a refusal that is part of the contract, and the amount in its detail.
fn refusal(error: &sqlx::Error) -> Option<(&'static str, i64)> {
    const KNOWN: [&str; 4] = ["TM030", "TM031", "TM032", "TM033"];
    let database = error.as_database_error()?;
    let code = database.code()?;
    let known = KNOWN.into_iter().find(|known| code == *known)?;
    let amount = database
        .try_downcast_ref::<PgDatabaseError>()
        .and_then(PgDatabaseError::detail)
        .and_then(|detail| detail.parse().ok());
    Some((known, amount.unwrap_or(0)))
}
