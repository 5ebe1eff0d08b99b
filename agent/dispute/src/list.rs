//! The list of what all parts of a product are said to hold, which the ledger's entry `committed` names:
//! from it, and from that entry, everybody has the facts of the task.
//!
//! Each line is signed as a message of its own would be; the list leaves out what it says once already,
//! so that a hundred parts are one file.

use arch_document::SignedDocument;
use arch_identity::{Digest, PublicKey, SigningKey};
use arch_matrix::commit::{Commitment, Hash};
use serde::{Deserialize, Serialize};

use crate::{
    bytes::Bytes,
    court::Facts,
    heard::Heard,
    marked::Marks,
    message::{Commit, Message, Resolver, Says, Terms},
    seal::{Unsealed, envelope, sign},
    task::Task,
};

/// What stands in `schema`.
const SCHEMA: &str = "arch.network/matrix-commitments/v2";

/// What is said of all parts of a product, by one attempt at a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct List {
    schema: String,
    /// The job's document.
    pub document: Digest,
    /// Which attempt at it.
    pub attempt: u32,
    /// On what terms what differs is disputed. None where it is not: then nothing is signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputes: Option<Agreed>,
    /// The parts.
    pub commitments: Vec<Line>,
    /// Where digests of tiles are committed to: the object that has the hashes of all leaves' digests, a
    /// [`crate::Leaves`] for each line. Whoever keeps the list finds the ways to the roots there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark_hashes: Option<Digest>,
}

/// What is agreed upon by whoever commits: of the policy that was in force then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Agreed {
    /// Stakes and deadlines.
    pub terms: Terms,
    /// How a step may be settled; the first one is what an honest challenger asks for.
    pub resolvers: Vec<Resolver>,
    /// Who has offered to judge.
    pub judges: Vec<PublicKey>,
    /// The keys under which proofs are believed.
    pub keys: Vec<ProofKey>,
    /// Whether keys are believed that anybody can forge with: for trying things out.
    pub dev_keys: bool,
    /// When digests of tiles are made.
    #[serde(default, skip_serializing_if = "Marks::is_lazy")]
    pub marks: Marks,
}

/// A key under which proofs of a circuit are believed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProofKey {
    /// The circuit's name.
    pub circuit: String,
    /// The version of its keys.
    pub version: u32,
    /// Digest of the key.
    pub key: Digest,
}

/// What is said of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    /// The node's number in the plan.
    pub node: usize,
    /// One digest of all that the commitment says.
    pub digest: Hash,
    /// The roots of its cells.
    pub commitment: Commitment,
    /// The roots over the marks of its cells' leaves, where they are committed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Hash>,
    /// Who says it, where it may be disputed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Signature>,
}

/// Whose a line is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The key.
    pub by: PublicKey,
    /// Its signature of the message `commit` that the line stands for.
    pub sig: Bytes,
}

/// Why a list is none of its task.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotAList {
    /// Another schema.
    #[error("the list is of another schema than {SCHEMA}")]
    Schema,
    /// A digest is not that of the commitment beside it.
    #[error("line {0} has a digest that is not its commitment's")]
    Digest(usize),
    /// Some lines are signed and some are not, or there are no terms.
    #[error("line {0} is not signed, or is signed though nothing is agreed upon")]
    Unsigned(usize),
    /// A signature does not hold.
    #[error("line {0} is not signed by the key that it names: {1}")]
    BadSignature(usize, String),
    /// Digests of tiles are agreed upon, and not there, or the other way round.
    #[error(
        "line {0} commits to digests of tiles where that is not agreed upon, or does not where it is"
    )]
    Marks(usize),
    /// The same was said twice by one key.
    #[error("line {0} says once more what another line says")]
    Twice(usize),
}

impl Line {
    /// A part that nobody signs for.
    #[must_use]
    pub fn unsigned(node: usize, commitment: Commitment) -> Self {
        Self { node, digest: commitment.digest(), commitment, marks: Vec::new(), signed: None }
    }

    /// A part, signed by whoever computed it.
    ///
    /// # Errors
    /// [`Unsealed`] if nobody would read the message.
    pub fn signed(node: usize, says: Commit, key: &SigningKey) -> Result<Self, Unsealed> {
        let Commit { job, attempt, commitment, marks } = says;
        let line = Self { marks, ..Self::unsigned(node, commitment) };
        let (_, sig) = sign(&line.message((job, attempt), key.public()), key)?;
        let signed = Some(Signature { by: key.public().clone(), sig: Bytes(sig) });
        Ok(Self { signed, ..line })
    }

