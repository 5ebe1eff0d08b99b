//! One line of the answer: for people, or as JSON.

use crate::{Bench, Figures};

/// `{"name","ours","peer","ratio","unit","runs","spread"}`: medians; the ratio is the median of ours
/// over peer's, run by run; the spread is the lowest and the highest ratio, or figure of ours where
/// there is no peer. What was not measured is null.
pub(crate) fn row(bench: &Bench, figures: &Figures, json: bool) -> String {
    let ratios: Vec<f64> = figures
        .ours
        .iter()
        .zip(&figures.peer)
        .map(|(ours, peer)| ours / peer.max(f64::MIN_POSITIVE))
        .collect();
    let spread = range(if ratios.is_empty() { &figures.ours } else { &ratios });
    let [ours, peer, ratio] = [&figures.ours, &figures.peer, &ratios].map(|list| median(list));
    let Bench { name, unit, .. } = bench;
    if json {
        return serde_json::json!({
            "name": name, "ours": ours, "peer": peer, "ratio": ratio, "unit": unit,
            "runs": figures.ours.len(), "spread": spread,
        })
        .to_string();
    }
    let shown = |figure: Option<f64>| {
        let digits = figure.map_or(0, |figure| if figure < 10.0 { 3 } else { 1 });
        figure.map_or("–".to_owned(), |figure| format!("{figure:.digits$}"))
    };
    let spread = spread.map_or("–".to_owned(), |(low, high)| format!("{low:.3}–{high:.3}"));
    format!(
        "{name:<20} ours {:>11}   peer {:>11}   ratio {:>7}   spread {spread}   {unit}",
        shown(ours),
        shown(peer),
        shown(ratio),
    )
}

fn median(figures: &[f64]) -> Option<f64> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

fn range(figures: &[f64]) -> Option<(f64, f64)> {
    let first = *figures.first()?;
    Some(
        figures
            .iter()
            .fold((first, first), |(low, high), figure| (low.min(*figure), high.max(*figure))),
    )
}
