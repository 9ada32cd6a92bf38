use evschema_api::{TokenCreated, TokenView};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::render::Render;
use crate::terminal::Terminal;
use crate::terminal::escape::one_line;

/// The tokens of a registry, without their secrets.
pub(crate) struct TokenList(pub(crate) Vec<TokenView>);

/// A new token, with its secret.
pub(crate) struct CreatedToken(pub(crate) TokenCreated);

impl Render for TokenList {
    fn print_text(&self, terminal: &mut Terminal) {
        for token in &self.0 {
            let used =
                token.last_used_at.map_or("never used".to_owned(), |at| format!("last used {}", moment(at)));
            terminal.print(format!(
                "{}  {}  {}  created {} by {}, {used}, {}",
                token.id,
                one_line(&token.name),
                scopes(token),
                moment(token.created_at),
                one_line(&token.created_by),
                validity(token)
            ));
        }
        if self.0.is_empty() {
            terminal.info("no token");
        }
    }

    fn json(&self) -> Value {
        json!(self.0)
    }
}

impl Render for CreatedToken {
    fn print_text(&self, terminal: &mut Terminal) {
        let Self(created) = self;
        terminal.info(format!(
            "created the token {} with the scope {}, valid {}; the token is shown only now:",
            created.view.id,
            scopes(&created.view),
            validity(&created.view)
        ));
        terminal.print(&created.token);
    }

    fn json(&self) -> Value {
        json!(self.0)
    }
}

fn scopes(token: &TokenView) -> String {
    token.scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Returns how long a token is valid, or since when it is revoked.
fn validity(token: &TokenView) -> String {
    match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {}", moment(at)),
        (None, Some(at)) => format!("until {}", moment(at)),
        (None, None) => "until it is revoked".to_owned(),
    }
}

fn moment(at: OffsetDateTime) -> String {
    let seconds = at.replace_nanosecond(0).unwrap_or(at);
    seconds.format(&Rfc3339).unwrap_or_default()
}
