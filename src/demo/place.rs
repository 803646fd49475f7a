//! The districts: divisions, organisations, colleagues.

use chrono::{DateTime, Utc};
use entities::{
    AccountId, OrganisationId,
    account::{account, account_role},
    organisation::{division, organisation},
    words::{Language, OrganisationKind, Role, Theme},
};
use sea_orm::ActiveValue::Set;

use super::{SignIn, data::Data};

/// A street or town with its screening site.
#[derive(Clone, Debug)]
pub(super) struct Street {
    pub(super) code: String,
    pub(super) villages: Vec<String>,
    pub(super) site: OrganisationId,
    pub(super) screener: AccountId,
}

/// A district with everybody who works for it.
#[derive(Clone, Debug)]
pub(super) struct District {
    pub(super) code: String,
    pub(super) streets: Vec<Street>,
    pub(super) federation: (OrganisationId, AccountId),
    pub(super) rescreen: (OrganisationId, AccountId),
    pub(super) diagnosing: Vec<(OrganisationId, AccountId)>,
    pub(super) centre: (OrganisationId, AccountId),
}

/// All places, and the rows that make them.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) districts: Vec<District>,
    pub(super) divisions: Vec<division::ActiveModel>,
    pub(super) organisations: Vec<organisation::ActiveModel>,
    pub(super) accounts: Vec<account::ActiveModel>,
    pub(super) roles: Vec<account_role::ActiveModel>,
    pub(super) sign_ins: Vec<SignIn>,
    at: DateTime<Utc>,
    password_hash: String,
}

/// The districts in order: 镇海 first, the rest of Ningbo behind it.
const DISTRICTS: [&str; 10] = [
    "330211", "330203", "330205", "330206", "330212", "330213", "330225", "330226", "330281", "330282",
];

/// The city that they are districts of.
pub(super) const CITY: &str = "3302";

/// The three administrators of a federation.
const ADMINISTRATORS: [(&str, Role); 3] = [
    ("xitong", Role::SystemAdmin),
    ("anquan", Role::SecurityAdmin),
    ("shenji", Role::AuditAdmin),
];

impl Places {
    /// Lay out so many districts. `known` are the divisions that are there: code and name.
    pub(super) fn lay_out(
        data: &Data,
        count: usize,
        known: &[(String, String)],
        at: DateTime<Utc>,
        password_hash: String,
    ) -> Self {
        let mut places = Self {
            at,
            password_hash,
            ..Self::default()
        };
        let hospitals: Vec<_> = data
            .organisations
            .diagnosing_hospitals
            .iter()
            .enumerate()
            .map(|(n, name)| {
                let hospital = places.organisation(OrganisationKind::DiagnosingHospital, name, CITY);
                let doctor = places.person(
                    data,
                    &format!("zhenduan{}", suffix(n)),
                    Role::Diagnostician,
                    hospital,
                    name,
                );
                (hospital, doctor)
            })
            .collect();
        for (n, code) in DISTRICTS.iter().take(count).enumerate() {
            places.district(data, n, code, &hospitals, known);
        }
        places.city(data, known);
        places
    }

    /// The hospitals above the districts are the city's to administer.
    fn city(&mut self, data: &Data, known: &[(String, String)]) {
        let name = known.iter().find(|(c, _)| c == CITY).map_or(CITY, |(_, name)| name);
        let federation_name = data.organisations.federation.replace('%', name);
        let federation = self.organisation(OrganisationKind::Federation, &federation_name, CITY);
        for (user, role) in ADMINISTRATORS {
            self.person(data, &format!("shi-{user}"), role, federation, &federation_name);
        }
    }

    fn district(
        &mut self,
        data: &Data,
        n: usize,
        code: &str,
        hospitals: &[(OrganisationId, AccountId)],
        known: &[(String, String)],
    ) {
        let names = &data.organisations;
        let name = known.iter().find(|(c, _)| c == code).map_or(code, |(_, name)| name);
        let prefix = if n == 0 { String::new() } else { format!("{code}-") };
        let of = |pattern: &str| pattern.replace('%', name);
        let at = |user: &str| format!("{prefix}{user}");

        let federation_name = of(&names.federation);
        let federation = self.organisation(OrganisationKind::Federation, &federation_name, code);
        let officer = self.person(
            data,
            &at("canlian"),
            Role::FederationOfficer,
            federation,
            &federation_name,
        );
        for (user, role) in ADMINISTRATORS {
            self.person(data, &at(user), role, federation, &federation_name);
        }
        let mch_name = of(&names.rescreen_hospital);
        let mch = self.organisation(OrganisationKind::RescreenHospital, &mch_name, code);
        let rescreener = self.person(data, &at("fushai"), Role::Rescreener, mch, &mch_name);
        self.person(data, &at("fushai-zhuguan"), Role::Supervisor, mch, &mch_name);
        let centre_name = of(&names.rehabilitation_centre);
        let centre = self.organisation(OrganisationKind::RehabilitationCentre, &centre_name, code);
        let intake = self.person(data, &at("jiean"), Role::IntakeWorker, centre, &centre_name);
        self.person(data, &at("kangfu-zhuguan"), Role::Supervisor, centre, &centre_name);
        // Whoever enters an application reviews none of it: a centre and a federation are several people.
        self.person(data, &at("jiean2"), Role::IntakeWorker, centre, &centre_name);
        self.person(data, &at("pinggu"), Role::Assessor, centre, &centre_name);
        self.person(
            data,
            &at("canlian2"),
            Role::FederationOfficer,
            federation,
            &federation_name,
        );
        self.person(
            data,
            &at("canlian-zhuguan"),
            Role::Supervisor,
            federation,
            &federation_name,
        );
        for (pattern, kind, user) in [
            (&names.education_bureau, OrganisationKind::EducationBureau, "jiaoyu"),
            (&names.finance_bureau, OrganisationKind::FinanceBureau, "caizheng"),
        ] {
            let bureau_name = of(pattern);
            let bureau = self.organisation(kind, &bureau_name, code);
            self.person(data, &at(user), Role::Observer, bureau, &bureau_name);
            if kind == OrganisationKind::EducationBureau {
                self.person(data, &at("jiaoyu-shenhe"), Role::EducationOfficer, bureau, &bureau_name);
            }
        }
        let mut streets: Vec<(String, String)> = known
            .iter()
            .filter(|(c, _)| c.len() == 9 && c.starts_with(code))
            .cloned()
            .collect();
        if streets.is_empty() {
            streets = self.invent_streets(data, code);
        }
        let streets = streets
            .iter()
            .enumerate()
            .map(|(i, (street, name))| self.street(data, &prefix, i, street, name))
            .collect();
        self.districts.push(District {
            code: code.to_owned(),
            streets,
            federation: (federation, officer),
            rescreen: (mch, rescreener),
            diagnosing: hospitals.to_vec(),
            centre: (centre, intake),
        });
    }

