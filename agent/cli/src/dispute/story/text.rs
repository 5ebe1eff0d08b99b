//! The story in lines for a terminal, and as a page.

use std::ops::Range;

use arch_identity::PublicKey;

use super::{Fault, Found, Stake, Story};
use crate::dispute::words::{rule, side, word};

impl Story {
    /// Each line has a name and what there is to say.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![
            ("dispute", self.dispute.to_string()),
            ("job", format!("{}, attempt {}", self.job, self.attempt)),
            ("committed", format!("entry {} of the ledger", self.committed)),
            ("leaf", self.leaf()),
            ("challenger", self.challenger.by.to_string()),
            ("claims", format!("{} by {}", self.challenger.leaf_hash, self.challenger.commit)),
            ("respondent", self.respondent.by.to_string()),
            ("claims", format!("{} by {}", self.respondent.leaf_hash, self.respondent.commit)),
            ("resolver", word(&self.resolver)),
            ("state", self.state.to_owned()),
        ];
        lines.extend(self.parting());
        lines.extend(self.awaiting());
        if let Some(found) = &self.finding {
            lines.extend(finding(found));
        } else if self.state == "ended" {
            lines
                .push(("at fault", "nobody: it lapsed, since no judge told the inputs".to_owned()));
        }
        lines.extend(self.judges());
        lines.extend(self.stakes.iter().map(|stake| ("stake", stake.words())));
        lines.extend(self.settled.map(|entry| ("settled", format!("entry {entry} of the ledger"))));
        lines.extend(self.messages.iter().map(|said| ("said", said_words(said))));
        lines.push(("size", self.sizes()));
        lines
    }

    /// As a terminal has it.
    pub(crate) fn text(&self) -> String {
        let line = |(name, value): &(&str, String)| format!("{name:<10} {value}");
        self.lines().iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// As a page of Markdown.
    pub(crate) fn page(&self) -> String {
        let row = |(name, value): &(&str, String)| format!("| {name} | {value} |\n");
        let rows: String = self.lines().iter().map(row).collect();
        format!("# Dispute {}\n\n| | |\n|---|---|\n{rows}", self.dispute.hex())
    }

    fn leaf(&self) -> String {
        let place = &self.place;
        let [rows, depth, columns] = place.sides;
        format!(
            "leaf {} of cell {}, {}: rows {} and columns {} of C, over {} of the depth; the product is \
             {rows} × {depth} × {columns} of {}",
            place.leaf,
            place.cell.row,
            place.cell.column,
            range(&place.rows),
            range(&place.columns),
            range(&place.depth),
            place.format
        )
    }

    fn parting(&self) -> Vec<(&'static str, String)> {
        let Some(parted) = &self.parted else { return Vec::new() };
        let at = format!(
            "tile {} (rows {}, columns {}), step {} of {} ({} of the depth)",
            parted.tile,
            range(&parted.rows),
            range(&parted.columns),
            parted.step,
            parted.steps,
            range(&parted.depth)
        );
        vec![
            ("they part", at),
            ("before", format!("{}, as both say", parted.before)),
            ("after", format!("{}, says the challenger", parted.challenger)),
            ("after", format!("{}, says the respondent", parted.respondent)),
        ]
    }

    fn awaiting(&self) -> Option<(&'static str, String)> {
        let awaits = self.awaits.as_ref()?;
        let of: Vec<String> = awaits.of.iter().map(PublicKey::did).collect();
        let of = if of.is_empty() { "nobody".to_owned() } else { of.join(" and ") };
        Some(("awaits", format!("`{}` of {of}, until {}", awaits.word, awaits.until)))
    }

    fn judges(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        let word = if self.on_his_word { ", on whose word alone it rests" } else { "" };
        lines.extend(self.judge.iter().map(|judge| ("judge", format!("{judge}{word}"))));
        let silent = self.silent_judges.iter();
        lines.extend(silent.map(|judge| ("judge", format!("{judge} said nothing in time"))));
        let wrong = self.wrong_judges.iter();
        lines.extend(wrong.map(|judge| ("judge", format!("{judge} signed a wrong verdict"))));
        if self.state == "ended" && self.judge.is_none() && self.finding.is_some() {
            lines.push(("judge", "none: everybody can replay it".to_owned()));
        }
        lines
    }

    fn sizes(&self) -> String {
        let all = format!("{} bytes in {} messages", self.message_bytes, self.count());
        match self.proof_bytes {
            Some(proof) => format!("{all}, commitments included; the proof has {proof} bytes"),
            None => format!("{all}, commitments included"),
        }
    }

    fn count(&self) -> usize {
        self.messages.len().saturating_add(2)
    }
}

fn finding(found: &Found) -> Vec<(&'static str, String)> {
    let upheld = if found.upheld { "upheld" } else { "not upheld" };
    let mut lines = vec![("challenge", upheld.to_owned())];
    lines.extend(found.at_fault.iter().map(|fault| ("at fault", fault_words(fault))));
    if found.at_fault.is_empty() {
        lines.push(("at fault", "nobody".to_owned()));
    }
    if let Some(key) = &found.key {
        lines.push(("under", format!("the key {} of {}", key.key, key.circuit)));
        if key.reopenable {
            let text = "the key is revoked by now: the two may dispute this leaf once more";
            lines.push(("reopenable", text.to_owned()));
        }
    }
    lines
}

fn fault_words(fault: &Fault) -> String {
    let (who, name) = (side(fault.who), word(&fault.rule));
    let evidence = format!("shown by {} of {}", fault.evidence, fault.at);
    format!("{who} {} by `{name}`: {}; {evidence}", fault.by, rule(fault.rule))
}

fn said_words(said: &super::Said) -> String {
    let entry = said.entry.map_or(String::new(), |entry| format!("entry {entry}, "));
    let nothing = said.changed_nothing.as_ref();
    let nothing = nothing.map_or(String::new(), |why| format!("; it changed nothing: {why}"));
    format!(
        "{entry}{} `{}` by {}, {} bytes, {}{nothing}",
        said.at, said.word, said.by, said.bytes, said.message
    )
}

impl Stake {
    fn words(&self) -> String {
        let units = self.units.map_or(String::new(), |units| format!(" {units} units"));
        let shares = self.shares.iter();
        let shares: String =
            shares.map(|share| format!(", {} units to {}", share.units, share.to)).collect();
        let burnt = self.burnt.map_or(String::new(), |burnt| format!(", {burnt} units burnt"));
        format!("entry {}: {}{units} by {}{shares}{burnt}", self.entry, self.what, self.by)
    }
}

/// Positions, counted from 0; the last one is still within.
fn range(range: &Range<u32>) -> String {
    format!("{}–{}", range.start, range.end.saturating_sub(1))
}
