//! `archctl dispute book`

use arch_identity::{Digest, PublicKey};
use arch_problem::{Problem, codes};
use serde::Serialize;

use crate::answer::{Answer, Outcome};
use crate::circuits::refused;
use crate::dispute::books::{Books, Misbooked};
use crate::dispute::docket::Docket;
use crate::ledger_folder::Folder;
use crate::places::Format;
use crate::say;

/// Print who has staked and lost what: the settlement book, from the ledger's first entry on
///
/// Units mean nothing outside of the book. None is made or lost on the way; the first entry that makes
/// or loses one is named.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 the book holds, 1 an entry does not, 3 could not tell")]
pub(crate) struct Args {
    /// Folder with the node's ledger
    #[arg(long, value_name = "DIR", env = "ARCH_STATE", default_value = "/var/lib/archagent")]
    state: std::path::PathBuf,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole {
    schema: &'static str,
    ok: bool,
    entries: usize,
    deposited: u64,
    free: u64,
    bonded: u64,
    burnt: u64,
    accounts: Vec<Account>,
}

#[derive(Serialize)]
struct Account {
    account: PublicKey,
    free: u64,
    bonds: Vec<Bond>,
}

#[derive(Serialize)]
struct Bond {
    dispute: Digest,
    units: u64,
}

#[derive(Serialize)]
struct Broken<'a> {
    schema: &'static str,
    ok: bool,
    entry: u64,
    message: &'a str,
}

const SCHEMA: &str = "arch.dispute-book/v1";

impl Args {
    pub(crate) fn run(self) -> Outcome {
        let docket = Docket::read(&Folder::at(&self.state).open()?)?;
        match Books::of(&docket.bookings) {
            Ok(books) => self.tell(&whole(&books, &docket)),
            Err(misbooked) => self.broken(&misbooked),
        }
    }

    fn tell(&self, whole: &Whole) -> Outcome {
        if self.format.json {
            say::json(whole)?;
            return Ok(Answer::Yes);
        }
        whole.accounts.iter().try_for_each(|account| say::data(&line(account)))?;
        let Whole { entries, deposited, free, bonded, burnt, .. } = whole;
        say::data(&format!(
            "ok: {entries} entries; {deposited} units came in: {free} are free, {bonded} bonded, \
             {burnt} burnt"
        ))?;
        Ok(Answer::Yes)
    }

    fn broken(&self, misbooked: &Misbooked) -> Outcome {
        let Misbooked { entry, why } = misbooked;
        if self.format.json {
            say::json(&Broken { schema: SCHEMA, ok: false, entry: *entry, message: why })?;
            return Ok(Answer::No);
        }
        let problem = Problem::new(codes::DISPUTE_BOOK, format!("entry {entry}: {why}"));
        Err(refused(problem))
    }
}

fn whole(books: &Books, docket: &Docket) -> Whole {
    let account = |key: &PublicKey| {
        let bond = |filed: &crate::dispute::docket::Filed| {
            let units = books.book.bond(filed.id, key)?;
            Some(Bond { dispute: filed.id, units })
        };
        let bonds = docket.disputes.iter().filter_map(bond).collect();
        Account { account: key.clone(), free: books.book.free(key), bonds }
    };
    let accounts: Vec<Account> = books.accounts.iter().map(account).collect();
    // No more than was deposited, which has room.
    let free = accounts.iter().fold(0_u64, |sum, account| sum.saturating_add(account.free));
    let burnt = books.book.burnt();
    let bonded = books.deposited.saturating_sub(free).saturating_sub(burnt);
    let (entries, deposited) = (books.entries, books.deposited);
    Whole { schema: SCHEMA, ok: true, entries, deposited, free, bonded, burnt, accounts }
}

fn line(account: &Account) -> String {
    let bonds: String = account
        .bonds
        .iter()
        .map(|bond| format!(", {} in {}", bond.units, crate::dispute::words::short(&bond.dispute)))
        .collect();
    format!("{}  {} free{bonds}", account.account, account.free)
}
