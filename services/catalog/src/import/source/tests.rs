use super::*;
use std::io::Cursor;

fn rows(bytes: &[u8], limit: usize) -> Vec<(u64, Result<usize, String>)> {
    let rows = Rows::from_reader(
        Cursor::new(bytes.to_vec()),
        false,
        Limits {
            line_bytes_max: limit,
        },
    )
    .unwrap();
    rows.map(|row| row.unwrap())
        .map(|row| {
            (
                row.line,
                row.row
                    .map(|row| row.len())
                    .map_err(|error| error.to_string()),
            )
        })
        .collect()
}

#[test]
fn lines_end_at_newline_only() {
    let text = "\u{feff}{\"a\":\"x\u{2028}y\"}\r\n\n  \n{\"a\":1,\"b\":2}";
    assert_eq!(rows(text.as_bytes(), 100), [(1, Ok(1)), (4, Ok(2))]);
}

#[test]
fn bad_rows_are_values() {
    let found = rows(
        b"{}\n[1]\n{\"a\":\n\xff\n{\"long\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n{}\n",
        20,
    );
    let bad = |at: usize| found[at].1.clone().unwrap_err();
    assert_eq!(found.len(), 6);
    assert_eq!(bad(1), "row: must be a JSON object, found a list");
    assert!(
        bad(2).starts_with("row: is no valid JSON") && bad(3).starts_with("row: is no valid JSON")
    );
    assert_eq!(bad(4), "row: is longer than 20 bytes");
    assert_eq!(found[5], (6, Ok(0)));
}

#[test]
fn zstd_is_known_by_its_content() {
    let packed = zstd::encode_all(&b"{\"a\":1}\n{}\n"[..], 3).unwrap();
    assert_eq!(rows(&packed, 100).len(), 2);
    let refused = Rows::from_reader(Cursor::new(b"{}\n"), true, Limits::default());
    assert!(matches!(refused, Err(SourceError::NotZstd)));
}

#[test]
fn bad_files_are_errors() {
    let folder = tempfile("bad");
    let packed = zstd::encode_all(&b"{\"a\":1}\n".repeat(5000)[..], 3).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        check(&path, Limits::default())
    };
    assert_eq!(write("good.zst", &packed).unwrap().rows, 5000);
    assert!(matches!(
        write("cut.zst", &packed[..packed.len() - 9]),
        Err(SourceError::Damaged { .. })
    ));
    assert!(matches!(
        write("plain.zst", b"{}\n"),
        Err(SourceError::NotZstd)
    ));
    assert!(matches!(
        write("empty.jsonl", b"\n\n"),
        Err(SourceError::Empty)
    ));
    assert!(matches!(
        write("text.jsonl", b"\nid,title\n"),
        Err(SourceError::NotJsonLines { line: 2, .. })
    ));
    assert!(matches!(
        check(&folder, Limits::default()),
        Err(SourceError::Unreadable(_))
    ));
    assert!(matches!(
        check(&folder.join("none"), Limits::default()),
        Err(SourceError::Unreadable(_))
    ));
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfile(name: &str) -> std::path::PathBuf {
    let folder =
        std::env::temp_dir().join(format!("techmart-source-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
