//! The child's file: who the child is, who answers for it, where it lives and lived.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.create_table(
            Table::create()
                .table("child")
                .col(big_pk_auto("id"))
                .col(string("file_no").unique_key())
                .col(string("name"))
                .col(string("name_sound"))
                .col(string_len("sex", 24))
                .col(date("birth_on"))
                .col(integer_null("gestational_weeks"))
                .col(string_len("identity_kind", 24))
                .col(blob_null("identity_no"))
                .col(string_null("identity_index"))
                .col(string_null("identity_mask"))
                .col(string("ethnicity"))
                .col(string_null("household_division"))
                .col(string("division"))
                .col(string("street"))
                .col(string("district"))
                .col(string_null("address"))
                .col(string_null("kindergarten"))
                .col(blob_null("disability_card_no"))
                .col(string_null("disability_card_mask"))
                .col(date_null("disability_card_expires_on"))
                .col(big_integer_null("departure_id"))
                .col(big_integer_null("merged_into"))
                .col(integer("version"))
                .col(timestamp_with_time_zone("created_at"))
                .col(big_integer("created_by"))
                .foreign_key(&mut reference("child", "created_by", "organisation"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("child", &["name_sound", "birth_on"])).await?;
        m.create_index(index("child", &["identity_index"])).await?;
        m.create_index(index("child", &["merged_into"])).await?;
        m.create_index(index("child", &["district", "id"])).await?;
        m.create_index(index("child", &["street", "id"])).await?;
        m.create_index(index("child", &["birth_on", "name"])).await?;
        m.create_table(
            Table::create()
                .table("child_term")
                .col(string("district"))
                .col(string("term"))
                .col(big_integer("child_id"))
                .primary_key(Index::create().col("district").col("term").col("child_id"))
                .foreign_key(&mut reference("child_term", "child_id", "child"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("child_term", &["child_id"])).await?;
        m.create_table(
            Table::create()
                .table("guardian")
                .col(big_pk_auto("id"))
                .col(string("name"))
                .col(blob_null("phone"))
                .col(string_null("phone_index"))
                .col(string_null("phone_mask"))
                .col(string_null("email"))
                .col(string_len("language", 24))
                .col(integer("version"))
                .col(timestamp_with_time_zone("created_at"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("guardian", &["phone_index"])).await?;
        m.create_table(
            Table::create()
                .table("guardianship")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(big_integer("guardian_id"))
                .col(string_len("kinship", 24))
                .col(boolean("has_custody"))
                .col(boolean("may_be_contacted"))
                .col(boolean("is_first"))
                .col(date_null("ended_on"))
                .foreign_key(&mut reference("guardianship", "child_id", "child"))
                .foreign_key(&mut reference("guardianship", "guardian_id", "guardian"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("guardianship", &["child_id"])).await?;
        m.create_index(index("guardianship", &["guardian_id"])).await?;
        m.create_table(
            Table::create()
                .table("consent")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(string_len("purpose", 24))
                .col(string("text_version"))
                .col(string("signer"))
                .col(string_len("kinship", 24))
                .col(date("signed_on"))
                .col(date_null("withdrawn_on"))
                .col(big_integer("recorded_by"))
                .col(timestamp_with_time_zone("recorded_at"))
                .foreign_key(&mut reference("consent", "child_id", "child"))
                .foreign_key(&mut reference("consent", "recorded_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("consent", &["child_id"])).await?;
        m.create_table(
            Table::create()
                .table("residence")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(string("district"))
                .col(string("street"))
                .col(string("division"))
                .col(date("from_on"))
                .col(date_null("until_on"))
                .foreign_key(&mut reference("residence", "child_id", "child"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("residence", &["child_id"])).await?;
        m.create_index(index("residence", &["district", "street", "from_on"]))
            .await?;
        m.create_table(
            Table::create()
                .table("departure")
                .col(big_pk_auto("id"))
                .col(big_integer("child_id"))
                .col(string_len("reason", 24))
                .col(date("left_on"))
                .col(string_null("note"))
                .col(json_binary("effects"))
                .col(big_integer_null("recorded_by"))
                .col(timestamp_with_time_zone("recorded_at"))
                .col(timestamp_with_time_zone_null("undone_at"))
                .col(big_integer_null("undone_by"))
                .foreign_key(&mut reference("departure", "child_id", "child"))
                .foreign_key(&mut reference("departure", "recorded_by", "account"))
                .foreign_key(&mut reference("departure", "undone_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("departure", &["child_id"])).await?;
        m.create_table(
            Table::create()
                .table("duplicate")
                .col(big_pk_auto("id"))
                .col(string("district"))
                .col(big_integer("first_id"))
                .col(big_integer("second_id"))
                .col(json_binary("reasons"))
                .col(string_len("state", 24))
                .col(timestamp_with_time_zone("found_at"))
                .col(big_integer_null("decided_by"))
                .col(timestamp_with_time_zone_null("decided_at"))
                .col(string_null("note"))
                .col(date_null("until_on"))
                .col(string_null("basis"))
                .col(integer("version"))
                .foreign_key(&mut reference("duplicate", "first_id", "child"))
                .foreign_key(&mut reference("duplicate", "second_id", "child"))
                .foreign_key(&mut reference("duplicate", "decided_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("duplicate", &["district", "state"])).await?;
        m.create_index(index("duplicate", &["second_id"])).await?;
        m.create_index(unique("duplicate", "pair", &["first_id", "second_id"]))
            .await?;
        m.create_table(
            Table::create()
                .table("merge")
                .col(big_pk_auto("id"))
                .col(big_integer("survivor_id"))
                .col(big_integer("absorbed_id"))
                .col(big_integer_null("duplicate_id"))
                .col(json_binary("effects"))
                .col(big_integer("merged_by"))
                .col(timestamp_with_time_zone("merged_at"))
                .col(timestamp_with_time_zone_null("undone_at"))
                .col(big_integer_null("undone_by"))
                .foreign_key(&mut reference("merge", "survivor_id", "child"))
                .foreign_key(&mut reference("merge", "absorbed_id", "child"))
                .foreign_key(&mut reference("merge", "duplicate_id", "duplicate"))
                .foreign_key(&mut reference("merge", "merged_by", "account"))
                .foreign_key(&mut reference("merge", "undone_by", "account"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("merge", &["survivor_id"])).await?;
        m.create_index(index("merge", &["absorbed_id"])).await?;
        m.create_table(
            Table::create()
                .table("care")
                .col(big_integer("organisation_id"))
                .col(big_integer("child_id"))
                .col(timestamp_with_time_zone("since"))
                .col(timestamp_with_time_zone_null("ended_at"))
                .primary_key(Index::create().col("organisation_id").col("child_id"))
                .foreign_key(&mut reference("care", "organisation_id", "organisation"))
                .foreign_key(&mut reference("care", "child_id", "child"))
                .to_owned(),
        )
        .await?;
        m.create_index(index("care", &["child_id"])).await?;
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            "care",
            "merge",
            "duplicate",
            "departure",
            "residence",
            "consent",
            "guardianship",
            "guardian",
            "child_term",
            "child",
        ] {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
