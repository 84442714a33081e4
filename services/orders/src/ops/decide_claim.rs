//! Making a claim good, or not.

use contract_checkout::RefundDestination;
use kernel::{ClaimId, Quantity, VariantId};
use serde_json::json;

use super::change::{Act, Change, check_reason};
use super::money::{self, Link, Opening};
use super::stock;
use crate::domain::record::ClaimRecord;
use crate::domain::refund::draft_units;
use crate::domain::refusal::Refusal;
use crate::domain::states::ClaimState;
use crate::domain::words::{RefundCause, Resolution};
use crate::error::Error;
use crate::store;

/// Makes a claim good: by the money, by sending it again, or both.
#[derive(Debug)]
pub struct Approve {
    /// The claim.
    pub claim_id: ClaimId,
    /// How.
    pub resolution: Resolution,
    /// Why.
    pub reason: Option<String>,
}

impl Act for Approve {
    const OPERATION: &'static str = "claim.approve";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        let reason = self.reason.as_deref();
        reason.map(check_reason).transpose()?;
        let claim = change
            .order
            .claim(self.claim_id)
            .ok_or(Error::NotFound)?
            .clone();
        claim.state.check(if self.resolution.refunds() {
            ClaimState::Approved
        } else {
            ClaimState::Resolved
        })?;
        if claim.state != ClaimState::Open {
            ClaimState::Resolved.check(ClaimState::Approved)?;
        }
        let detail = json!({"claim_id": self.claim_id.uuid(), "resolution": self.resolution});
        change
            .step("claim.approved", reason, detail.clone())
            .await?;
        let replaced = if self.resolution.replaces() {
            self.replace(change, &claim).await?
        } else {
            Vec::new()
        };
        if self.resolution.refunds() {
            self.give_back(change, &claim).await?;
        } else {
            let (to, how) = (ClaimState::Resolved, Some(self.resolution));
            store::claims::update_decided(change.conn(), self.claim_id, to, how, None, reason)
                .await?;
            change.step("claim.resolved", None, detail).await?;
        }
        if !replaced.is_empty() {
            stock::set_aside(change, self.claim_id, &replaced).await?;
        }
        let (before, after) = (
            json!({"state": "open"}),
            json!({"resolution": self.resolution}),
        );
        change
            .audit(
                Self::OPERATION,
                ("claim", self.claim_id.to_string()),
                before,
                after,
                reason,
            )
            .await
    }
}

impl Approve {
    /// Adds lines for what is sent again. What has to be set aside for them.
    async fn replace(
        &self,
        change: &mut Change<'_>,
        claim: &ClaimRecord,
    ) -> Result<Vec<(VariantId, Quantity)>, Error> {
        let order_id = change.order.order_id;
        let mut aside = Vec::new();
        for units in &claim.lines {
            let line = change.order.line(units.line_id, "/lines")?.clone();
            let new = store::lines::insert_replacement(
                change.conn(),
                order_id,
                &line,
                None,
                units.quantity,
            )
            .await?;
            let quantity = Quantity::new(units.quantity)
                .map_err(|_| Error::Internal("a quantity is out of range"))?;
            aside.push((line.variant_id, quantity));
            let detail = json!({"claim_id": self.claim_id.uuid(), "line_id": new.uuid(), "replaces_line_id": units.line_id.uuid()});
            change.step("replacement.opened", None, detail).await?;
        }
        Ok(aside)
    }

    async fn give_back(&self, change: &mut Change<'_>, claim: &ClaimRecord) -> Result<(), Error> {
        let draft =
            draft_units(&change.order, &claim.lines, false)?.ok_or(Refusal::NothingToRefund)?;
        let opening = Opening {
            draft: &draft,
            cause: RefundCause::Claim,
            destination: RefundDestination::Original,
            reason: self.reason.as_deref().unwrap_or("claim"),
            link: Some(Link::Claim {
                claim_id: self.claim_id,
                resolution: self.resolution,
                reason: self.reason.as_deref(),
            }),
        };
        money::open_refund(change, &opening).await.map(drop)
    }
}

/// Does not make a claim good.
#[derive(Debug)]
pub struct Deny {
    /// The claim.
    pub claim_id: ClaimId,
    /// Why.
    pub reason: String,
}

impl Act for Deny {
    const OPERATION: &'static str = "claim.deny";

    async fn apply(&self, change: &mut Change<'_>) -> Result<(), Error> {
        check_reason(&self.reason)?;
        let claim = change
            .order
            .claim(self.claim_id)
            .ok_or(Error::NotFound)?
            .clone();
        claim.state.check(ClaimState::Denied)?;
        let reason = Some(self.reason.as_str());
        store::claims::update_decided(
            change.conn(),
            self.claim_id,
            ClaimState::Denied,
            None,
            None,
            reason,
        )
        .await?;
        change
            .step(
                "claim.denied",
                reason,
                json!({"claim_id": self.claim_id.uuid()}),
            )
            .await?;
        let (before, after) = (json!({"state": "open"}), json!({"state": "denied"}));
        change
            .audit(
                Self::OPERATION,
                ("claim", self.claim_id.to_string()),
                before,
                after,
                reason,
            )
            .await
    }
}
