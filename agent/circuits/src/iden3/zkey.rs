//! `.zkey`: a proving key, the rows it is for, and who contributed to it.

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ff::One as _;

use super::{
    points::{self, expect_modulus, read_factor, read_one, read_two, write_one, write_two},
    sections::{self, BadFile, Reader},
};
use crate::{
    System,
    groth16::{KeyError, NotAProvingKey, ProvingKey},
};

/// Bytes of a contribution, without its parameters.
const CONTRIBUTION: usize = 3 * 64 + 128 + 64 + 4 + 4;

/// Why a `.zkey` file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZkeyError {
    /// It is no such file.
    #[error("section {section}, {bad}")]
    Malformed {
        /// The section, 0 for the file around them.
        section: u32,
        /// What is wrong.
        bad: BadFile,
    },
    /// Its protocol is not Groth16.
    #[error("it is a key of another protocol than Groth16")]
    Protocol,
    /// Its rows are not those of the circuit.
    #[error("its rows are not those of the circuit")]
    OtherRows,
    /// δ is not what the last contribution left.
    #[error("its delta is not the one that the last contribution left")]
    Delta,
    /// The key in it is none.
    #[error(transparent)]
    Key(#[from] NotAProvingKey),
}

/// What a contribution left in a `.zkey` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    /// The name that was given, if any.
    pub name: Option<String>,
    /// Whether it is a beacon's: nobody's choice.
    pub beacon: bool,
    /// The digest of all that came before, as it stands in the file.
    pub transcript: [u8; 64],
}

/// A `.zkey` file whose rows are those of a circuit.
#[derive(Debug)]
pub struct Zkey {
    /// The key.
    pub key: ProvingKey,
    /// Who contributed, in order.
    pub contributions: Vec<Contribution>,
}

/// A key as a file, without contributions.
#[must_use]
pub fn write_zkey(system: &System, key: &ProvingKey) -> Vec<u8> {
    let key = key.points();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes();
    let mut header = [points::modulus::<Fq>(), points::modulus::<Fr>()].concat();
    let counts = [system.cells(), system.publics(), key.h_query.len()];
    header.extend(counts.into_iter().flat_map(number));
    write_one(&key.vk.alpha_g1, &mut header);
    write_one(&key.beta_g1, &mut header);
    write_two(&key.vk.beta_g2, &mut header);
    write_two(&key.vk.gamma_g2, &mut header);
    write_one(&key.delta_g1, &mut header);
    write_two(&key.vk.delta_g2, &mut header);

    let factors = factors(system);
    let mut rows = number(factors.len()).to_vec();
    for (matrix, row, place, factor) in &factors {
        rows.extend([*matrix, *row, *place].into_iter().flat_map(number));
        points::write_factor(factor, &mut rows);
    }
    let ones = |queried: &[G1Affine]| {
        let mut bytes = Vec::new();
        queried.iter().for_each(|point| write_one(point, &mut bytes));
        bytes
    };
    let mut twos = Vec::new();
    key.b_g2_query.iter().for_each(|point| write_two(point, &mut twos));
    let sections = [
        (1, 1_u32.to_le_bytes().to_vec()),
        (2, header),
        (3, ones(&key.vk.gamma_abc_g1)),
        (4, rows),
        (5, ones(&key.a_query)),
        (6, ones(&key.b_g1_query)),
        (7, twos),
        (8, ones(&key.l_query)),
        (9, ones(&key.h_query)),
        (10, vec![0; 68]),
    ];
    sections::write(b"zkey", 1, &sections)
}

/// Reads a key for a circuit: every point is checked to be in its group, every row to be the circuit's.
/// That the points belong together is what `snarkjs zkey verify` finds out, with the powers of tau.
///
/// # Errors
/// [`ZkeyError`].
pub fn read_zkey(file: &[u8], system: &System) -> Result<Zkey, ZkeyError> {
    let whole = |bad| ZkeyError::Malformed { section: 0, bad };
    let sections = sections::read(file, b"zkey", 1).map_err(whole)?;
    let section = |kind: u32| {
        let missing = BadFile { at: 0, what: "it is not there" };
        sections.get(&kind).cloned().ok_or(ZkeyError::Malformed { section: kind, bad: missing })
    };
    let in_section = |kind: u32| move |bad| ZkeyError::Malformed { section: kind, bad };
    let mut protocol = section(1)?;
    let number = protocol.u32().map_err(in_section(1))?;
    protocol.end().map_err(in_section(1))?;
    if number != 1 {
        return Err(ZkeyError::Protocol);
    }
    let head = Head::read(section(2)?).map_err(in_section(2))?;
    let rows = 1_usize.checked_shl(system.power()).unwrap_or(0);
    if [head.cells, head.publics, head.domain] != [system.cells(), system.publics(), rows] {
        return Err(ZkeyError::OtherRows);
    }
    let mut ours = factors(system);
    let mut theirs = read_factors(section(4)?, ours.len()).map_err(in_section(4))?;
    let by_place = |(matrix, row, place, _): &Factor| (*matrix, *row, *place);
    theirs.sort_unstable_by_key(by_place);
    ours.sort_unstable_by_key(by_place);
    if theirs != ours {
        return Err(ZkeyError::OtherRows);
    }
    let aside = head.publics.saturating_add(1);
    let ones =
        |kind: u32, count: usize| all(section(kind)?, count, read_one).map_err(in_section(kind));
    let vk = ark_groth16::VerifyingKey {
        alpha_g1: head.alpha,
        beta_g2: head.beta_two,
        gamma_g2: head.gamma,
        delta_g2: head.delta_two,
        gamma_abc_g1: ones(3, aside)?,
    };
    let key = ark_groth16::ProvingKey {
        vk,
        beta_g1: head.beta,
        delta_g1: head.delta,
        a_query: ones(5, head.cells)?,
        b_g1_query: ones(6, head.cells)?,
        b_g2_query: all(section(7)?, head.cells, read_two).map_err(in_section(7))?,
        l_query: ones(8, head.cells.saturating_sub(aside))?,
        h_query: ones(9, head.domain)?,
    };
    let key = ProvingKey::checked(key, system)?;
    let (contributions, last) = read_contributions(section(10)?).map_err(in_section(10))?;
    if last.is_some_and(|delta| delta != head.delta) {
        return Err(ZkeyError::Delta);
    }
    Ok(Zkey { key, contributions })
}

