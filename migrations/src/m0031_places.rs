//! Places: classes with their teachers, room and children; offers; hours of service. At one centre a child is in one class at a
//! time, and of an application one offer is open at most: the database itself refuses more.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::{index, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// A range of one number stands for "the same", so that no extension is needed.
const APART_POSTGRES: &[&str] = &[
    r#"ALTER TABLE care_group_membership ADD CONSTRAINT "care-group-membership-apart"
    EXCLUDE USING gist (int8range(child_id, child_id, '[]') WITH &&,
    int8range(organisation_id, organisation_id, '[]') WITH &&, daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (called_off_at IS NULL)"#,
];

const APART_SQLITE: &[&str] = &[
    r#"CREATE TRIGGER "care-group-membership-apart-insert" BEFORE INSERT ON care_group_membership
    WHEN NEW.called_off_at IS NULL AND EXISTS (SELECT 1 FROM care_group_membership other
        WHERE other.child_id = NEW.child_id AND other.organisation_id = NEW.organisation_id
        AND other.called_off_at IS NULL AND (NEW.valid_to IS NULL OR other.valid_from <= NEW.valid_to)
        AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from))
    BEGIN SELECT RAISE(ABORT, 'care-group-membership-apart'); END"#,
    r#"CREATE TRIGGER "care-group-membership-apart-update" BEFORE UPDATE ON care_group_membership
    WHEN NEW.called_off_at IS NULL AND EXISTS (SELECT 1 FROM care_group_membership other
        WHERE other.id <> NEW.id AND other.child_id = NEW.child_id AND other.organisation_id = NEW.organisation_id
        AND other.called_off_at IS NULL AND (NEW.valid_to IS NULL OR other.valid_from <= NEW.valid_to)
        AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from))
    BEGIN SELECT RAISE(ABORT, 'care-group-membership-apart'); END"#,
];

/// Of an application one offer is open at most.
const ONE_OPEN: &str =
    r#"CREATE UNIQUE INDEX "idx-place_offer-one_open" ON place_offer (application_id) WHERE state = 'open'"#;
