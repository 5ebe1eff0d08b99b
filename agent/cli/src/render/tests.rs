use super::*;
use arch_problem::{Span, codes};

const JOB: &str = "kind: Job\nspec:\n  capabilities:\n    net: [\"egress:443\", \"egress:25\"]\n";
const POLICY: &str = "spec:\n  allow:\n  - id: net.egress\n    net: [\"egress:443\"]\n";

fn span_of(text: &str, needle: &str) -> Span {
    let start = text.find(needle).unwrap();
    let line = u32::try_from(text[..start].matches('\n').count().saturating_add(1)).unwrap();
    let before = text[..start].rsplit('\n').next().unwrap().chars().count();
    let column = u32::try_from(before.saturating_add(1)).unwrap();
    Span { start, end: start.saturating_add(needle.len()), line, column }
}

fn plain(problem: &Problem, sources: &Sources) -> String {
    draw(&Renderer::plain(), problem, sources)
}

fn at(text: &str, start: usize, end: usize) -> String {
    let span = Span { start, end, line: 1, column: 1 };
    let problem = Problem::new(codes::DUPLICATE_KEY, "x").at("a.yaml", span, "here");
    plain(&problem, &Sources::default().with("a.yaml", text.as_bytes()))
}

#[test]
fn a_refusal_shows_the_request_and_the_rule_in_their_files() {
    let rule = Place {
        file: "policy.yaml".into(),
        span: span_of(POLICY, "id: net.egress"),
        label: "rule that decided".into(),
    };
    let problem = Problem::new(codes::NOT_ALLOWED, "policy denies `egress:25`")
        .at("jobs/embed.yaml", span_of(JOB, "\"egress:25\""), "asked for here")
        .because(rule)
        .help("remove the request, or have 2 of 3 policy signers allow it");
    let sources = Sources::default()
        .with("jobs/embed.yaml", JOB.as_bytes())
        .with("policy.yaml", POLICY.as_bytes());
    let expected = "\
error[ARCH-P003]: policy denies `egress:25`
 --> jobs/embed.yaml:4:25
  |
4 |     net: [\"egress:443\", \"egress:25\"]
  |                         ^^^^^^^^^^^ asked for here
  |
 ::: policy.yaml:3:5
  |
3 |   - id: net.egress
  |     -------------- rule that decided
help: remove the request, or have 2 of 3 policy signers allow it";
    assert_eq!(plain(&problem, &sources), expected);
}

#[test]
fn a_file_that_is_gone_is_still_named() {
    let problem =
        Problem::new(codes::NOT_ALLOWED, "no").at("gone.yaml", span_of(JOB, "spec"), "here");
    let text = plain(&problem, &Sources::default());
    assert!(text.contains("gone.yaml:2:1"), "{text}");
}

#[test]
fn a_problem_without_a_place_is_two_lines() {
    let problem = Problem::new(codes::NOT_ALLOWED, "no such rule").help("write one");
    assert_eq!(
        plain(&problem, &Sources::default()),
        "error[ARCH-P003]: no such rule\nhelp: write one"
    );
}

#[test]
fn no_span_of_any_text_panics() {
    let texts = [
        "",
        "\n",
        "a",
        "a\r\nb\r\n",
        "\tx: \ty\n",
        "ключ: 値\n",
        "e\u{301}🦀\u{202e}x",
        "a\0b\n\n",
    ];
    for text in texts {
        for start in 0..text.len() + 4 {
            for end in 0..text.len() + 6 {
                assert!(at(text, start, end).contains("ARCH-D108"));
            }
        }
        at(text, usize::MAX, usize::MAX);
        at(text, usize::MAX, 0);
    }
}

#[test]
fn a_windows_line_end_is_not_drawn() {
    let text = at("kind: Job\r\nspec: 1\r\n", 11, 15);
    assert!(text.contains("a.yaml:2:1"), "{text}");
    assert!(!text.contains('\r') && !text.contains('\u{240d}'), "{text}");
}

#[test]
fn the_mark_stands_under_tabs_and_wide_characters() {
    let text = at("\tname: 値値 x\n", "\tname: 値値 ".len(), "\tname: 値値 x".len());
    let lines: Vec<&str> = text.lines().collect();
    let source = lines.iter().find(|line| line.contains("name")).unwrap();
    let mark = lines.iter().find(|line| line.contains('^')).unwrap();
    let wide = |text: &str| text.chars().map(|c| if c == '値' { 2 } else { 1 }).sum::<usize>();
    let (before, _x) = source.split_once(" x").unwrap();
    assert_eq!(mark.find('^').unwrap(), wide(before) + 1, "{text}");
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let line = format!("{}HERE{}", "a".repeat(70_000), "b".repeat(70_000));
    let text = at(&line, 70_000, 70_004);
    assert!(text.contains("HERE") && text.len() < 2_000, "{}", text.len());
}