    fn message(&self, (job, attempt): (Digest, u32), by: &PublicKey) -> Message {
        let (commitment, marks) = (self.commitment.clone(), self.marks.clone());
        let says = Says::Commit(Commit { job, attempt, commitment, marks });
        Message::new(by.clone(), says, None)
    }
}

impl List {
    /// A list of these lines.
    #[must_use]
    pub fn new(
        document: Digest,
        attempt: u32,
        disputes: Option<Agreed>,
        commitments: Vec<Line>,
    ) -> Self {
        let schema = SCHEMA.to_owned();
        Self { schema, document, attempt, disputes, commitments, mark_hashes: None }
    }

    /// The same, with the object that has the hashes of all leaves' digests.
    #[must_use]
    pub fn with_mark_hashes(self, mark_hashes: Option<Digest>) -> Self {
        Self { mark_hashes, ..self }
    }

    /// The messages that the lines stand for, as files; each is checked. None where nothing is signed.
    ///
    /// # Errors
    /// [`NotAList`] says which line is wrong.
    pub fn messages(&self) -> Result<Vec<(String, Heard)>, NotAList> {
        if self.schema != SCHEMA {
            return Err(NotAList::Schema);
        }
        let mut messages = Vec::new();
        for (number, line) in self.commitments.iter().enumerate() {
            if line.commitment.digest() != line.digest {
                return Err(NotAList::Digest(number));
            }
            let lazy = self.disputes.as_ref().is_none_or(|agreed| agreed.marks.is_lazy());
            if line.marks.is_empty() != lazy {
                return Err(NotAList::Marks(number));
            }
            match (&line.signed, &self.disputes) {
                (None, None) => {}
                (Some(signed), Some(_)) => messages.push(self.message(number, line, signed)?),
                _ => return Err(NotAList::Unsigned(number)),
            }
        }
        Ok(messages)
    }

    fn message(
        &self,
        number: usize,
        line: &Line,
        Signature { by, sig }: &Signature,
    ) -> Result<(String, Heard), NotAList> {
        let bad = |why: String| NotAList::BadSignature(number, why);
        let message = line.message((self.document, self.attempt), by);
        let file = envelope(&message, &sig.0).map_err(|error| bad(error.to_string()))?;
        let document = SignedDocument::parse("commit.dsse.json", file.as_bytes())
            .map_err(|problem| bad(problem.message))?;
        let heard = Heard::check(&document).map_err(|error| bad(error.to_string()))?;
        Ok((file, heard))
    }

    /// What is known of the task, from the entry that names this list. None where nothing is disputed.
    ///
    /// # Errors
    /// [`NotAList`] says what is wrong with the list.
    pub fn facts(&self, entry: u64, leaf: Digest) -> Result<Option<Facts>, NotAList> {
        let messages = self.messages()?;
        let Some(Agreed { terms, resolvers, judges, .. }) = &self.disputes else { return Ok(None) };
        let task = Task { job: self.document, attempt: self.attempt, entry, leaf };
        let mut facts = Facts::new(task, *terms, resolvers, judges);
        for (number, (_, heard)) in messages.iter().enumerate() {
            if !facts.anchor(heard) {
                return Err(NotAList::Twice(number));
            }
        }
        Ok(Some(facts))
    }
}

#[cfg(test)]
mod tests {
    use arch_identity::Algorithm;
    use arch_matrix::{Format, Grid, Matrix, Part, Shape, Splits};

    use super::*;

    fn key(number: u8) -> SigningKey {
        SigningKey::from_seed(Algorithm::Ed25519, &[number; 32])
    }

    fn agreed() -> Agreed {
        Agreed {
            terms: Terms { bond: 1, answer: 1, exchange: 1, proof: 1, verdict: 1 },
            resolvers: vec![Resolver::Groth16],
            judges: vec![key(9).public().clone()],
            keys: vec![],
            dev_keys: false,
            marks: Marks::OnDispute,
        }
    }

    fn list() -> List {
        let grid = Grid::new(Shape::new(8, 8, 8).unwrap(), Splits::even(2)).unwrap();
        let job = Digest::of(b"job");
        let lines = [Part::Row { index: 0 }, Part::Column { index: 1 }];
        let lines = lines.into_iter().zip(0_u8..).map(|(part, number)| {
            let (rows, columns) = part.region(&grid).unwrap().size();
            let values = Matrix::<i32>::zero(rows, columns);
            let commitment = Commitment::of(Format::I8, grid, part, &values).unwrap();
            let says = Commit { job, attempt: 3, commitment, marks: vec![] };
            Line::signed(number.into(), says, &key(number)).unwrap()
        });
        List::new(job, 3, Some(agreed()), lines.collect())
    }

