//! Draws a refusal: the code, the place in the file, the rule that decided, what to do.
//!
//! Places come from files, from the agent and from other machines, so a span may lie outside the
//! text, inside a character or in another version of the file. Each is cut to one line of what is
//! really there before it is drawn.

mod sources;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use arch_problem::{Place, Problem};

pub(crate) use sources::Sources;

/// A problem as people read it, coloured; `say` strips the colour where it is not wanted.
pub(crate) fn problem(problem: &Problem, sources: &Sources) -> String {
    draw(&Renderer::styled(), problem, sources)
}

/// An error that has no code, because it is about this command and not about a document.
pub(crate) fn plain_error(what: &str, help: &str) -> String {
    let title = Group::with_title(Level::ERROR.primary_title(what));
    with_help(&Renderer::styled(), title, help)
}

fn draw(renderer: &Renderer, problem: &Problem, sources: &Sources) -> String {
    let title = Level::ERROR.primary_title(problem.message.as_str()).id(problem.code.as_str());
    let mut group = Group::with_title(title);
    if let Some(place) = &problem.at {
        group = show(group, place, AnnotationKind::Primary, sources);
    }
    if let Some(rule) = &problem.rule {
        group = show(group, rule, AnnotationKind::Context, sources);
    }
    with_help(renderer, group, &problem.help)
}

/// Two reports rather than two groups of one: no empty gutter line between them.
fn with_help(renderer: &Renderer, group: Group<'_>, help: &str) -> String {
    let told = renderer.render(&[group]);
    let remedy = renderer.render(&[Group::with_title(Level::HELP.primary_title(help))]);
    format!("{told}\n{remedy}")
}

fn show<'a>(
    group: Group<'a>,
    place: &'a Place,
    kind: AnnotationKind,
    sources: &Sources,
) -> Group<'a> {
    let Some(window) = sources.text(&place.file).and_then(|text| Window::cut(&text, place)) else {
        let line = usize::try_from(place.span.line).unwrap_or(usize::MAX);
        let column = usize::try_from(place.span.column).unwrap_or(usize::MAX);
        return group
            .element(Origin::path(place.file.as_str()).line(line).char_column(column))
            .element(Level::NOTE.message(place.label.as_str()));
    };
    let mark: Annotation<'a> = kind.span(window.start..window.end).label(place.label.as_str());
    group.element(
        Snippet::source(window.text)
            .path(place.file.as_str())
            .line_start(window.line)
            .annotation(mark),
    )
}

/// The one line that a place points into, with the place cut to it.
#[derive(Debug, PartialEq, Eq)]
struct Window {
    text: String,
    line: usize,
    start: usize,
    end: usize,
}

impl Window {
    /// Nothing for an empty text.
    fn cut(text: &str, place: &Place) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let at = text.floor_char_boundary(place.span.start.min(text.len()));
        let (before, after) = text.split_at(at);
        let head = before.rsplit('\n').next().unwrap_or_default();
        let tail = after.split('\n').next().unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        let wanted = place.span.end.saturating_sub(place.span.start).max(1);
        let marked = tail.trim_end().floor_char_boundary(wanted);
        let tail = tail.trim_end_matches('\r');
        let start = head.len();
        let end = start.saturating_add(marked.min(tail.len()));
        Some(Self { text: format!("{head}{tail}"), line, start, end })
    }
}

#[cfg(test)]
mod tests;
