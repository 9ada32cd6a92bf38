//! Messages in the style of rustc, which have no source text.

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Group, Level, Renderer};

use super::escape::one_line;

/// Returns the renderer of messages and snippets.
pub(super) fn renderer(color: bool) -> Renderer {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    renderer.decor_style(DecorStyle::Ascii)
}

/// Returns a message with its help.
pub(super) fn render(level: Level<'_>, message: &str, help: Option<&str>, renderer: &Renderer) -> String {
    let message = one_line(message);
    let help = help.map(one_line);
    let mut groups = vec![Group::with_title(level.primary_title(&message))];
    groups.extend(help.as_deref().map(|help| Group::with_title(Level::HELP.secondary_title(help))));
    render_without_gutter(&groups, renderer)
}

/// Renders each group alone, because the library draws a gutter between groups that it renders together.
pub(crate) fn render_without_gutter(groups: &[Group<'_>], renderer: &Renderer) -> String {
    let parts: Vec<String> =
        groups.iter().map(|group| renderer.render(std::slice::from_ref(group))).collect();
    parts.join("\n")
}
