use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

// The vectors of the TypeID specification (`spec/valid.yml`, `spec/invalid.yml`) with our prefixes.
const VALID: &[(&str, &str)] = &[
    (
        "00000000000000000000000000",
        "00000000-0000-0000-0000-000000000000",
    ),
    (
        "00000000000000000000000001",
        "00000000-0000-0000-0000-000000000001",
    ),
    (
        "0000000000000000000000000a",
        "00000000-0000-0000-0000-00000000000a",
    ),
    (
        "0000000000000000000000000g",
        "00000000-0000-0000-0000-000000000010",
    ),
    (
        "00000000000000000000000010",
        "00000000-0000-0000-0000-000000000020",
    ),
    (
        "7zzzzzzzzzzzzzzzzzzzzzzzzz",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
    ),
    (
        "0123456789abcdefghjkmnpqrs",
        "0110c853-1d09-52d8-d73e-1194e95b5f19",
    ),
    (
        "01h455vb4pex5vsknk084sn02q",
        "01890a5d-ac96-774b-bcce-b302099a8057",
    ),
];

#[test]
fn reads_and_writes_the_vectors_of_the_specification() {
    for (suffix, uuid) in VALID {
        let id = ProductId::from_uuid(uuid.parse().unwrap());
        let text = format!("prd_{suffix}");
        assert_eq!(id.to_string(), text);
        assert_eq!(format!("{id:?}"), text);
        assert_eq!(text.parse(), Ok(id));
    }
}

#[test]
fn refuses_bad_suffixes() {
    for suffix in [
        "",
        "1234567890123456789012345",
        "123456789012345678901234567",
        "1234567890123456789012345 ",
        "0123456789ABCDEFGHJKMNPQRS",
        "123456789-123456789-123456",
        "ooooooooooooooooooooooiiii",
        "i23456789ol23456789oi23456",
        "123456789-0123456789-01234",
        "8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "0000000000000000000000000é",
    ] {
        let error = format!("prd_{suffix}").parse::<ProductId>();
        assert_eq!(error, Err(IdError::Suffix { expected: "prd" }), "{suffix}");
    }
}

#[test]
fn refuses_other_prefixes_and_names_its_own() {
    let suffix = "01h455vb4pex5vsknk084sn02q";
    for text in ["", "_", suffix, "PRD_", "prd", "prdx_"] {
        let text = format!("{text}{suffix}");
        let error = text.parse::<ProductId>().unwrap_err();
        assert_eq!(error, IdError::Prefix { expected: "prd" }, "{text}");
    }
    let order = OrderId::generate().to_string();
    let error = order.parse::<ProductId>().unwrap_err();
    assert_eq!(error.to_string(), "expected an id that begins with `prd_`");
}

#[test]
fn kinds_are_alphabetical_and_their_prefixes_unique() {
    assert!(PREFIXES.is_sorted_by_key(|(name, _)| *name));
    let unique: HashSet<_> = PREFIXES.iter().map(|(_, prefix)| prefix).collect();
    assert_eq!(unique.len(), PREFIXES.len());
    for (name, prefix) in PREFIXES {
        assert!(
            prefix.len() == 3 && prefix.bytes().all(|b| b.is_ascii_lowercase()),
            "{name}"
        );
    }
}

#[test]
fn new_ids_are_in_order() {
    let ids: Vec<_> = (0..1000).map(|_| EventId::generate()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b));
    assert!(ids.iter().map(ToString::to_string).is_sorted());
    assert_eq!(ids[0].uuid().get_version_num(), 7);
}

#[test]
fn serde_is_the_text() {
    let id = UserId::generate();
    let json = serde_json::to_string(&id).unwrap();
    assert_eq!(json, format!("\"{id}\""));
    assert_eq!(serde_json::from_str::<UserId>(&json).unwrap(), id);
    let error = serde_json::from_str::<CartId>(&json)
        .unwrap_err()
        .to_string();
    assert!(error.contains("begins with `crt_`"), "{error}");
    assert!(serde_json::from_str::<CartId>("7").is_err());
}

#[test]
fn schema_names_the_kind() {
    assert_eq!(<VariantId as utoipa::ToSchema>::name(), "VariantId");
    let schema = serde_json::to_value(<VariantId as utoipa::PartialSchema>::schema()).unwrap();
    assert_eq!(schema["type"], "string");
    assert_eq!(schema["pattern"], "^var_[0-7][0-9a-hjkmnp-tv-z]{25}$");
}

proptest! {
    #[test]
    fn text_and_back(value: u128) {
        let id = OrderId::from_uuid(Uuid::from_u128(value));
        prop_assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn text_sorts_like_the_id(a: u128, b: u128) {
        let [a, b] = [a, b].map(|value| OrderId::from_uuid(Uuid::from_u128(value)));
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn what_parses_prints_the_same(text in "ord_[0-9a-z]{26}|.*") {
        if let Ok(id) = text.parse::<OrderId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}
