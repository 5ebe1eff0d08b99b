//! Ed25519 by arithmetic: what "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020)
//! shows verifiers to disagree about, made anew for each document. Small orders, mixed orders,
//! second encodings, S beyond the order of the group.

use arch_campaign::Case;
use arch_document::Kind;
use arch_identity::Digest;
use curve25519_dalek::{
    constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION},
    edwards::EdwardsPoint,
    scalar::Scalar,
};
use sha2::{Digest as _, Sha512};

use crate::{family::Attempt, paper, scene::Scene, stage::Stage, world::*};

/// The order of the group, little-endian (RFC 8032 §5.1).
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// The secret scalar of the key of this name (RFC 8032 §5.1.5).
pub(super) fn secret_of(name: &str) -> Scalar {
    let mut half: [u8; 32] =
        Sha512::digest(Digest::of(name.as_bytes()).as_bytes())[..32].try_into().unwrap();
    half[0] &= 248;
    half[31] = half[31] & 63 | 64;
    Scalar::from_bytes_mod_order(half)
}

pub(super) fn scalar(case: &mut Case) -> Scalar {
    Scalar::from_bytes_mod_order_wide(&case.bytes(64).try_into().unwrap())
}

/// k of RFC 8032 §5.1.7, from the encodings as they stand.
fn challenge(r: &[u8; 32], a: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(r).chain_update(a).chain_update(message).finalize();
    Scalar::from_bytes_mod_order_wide(&hash.as_slice().try_into().unwrap())
}

fn joined(r: [u8; 32], s: [u8; 32]) -> Vec<u8> {
    [r, s].concat()
}

/// A good signature with a nonce of the signer's choice: a second one of the same message.
pub(super) fn signed_with(secret: Scalar, nonce: Scalar, message: &[u8]) -> Vec<u8> {
    let a = (BASE * secret).compress().to_bytes();
    let r = (BASE * nonce).compress().to_bytes();
    joined(r, (nonce + challenge(&r, &a, message) * secret).to_bytes())
}

/// `s` plus `times` the order; `None` if it does not fit 32 bytes.
fn plus_order(mut s: [u8; 32], times: usize) -> Option<[u8; 32]> {
    for _ in 0..times {
        let mut carry = 0_u16;
        for (byte, add) in s.iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(add) + carry;
            *byte = (sum & 0xff) as u8;
            carry = sum >> 8;
        }
        if carry > 0 {
            return None;
        }
    }
    Some(s)
}

/// Encodings of points of small order that no compressor writes: y + p, or a sign on x = 0.
fn second_encodings() -> Vec<[u8; 32]> {
    let mut all = Vec::new();
    for low in [0xed_u8, 0xee] {
        for high in [0x7f, 0xff] {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (low, high);
            all.push(bytes);
        }
    }
    // y = 1 and y = -1 with a sign: x is 0, which has none.
    let mut one = [0; 32];
    (one[0], one[31]) = (1, 0x80);
    let mut minus_one = [0xff; 32];
    minus_one[0] = 0xec;
    all.extend([one, minus_one]);
    all
}

pub(super) fn points(stage: &Stage, case: &mut Case) -> Attempt {
    let text = paper::job(case);
    let message = paper::message(&text);
    let honest = Scene::new(paper::by(&text, &["bea"]), Kind::Job, &stage.world());
    let (secret, nonce) = (secret_of("bea"), scalar(case));
    let torsion = EIGHT_TORSION[case.index(8)];
    let odd = EIGHT_TORSION[1 + case.index(7)];
    let a = (BASE * secret).compress().to_bytes();
    let good = signed_with(secret, nonce, &message);
    let (r, s): ([u8; 32], [u8; 32]) =
        (good[..32].try_into().unwrap(), good[32..].try_into().unwrap());
    let s_of =
        |r: &[u8; 32], nonce: Scalar| (nonce + challenge(r, &a, &message) * secret).to_bytes();
    let (what, sig) = match case.below(8) {
        // A second spelling of the same number.
        0 => {
            let times = 1 + case.index(14);
            ("S plus multiples of the order", joined(r, plus_order(s, times).unwrap_or([0xff; 32])))
        }
        1 => {
            let mut s = s;
            s[31] |= *case.pick(&[0x20, 0x40, 0x80, 0xe0]);
            ("high bits of S", joined(r, s))
        }
        // R is of small order, and the equation with the cofactor holds, or even the plain one.
        2 => {
            // With the identity as R the plain equation holds as well.
            let r = if case.once_in(2) { EIGHT_TORSION[0] } else { torsion };
            let r = r.compress().to_bytes();
            ("R of small order", joined(r, s_of(&r, Scalar::ZERO)))
        }
        3 => {
            let r = *case.pick(&second_encodings());
            ("R in a second encoding", joined(r, s_of(&r, Scalar::ZERO)))
        }
        // Only the equation with the cofactor holds.
        4 => {
            let r = (BASE * nonce + odd).compress().to_bytes();
            ("R of mixed order", joined(r, s_of(&r, nonce)))
        }
        5 => {
            let mut r = r;
            r[31] ^= 0x80;
            ("the other sign of R", joined(r, s_of(&r, nonce)))
        }
        6 => ("nothing at all", joined(torsion.compress().to_bytes(), [0; 32])),
        _ => return keys(stage, case, honest, &text),
    };
    let forged = paper::with(&text, &[paper::entry(&did("bea"), "ed25519", &sig)]);
    Attempt::new(what, honest.clone(), honest.with(forged), &["ARCH-D003"])
}

