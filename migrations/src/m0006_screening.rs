//! The chain 初筛 → 复筛 → 诊断, and everything that keeps a child from falling between two of its links.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        // Where two tables name each other, only the later one is bound by a key.
        m.create_table(
            Table::create()
                .table("planned_check")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(integer("age_months"))
                .col(string("district"))
                .col(string("street"))
                .col(date("opens_on"))
                .col(date("due_on"))
                .col(date("closes_on"))
                .col(boolean("corrected"))
                .col(string_len("state", 24))
                .col(big_integer_null("screen_id"))
                .col(string("rules"))
                .foreign_key(&mut reference("planned_check", "child_id", "child"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("planned_check", &["street", "state", "due_on"]))
            .await?;
        m.create_index(index("planned_check", &["district", "state", "due_on"]))
            .await?;
        m.create_index(unique("planned_check", "check", &["child_id", "age_months"]))
            .await?;
        // Reports ask which checks of the children who live somewhere were due in a month.
        m.create_index(index("planned_check", &["child_id", "due_on"])).await?;
        m.create_table(
            Table::create()
                .table("screen")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(big_integer_null("planned_check_id"))
                .col(big_integer("organisation_id"))
                .col(big_integer("screener_id"))
                .col(string("district"))
                .col(string("street"))
                .col(date("performed_on"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(boolean("entered_late"))
                .col(integer("age_months"))
                .col(integer("age_days"))
                .col(integer_null("corrected_age_days"))
                .col(string_len("age_used", 24))
                .col(string_len("outcome", 24))
                .col(json_binary("signs"))
                .col(boolean("regression"))
                .col(string_null("note"))
                .col(timestamp_with_time_zone_null("withdrawn_at"))
                .col(integer("version"))
                .foreign_key(&mut reference("screen", "child_id", "child"))
                .foreign_key(&mut reference("screen", "planned_check_id", "planned_check"))
                .foreign_key(&mut reference("screen", "organisation_id", "organisation"))
                .foreign_key(&mut reference("screen", "screener_id", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("screen", &["child_id"])).await?;
        m.create_index(index("screen", &["organisation_id"])).await?;
        m.create_index(index("screen", &["district", "performed_on"])).await?;
        m.create_table(
            Table::create()
                .table("referral")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(string("district"))
                .col(string_len("kind", 24))
                .col(string_len("state", 24))
                .col(big_integer("from_organisation_id"))
                .col(big_integer("to_organisation_id"))
                .col(big_integer("sender_id"))
                .col(big_integer_null("owner_id"))
                .col(string("reason"))
                .col(big_integer_null("screen_id"))
                .col(big_integer_null("rescreen_id"))
                .col(big_integer_null("diagnosis_id"))
                .col(big_integer_null("continues_id"))
                .col(timestamp_with_time_zone("since"))
                .col(date("answer_due_on"))
                .col(date("due_on"))
                .col(timestamp_with_time_zone_null("appointment_at"))
                .col(integer("escalation"))
                .col(timestamp_with_time_zone_null("escalated_at"))
                .col(timestamp_with_time_zone_null("closed_at"))
                .col(integer("version"))
                .foreign_key(&mut reference("referral", "child_id", "child"))
                .foreign_key(&mut reference("referral", "from_organisation_id", "organisation"))
                .foreign_key(&mut reference("referral", "to_organisation_id", "organisation"))
                .foreign_key(&mut reference("referral", "sender_id", "account"))
                .foreign_key(&mut reference("referral", "owner_id", "account"))
                .foreign_key(&mut reference("referral", "screen_id", "screen"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("referral", &["child_id"])).await?;
        m.create_index(index("referral", &["district", "state", "due_on"]))
            .await?;
        m.create_index(index("referral", &["from_organisation_id", "state", "due_on"]))
            .await?;
        m.create_index(index("referral", &["to_organisation_id", "state", "due_on"]))
            .await?;
        m.create_table(
            Table::create()
                .table("referral_step")
                .col(big_pk_auto("id"))
                .col(big_integer("referral_id"))
                .col(string_len_null("from_state", 24))
                .col(string_len("to_state", 24))
                .col(timestamp_with_time_zone("at"))
                .col(big_integer_null("by"))
                .col(big_integer_null("organisation_id"))
                .col(string_null("note"))
                .foreign_key(&mut reference("referral_step", "referral_id", "referral"))
                .foreign_key(&mut reference("referral_step", "by", "account"))
                .foreign_key(&mut reference("referral_step", "organisation_id", "organisation"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("referral_step", &["referral_id"])).await?;
        m.create_table(
            Table::create()
                .table("rescreen")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(big_integer_null("referral_id"))
                .col(big_integer("organisation_id"))
                .col(big_integer("by"))
                .col(string("district"))
                .col(string("street"))
                .col(date("performed_on"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(integer("age_days"))
                .col(json_binary("findings"))
                .col(boolean("scale_at_risk"))
                .col(boolean("development_deviates"))
                .col(string_null("development_note"))
                .col(boolean("abnormal"))
                .col(json_binary("criteria"))
                .col(date_null("recheck_on"))
                .col(string_null("note"))
                .col(timestamp_with_time_zone_null("withdrawn_at"))
                .col(integer("version"))
                .foreign_key(&mut reference("rescreen", "child_id", "child"))
                .foreign_key(&mut reference("rescreen", "referral_id", "referral"))
                .foreign_key(&mut reference("rescreen", "organisation_id", "organisation"))
                .foreign_key(&mut reference("rescreen", "by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("rescreen", &["child_id"])).await?;
        m.create_index(index("rescreen", &["referral_id"])).await?;
        m.create_index(index("rescreen", &["district", "performed_on"])).await?;
        m.create_table(
            Table::create()
                .table("diagnosis")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(big_integer_null("referral_id"))
                .col(big_integer("organisation_id"))
                .col(big_integer("by"))
                .col(string("district"))
                .col(string("street"))
                .col(string("doctor"))
                .col(date("diagnosed_on"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(integer("age_days"))
                .col(json_binary("codes"))
                .col(boolean("autism"))
                .col(blob_null("conclusion"))
                .col(timestamp_with_time_zone_null("withdrawn_at"))
                .col(integer("version"))
                .foreign_key(&mut reference("diagnosis", "child_id", "child"))
                .foreign_key(&mut reference("diagnosis", "referral_id", "referral"))
                .foreign_key(&mut reference("diagnosis", "organisation_id", "organisation"))
                .foreign_key(&mut reference("diagnosis", "by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("diagnosis", &["child_id"])).await?;
        m.create_index(index("diagnosis", &["referral_id"])).await?;
        m.create_index(index("diagnosis", &["district", "diagnosed_on"]))
            .await?;
        m.create_table(
            Table::create()
                .table("assessment")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(string("instrument"))
                .col(string("instrument_version"))
                .col(string_len("state", 24))
                .col(integer("rater"))
                .col(big_integer_null("round"))
                .col(big_integer_null("rescreen_id"))
                .col(big_integer_null("diagnosis_id"))
                .col(big_integer_null("referral_id"))
                .col(big_integer("organisation_id"))
                .col(big_integer("by"))
                .col(date("performed_on"))
                .col(integer("age_months"))
                .col(json_binary("answers"))
                .col(json_binary("item_scores"))
                .col(json_binary("result"))
                .col(string_null("cutoffs"))
                .col(integer("version"))
                .col(timestamp_with_time_zone("created_at"))
                .col(timestamp_with_time_zone_null("finished_at"))
                .foreign_key(&mut reference("assessment", "child_id", "child"))
                .foreign_key(&mut reference("assessment", "rescreen_id", "rescreen"))
                .foreign_key(&mut reference("assessment", "diagnosis_id", "diagnosis"))
                .foreign_key(&mut reference("assessment", "referral_id", "referral"))
                .foreign_key(&mut reference("assessment", "organisation_id", "organisation"))
                .foreign_key(&mut reference("assessment", "by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("assessment", &["child_id"])).await?;
        m.create_table(
            Table::create()
                .table("instrument")
                .col(big_pk_auto("id"))
                .col(string("code"))
                .col(string("edition"))
                .col(text("package"))
                .col(string("fingerprint"))
                .col(string_null("licence_note"))
                .col(big_integer("imported_by"))
                .col(timestamp_with_time_zone("imported_at"))
                .col(timestamp_with_time_zone_null("retired_at"))
                .foreign_key(&mut reference("instrument", "imported_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(unique("instrument", "edition", &["code", "edition"]))
            .await?;
        m.create_table(
            Table::create()
                .table("follow_up")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(string_len("kind", 24))
                .col(string_len("state", 24))
                .col(big_integer("organisation_id"))
                .col(timestamp_with_time_zone("opened_at"))
                .col(date("due_on"))
                .col(big_integer_null("rescreen_id"))
                .col(big_integer_null("diagnosis_id"))
                .col(integer("escalation"))
                .col(timestamp_with_time_zone_null("closed_at"))
                .col(big_integer_null("closed_by"))
                .col(string_null("note"))
                .col(integer("version"))
                .foreign_key(&mut reference("follow_up", "child_id", "child"))
                .foreign_key(&mut reference("follow_up", "organisation_id", "organisation"))
                .foreign_key(&mut reference("follow_up", "rescreen_id", "rescreen"))
                .foreign_key(&mut reference("follow_up", "diagnosis_id", "diagnosis"))
                .foreign_key(&mut reference("follow_up", "closed_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("follow_up", &["child_id"])).await?;
        m.create_index(index("follow_up", &["organisation_id", "state", "due_on"]))
            .await?;
        m.create_table(
            Table::create()
                .table("contact")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(big_integer_null("referral_id"))
                .col(big_integer_null("follow_up_id"))
                .col(string_len("method", 24))
                .col(string_len("result", 24))
                .col(timestamp_with_time_zone("attempted_at"))
                .col(string_null("note"))
                .col(big_integer("by"))
                .col(big_integer("organisation_id"))
                .foreign_key(&mut reference("contact", "child_id", "child"))
                .foreign_key(&mut reference("contact", "referral_id", "referral"))
                .foreign_key(&mut reference("contact", "follow_up_id", "follow_up"))
                .foreign_key(&mut reference("contact", "by", "account"))
                .foreign_key(&mut reference("contact", "organisation_id", "organisation"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("contact", &["child_id"])).await?;
        m.create_table(
            Table::create()
                .table("pathway")
                .col(big_integer("child_id"))
                .col(string("district"))
                .col(string("street"))
                .col(string_len("stage", 24))
                .col(big_integer_null("organisation_id"))
                .col(big_integer_null("referral_id"))
                .col(date("since_on"))
                .col(date_null("due_on"))
                .primary_key(Index::create().col("child_id"))
                .foreign_key(&mut reference("pathway", "child_id", "child"))
                .foreign_key(&mut reference("pathway", "organisation_id", "organisation"))
                .foreign_key(&mut reference("pathway", "referral_id", "referral"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("pathway", &["organisation_id", "stage", "due_on"]))
            .await?;
        m.create_index(index("pathway", &["district", "stage", "due_on"]))
            .await?;
        m.create_index(index("pathway", &["street", "stage", "due_on"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "pathway",
            "contact",
            "follow_up",
            "instrument",
            "assessment",
            "diagnosis",
            "rescreen",
            "referral_step",
            "referral",
            "screen",
            "planned_check",
        ] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
