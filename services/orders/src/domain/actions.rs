//! What may be done with an order and its parts now, by whom.

use contract_orders::OrderState;

use super::record::{ClaimRecord, OrderRecord, RefundRecord, ReturnRecord, ShipmentRecord};
use super::states::{ClaimState, RefundState, ReturnState, ShipmentState};
use contract_auth::permission;
use kernel::UserId;

/// Who reads an order.
pub trait Reader {
    /// Whether they hold a permission of staff.
    fn may(&self, permission: &str) -> bool;
    /// Their account, if they are staff.
    fn staff_id(&self) -> Option<UserId>;
}

/// A shopper: no permission of staff.
#[derive(Debug, Clone, Copy)]
pub struct Shopper;

impl Reader for Shopper {
    fn may(&self, _: &str) -> bool {
        false
    }

    fn staff_id(&self) -> Option<UserId> {
        None
    }
}

impl Reader for common::access::CurrentUser {
    fn may(&self, permission: &str) -> bool {
        common::access::CurrentUser::may(self, permission)
    }

    fn staff_id(&self) -> Option<UserId> {
        self.is_staff().then_some(self.user_id)
    }
}

fn permitted(reader: &dyn Reader, offers: &[(&'static str, &str, bool)]) -> Vec<&'static str> {
    let open = offers
        .iter()
        .filter(|(_, permission, possible)| *possible && reader.may(permission));
    open.map(|(name, _, _)| *name).collect()
}

/// What a member of staff may do with the order itself.
pub fn of_order(order: &OrderRecord, reader: &dyn Reader) -> Vec<&'static str> {
    let live = matches!(order.state, OrderState::Placed | OrderState::OnHold);
    let open_units = order.lines.iter().any(|line| line.open_units() > 0);
    let refundable = order.refundable_minor() > 0;
    let out = order.lines.iter().any(|line| line.out_units() > 0);
    let shipping = order.state == OrderState::Placed && !order.disputed && open_units;
    permitted(
        reader,
        &[
            (
                "hold",
                permission::ORDERS_HOLD,
                order.state == OrderState::Placed && !order.has_shipped(),
            ),
            (
                "release",
                permission::ORDERS_HOLD,
                order.state == OrderState::OnHold,
            ),
            (
                "cancel",
                permission::ORDERS_CANCEL,
                live && !order.has_shipped(),
            ),
            (
                "cancel_lines",
                permission::ORDERS_CANCEL,
                live && open_units,
            ),
            (
                "capture",
                permission::PAYMENTS_CAPTURE,
                live && order.capturable_minor() > 0,
            ),
            ("note", permission::ORDERS_NOTE, true),
            ("ship", permission::ORDERS_FULFIL, shipping),
            ("refund", permission::ORDERS_REFUND, refundable),
            (
                "refund_goodwill",
                permission::ORDERS_REFUND_GOODWILL,
                refundable && reader.may(permission::ORDERS_REFUND),
            ),
            ("open_return", permission::RETURNS_APPROVE, out),
            ("open_claim", permission::ORDERS_FULFIL, order.has_shipped()),
        ],
    )
}

/// What a member of staff may do with a shipment.
pub fn of_shipment(
    order: &OrderRecord,
    shipment: &ShipmentRecord,
    reader: &dyn Reader,
) -> Vec<&'static str> {
    let can = |to| shipment.state.can_become(to);
    let free = order.state == OrderState::Placed && !order.disputed;
    let fulfil = permission::ORDERS_FULFIL;
    permitted(
        reader,
        &[
            ("edit", fulfil, shipment.state != ShipmentState::Cancelled),
            ("pick", fulfil, free && can(ShipmentState::Picking)),
            (
                "ship",
                fulfil,
                free && order.is_paid() && can(ShipmentState::Shipped),
            ),
            ("deliver", fulfil, can(ShipmentState::Delivered)),
            ("lose", fulfil, can(ShipmentState::Lost)),
            ("cancel", fulfil, can(ShipmentState::Cancelled)),
        ],
    )
}

/// What a member of staff may do with a refund.
pub fn of_refund(refund: &RefundRecord, reader: &dyn Reader) -> Vec<&'static str> {
    let waiting = refund.state == RefundState::AwaitingApproval;
    let failed = refund.state == RefundState::Failed;
    let other = reader.staff_id() != refund.requested_by;
    permitted(
        reader,
        &[
            (
                "approve",
                permission::ORDERS_REFUND_APPROVE,
                waiting && other,
            ),
            ("deny", permission::ORDERS_REFUND_APPROVE, waiting),
            ("retry", permission::ORDERS_REFUND, failed),
            ("abandon", permission::ORDERS_REFUND, failed),
        ],
    )
}

/// What a member of staff may do with a return.
pub fn of_return(back: &ReturnRecord, reader: &dyn Reader) -> Vec<&'static str> {
    let can = |to| back.state.can_become(to);
    let approve = permission::RETURNS_APPROVE;
    permitted(
        reader,
        &[
            ("approve", approve, can(ReturnState::Approved)),
            ("reject", approve, can(ReturnState::Rejected)),
            (
                "receive",
                permission::RETURNS_RECEIVE,
                back.state.awaits_goods(),
            ),
            ("cancel", approve, can(ReturnState::Cancelled)),
            ("close", approve, can(ReturnState::Closed)),
        ],
    )
}

/// What a shopper may do with a return.
pub fn of_return_for_shopper(back: &ReturnRecord) -> Vec<&'static str> {
    let mut actions = Vec::new();
    if back.state.can_become(ReturnState::InTransit) {
        actions.push("ship");
    }
    if back.state.can_become(ReturnState::Cancelled) {
        actions.push("cancel");
    }
    actions
}

/// What a member of staff may do with a claim.
pub fn of_claim(claim: &ClaimRecord, reader: &dyn Reader) -> Vec<&'static str> {
    let open = claim.state == ClaimState::Open;
    let may_approve = reader.may(permission::ORDERS_FULFIL);
    permitted(
        reader,
        &[
            ("approve", permission::ORDERS_REFUND, open && may_approve),
            ("deny", permission::ORDERS_REFUND, open && may_approve),
        ],
    )
}
