//! Numbers the nodes of finished programs, and writes references as distances.
//!
//! Nodes stand in the order in which the root leads to them, and a reference is a distance such as `"+2"`. So a new
//! property changes the lines of its parents, and few others.

use serde_json::{Map, Value, json};

/// The keys of an unfinished reference: the number of a node, and the position of another program in the links.
const NODE: &str = "node";
const LINK: &str = "link";

/// Returns an unfinished reference to a node of the same program.
pub(super) fn reference(number: usize) -> Value {
    json!({ NODE: number })
}

/// Returns an unfinished reference to a node of the program at this position of the links.
pub(super) fn linked_reference(link: usize, number: usize) -> Value {
    json!({ NODE: number, LINK: link })
}

/// Returns for each node of an unfinished program its position in the finished program. The position of the root is 0.
pub(super) fn positions(nodes: &[Map<String, Value>], root: usize) -> Vec<usize> {
    let mut positions: Vec<Option<usize>> = vec![None; nodes.len()];
    let mut next = 0;
    // Nodes without a path from the root, such as those of anchors, follow in the order of their numbers.
    for start in std::iter::once(root).chain(0..nodes.len()) {
        let mut open = vec![start];
        while let Some(number) = open.pop() {
            if positions.get(number).is_none_or(Option::is_some) {
                continue;
            }
            positions[number] = Some(next);
            next += 1;
            let before = open.len();
            for value in references_in(&nodes[number]) {
                each_reference(value, &mut |number, link| {
                    if link.is_none() {
                        open.push(number);
                    }
                });
            }
            open[before..].reverse();
        }
    }
    positions.into_iter().map(Option::unwrap_or_default).collect()
}

/// Replaces the unfinished references of a node. `position` is the node's own position. `position_of` returns the
/// position of a node.
pub(super) fn finish_node(
    node: &mut Map<String, Value>,
    position: usize,
    position_of: &dyn Fn(usize, Option<usize>) -> usize,
) {
    let keywords = node.iter_mut().filter(|(keyword, _)| is_of_schemas(keyword));
    keywords.for_each(|(_, value)| finish(value, Some(position), position_of));
}

/// Replaces the unfinished references of a value. `position` is the position of the node; `None` for values outside
/// nodes, which get numbers instead of distances. `position_of` returns the position of a node.
pub(super) fn finish(
    value: &mut Value,
    position: Option<usize>,
    position_of: &dyn Fn(usize, Option<usize>) -> usize,
) {
    if let Some((number, link)) = as_reference(value) {
        let target = position_of(number, link);
        *value = match (link, position) {
            (Some(link), _) => json!([link, target]),
            (None, None) => json!(target),
            (None, Some(own)) if own <= target => json!(format!("+{}", target - own)),
            (None, Some(own)) => json!(format!("-{}", own - target)),
        };
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| finish(item, position, position_of)),
        Value::Object(members) => {
            members.values_mut().for_each(|value| finish(value, position, position_of));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn references_in(node: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    node.iter().filter(|(keyword, _)| is_of_schemas(keyword)).map(|(_, value)| value)
}

/// Returns whether the value of a node's keyword may contain references. The values of an `enum` are values of events.
fn is_of_schemas(keyword: &str) -> bool {
    keyword != "enum"
}

fn each_reference(value: &Value, found: &mut dyn FnMut(usize, Option<usize>)) {
    if let Some((number, link)) = as_reference(value) {
        return found(number, link);
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, found)),
        Value::Object(members) => members.values().for_each(|value| each_reference(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn as_reference(value: &Value) -> Option<(usize, Option<usize>)> {
    let number = |value: &Value| value.as_u64().and_then(|number| usize::try_from(number).ok());
    let members = value.as_object()?;
    Some((number(members.get(NODE)?)?, members.get(LINK).and_then(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_enum_of_a_node_has_values_of_events() {
        let node = json!({"enum": [{"node": 1}], "properties": {"enum": reference(1)}});
        let mut nodes: Vec<Map<String, Value>> =
            vec![node.as_object().cloned().unwrap_or_default(), Map::new(), Map::new()];
        assert_eq!(positions(&nodes, 0), [0, 1, 2]);
        finish_node(&mut nodes[0], 0, &|number, _| number);
        assert_eq!(nodes[0]["enum"], json!([{"node": 1}]));
        assert_eq!(nodes[0]["properties"], json!({"enum": "+1"}));
        let mut anchors = json!([{"enum": reference(2), "other": reference(1)}]);
        finish(&mut anchors, None, &|number, _| number);
        assert_eq!(anchors, json!([{"enum": 2, "other": 1}]));
    }
}
