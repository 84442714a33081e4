//! Making and changing synonyms.

use common::extract::IfMatch;
use sqlx::PgConnection;

use super::{AUDIT, Author, Made, Once, commit, difference, encode, entry};
use crate::merchandising::error::{Error, invalid};
use crate::merchandising::id::SynonymId;
use crate::merchandising::synonym::{
    DefaultSynonyms, NewSynonym, SYNONYMS_MAX, Synonym, SynonymKind, SynonymPatch, SynonymTerms,
    WORDINGS_MAX,
};
use crate::merchandising::wordings;
use crate::state::AppState;
use crate::store::{revisions, synonyms};

/// Makes an entry, once per key of a member of staff.
///
/// # Errors
/// [`Error::Invalid`], [`Error::TooManySynonyms`], [`Error::KeyReused`], [`Error::InProgress`].
pub async fn create_synonym(
    state: &AppState,
    author: Author<'_>,
    key: &str,
    new: NewSynonym,
) -> Result<Made<Synonym>, Error> {
    let now = state.clock.now();
    let once = Once::new("createSynonym", author.staff, key, &new, now)?;
    let terms = new.checked().map_err(Error::Invalid)?;
    let mut tx = state.db.begin().await?;
    if let Some(object) = once.begin(&mut tx).await? {
        return Ok(Made {
            object,
            replayed: true,
        });
    }
    revisions::raise_revision(&mut tx).await?;
    if synonyms::count(&mut tx).await? >= SYNONYMS_MAX {
        return Err(Error::TooManySynonyms { max: SYNONYMS_MAX });
    }
    expect_few_wordings(&mut tx, None, &terms).await?;
    let made = synonyms::insert(&mut tx, &terms, author.staff.user_id).await?;
    let body = encode(&made)?;
    let log = entry(author, "synonym.create", "synonym", made.id, now).after(body.clone());
    AUDIT.append(&mut tx, &log).await?;
    once.finish(&mut tx, &body).await?;
    commit(state, tx).await?;
    Ok(Made {
        object: made,
        replayed: false,
    })
}

/// Changes an entry whose version `if_match` names. A change that changes nothing leaves no trace.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Invalid`]; 412 when the version is another one.
pub async fn update_synonym(
    state: &AppState,
    author: Author<'_>,
    if_match: IfMatch,
    id: SynonymId,
    patch: SynonymPatch,
) -> Result<Synonym, Error> {
    let mut tx = state.db.begin().await?;
    revisions::raise_revision(&mut tx).await?;
    let before = synonyms::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if_match.check(before.version)?;
    let after = patch.applied_to(&before);
    if after == NewSynonym::from(&before) {
        return Ok(before);
    }
    let terms = after.checked().map_err(Error::Invalid)?;
    expect_few_wordings(&mut tx, Some(id), &terms).await?;
    let after = synonyms::update(&mut tx, id, &terms).await?;
    let (old, new) = difference(&before, &after)?;
    let log = entry(author, "synonym.update", "synonym", id, state.clock.now());
    AUDIT.append(&mut tx, &log.before(old).after(new)).await?;
    commit(state, tx).await?;
    Ok(after)
}

/// Deletes an entry whose version `if_match` names.
///
/// # Errors
/// [`Error::NotFound`]; 412 when the version is another one.
pub async fn delete_synonym(
    state: &AppState,
    author: Author<'_>,
    if_match: IfMatch,
    id: SynonymId,
) -> Result<(), Error> {
    let mut tx = state.db.begin().await?;
    revisions::raise_revision(&mut tx).await?;
    let before = synonyms::find(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if_match.check(before.version)?;
    synonyms::delete(&mut tx, id).await?;
    let log = entry(author, "synonym.delete", "synonym", id, state.clock.now());
    AUDIT.append(&mut tx, &log.before(encode(&before)?)).await?;
    commit(state, tx).await
}

/// The built-in entries, with those of the shop that switch them off.
///
/// # Errors
/// When the database fails.
pub async fn list_defaults(state: &AppState) -> Result<DefaultSynonyms, Error> {
    let mut conn = state.db.write().await?;
    let disabled = synonyms::list_disabling(&mut conn).await?;
    Ok(DefaultSynonyms {
        items: wordings::defaults(&disabled),
    })
}

/// Refuses an entry by which a term of a query would get more other wordings than a search can look for. Wordings of
/// wordings are never looked for, so entries that name each other do no harm.
async fn expect_few_wordings(
    conn: &mut PgConnection,
    id: Option<SynonymId>,
    terms: &SynonymTerms,
) -> Result<(), Error> {
    if !terms.enabled || terms.kind == SynonymKind::Disabled {
        return Ok(());
    }
    let others = synonyms::list_sharing(conn, &terms.keys, id).await?;
    for (place, key) in terms.keys.iter().enumerate() {
        let sharing = others.iter().filter(|other| other.keys.contains(key));
        let wordings = terms.wordings() + sharing.map(SynonymTerms::wordings).sum::<usize>();
        if wordings > WORDINGS_MAX {
            return Err(Error::Invalid(vec![invalid(
                format!("/from/{place}"),
                "too_many_wordings",
                format!("would have {wordings} other wordings; {WORDINGS_MAX} are the most"),
            )]));
        }
    }
    Ok(())
}
