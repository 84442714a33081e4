//! Making and changing rules.

use common::extract::IfMatch;

use super::{AUDIT, Author, Made, Once, commit, difference, encode, entry};
use crate::merchandising::error::Error;
use crate::merchandising::id::RuleId;
use crate::merchandising::rule::{NewSearchRule, RULES_MAX, SearchRule, SearchRulePatch};
use crate::state::AppState;
use crate::store::{revisions, rules};

/// Makes a rule, once per key of a member of staff.
///
/// # Errors
/// [`Error::Invalid`], [`Error::TooManyRules`], [`Error::KeyReused`], [`Error::InProgress`].
pub async fn create_rule(
    state: &AppState,
    author: Author<'_>,
    key: &str,
    new: NewSearchRule,
) -> Result<Made<SearchRule>, Error> {
    let now = state.clock.now();
    let once = Once::new("createSearchRule", author.staff, key, &new, now)?;
    let terms = new.checked().map_err(Error::Invalid)?;
    let mut tx = state.db.begin().await?;
    if let Some(object) = once.begin(&mut tx).await? {
        return Ok(Made {
            object,
            replayed: true,
        });
    }
    revisions::raise_revision(&mut tx).await?;
    if rules::count(&mut tx).await? >= RULES_MAX {
        return Err(Error::TooManyRules { max: RULES_MAX });
    }
    let made = rules::insert(&mut tx, &terms, author.staff.user_id).await?;
    let body = encode(&made)?;
    let log = entry(author, "search_rule.create", "search_rule", made.id, now).after(body.clone());
    AUDIT.append(&mut tx, &log).await?;
    once.finish(&mut tx, &body).await?;
    commit(state, tx).await?;
    Ok(Made {
        object: made,
        replayed: false,
    })
}

/// Changes a rule whose version `if_match` names. A change that changes nothing leaves no trace.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`]; 412 when the version is another one.
pub async fn update_rule(
    state: &AppState,
    author: Author<'_>,
    if_match: IfMatch,
    id: RuleId,
    patch: SearchRulePatch,
) -> Result<SearchRule, Error> {
    let mut tx = state.db.begin().await?;
    revisions::raise_revision(&mut tx).await?;
    let before = rules::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if_match.check(before.version)?;
    let after = patch.applied_to(&before);
    if after == NewSearchRule::from(&before) {
        return Ok(before);
    }
    let terms = after.checked().map_err(Error::Invalid)?;
    let after = rules::update(&mut tx, id, &terms).await?;
    let (old, new) = difference(&before, &after)?;
    let log = entry(
        author,
        "search_rule.update",
        "search_rule",
        id,
        state.clock.now(),
    );
    AUDIT.append(&mut tx, &log.before(old).after(new)).await?;
    commit(state, tx).await?;
    Ok(after)
}

/// Deletes a rule whose version `if_match` names.
///
/// # Errors
/// [`Error::NotFound`]; 412 when the version is another one.
pub async fn delete_rule(
    state: &AppState,
    author: Author<'_>,
    if_match: IfMatch,
    id: RuleId,
) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    revisions::raise_revision(&mut tx).await?;
    let before = rules::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if_match.check(before.version)?;
    rules::delete(&mut tx, id).await?;
    let log = entry(
        author,
        "search_rule.delete",
        "search_rule",
        id,
        state.clock.now(),
    );
    AUDIT.append(&mut tx, &log.before(encode(&before)?)).await?;
    commit(state, tx).await
}
