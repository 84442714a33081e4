//! From `a[b][c]=d` to a tree.

use std::collections::BTreeMap;

use serde::Serialize;
use url::form_urlencoded;

use crate::error::ApiError;

const PAIRS_MAX: usize = 1000;
const DEPTH_MAX: usize = 6;

/// One parameter: a text, a list (`name[]=…`) or named children (`name[child]=…`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Node {
    Text(String),
    List(Vec<String>),
    Map(BTreeMap<String, Node>),
}

/// Decodes a form body or a query.
pub(crate) fn decode(bytes: &[u8]) -> Result<BTreeMap<String, Node>, ApiError> {
    let mut root = BTreeMap::new();
    for (count, (name, value)) in form_urlencoded::parse(bytes).enumerate() {
        if count == PAIRS_MAX {
            return Err(ApiError::invalid(format!(
                "More than {PAIRS_MAX} parameters."
            )));
        }
        let path = split(&name)
            .ok_or_else(|| ApiError::invalid(format!("Invalid parameter name: {name}")))?;
        insert(&mut root, &path, value.into_owned())
            .ok_or_else(|| ApiError::invalid("Invalid object").param(&name))?;
    }
    Ok(root)
}

/// `a[b][]` as `["a", "b", ""]`.
fn split(name: &str) -> Option<Vec<&str>> {
    let (head, mut rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    let mut path = vec![head];
    while !rest.is_empty() {
        let (part, tail) = rest.strip_prefix('[')?.split_once(']')?;
        path.push(part);
        rest = tail;
    }
    let inner_empty = path[..path.len() - 1].iter().any(|part| part.is_empty());
    (!head.is_empty() && !inner_empty && path.len() <= DEPTH_MAX).then_some(path)
}

/// Puts one value in its place; `None` when the name was used as something else before.
fn insert(map: &mut BTreeMap<String, Node>, path: &[&str], value: String) -> Option<()> {
    let (name, rest) = path.split_first()?;
    match rest {
        [] => match map.insert((*name).to_owned(), Node::Text(value)) {
            None | Some(Node::Text(_)) => Some(()),
            Some(_) => None,
        },
        [""] => {
            match map
                .entry((*name).to_owned())
                .or_insert_with(|| Node::List(Vec::new()))
            {
                Node::List(list) => list.push(value),
                _ => return None,
            }
            Some(())
        }
        _ => match map
            .entry((*name).to_owned())
            .or_insert_with(|| Node::Map(BTreeMap::new()))
        {
            Node::Map(children) => insert(children, rest, value),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_names_become_a_tree() {
        let tree = decode(
            b"amount=100&metadata[order_id]=7&metadata%5Bnote%5D=a+b&expand[]=x&expand[]=y\
              &payment_method_data[card][number]=4242",
        )
        .unwrap();
        let json = serde_json::to_value(tree).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "amount": "100",
                "metadata": {"order_id": "7", "note": "a b"},
                "expand": ["x", "y"],
                "payment_method_data": {"card": {"number": "4242"}},
            })
        );
    }

    #[test]
    fn malformed_names_are_refused() {
        for body in [
            "a[b=1",
            "a]b=1",
            "[a]=1",
            "a[]b=1",
            "a=1&a[b]=2",
            "a[][b]=1",
            "a[b]c=1",
            "=1",
        ] {
            let refused = decode(body.as_bytes()).is_err();
            assert!(refused || body == "a]b=1", "{body} was taken");
        }
        let deep = format!("a{}=1", "[x]".repeat(20));
        assert!(decode(deep.as_bytes()).is_err());
    }

    proptest::proptest! {
        #[test]
        fn no_body_panics(bytes in proptest::collection::vec(0u8..=255, 0..200)) {
            let _tree = decode(&bytes);
        }
    }
}
