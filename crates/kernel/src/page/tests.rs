use proptest::prelude::*;

use super::*;

fn size(items: u16) -> PageSize {
    PageSize::new(items).unwrap()
}

#[test]
fn sizes() {
    assert_eq!(PageSize::default().get(), 24);
    assert_eq!(size(100).overfetch(), 101);
    for items in [0, -1, 101, i64::MAX] {
        assert_eq!(PageSize::new(items), Err(PageSizeError));
    }
    assert_eq!(serde_json::from_str::<PageSize>("7").unwrap(), size(7));
    assert_eq!(serde_json::from_str::<PageSize>(r#""7""#).unwrap(), size(7));
    for json in ["0", "101", "-1", r#""many""#, "1.5"] {
        let error = serde_json::from_str::<PageSize>(json)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains('1') && error.contains("100"),
            "{json}: {error}"
        );
    }
}

#[test]
fn a_size_is_read_from_flattened_query_text() {
    #[derive(Deserialize)]
    struct Query {
        #[serde(flatten)]
        rest: Rest,
    }
    #[derive(Deserialize)]
    struct Rest {
        #[serde(default)]
        limit: PageSize,
    }
    let read = |pairs: Vec<(&str, &str)>| {
        let pairs =
            serde::de::value::MapDeserializer::<_, serde::de::value::Error>::new(pairs.into_iter());
        Query::deserialize(pairs).map(|query| query.rest.limit.get())
    };
    assert_eq!(read(vec![("limit", "7")]), Ok(7));
    assert_eq!(read(vec![]), Ok(24));
    let error = read(vec![("limit", "0")]).unwrap_err().to_string();
    assert_eq!(error, "limit must lie between 1 and 100");
}

#[test]
fn schemas_of_pages_are_named_by_their_items() {
    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema is read")]
    struct Row {
        id: crate::ProductId,
        price: crate::Money,
        related: Option<crate::ProductId>,
        quantity: crate::Quantity,
        items: Vec<crate::VariantId>,
    }
    #[utoipa::path(get, path = "/rows", responses((status = 200, body = Page<Row>)))]
    #[expect(dead_code, reason = "only its description is read")]
    fn list_rows() {}
    #[derive(utoipa::OpenApi)]
    #[openapi(paths(list_rows))]
    struct Api;

    let api = serde_json::to_value(<Api as utoipa::OpenApi>::openapi()).unwrap();
    let schemas = api["components"]["schemas"].as_object().unwrap();
    let names: Vec<_> = schemas.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "Money",
            "Page_Row",
            "ProductId",
            "Quantity",
            "Row",
            "VariantId"
        ]
    );
    let page = &schemas["Page_Row"];
    assert_eq!(
        page["required"],
        serde_json::json!(["items", "next_cursor"])
    );
    let items = &page["properties"]["items"];
    assert_eq!(items["items"]["$ref"], "#/components/schemas/Row");
    assert_eq!(
        schemas["Row"]["properties"]["id"]["$ref"],
        "#/components/schemas/ProductId"
    );
}

#[test]
fn only_a_full_page_has_a_next_one() {
    let page = |rows: Vec<u32>| Page::from_overfetch(rows, size(3), |row| *row);
    assert_eq!(page(vec![]).next_cursor, None);
    assert_eq!(page(vec![1, 2, 3]).next_cursor, None);
    let full = page(vec![1, 2, 3, 4]);
    assert_eq!(full.items, [1, 2, 3]);
    assert_eq!(Cursor::decode::<u32>(&full.next_cursor.unwrap()), Ok(3));
}

#[test]
fn json_shape() {
    let page = Page::from_overfetch(vec![1], size(3), |row| *row).map(|row| row + 1);
    let json = serde_json::to_string(&page).unwrap();
    assert_eq!(json, r#"{"items":[2],"next_cursor":null}"#);
}

#[test]
fn unreadable_cursors_are_refused() {
    let long = Cursor::encode(&"x".repeat(Cursor::MAX_LENGTH));
    for text in ["", "!!", "bm9wZQ", "eyJhIjoxfQ==", "é", long.as_str()] {
        assert_eq!(
            Cursor::decode::<(u32, String)>(text),
            Err(InvalidCursor),
            "{text}"
        );
    }
    // A cursor of another list does not fit either.
    assert_eq!(
        Cursor::decode::<(u32, String)>(&Cursor::encode(&7)),
        Err(InvalidCursor)
    );
}

#[test]
fn the_longest_title_fits() {
    let key = ("界".repeat(400), uuid::Uuid::max());
    assert_eq!(Cursor::decode(&Cursor::encode(&key)), Ok(key));
}

proptest! {
    #[test]
    fn keys_survive(number: i64, text in ".{0,100}") {
        let key = (number, text);
        prop_assert_eq!(Cursor::decode(&Cursor::encode(&key)), Ok(key));
    }

    #[test]
    fn no_text_panics(text in ".*") {
        let _: Result<(i64, String), _> = Cursor::decode(&text);
    }
}
