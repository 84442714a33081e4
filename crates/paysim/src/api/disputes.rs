//! `/v1/disputes`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::{Request, State},
    response::Response,
};

use super::{
    auth::Access,
    call::{read, write},
    lists::{self, Kind},
};
use crate::{
    app::App,
    domain::disputes,
    error::ApiError,
    form::Params,
    model::{Dispute, EVIDENCE},
};

/// `GET /v1/disputes/{id}`.
pub(super) async fn retrieve(State(app): State<Arc<App>>, request: Request) -> Response {
    read(&app, request, Access::Secret, |state, id, params| {
        params.finish()?;
        let dispute = state.disputes.get(id);
        Ok(dispute
            .ok_or_else(|| ApiError::missing("dispute", id, "dispute"))?
            .view())
    })
    .await
}

/// `GET /v1/disputes`, all or those of one intent or charge.
pub(super) async fn list(State(app): State<Arc<App>>, request: Request) -> Response {
    const KIND: Kind<'_> = Kind {
        url: "/v1/disputes",
        name: "dispute",
    };
    read(&app, request, Access::Secret, |state, _, mut params| {
        let (intent, charge) = (params.text("payment_intent")?, params.text("charge")?);
        let wanted = |dispute: &Dispute| {
            intent
                .as_ref()
                .is_none_or(|id| *id == dispute.payment_intent)
                && charge.as_ref().is_none_or(|id| *id == dispute.charge)
        };
        lists::page(&state.disputes, KIND, params, wanted, Dispute::view)
    })
    .await
}

/// `POST /v1/disputes/{id}`: evidence, and whether the bank gets it now.
pub(super) async fn update(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, mut params| {
        let evidence = match params.object("evidence")? {
            None => BTreeMap::new(),
            Some(evidence) => texts(evidence)?,
        };
        let response = disputes::Response {
            evidence,
            metadata: params.metadata()?.unwrap_or_default(),
            submit: params.boolean("submit")?.unwrap_or(true),
        };
        params.finish()?;
        Ok(disputes::respond(tx, id, response, app.config.dispute_review)?.view())
    })
    .await
}

/// `POST /v1/disputes/{id}/close`.
pub(super) async fn close(State(app): State<Arc<App>>, request: Request) -> Response {
    write(&app, request, Access::Secret, |tx, id, params| {
        params.finish()?;
        Ok(disputes::close(tx, id)?.view())
    })
    .await
}

fn texts(mut params: Params) -> Result<BTreeMap<String, String>, ApiError> {
    let mut texts = BTreeMap::new();
    for name in EVIDENCE {
        if let Some(text) = params.optional_text(name)? {
            texts.insert(name.to_owned(), text);
        }
    }
    params.finish()?;
    Ok(texts)
}
