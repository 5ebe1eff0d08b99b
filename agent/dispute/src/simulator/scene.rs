//! One dispute about a small product, step by step.

use arch_document::Nonce;
use arch_identity::{PublicKey, Timestamp};

use super::world::{
    TERMS, World,
    player::{Lie, Marked, Player},
    stand_ins::StandIns,
};
use crate::{
    Challenge, Court, Dispute, Facts, Heard, Message, Pair, Recorded, Rejected, Resolver, Says,
    Side, reply, rule,
};

pub(crate) const NOON: &str = "2026-11-26T12:00:00Z";

/// Nobody commits to digests of tiles.
pub(crate) const LAZY: Pair<Marked> =
    Pair { challenger: Marked::OnDispute, respondent: Marked::OnDispute };

/// A dispute, its parties, and what is known of it.
pub(crate) struct Scene<'w> {
    pub(crate) players: Pair<Player<'w>>,
    pub(crate) facts: Facts,
    pub(crate) stand_ins: &'w StandIns,
    pub(crate) dispute: Dispute,
    pub(crate) record: Vec<Recorded>,
    pub(crate) now: Timestamp,
}

fn nonce(number: u64) -> Nonce {
    format!("{number:032x}").parse().unwrap()
}

pub(crate) fn said(by: &PublicKey, says: Says) -> Heard {
    let nonce = matches!(says, Says::Challenge(_)).then(|| nonce(0));
    Heard::unsigned(Message::new(by.clone(), says, nonce))
}

impl<'w> Scene<'w> {
    /// Opens the dispute of one who committed to a lie, or not, with another.
    pub(crate) fn new(
        world: &'w World,
        stand_ins: &'w StandIns,
        lies: Pair<Option<Lie>>,
        resolver: Resolver,
    ) -> Self {
        Self::numbered(world, stand_ins, (lies, LAZY), (resolver, 0), |_| ())
    }

    /// The same, one of many, with a challenge of another kind.
    pub(crate) fn numbered(
        world: &'w World,
        stand_ins: &'w StandIns,
        (lies, marked): (Pair<Option<Lie>>, Pair<Marked>),
        (resolver, number): (Resolver, u64),
        change: impl FnOnce(&mut Challenge),
    ) -> Self {
        let player = |side, lie, marked| Player {
            world,
            digester: stand_ins,
            prover: stand_ins,
            key: &world.keys[side],
            part: side,
            lie,
            marked,
        };
        let players = Pair {
            challenger: player(0, lies.challenger, marked.challenger),
            respondent: player(1, lies.respondent, marked.respondent),
        };
        let pool: Vec<PublicKey> = world.judges.iter().map(|key| key.public().clone()).collect();
        let both = [Resolver::Reveal, Resolver::Groth16];
        let mut facts = Facts::new(world.task, TERMS, &both, &pool);
        let commits = Side::BOTH.map(|side| Heard::unsigned(players.of(side).commit()));
        assert!(commits.iter().all(|commit| facts.anchor(commit)));
        let stands = [
            players.challenger.stand(commits[0].digest()),
            players.respondent.stand(commits[1].digest()),
        ];
        let mut challenge = players.challenger.challenge(stands, resolver);
        change(&mut challenge);
        let challenger = players.challenger.key.public();
        let says = Says::Challenge(Box::new(challenge));
        let message = Message::new(challenger.clone(), says, Some(nonce(number)));
        let heard = Heard::unsigned(message);
        let now = NOON.parse().unwrap();
        let court = Court { facts: &facts, digester: stand_ins, proofs: stand_ins };
        let dispute = Dispute::open(&court, &heard, now).unwrap();
        let record = vec![Recorded { at: now, heard }];
        Self { players, facts, stand_ins, dispute, record, now }
    }

    pub(crate) fn court(&self) -> Court<'_> {
        Court { facts: &self.facts, digester: self.stand_ins, proofs: self.stand_ins }
    }

    pub(crate) fn by(&self, side: Side) -> &PublicKey {
        self.players.of(side).key.public()
    }

    /// What a side would say now.
    pub(crate) fn reply(&self, side: Side) -> Option<Says> {
        reply(&self.dispute, side, self.players.of(side))
    }

    /// Says it.
    pub(crate) fn say(&mut self, by: &PublicKey, says: Says) -> Result<(), Rejected> {
        let heard = said(by, says);
        self.record.push(Recorded { at: self.now, heard: heard.clone() });
        self.dispute = self.dispute.pass(&self.court(), self.now);
        self.dispute = self.dispute.hear(&self.court(), &heard, self.now)?;
        Ok(())
    }

    /// A side says what it has to say.
    pub(crate) fn go(&mut self, side: Side) {
        let says = self.reply(side).unwrap();
        let by = self.by(side).clone();
        self.say(&by, says).unwrap();
    }

    /// Plays on honestly as long as anybody has something to say.
    pub(crate) fn play(&mut self) {
        while let Some((side, _)) =
            Side::BOTH.into_iter().find_map(|side| Some((side, self.reply(side)?)))
        {
            self.go(side);
        }
    }

    /// The judge whose turn it is says what he has to say.
    pub(crate) fn judge(&mut self) {
        let Dispute::Decided(decided) = &self.dispute else { panic!("{}", self.dispute.word()) };
        let judge = decided.judge().unwrap().clone();
        let verdict = rule(&self.court(), &self.dispute).unwrap();
        self.say(&judge, verdict).unwrap();
    }

    pub(crate) fn later(&mut self, seconds: u64) {
        self.now = self.now.plus(seconds);
    }
}
