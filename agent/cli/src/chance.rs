//! Randomness, read here at the rim and nowhere else in this program.

use zeroize::Zeroizing;

use crate::answer::Stop;

/// Bytes that nobody can guess.
pub(crate) fn bytes<const N: usize>() -> Result<Zeroizing<[u8; N]>, Stop> {
    let mut bytes = Zeroizing::new([0_u8; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| {
        Stop::could_not(
            format!("the system gives no randomness: {error}"),
            "check that getrandom(2) is allowed here",
        )
    })?;
    Ok(bytes)
}

/// A fresh nonce for a job, as 32 lower hexadecimal digits.
pub(crate) fn nonce() -> Result<String, Stop> {
    Ok(bytes::<16>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
