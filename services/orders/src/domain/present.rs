//! Orders, from what is stored to what is shown.

use contract_checkout::OrderPayments;
use contract_orders::OrderState;
use kernel::MoneyError;
use pricing::Totals;

use super::actions::{self, Reader, Shopper};
use super::admin::{AdminOrder, AdminOrderLine, AdminPayment, AdminPaymentOperation, LineProgress};
use super::parts::{Invoice, Note, Shipment, ShopRefund, ShopRefundState};
use super::present_parts::{admin_step, claim_view, refund_view, return_view, shop_step, units};
use super::record::{InvoiceRecord, LineRecord, OrderRecord, ShipmentRecord};
use super::states::RefundState;
use super::view::{Allowed, Order, OrderCoupon, OrderLine};

/// Steps that are the shop's own business.
const INTERNAL: &[&str] = &[
    "refund.awaiting_approval",
    "refund.denied",
    "refund.failed",
    "refund.retried",
    "refund.abandoned",
    "note.written",
];

/// The number printed on a document.
pub fn document_number(series: &str, number: i64) -> String {
    format!("{series}-{number:06}")
}

impl OrderRecord {
    /// The order as its shopper sees it.
    pub fn shop_view(&self, allowed: Allowed) -> Result<Order, MoneyError> {
        Ok(Order {
            id: self.order_id,
            number: self.order_number.clone(),
            state: self.state,
            payment_state: self.payment_state.clone(),
            fulfilment_state: self.fulfilment_state.clone(),
            email: self.email.clone(),
            currency: self.currency,
            lines: self
                .lines
                .iter()
                .map(|l| self.line_view(l))
                .collect::<Result<_, _>>()?,
            totals: self.totals()?,
            shipping_address: self.shipping_address.clone(),
            billing_address: self.billing_address.clone(),
            shipping_method: self.shipping_method.clone(),
            coupon: self.coupon_view()?,
            shipments: self
                .shipments
                .iter()
                .map(|s| self.shipment_view(s, &Shopper))
                .collect(),
            refunds: self.shop_refunds()?,
            returns: self
                .returns
                .iter()
                .map(|back| return_view(back, actions::of_return_for_shopper(back)))
                .collect(),
            invoices: self.invoice_views()?,
            allowed,
            timeline: self
                .timeline
                .iter()
                .filter(|step| !INTERNAL.contains(&step.kind.as_str()))
                .map(shop_step)
                .collect(),
            placed_at: self.placed_at,
            created_at: self.created_at,
            version: self.version,
        })
    }

    /// The order as a member of staff sees it.
    pub fn admin_view(
        &self,
        payments: &OrderPayments,
        reader: &dyn Reader,
    ) -> Result<AdminOrder, MoneyError> {
        let open_refunds: i64 = self
            .refunds
            .iter()
            .filter(|refund| refund.state.is_open())
            .map(|refund| refund.amount_minor)
            .sum();
        let kept = if self.state == OrderState::Cancelled {
            self.refundable_minor()
        } else {
            0
        };
        let overpaid = self.captured_minor + self.cancelled_minor - self.total_minor;
        Ok(AdminOrder {
            id: self.order_id,
            number: self.order_number.clone(),
            state: self.state,
            payment_state: self.payment_state.clone(),
            fulfilment_state: self.fulfilment_state.clone(),
            customer_id: self.customer_id,
            email: self.email.clone(),
            currency: self.currency,
            lines: self
                .lines
                .iter()
                .map(|l| self.admin_line(l))
                .collect::<Result<_, _>>()?,
            totals: self.totals()?,
            shipping_total: self.money(self.shipping_total_minor)?,
            shipping_refundable: self
                .money(self.shipping_total_minor - self.shipping_refunded_minor)?,
            coupon: self.coupon_view()?,
            payments: self.payment_views(payments)?,
            payment_operations: self.operation_views(payments)?,
            authorized: self.money(self.authorized_minor)?,
            captured: self.money(self.captured_minor)?,
            refunded: self.money(self.refunded_minor)?,
            cancelled: self.money(self.cancelled_minor)?,
            refundable: self.money(self.refundable_minor())?,
            refund_due: self.money(open_refunds + kept)?,
            overpaid: self.money(overpaid.max(0))?,
            disputed: self.disputed,
            shipments: self
                .shipments
                .iter()
                .map(|s| self.shipment_view(s, reader))
                .collect(),
            refunds: self
                .refunds
                .iter()
                .map(|refund| refund_view(refund, self.currency, reader))
                .collect::<Result<_, _>>()?,
            returns: self
                .returns
                .iter()
                .map(|back| return_view(back, actions::of_return(back, reader)))
                .collect(),
            claims: self
                .claims
                .iter()
                .map(|claim| claim_view(claim, reader))
                .collect(),
            notes: self
                .notes
                .iter()
                .map(|note| Note {
                    id: note.note_id,
                    author_id: note.author_id,
                    body: note.body.clone(),
                    created_at: note.created_at,
                })
                .collect(),
            invoices: self.invoice_views()?,
            shipping_address: self.shipping_address.clone(),
            billing_address: self.billing_address.clone(),
            shipping_method: self.shipping_method.clone(),
            timeline: self.timeline.iter().map(admin_step).collect(),
            actions: actions::of_order(self, reader),
            placed_at: self.placed_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
        })
    }