/// Keys that are no good points: as a signer's name, or in a root.
fn keys(stage: &Stage, case: &mut Case, honest: Scene, text: &str) -> Attempt {
    let message = paper::message(text);
    let weak: Vec<[u8; 32]> = EIGHT_TORSION
        .iter()
        .map(|point| point.compress().to_bytes())
        .chain(second_encodings())
        .chain(std::iter::once([0xff; 32]))
        .collect();
    let weak = *case.pick(&weak);
    let did = did_of(&weak);
    let sig = joined(EIGHT_TORSION[case.index(8)].compress().to_bytes(), [0; 32]);
    match case.below(4) {
        0 => {
            let forged = paper::with(text, &[paper::entry(&did, "ed25519", &sig)]);
            Attempt::new("a weak key", honest.clone(), honest.with(forged), &["ARCH-D208"])
        }
        1 => {
            let root = RootText::new(1)
                .entry("bea", &format!("{{alg: ed25519, public: \"{did}\"}}"))
                .role("jobs", &["bea"], 1, "Job");
            let forged = Scene::pinned(paper::by(&root.text(), &["ada"]));
            Attempt::new("a root with a weak key", honest, forged, &["ARCH-D204", "ARCH-D205"])
        }
        // A good point plus one of small order is a key: whoever made it knows why. It cannot sign
        // in a way that verifiers disagree about.
        _ => mixed(stage, case, honest, text, &message),
    }
}

fn mixed(stage: &Stage, case: &mut Case, honest: Scene, text: &str, message: &[u8]) -> Attempt {
    let secret = secret_of("mix");
    let index = 1 + case.index(7);
    let point: EdwardsPoint = BASE * secret + EIGHT_TORSION[index];
    let a = point.compress().to_bytes();
    let did = did_of(&a);
    let root = RootText::new(1)
        .person("bea")
        .entry("mix", &format!("{{alg: ed25519, public: \"{did}\"}}"))
        .role("jobs", &["bea", "mix"], 1, "Job");
    let honest = honest.under(&stage.root(&root));
    // R of small order and s = k·a: for one of the eight the plain equation holds at times.
    let r = EIGHT_TORSION[case.index(8)].compress().to_bytes();
    let sig = joined(r, (challenge(&r, &a, message) * secret).to_bytes());
    let forged = honest.with(paper::with(text, &[paper::entry(&did, "ed25519", &sig)]));
    Attempt::new("a key of mixed order, R of small", honest, forged, &["ARCH-D003"])
}

/// did:key of bytes that are no key of ours (multicodec 0xed, base58btc).
fn did_of(bytes: &[u8; 32]) -> String {
    let coded = [&[0xed, 0x01][..], bytes].concat();
    format!("did:key:z{}", base58(&coded))
}

fn base58(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    let mut digits: Vec<u32> = Vec::new();
    for byte in bytes {
        let mut carry = u32::from(*byte);
        for digit in &mut digits {
            carry += *digit << 8;
            *digit = carry % 58;
            carry /= 58;
        }
        while carry > 0 {
            digits.push(carry % 58);
            carry /= 58;
        }
    }
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let letters = digits.iter().rev().map(|digit| char::from(LETTERS[*digit as usize]));
    std::iter::repeat_n('1', zeros).chain(letters).collect()
}