    #[test]
    fn a_list_reads_back_and_gives_the_messages_that_its_lines_stand_for() {
        let list = list();
        let text = serde_json::to_string(&list).unwrap();
        assert_eq!(serde_json::from_str::<List>(&text).unwrap(), list);
        let messages = list.messages().unwrap();
        assert_eq!(messages.len(), 2);
        for (number, (_, heard)) in (0..).zip(&messages) {
            assert_eq!(heard.by(), key(number).public());
            let Says::Commit(commit) = heard.says() else { panic!("{}", heard.says().word()) };
            assert_eq!((commit.job, commit.attempt), (list.document, 3));
        }
        let facts = list.facts(7, Digest::of(b"leaf")).unwrap().unwrap();
        assert!(facts.allows(Resolver::Groth16) && !facts.allows(Resolver::Reveal));
        assert_eq!(facts.computed().count(), 2);
    }

    #[test]
    fn a_list_with_a_line_that_is_not_what_was_signed_gives_no_facts() {
        let leaf = Digest::of(b"leaf");
        let told = |change: &dyn Fn(&mut List)| {
            let mut list = list();
            change(&mut list);
            list.facts(7, leaf).unwrap_err()
        };
        assert_eq!(told(&|list| list.schema.push('0')), NotAList::Schema);
        assert_eq!(
            told(&|list| list.commitments[1].digest = list.commitments[0].digest),
            NotAList::Digest(1)
        );
        assert_eq!(told(&|list| list.commitments[1].signed = None), NotAList::Unsigned(1));
        assert_eq!(told(&|list| list.disputes = None), NotAList::Unsigned(0));
        let bad = |told: NotAList| matches!(told, NotAList::BadSignature(..));
        assert!(bad(told(&|list| list.attempt = 4)));
        assert!(bad(told(&|list| list.document = leaf)));
        assert!(bad(told(&|list| {
            list.commitments[0].signed.as_mut().unwrap().by = key(5).public().clone();
        })));
        assert!(bad(told(&|list| {
            list.commitments[0].signed.as_mut().unwrap().sig.0[9] ^= 1;
        })));
        assert_eq!(
            told(&|list| list.commitments.push(list.commitments[0].clone())),
            NotAList::Twice(2)
        );
    }

    #[test]
    fn digests_of_tiles_stand_in_a_list_if_and_only_if_they_are_agreed_upon() {
        let job = Digest::of(b"job");
        let eager = |of: Line, number: usize| {
            let (commitment, count) = (of.commitment.clone(), of.commitment.part());
            let marks = count.cells(commitment.grid()).map(|_| commitment.digest()).collect();
            let says = Commit { job, attempt: 3, commitment, marks };
            Line::signed(number, says, &key(u8::try_from(number).unwrap())).unwrap()
        };
        let mut list = list();
        let lazy = list.clone();
        list.commitments =
            list.commitments.into_iter().zip(0..).map(|(of, n)| eager(of, n)).collect();
        assert_eq!(list.messages().unwrap_err(), NotAList::Marks(0));
        list.disputes.as_mut().unwrap().marks = Marks::Always;
        for (number, (_, heard)) in list.messages().unwrap().iter().enumerate() {
            let Says::Commit(commit) = heard.says() else { panic!() };
            assert_eq!(commit.marks, list.commitments[number].marks);
        }
        let text = serde_json::to_string(&list).unwrap();
        assert_eq!(serde_json::from_str::<List>(&text).unwrap(), list);
        list.commitments[1] = lazy.commitments[1].clone();
        assert_eq!(list.messages().unwrap_err(), NotAList::Marks(1));
        let mut list = lazy;
        list.disputes.as_mut().unwrap().marks = Marks::Always;
        assert_eq!(list.messages().unwrap_err(), NotAList::Marks(0));
        // More or fewer roots than cells are no message.
        let mut commitment = eager(list.commitments[0].clone(), 0);
        commitment.marks.pop();
        list.commitments = vec![commitment];
        assert!(matches!(list.messages().unwrap_err(), NotAList::BadSignature(0, _)));
    }

    #[test]
    fn a_list_of_what_nobody_disputes_is_not_signed() {
        let mut list = list();
        list.disputes = None;
        list.commitments.iter_mut().for_each(|line| line.signed = None);
        assert_eq!(list.messages().unwrap().len(), 0);
        assert!(list.facts(7, Digest::of(b"leaf")).unwrap().is_none());
    }
}
