//! Who may hold which roles.

use entities::{
    half_width::narrow,
    words::{OrganisationKind, Role},
};

use crate::platform::Say;

/// The three administrators: separate persons, without a share in the daily work (三员分立, GB/T 22239-2019 8.1.5).
pub const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// The roles that people of an organisation can hold.
pub fn roles_in(kind: OrganisationKind) -> &'static [Role] {
    use Role::{
        Assessor, AuditAdmin, Diagnostician, EducationOfficer, FederationOfficer, IntakeWorker, Observer, Rescreener,
        Screener, SecurityAdmin, StreetOfficer, Supervisor, SystemAdmin,
    };
    match kind {
        OrganisationKind::Federation => &[
            FederationOfficer,
            Supervisor,
            Observer,
            SystemAdmin,
            SecurityAdmin,
            AuditAdmin,
        ],
        OrganisationKind::StreetFederation => &[StreetOfficer, Supervisor, Observer],
        OrganisationKind::ScreeningSite => &[Screener, Supervisor, Observer],
        OrganisationKind::RescreenHospital | OrganisationKind::DiagnosingHospital => {
            &[Screener, Rescreener, Diagnostician, Supervisor, Observer]
        }
        OrganisationKind::RehabilitationCentre => &[IntakeWorker, Assessor, Supervisor, Observer],
        OrganisationKind::EducationBureau => &[EducationOfficer, Observer],
        OrganisationKind::FinanceBureau => &[Observer],
    }
}

/// Why somebody in an organisation of this kind cannot hold these roles together; none when they can.
pub fn objection(kind: OrganisationKind, roles: &[Role]) -> Option<Say> {
    if roles.is_empty() {
        return Some("account.roles.none".into());
    }
    let administers = roles.iter().any(|role| ADMINISTRATORS.contains(role));
    if administers && roles.len() > 1 {
        return Some("account.roles.separate".into());
    }
    roles.iter().find(|role| !roles_in(kind).contains(role)).map(|role| {
        Say::new("account.roles.misplaced")
            .with_word("role", role.word())
            .with_word("kind", kind.word())
    })
}

/// A user name as it is kept and looked for: half-width, in small letters.
pub fn user_name(typed: &str) -> String {
    narrow(typed).trim().to_lowercase()
}

/// Why a user name cannot be used; none when it can. It is typed at every sign-in and read out on the telephone, so it is
/// plain: small letters, digits, `.`, `-` and `_`.
pub fn user_name_fault(name: &str) -> Option<Say> {
    let length = name.chars().count();
    let plain = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_'));
    let begins = name.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
    (!(3..=32).contains(&length) || !plain || !begins).then(|| "account.user_name.form".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: OrganisationKind, roles: &[Role]) -> Option<String> {
        objection(kind, roles).map(|say| say.key().to_owned())
    }

    #[test]
    fn administrators_are_separate_persons() {
        use OrganisationKind::Federation;
        for one in ADMINISTRATORS {
            assert_eq!(told(Federation, &[one]), None);
            for other in Role::ALL.iter().filter(|role| **role != one) {
                assert_eq!(
                    told(Federation, &[one, *other]).as_deref(),
                    Some("account.roles.separate"),
                    "{one:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn every_role_has_an_organisation_and_fits_only_there() {
        for role in Role::ALL {
            assert!(OrganisationKind::ALL.iter().any(|kind| roles_in(*kind).contains(role)));
        }
        let said = told(OrganisationKind::FinanceBureau, &[Role::Screener]);
        assert_eq!(said.as_deref(), Some("account.roles.misplaced"));
        assert_eq!(
            told(OrganisationKind::ScreeningSite, &[]).as_deref(),
            Some("account.roles.none")
        );
        assert_eq!(
            told(OrganisationKind::ScreeningSite, &[Role::Screener, Role::Supervisor]),
            None
        );
    }

    #[test]
    fn user_names_are_plain() {
        for typed in [
            "chushai",
            " ChuShai ",
            "ｃｈｕｓｈａｉ",
            "\u{202d}chushai\u{200b}",
            "chu\u{ad}shai",
        ] {
            assert_eq!(user_name(typed), "chushai", "{typed:?}");
        }
        for good in ["wang.fang", "abc", "3302-a_b"] {
            assert_eq!(user_name_fault(good), None, "{good}");
        }
        for bad in ["ab", "王芳", "Wang", "-abc", "a b c", "a@b.c", &"a".repeat(33)] {
            assert!(user_name_fault(bad).is_some(), "{bad}");
        }
    }
}
