//! Enrolment: chains of review as data, applications with their papers and steps, decisions. Of one child no two decisions that
//! hold share a day, and the database itself refuses that. An organisation names the legal person that runs it.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::{index, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// A range of one number stands for "the same child", so that no extension is needed.
const APART_POSTGRES: &[&str] = &[
    r#"ALTER TABLE enrolment_decision ADD CONSTRAINT "enrolment-decision-apart"
    EXCLUDE USING gist (int8range(child_id, child_id, '[]') WITH &&, daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (valid_from IS NOT NULL AND revoked_on IS NULL)"#,
];

const APART_SQLITE: &[&str] = &[
    r#"CREATE TRIGGER "enrolment-decision-apart-insert" BEFORE INSERT ON enrolment_decision
    WHEN NEW.valid_from IS NOT NULL AND NEW.revoked_on IS NULL AND EXISTS (SELECT 1 FROM enrolment_decision other
        WHERE other.child_id = NEW.child_id AND other.valid_from IS NOT NULL AND other.revoked_on IS NULL
        AND (NEW.valid_to IS NULL OR other.valid_from <= NEW.valid_to)
        AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from))
    BEGIN SELECT RAISE(ABORT, 'enrolment-decision-apart'); END"#,
    r#"CREATE TRIGGER "enrolment-decision-apart-update" BEFORE UPDATE ON enrolment_decision
    WHEN NEW.valid_from IS NOT NULL AND NEW.revoked_on IS NULL AND EXISTS (SELECT 1 FROM enrolment_decision other
        WHERE other.id <> NEW.id AND other.child_id = NEW.child_id AND other.valid_from IS NOT NULL
        AND other.revoked_on IS NULL AND (NEW.valid_to IS NULL OR other.valid_from <= NEW.valid_to)
        AND (other.valid_to IS NULL OR other.valid_to >= NEW.valid_from))
    BEGIN SELECT RAISE(ABORT, 'enrolment-decision-apart'); END"#,
];

/// Steps that wait, by whose they are.
const WAITING: &str = r#"CREATE INDEX "idx-application_step-waiting" ON application_step (organisation_id, due_on) WHERE ended_at IS NULL"#;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.alter_table(
            Table::alter()
                .table("organisation")
                .add_column(string_null("legal_person"))
                .to_owned(),
        )
        .await?;
        chains(m).await?;
        applications(m).await?;
        parts(m).await?;
        decisions(m).await?;
        let db = m.get_connection();
        let apart = if m.get_database_backend() == DbBackend::Postgres {
            APART_POSTGRES
        } else {
            APART_SQLITE
        };
        for statement in apart {
            db.execute_unprepared(statement).await?;
        }
        db.execute_unprepared(WAITING).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "enrolment_decision",
            "application_override",
            "application_step",
            "application_material",
            "application",
            "review_chain",
        ] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        m.alter_table(
            Table::alter()
                .table("organisation")
                .drop_column("legal_person")
                .to_owned(),
        )
        .await
    }
}

