//! Text that is stored encrypted.

use sea_orm::DeriveValueType;

/// Encrypted text as it lies in the database: algorithm and key id, nonce, ciphertext.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
#[sea_orm(column_type = "Blob")]
pub struct Sealed(pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealed(…)")
    }
}