    fn invent_streets(&mut self, data: &Data, district: &str) -> Vec<(String, String)> {
        let streets: Vec<_> = data
            .street_names
            .iter()
            .enumerate()
            .map(|(n, name)| (format!("{district}{:03}", n + 1), name.clone()))
            .collect();
        for (code, name) in &streets {
            self.division(code, district, name);
        }
        streets
    }

    fn street(&mut self, data: &Data, prefix: &str, n: usize, code: &str, name: &str) -> Street {
        let names = &data.organisations;
        let villages: Vec<String> = (1..=data.villages.len()).map(|v| format!("{code}{v:03}")).collect();
        for (village, name) in villages.iter().zip(&data.villages) {
            self.division(village, code, name);
        }
        // The district's pilot screens at a hospital instead of a health centre.
        let site_name = if code == "330211004" {
            names.screening_hospital.clone()
        } else {
            names.screening_site.replace('%', name)
        };
        let site = self.organisation(OrganisationKind::ScreeningSite, &site_name, code);
        let screener = self.person(
            data,
            &format!("{prefix}chushai{}", suffix(n)),
            Role::Screener,
            site,
            &site_name,
        );
        self.person(
            data,
            &format!("{prefix}chushai{}-zhuguan", suffix(n)),
            Role::Supervisor,
            site,
            &site_name,
        );
        let office_name = names.street_federation.replace('%', name);
        let office = self.organisation(OrganisationKind::StreetFederation, &office_name, code);
        self.person(
            data,
            &format!("{prefix}jiedao{}", suffix(n)),
            Role::StreetOfficer,
            office,
            &office_name,
        );
        Street {
            code: code.to_owned(),
            villages,
            site,
            screener,
        }
    }

    fn division(&mut self, code: &str, parent: &str, name: &str) {
        self.divisions.push(division::ActiveModel {
            code: Set(code.to_owned()),
            parent: Set(Some(parent.to_owned())),
            name: Set(name.to_owned()),
            closed_on: Set(None),
            version: Set(1),
        });
    }

    fn organisation(&mut self, kind: OrganisationKind, name: &str, coverage: &str) -> OrganisationId {
        let id = OrganisationId(running(self.organisations.len()));
        self.organisations.push(organisation::ActiveModel {
            id: Set(id),
            kind: Set(kind),
            name: Set(name.to_owned()),
            coverage: Set(coverage.to_owned()),
            credit_code: Set(None),
            legal_person: Set(None),
            phone: Set(None),
            address: Set(None),
            closed_on: Set(None),
            version: Set(1),
            created_at: Set(self.at),
        });
        id
    }

    fn person(
        &mut self,
        data: &Data,
        user_name: &str,
        role: Role,
        organisation: OrganisationId,
        organisation_name: &str,
    ) -> AccountId {
        let n = self.accounts.len();
        let id = AccountId(running(n));
        let part = |pool: &[String], n: usize| pool.iter().cycle().nth(n).cloned().unwrap_or_default();
        let display_name = part(&data.surnames, n) + &part(&data.parents, n * 7 + 3);
        self.accounts.push(account::ActiveModel {
            id: Set(id),
            user_name: Set(user_name.to_owned()),
            display_name: Set(display_name),
            email: Set(Some(format!("{user_name}@starbridge.example"))),
            organisation_id: Set(organisation),
            language: Set(Language::Chinese),
            theme: Set(Theme::Auto),
            large_type: Set(false),
            password_hash: Set(self.password_hash.clone()),
            password_changed_at: Set(self.at),
            must_change_password: Set(false),
            failed_sign_ins: Set(0),
            locked_until: Set(None),
            totp_secret: Set(None),
            totp_confirmed_at: Set(None),
            totp_last_step: Set(None),
            disabled_at: Set(None),
            epoch: Set(1),
            version: Set(1),
            created_at: Set(self.at),
        });
        self.roles.push(account_role::ActiveModel {
            account_id: Set(id),
            role: Set(role),
        });
        let known = self.sign_ins.iter().any(|s| s.role == role);
        if !known {
            self.sign_ins.push(SignIn {
                role,
                user_name: user_name.to_owned(),
                organisation: organisation_name.to_owned(),
            });
        }
        id
    }
}

fn running(before: usize) -> i64 {
    i64::try_from(before).unwrap_or(i64::MAX - 1) + 1
}

/// Nothing for the first, then 2, 3 …
fn suffix(n: usize) -> String {
    if n == 0 { String::new() } else { (n + 1).to_string() }
}