async fn chains(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("review_chain")
            .col(big_pk_auto("id"))
            .col(string("district"))
            .col(string_len("kind", 24))
            .col(integer("number"))
            .col(string_len("state", 24))
            .col(date("valid_from"))
            .col(json_binary("definition"))
            .col(string("source"))
            .col(big_integer_null("made_by"))
            .col(timestamp_with_time_zone("made_at"))
            .col(big_integer_null("decided_by"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .col(integer("version"))
            .foreign_key(&mut reference("review_chain", "made_by", "account"))
            .foreign_key(&mut reference("review_chain", "decided_by", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(unique("review_chain", "number", &["district", "kind", "number"]))
        .await
}

async fn applications(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("application")
            .col(big_pk_auto("id"))
            .col(big_integer("child_id"))
            .col(string("district"))
            .col(string("street"))
            .col(big_integer("centre_id"))
            .col(string_len("mode", 24))
            .col(date("wanted_from"))
            .col(string_len("economy", 24))
            .col(big_integer_null("guardian_id"))
            .col(big_integer_null("diagnosis_id"))
            .col(string_null("note"))
            .col(string_len("state", 24))
            .col(integer("round"))
            .col(big_integer_null("chain_id"))
            .col(json_binary("facts"))
            .col(big_integer_null("entered_by"))
            .col(timestamp_with_time_zone("entered_at"))
            .col(big_integer_null("submitted_by"))
            .col(timestamp_with_time_zone_null("submitted_at"))
            .col(date_null("applied_on"))
            .col(timestamp_with_time_zone_null("closed_at"))
            .col(integer("version"))
            .foreign_key(&mut reference("application", "child_id", "child"))
            .foreign_key(&mut reference("application", "centre_id", "organisation"))
            .foreign_key(&mut reference("application", "guardian_id", "guardian"))
            .foreign_key(&mut reference("application", "diagnosis_id", "diagnosis"))
            .foreign_key(&mut reference("application", "chain_id", "review_chain"))
            .foreign_key(&mut reference("application", "entered_by", "account"))
            .foreign_key(&mut reference("application", "submitted_by", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("application", &["child_id"])).await?;
    m.create_index(index("application", &["district"])).await?;
    m.create_index(index("application", &["centre_id"])).await
}

async fn parts(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("application_material")
            .col(big_pk_auto("id"))
            .col(big_integer("application_id"))
            .col(big_integer("child_id"))
            .col(string("code"))
            .col(string_len("state", 24))
            .col(string_len_null("issuer", 24))
            .col(date_null("issued_on"))
            .col(date_null("valid_from"))
            .col(date_null("valid_until"))
            .col(string_null("reason"))
            .col(big_integer_null("recorded_by"))
            .col(timestamp_with_time_zone("recorded_at"))
            .col(integer("version"))
            .foreign_key(&mut reference("application_material", "application_id", "application"))
            .foreign_key(&mut reference("application_material", "child_id", "child"))
            .foreign_key(&mut reference("application_material", "recorded_by", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("application_material", &["application_id"]))
        .await?;
    m.create_index(index("application_material", &["child_id"])).await?;
    m.create_table(
        Table::create()
            .table("application_step")
            .col(big_pk_auto("id"))
            .col(big_integer("application_id"))
            .col(big_integer("child_id"))
            .col(integer("round"))
            .col(string("code"))
            .col(big_integer("organisation_id"))
            .col(string_len("role", 24))
            .col(date("since"))
            .col(date_null("not_before"))
            .col(date_null("due_on"))
            .col(string_len_null("outcome", 24))
            .col(big_integer_null("decided_by"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .col(string_null("note"))
            .col(json_binary("answers"))
            .col(json_binary("missing"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(integer("version"))
            .foreign_key(&mut reference("application_step", "application_id", "application"))
            .foreign_key(&mut reference("application_step", "child_id", "child"))
            .foreign_key(&mut reference("application_step", "organisation_id", "organisation"))
            .foreign_key(&mut reference("application_step", "decided_by", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(unique("application_step", "once", &["application_id", "round", "code"]))
        .await?;
    m.create_index(index("application_step", &["child_id"])).await?;
    m.create_index(index("application_step", &["organisation_id"])).await?;
    m.create_table(
        Table::create()
            .table("application_override")
            .col(big_pk_auto("id"))
            .col(big_integer("application_id"))
            .col(big_integer("child_id"))
            .col(string("test"))
            .col(string("reason"))
            .col(big_integer("by"))
            .col(big_integer("organisation_id"))
            .col(timestamp_with_time_zone("at"))
            .col(timestamp_with_time_zone_null("withdrawn_at"))
            .foreign_key(&mut reference("application_override", "application_id", "application"))
            .foreign_key(&mut reference("application_override", "child_id", "child"))
            .foreign_key(&mut reference("application_override", "by", "account"))
            .foreign_key(&mut reference(
                "application_override",
                "organisation_id",
                "organisation",
            ))
            .to_owned(),
    )
    .await?;
    m.create_index(index("application_override", &["application_id"]))
        .await?;
    m.create_index(index("application_override", &["child_id"])).await
}

async fn decisions(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("enrolment_decision")
            .col(big_pk_auto("id"))
            .col(big_integer("application_id"))
            .col(big_integer("child_id"))
            .col(string("district"))
            .col(big_integer("organisation_id"))
            .col(string("legal_person"))
            .col(string_uniq("number"))
            .col(string_len("outcome", 24))
            .col(string_len("mode", 24))
            .col(integer_null("minutes_per_week"))
            .col(date_null("valid_from"))
            .col(date_null("valid_to"))
            .col(string_null("grounds"))
            .col(date("decided_on"))
            .col(big_integer("decided_by"))
            .col(big_integer_null("continues_id"))
            .col(date_null("read_on"))
            .col(string_null("read_by"))
            .col(big_integer_null("read_recorded_by"))
            .col(date_null("appeal_until"))
            .col(date_null("revoked_on"))
            .col(integer("version"))
            .foreign_key(&mut reference("enrolment_decision", "application_id", "application"))
            .foreign_key(&mut reference("enrolment_decision", "child_id", "child"))
            .foreign_key(&mut reference("enrolment_decision", "organisation_id", "organisation"))
            .foreign_key(&mut reference("enrolment_decision", "decided_by", "account"))
            .foreign_key(&mut reference(
                "enrolment_decision",
                "continues_id",
                "enrolment_decision",
            ))
            .foreign_key(&mut reference("enrolment_decision", "read_recorded_by", "account"))
            .to_owned(),
    )
    .await?;
    for column in ["application_id", "child_id", "district", "organisation_id"] {
        m.create_index(index("enrolment_decision", &[column])).await?;
    }
    Ok(())
}