    fn totals(&self) -> Result<Totals, MoneyError> {
        Ok(Totals {
            subtotal: self.money(self.subtotal_minor)?,
            discount: self.money(self.discount_minor)?,
            shipping: Some(self.money(self.shipping_minor)?),
            tax: Some(self.money(self.tax_minor)?),
            total: self.money(self.total_minor)?,
        })
    }

    fn coupon_view(&self) -> Result<Option<OrderCoupon>, MoneyError> {
        let view = self.coupon.as_ref().map(|coupon| {
            Ok(OrderCoupon {
                code: coupon.code.clone(),
                discount: self.money(coupon.discount_minor)?,
            })
        });
        view.transpose()
    }

    fn line_view(&self, line: &LineRecord) -> Result<OrderLine, MoneyError> {
        Ok(OrderLine {
            id: line.line_id,
            variant_id: line.variant_id,
            product_id: line.product_id,
            image: line.image(),
            slug: line.slug.clone(),
            title: line.title.clone(),
            variant_title: line.variant_title.clone(),
            sku: line.sku.clone(),
            quantity: line.quantity,
            unit_price: self.money(line.unit_price_minor)?,
            discount: self.money(line.discount_minor)?,
            tax: self.money(line.tax_minor)?,
            total: self.money(line.total_minor)?,
        })
    }

    fn admin_line(&self, line: &LineRecord) -> Result<AdminOrderLine, MoneyError> {
        let open = line.open_units();
        Ok(AdminOrderLine {
            line: self.line_view(line)?,
            replaces_line_id: line.replaces_line_id,
            progress: LineProgress {
                cancelled: line.cancelled,
                planned: line.planned,
                shipped: line.shipped,
                delivered: line.delivered,
                lost: line.lost,
                coming_back: line.coming_back,
                returned: line.returned,
                refunded: line.refunded,
                refunded_amount: self.money(line.refunded_minor)?,
                shippable: open,
                cancellable: open,
                returnable: line.out_units(),
                refundable: if line.total_minor > 0 {
                    line.refundable_units()
                } else {
                    0
                },
                refundable_amount: self.money(line.refundable_minor())?,
            },
        })
    }

    fn shipment_view(&self, shipment: &ShipmentRecord, reader: &dyn Reader) -> Shipment {
        Shipment {
            id: shipment.shipment_id,
            seq: shipment.seq,
            state: shipment.state,
            carrier: shipment.carrier.clone(),
            tracking_number: shipment.tracking_number.clone(),
            tracking_url: shipment.tracking_url.clone(),
            lines: units(&shipment.lines),
            shipped_at: shipment.shipped_at,
            delivered_at: shipment.delivered_at,
            created_at: shipment.created_at,
            actions: actions::of_shipment(self, shipment, reader),
        }
    }

    fn shop_refunds(&self) -> Result<Vec<ShopRefund>, MoneyError> {
        let shown = self.refunds.iter().filter(|refund| refund.state.counts());
        shown
            .map(|refund| {
                Ok(ShopRefund {
                    id: refund.refund_id,
                    state: if refund.state == RefundState::Succeeded {
                        ShopRefundState::Succeeded
                    } else {
                        ShopRefundState::Pending
                    },
                    amount: self.money(refund.amount_minor)?,
                    destination: refund.destination,
                    created_at: refund.created_at,
                })
            })
            .collect()
    }

    fn invoice_views(&self) -> Result<Vec<Invoice>, MoneyError> {
        let view = |invoice: &InvoiceRecord| {
            Ok(Invoice {
                id: invoice.invoice_id,
                kind: invoice.kind,
                number: document_number(&invoice.series, invoice.number),
                total: self.money(invoice.total_minor)?,
                refund_id: invoice.refund_id,
                issued_at: invoice.issued_at,
            })
        };
        self.invoices.iter().map(view).collect()
    }

    fn payment_views(&self, payments: &OrderPayments) -> Result<Vec<AdminPayment>, MoneyError> {
        let shown = payments.payments.iter().map(|payment| {
            Ok(AdminPayment {
                kind: payment.kind,
                state: payment.state.clone(),
                amount: self.money(payment.amount_minor)?,
                captured: self.money(payment.captured_minor)?,
                refunded: self.money(payment.refunded_minor)?,
                refund_pending: self.money(payment.refund_pending_minor)?,
                brand: payment.brand.clone(),
                last4: payment.last4.clone(),
                provider_ref: payment.provider_ref.clone(),
                decline_code: payment.decline_code.clone(),
                disputed: payment.disputed,
            })
        });
        shown.collect()
    }

    fn operation_views(
        &self,
        payments: &OrderPayments,
    ) -> Result<Vec<AdminPaymentOperation>, MoneyError> {
        let shown = payments.operations.iter().map(|operation| {
            Ok(AdminPaymentOperation {
                id: operation.operation_id,
                kind: operation.kind,
                state: operation.state,
                amount: self.money(operation.amount_minor)?,
                refund_id: operation.refund_id,
                failure: operation.failure.clone(),
                created_at: operation.created_at,
                updated_at: operation.updated_at,
            })
        });
        shown.collect()
    }
}
