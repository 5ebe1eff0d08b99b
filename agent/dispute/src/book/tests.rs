use arch_identity::{Algorithm, SigningKey};
use proptest::prelude::*;

use super::*;

fn account(n: u8) -> PublicKey {
    SigningKey::from_seed(Algorithm::Ed25519, &[n; 32]).public().clone()
}

fn name(n: u8) -> Digest {
    Digest::of(&[n])
}

fn deposit(entry: u8, to: u8, units: u64) -> Op {
    Op::Deposit { entry: name(entry), account: account(to), units }
}

fn lock(dispute: u8, by: u8, units: u64) -> Op {
    Op::Lock { dispute: name(dispute), account: account(by), units }
}

fn release(dispute: u8, to: u8) -> Op {
    Op::Release { dispute: name(dispute), account: account(to) }
}

fn slash(dispute: u8, by: u8, shares: &[(u8, u64)], burnt: u64) -> Op {
    let shares = shares.iter().map(|(to, units)| Share { to: account(*to), units: *units });
    let shares = shares.collect();
    Op::Slash { dispute: name(dispute), account: account(by), shares, burnt }
}

#[test]
fn a_stake_goes_back_or_is_shared_out_and_never_twice() {
    let mut book = Book::replay(&[deposit(0, 1, 100), deposit(1, 2, 50)]).unwrap();
    book.apply(&lock(9, 1, 60)).unwrap();
    assert_eq!((book.free(&account(1)), book.bond(name(9), &account(1))), (40, Some(60)));
    let before = book.clone();
    for (op, why) in [
        (deposit(0, 1, 1), Unbooked::Twice),
        (deposit(2, 1, MOST_UNITS), Unbooked::TooMany),
        (lock(9, 1, 1), Unbooked::Twice),
        (lock(8, 1, 41), Unbooked::TooLittle { free: 40, need: 41 }),
        (release(8, 1), Unbooked::NoBond),
        (slash(9, 1, &[(2, 60)], 1), Unbooked::NotTheBond { bond: 60, shared: 61 }),
        (slash(9, 1, &[(2, u64::MAX)], 61), Unbooked::TooMany),
        (slash(9, 2, &[], 0), Unbooked::NoBond),
    ] {
        assert_eq!(book.apply(&op), Err(why));
        assert_eq!(book, before, "nothing is half applied");
    }
    book.apply(&slash(9, 1, &[(2, 30)], 30)).unwrap();
    assert_eq!((book.free(&account(2)), book.burnt(), book.is_open(name(9))), (80, 30, false));
    for again in [slash(9, 1, &[(2, 30)], 30), release(9, 1), lock(9, 1, 1)] {
        assert_eq!(book.apply(&again), Err(Unbooked::Twice));
    }
    assert!(book.is_conserved());
}

fn any_op() -> impl Strategy<Value = Op> {
    let (small, units) = (0_u8..4, prop_oneof![0_u64..100, Just(u64::MAX), Just(MOST_UNITS)]);
    prop_oneof![
        (0_u8..20, small.clone(), units.clone()).prop_map(|(e, a, u)| deposit(e, a, u)),
        (small.clone(), small.clone(), 0_u64..60).prop_map(|(d, a, u)| lock(d, a, u)),
        (small.clone(), small.clone()).prop_map(|(d, a)| release(d, a)),
        (small.clone(), small.clone(), small.clone(), 0_u64..60, 0_u64..60)
            .prop_map(|(d, a, to, u, burnt)| slash(d, a, &[(to, u)], burnt)),
        (small.clone(), small, units).prop_map(|(d, a, burnt)| slash(d, a, &[], burnt)),
    ]
}

proptest! {
    #[test]
    fn units_are_conserved_whatever_is_booked_and_a_replay_gives_the_same_book(
        ops in proptest::collection::vec(any_op(), 0..60),
    ) {
        let mut book = Book::default();
        let mut applied = Vec::new();
        for op in ops {
            let before = book.clone();
            match book.apply(&op) {
                Ok(()) => {
                    prop_assert!(book.clone().apply(&op).is_err(), "twice");
                    applied.push(op);
                }
                Err(_) => prop_assert_eq!(&book, &before),
            }
            prop_assert!(book.is_conserved());
        }
        prop_assert_eq!(Book::replay(&applied), Ok(book));
    }
}