/// Matrix, row, cell and factor.
type Factor = (usize, usize, usize, Fr);

/// The factors of A and B, and a row of A for each public cell, which keeps them apart.
fn factors(system: &System) -> Vec<Factor> {
    let [a, b, _] = system.matrices();
    let rows = a.iter().zip(b).enumerate().flat_map(|(row, (a, b))| {
        let side = |matrix: usize, terms: &[(Fr, usize)]| {
            let terms = terms.iter().map(move |(factor, place)| (matrix, row, *place, *factor));
            terms.collect::<Vec<_>>()
        };
        [side(0, a), side(1, b)].concat()
    });
    let publics = (0..=system.publics())
        .map(|place| (0, system.rows().saturating_add(place), place, Fr::one()));
    rows.chain(publics).collect()
}

fn read_factors(mut reader: Reader, expected: usize) -> Result<Vec<Factor>, BadFile> {
    let count = reader.count(3 * 4 + points::NUMBER)?;
    if count != expected {
        return Err(reader.bad("another number of factors than the circuit has"));
    }
    let mut factors = Vec::with_capacity(count);
    for _ in 0..count {
        let mut place = || reader.u32().map(|place| usize::try_from(place).unwrap_or(usize::MAX));
        let (matrix, row, place) = (place()?, place()?, place()?);
        factors.push((matrix, row, place, read_factor(&mut reader)?));
    }
    reader.end()?;
    Ok(factors)
}

fn all<T>(
    mut reader: Reader,
    count: usize,
    each: fn(&mut Reader) -> Result<T, BadFile>,
) -> Result<Vec<T>, BadFile> {
    let mut points = Vec::new();
    for _ in 0..count {
        points.push(each(&mut reader)?);
    }
    reader.end()?;
    Ok(points)
}

/// What stands in section 2.
struct Head {
    cells: usize,
    publics: usize,
    domain: usize,
    alpha: G1Affine,
    beta: G1Affine,
    beta_two: G2Affine,
    gamma: G2Affine,
    delta: G1Affine,
    delta_two: G2Affine,
}

impl Head {
    fn read(mut reader: Reader) -> Result<Self, BadFile> {
        let reader = &mut reader;
        expect_modulus::<Fq>(reader)?;
        expect_modulus::<Fr>(reader)?;
        let mut count = || reader.u32().map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        let (cells, publics, domain) = (count()?, count()?, count()?);
        let head = Self {
            cells,
            publics,
            domain,
            alpha: read_one(reader)?,
            beta: read_one(reader)?,
            beta_two: read_two(reader)?,
            gamma: read_two(reader)?,
            delta: read_one(reader)?,
            delta_two: read_two(reader)?,
        };
        reader.end()?;
        Ok(head)
    }
}

/// The contributions, and δ after the last one.
fn read_contributions(
    mut reader: Reader,
) -> Result<(Vec<Contribution>, Option<G1Affine>), BadFile> {
    let _system: [u8; 64] = reader.array()?;
    let count = reader.count(CONTRIBUTION)?;
    let (mut contributions, mut last) = (Vec::with_capacity(count), None);
    for _ in 0..count {
        last = Some(read_one(&mut reader)?);
        let _proof_of_knowledge = reader.take(2 * 64 + 128)?;
        let transcript = reader.array()?;
        let beacon = reader.u32()? == 1;
        let length = reader.count(1)?;
        let name = name(Reader::new(reader.take(length)?))?;
        contributions.push(Contribution { name, beacon, transcript });
    }
    reader.end()?;
    Ok((contributions, last))
}

/// The name among the parameters: each has a kind, and a length unless it is the number of iterations.
fn name(mut parameters: Reader) -> Result<Option<String>, BadFile> {
    let mut name = None;
    while parameters.end().is_err() {
        let bad = parameters.bad("a parameter of a contribution that is not known");
        let [kind] = parameters.array()?;
        match kind {
            2 => drop(parameters.array::<1>()?),
            1 | 3 => {
                let [length] = parameters.array()?;
                let bytes = parameters.take(usize::from(length))?;
                if kind == 1 {
                    name = Some(String::from_utf8_lossy(bytes).into_owned());
                }
            }
            _ => return Err(bad),
        }
    }
    Ok(name)
}

impl From<KeyError> for ZkeyError {
    fn from(error: KeyError) -> Self {
        Self::Key(error.into())
    }
}
