//! How far a signature can be relied on. Pure.

use entities::words::{IdentityCheck, SignatureLevel};

/// The level by the check of identity that came before: nobody is taken at their word for more than was looked at. What could be
/// relied on like a handwritten signature (可靠的电子签名, 电子签名法 art. 13, 14) takes a certificate.
pub const fn level(check: IdentityCheck) -> SignatureLevel {
    match check {
        IdentityCheck::Account | IdentityCheck::PhoneCode | IdentityCheck::MailCode | IdentityCheck::Witness => {
            SignatureLevel::Verified
        }
        IdentityCheck::Unchecked => SignatureLevel::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_verified_whom_nobody_checked() {
        for check in IdentityCheck::ALL {
            let verified = level(*check) == SignatureLevel::Verified;
            assert_eq!(verified, *check != IdentityCheck::Unchecked, "{check:?}");
            assert_ne!(level(*check), SignatureLevel::Reliable, "no authority is connected");
        }
    }
}
