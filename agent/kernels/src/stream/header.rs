//! Where a matrix stands in a file that is not read whole.

use std::io;

use arch_matrix::file::{FileError, Stored, npy, safetensors};

use super::place::ReadAt;

/// Why a file has no such matrix.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// It is not written as it should be.
    #[error(transparent)]
    File(#[from] FileError),
    /// It cannot be read.
    #[error("the header cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// Reads the header of a file of `length` bytes: an `.npy`, or with the name of a tensor a safetensors
/// file.
///
/// # Errors
/// [`HeaderError`]. Never reads more than a header may have.
pub fn stored<R: ReadAt + ?Sized>(
    file: &R,
    length: u64,
    tensor: Option<&str>,
) -> Result<Stored, HeaderError> {
    let Some(name) = tensor else {
        return Ok(npy::read(&begin(file, 0, npy::ENOUGH, length)?, length)?);
    };
    let prefix = begin(file, 0, safetensors::PREFIX, length)?;
    let size = safetensors::header_length(&prefix, length)?;
    let header = begin(file, safetensors::PREFIX, size, length)?;
    Ok(safetensors::find(&header, length, name)?)
}

/// Up to `most` bytes from `offset` on, as far as there are any.
fn begin<R: ReadAt + ?Sized>(
    file: &R,
    offset: u64,
    most: u64,
    length: u64,
) -> Result<Vec<u8>, io::Error> {
    let size = most.min(length.saturating_sub(offset));
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    file.read_at(offset, &mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use arch_matrix::file::Dtype;

    use super::*;

    #[test]
    fn a_matrix_is_found_in_either_kind_of_file_and_a_short_file_is_an_error() {
        let bytes = [npy::header(Dtype::I8, 3, 4), vec![0; 12]].concat();
        let length = u64::try_from(bytes.len()).unwrap();
        let found = stored(bytes.as_slice(), length, None).unwrap();
        assert_eq!((found.rows, found.columns, found.offset), (3, 4, length - 12));
        // The length that was told is not there any more.
        let cut = stored(&bytes[..20], length, None);
        assert!(matches!(cut, Err(HeaderError::Read(_))), "{cut:?}");
        assert!(matches!(stored(&bytes[..20], 20, None), Err(HeaderError::File(_))));

        let header = br#"{"w":{"dtype":"I8","shape":[2,2],"data_offsets":[0,4]}}"#;
        let size = u64::try_from(header.len()).unwrap();
        let file = [size.to_le_bytes().as_slice(), header, &[1, 2, 3, 4]].concat();
        let length = u64::try_from(file.len()).unwrap();
        let found = stored(file.as_slice(), length, Some("w")).unwrap();
        assert_eq!((found.rows, found.columns, found.offset), (2, 2, size + 8));
        assert!(stored(file.as_slice(), length, Some("v")).is_err());
        assert!(stored(file.as_slice(), 7, Some("w")).is_err());
    }
}
