//! Converts a log of Postgres to a pgbench script.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A statement in the log.
#[derive(Debug)]
struct Statement {
    sql: String,
    /// The parameters as SQL literals.
    parameters: Vec<String>,
    /// The process id. Each connection has its own process.
    process: String,
}

/// A pgbench script.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// The statements. A random variable replaces the values that must differ in each run.
    pub(super) text: String,
    /// The names and values of the other parameters. Like a registry, pgbench sends these values with each statement.
    pub(super) variables: Vec<(String, String)>,
    /// The number of statements.
    pub(super) statements: usize,
}

/// Converts a log to a pgbench script with the same statements.
///
/// Only the name of the subject and the digests of its schemas are different in each run.
pub(super) fn of(log: &str, subject: &str) -> Result<Script, String> {
    let statements = read(log);
    if statements.is_empty() {
        return Err("the server has logged no statement".to_owned());
    }
    let text = String::from("\\set n random(1, 9000000000000000)\n");
    let mut script = Script { text, statements: statements.len(), ..Script::default() };
    let mut digests: BTreeMap<String, usize> = BTreeMap::new();
    for statement in &statements {
        let values: Vec<String> = statement
            .parameters
            .iter()
            .map(|literal| value(literal, subject, &mut digests, &mut script.variables))
            .collect();
        let sql = filled(&statement.sql, &values);
        let _written = writeln!(script.text, "{sql};");
    }
    Ok(script)
}

/// Returns the expression that replaces a literal in the script.
fn value(
    literal: &str,
    subject: &str,
    digests: &mut BTreeMap<String, usize>,
    variables: &mut Vec<(String, String)>,
) -> String {
    if literal == format!("'{subject}'") {
        return "('load.p' || :n)".to_owned();
    }
    if literal.starts_with("'sha256:") {
        let next = digests.len();
        return format!("('sha256_{}-' || :n)", *digests.entry(literal.to_owned()).or_insert(next));
    }
    let Some(quoted) = literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) else {
        return literal.to_owned();
    };
    let name = format!("p{}", variables.len());
    let variable = format!(":{name}");
    variables.push((name, quoted.replace("''", "'")));
    variable
}

/// Replaces `$1`, `$2` and so on by values. Does not change a `$` inside a value.
fn filled(sql: &str, values: &[String]) -> String {
    let mut pieces = sql.split('$');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: Option<usize> = piece[..digits].parse().ok();
        match number.and_then(|number| values.get(number.wrapping_sub(1))) {
            Some(value) => out.extend([value.as_str(), &piece[digits..]]),
            None => out.extend(["$", piece]),
        }
    }
    out
}

/// Parses the statements of a log in their order.
fn read(log: &str) -> Vec<Statement> {
    let mut entries: Vec<String> = Vec::new();
    for line in log.lines() {
        match line.strip_prefix('\t') {
            // This line continues the entry.
            Some(rest) => {
                if let Some(last) = entries.last_mut() {
                    last.push(' ');
                    last.push_str(rest.trim());
                }
            }
            None => entries.push(line.to_owned()),
        }
    }
    let mut statements: Vec<Statement> = Vec::new();
    for entry in entries {
        let process = entry.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
        let process = process.map_or("", |(process, _)| process).to_owned();
        if let Some((_, rest)) = entry.split_once("LOG:  execute ") {
            let sql = rest.split_once(": ").map_or("", |(_, sql)| sql).to_owned();
            statements.push(Statement { sql, parameters: Vec::new(), process });
        } else if let Some((_, sql)) = entry.split_once("LOG:  statement: ") {
            // The `ROLLBACK` of one connection can be logged after the `BEGIN` of another.
            let ends = sql == "ROLLBACK";
            let last = statements.iter().rposition(|statement| ends && statement.process == process);
            let at = last.map_or(statements.len(), |last| last + 1);
            statements.insert(at, Statement { sql: sql.to_owned(), parameters: Vec::new(), process });
        } else if let Some((_, list)) = entry.split_once("DETAIL:  parameters: ")
            && let Some(last) = statements.iter_mut().rfind(|statement| statement.process == process)
        {
            last.parameters = parameters(list);
        }
    }
    statements.retain(|statement| !statement.sql.is_empty());
    statements
}

/// Parses a list such as `$1 = 'it''s', $2 = NULL`.
fn parameters(list: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut rest = list;
    while let Some((_, value)) = rest.split_once(" = ") {
        if let Some(after) = value.strip_prefix("NULL") {
            literals.push("NULL".to_owned());
            rest = after;
            continue;
        }
        let mut end = 1;
        let bytes = value.as_bytes();
        while end < bytes.len() {
            if bytes[end] == b'\'' {
                if bytes.get(end + 1) != Some(&b'\'') {
                    break;
                }
                end += 1;
            }
            end += 1;
        }
        let end = (end + 1).min(value.len());
        literals.push(value[..end].to_owned());
        rest = &value[end..];
    }
    literals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_becomes_a_script() {
        let log = "2026 LOG:  statement: BEGIN\n\
                   2026 LOG:  execute sqlx_s_1: UPDATE subjects SET revision = $1\n\t WHERE name = $2\n\
                   2026 DETAIL:  parameters: $1 = '2', $2 = 'load.x'\n\
                   2026 LOG:  execute sqlx_s_3: INSERT INTO schemas VALUES ($1)\n\
                   2026 DETAIL:  parameters: $1 = 'sha256:ab'\n\
                   2026 LOG:  execute sqlx_s_2: INSERT INTO feed VALUES ($1, $2, $3)\n\
                   2026 DETAIL:  parameters: $1 = '7', $2 = NULL, $3 = '{\"a\":\"it''s, $2 = x\"}'\n";
        let script = of(log, "load.x").unwrap();
        assert_eq!(script.statements, 4);
        assert_eq!(
            script.text,
            "\\set n random(1, 9000000000000000)\n\
             BEGIN;\n\
             UPDATE subjects SET revision = :p0 WHERE name = ('load.p' || :n);\n\
             INSERT INTO schemas VALUES (('sha256_0-' || :n));\n\
             INSERT INTO feed VALUES (:p1, NULL, :p2);\n"
        );
        let variables = [("p0", "2"), ("p1", "7"), ("p2", r#"{"a":"it's, $2 = x"}"#)];
        assert_eq!(script.variables, variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