/// What the sweep looks for.
const ENDING: &str = r#"CREATE INDEX "idx-place_offer-ending" ON place_offer (expires_at) WHERE state = 'open'"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        groups(m).await?;
        memberships(m).await?;
        offers(m).await?;
        hours(m).await?;
        let db = m.get_connection();
        let apart = if m.get_database_backend() == DbBackend::Postgres {
            APART_POSTGRES
        } else {
            APART_SQLITE
        };
        for statement in apart {
            db.execute_unprepared(statement).await?;
        }
        db.execute_unprepared(ONE_OPEN).await?;
        db.execute_unprepared(ENDING).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "service_capacity",
            "place_offer",
            "care_group_membership",
            "care_group_capacity",
            "care_group_teacher",
            "care_group",
        ] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn groups(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("care_group")
            .col(big_pk_auto("id"))
            .col(big_integer("organisation_id"))
            .col(string_len("kind", 24))
            .col(string("name"))
            .col(date("valid_from"))
            .col(date_null("valid_to"))
            .col(big_integer("made_by"))
            .col(timestamp_with_time_zone("made_at"))
            .col(integer("version"))
            .foreign_key(&mut reference("care_group", "organisation_id", "organisation"))
            .foreign_key(&mut reference("care_group", "made_by", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("care_group", &["organisation_id"])).await?;
    m.create_table(
        Table::create()
            .table("care_group_teacher")
            .col(big_pk_auto("id"))
            .col(big_integer("group_id"))
            .col(big_integer("account_id"))
            .col(date("valid_from"))
            .col(date_null("valid_to"))
            .foreign_key(&mut reference("care_group_teacher", "group_id", "care_group"))
            .foreign_key(&mut reference("care_group_teacher", "account_id", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("care_group_teacher", &["group_id"])).await?;
    m.create_table(
        Table::create()
            .table("care_group_capacity")
            .col(big_pk_auto("id"))
            .col(big_integer("group_id"))
            .col(string_len("mode", 24))
            .col(integer("places"))
            .col(date("valid_from"))
            .col(date_null("valid_to"))
            .foreign_key(&mut reference("care_group_capacity", "group_id", "care_group"))
            .to_owned(),
    )
    .await?;
    m.create_index(unique(
        "care_group_capacity",
        "since",
        &["group_id", "mode", "valid_from"],
    ))
    .await
}

async fn memberships(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("care_group_membership")
            .col(big_pk_auto("id"))
            .col(big_integer("group_id"))
            .col(big_integer("organisation_id"))
            .col(big_integer("child_id"))
            .col(big_integer("decision_id"))
            .col(string_len("mode", 24))
            .col(date("valid_from"))
            .col(date_null("valid_to"))
            .col(big_integer("made_by"))
            .col(timestamp_with_time_zone("made_at"))
            .col(timestamp_with_time_zone_null("called_off_at"))
            .col(integer("version"))
            .foreign_key(&mut reference("care_group_membership", "group_id", "care_group"))
            .foreign_key(&mut reference(
                "care_group_membership",
                "organisation_id",
                "organisation",
            ))
            .foreign_key(&mut reference("care_group_membership", "child_id", "child"))
            .foreign_key(&mut reference(
                "care_group_membership",
                "decision_id",
                "enrolment_decision",
            ))
            .foreign_key(&mut reference("care_group_membership", "made_by", "account"))
            .to_owned(),
    )
    .await?;
    for column in ["group_id", "organisation_id", "child_id"] {
        m.create_index(index("care_group_membership", &[column])).await?;
    }
    Ok(())
}

async fn offers(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("place_offer")
            .col(big_pk_auto("id"))
            .col(string_uniq("number"))
            .col(big_integer("application_id"))
            .col(big_integer("child_id"))
            .col(string("district"))
            .col(big_integer("organisation_id"))
            .col(big_integer("group_id"))
            .col(string_len("mode", 24))
            .col(integer_null("minutes_per_week"))
            .col(date("valid_from"))
            .col(date("valid_to"))
            .col(string_len("state", 24))
            .col(json_binary("basis"))
            .col(big_integer("made_by"))
            .col(timestamp_with_time_zone("made_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("reminded_at"))
            .col(timestamp_with_time_zone_null("answered_at"))
            .col(string_null("answered_by"))
            .col(string_len_null("answered_how", 24))
            .col(big_integer_null("answer_recorded_by"))
            .col(string_null("reason"))
            .col(date_null("deferred_until"))
            .col(timestamp_with_time_zone_null("called_at"))
            .col(big_integer_null("decision_id"))
            .col(integer("version"))
            .foreign_key(&mut reference("place_offer", "application_id", "application"))
            .foreign_key(&mut reference("place_offer", "child_id", "child"))
            .foreign_key(&mut reference("place_offer", "organisation_id", "organisation"))
            .foreign_key(&mut reference("place_offer", "group_id", "care_group"))
            .foreign_key(&mut reference("place_offer", "made_by", "account"))
            .foreign_key(&mut reference("place_offer", "answer_recorded_by", "account"))
            .foreign_key(&mut reference("place_offer", "decision_id", "enrolment_decision"))
            .to_owned(),
    )
    .await?;
    for column in ["application_id", "child_id", "district", "organisation_id", "group_id"] {
        m.create_index(index("place_offer", &[column])).await?;
    }
    Ok(())
}

async fn hours(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("service_capacity")
            .col(big_pk_auto("id"))
            .col(big_integer("organisation_id"))
            .col(string_len("service", 24))
            .col(integer("minutes_per_week"))
            .col(date("valid_from"))
            .col(date_null("valid_to"))
            .col(big_integer("entered_by"))
            .col(timestamp_with_time_zone("entered_at"))
            .foreign_key(&mut reference("service_capacity", "organisation_id", "organisation"))
            .foreign_key(&mut reference("service_capacity", "entered_by", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(unique(
        "service_capacity",
        "since",
        &["organisation_id", "service", "valid_from"],
    ))
    .await
}
