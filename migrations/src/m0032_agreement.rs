//! Agreements: the texts that they are made from, who signs them, signatures; and guardians who are let in without an account.

use sea_orm_migration::{prelude::*, schema::*};

use crate::table::{index, reference, unique};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 5] = [
    "agreement_signer",
    "signature",
    "agreement",
    "agreement_template",
    "guardian_access",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        access(m).await?;
        templates(m).await?;
        agreements(m).await?;
        signatures(m).await?;
        signers(m).await?;
        // A code is asked for by an address.
        m.create_index(index("guardian", &["email"])).await
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        m.drop_index(Index::drop().name("idx-guardian-email").table("guardian").to_owned())
            .await?;
        for table in TABLES {
            m.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn access(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("guardian_access")
            .col(big_pk_auto("id"))
            .col(string_uniq("browser"))
            .col(string_len("way", 24))
            .col(blob_null("asked"))
            .col(string_null("address_index"))
            .col(string("remote"))
            .col(big_integer_null("guardian_id"))
            .col(string_null("code"))
            .col(timestamp_with_time_zone_null("code_until"))
            .col(integer("tries"))
            .col(timestamp_with_time_zone("asked_at"))
            .col(timestamp_with_time_zone_null("looked_at"))
            .col(timestamp_with_time_zone_null("opened_at"))
            .col(timestamp_with_time_zone_null("seen_at"))
            .col(timestamp_with_time_zone_null("until"))
            .col(string("agent"))
            .col(big_integer_null("witness_id"))
            .col(string_len_null("document", 24))
            .foreign_key(&mut reference("guardian_access", "guardian_id", "guardian"))
            .foreign_key(&mut reference("guardian_access", "witness_id", "account"))
            .to_owned(),
    )
    .await?;
    for column in ["address_index", "remote", "guardian_id", "code", "asked_at"] {
        m.create_index(index("guardian_access", &[column])).await?;
    }
    Ok(())
}

async fn templates(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("agreement_template")
            .col(big_pk_auto("id"))
            .col(string_len("kind", 24))
            .col(string("district"))
            .col(big_integer_null("organisation_id"))
            .col(integer("number"))
            .col(string_len("state", 24))
            .col(string("title"))
            .col(text("body"))
            .col(boolean("all_with_custody"))
            .col(big_integer("made_by"))
            .col(timestamp_with_time_zone("made_at"))
            .col(big_integer_null("decided_by"))
            .col(timestamp_with_time_zone_null("decided_at"))
            .col(integer("version"))
            .foreign_key(&mut reference("agreement_template", "organisation_id", "organisation"))
            .foreign_key(&mut reference("agreement_template", "made_by", "account"))
            .foreign_key(&mut reference("agreement_template", "decided_by", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("agreement_template", &["district"])).await?;
    m.create_index(index("agreement_template", &["organisation_id"])).await
}

async fn agreements(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("agreement")
            .col(big_pk_auto("id"))
            .col(big_integer("child_id"))
            .col(big_integer("decision_id"))
            .col(big_integer("template_id"))
            .col(string_len("kind", 24))
            .col(string("title"))
            .col(string_uniq("number"))
            .col(string("district"))
            .col(big_integer("organisation_id"))
            .col(big_integer("content_id"))
            .col(string("content_hash"))
            .col(string_len("state", 24))
            .col(big_integer_null("amends_id"))
            .col(date("due_on"))
            .col(big_integer("made_by"))
            .col(timestamp_with_time_zone("made_at"))
            .col(timestamp_with_time_zone_null("signed_at"))
            .col(big_integer_null("withdrawn_by"))
            .col(timestamp_with_time_zone_null("withdrawn_at"))
            .col(string_null("reason"))
            .col(integer("version"))
            .foreign_key(&mut reference("agreement", "child_id", "child"))
            .foreign_key(&mut reference("agreement", "decision_id", "enrolment_decision"))
            .foreign_key(&mut reference("agreement", "template_id", "agreement_template"))
            .foreign_key(&mut reference("agreement", "organisation_id", "organisation"))
            .foreign_key(&mut reference("agreement", "content_id", "frozen_content"))
            .foreign_key(&mut reference("agreement", "amends_id", "agreement"))
            .foreign_key(&mut reference("agreement", "made_by", "account"))
            .foreign_key(&mut reference("agreement", "withdrawn_by", "account"))
            .to_owned(),
    )
    .await?;
    for column in ["child_id", "decision_id", "district", "organisation_id"] {
        m.create_index(index("agreement", &[column])).await?;
    }
    Ok(())
}

async fn signatures(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("signature")
            .col(big_pk_auto("id"))
            .col(big_integer("child_id"))
            .col(big_integer("content_id"))
            .col(string("content_hash"))
            .col(string("subject_kind"))
            .col(big_integer("subject_id"))
            .col(string_len("party", 24))
            .col(big_integer_null("guardian_id"))
            .col(big_integer_null("account_id"))
            .col(string("name"))
            .col(string_len_null("kinship", 24))
            .col(string_len("method", 24))
            .col(json_binary_null("ink"))
            .col(string_null("ink_hash"))
            .col(string_len("identity", 24))
            .col(string_null("identity_to"))
            .col(string_len_null("document", 24))
            .col(big_integer_null("witness_id"))
            .col(string_len("level", 24))
            .col(timestamp_with_time_zone("signed_at"))
            .col(string("device"))
            .col(string("remote"))
            .col(string_null("mac"))
            .foreign_key(&mut reference("signature", "child_id", "child"))
            .foreign_key(&mut reference("signature", "content_id", "frozen_content"))
            .foreign_key(&mut reference("signature", "guardian_id", "guardian"))
            .foreign_key(&mut reference("signature", "account_id", "account"))
            .foreign_key(&mut reference("signature", "witness_id", "account"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("signature", &["child_id"])).await?;
    m.create_index(index("signature", &["content_id"])).await?;
    m.create_index(index("signature", &["ink_hash"])).await
}

async fn signers(m: &SchemaManager<'_>) -> Result<(), DbErr> {
    m.create_table(
        Table::create()
            .table("agreement_signer")
            .col(big_pk_auto("id"))
            .col(big_integer("agreement_id"))
            .col(big_integer("child_id"))
            .col(string_len("party", 24))
            .col(big_integer_null("guardian_id"))
            .col(string("name"))
            .col(string_len_null("kinship", 24))
            .col(big_integer_null("signature_id"))
            .foreign_key(&mut reference("agreement_signer", "agreement_id", "agreement"))
            .foreign_key(&mut reference("agreement_signer", "child_id", "child"))
            .foreign_key(&mut reference("agreement_signer", "guardian_id", "guardian"))
            .foreign_key(&mut reference("agreement_signer", "signature_id", "signature"))
            .to_owned(),
    )
    .await?;
    m.create_index(index("agreement_signer", &["child_id"])).await?;
    m.create_index(index("agreement_signer", &["guardian_id"])).await?;
    m.create_index(unique(
        "agreement_signer",
        "once",
        &["agreement_id", "party", "guardian_id"],
    ))
    .await
}
