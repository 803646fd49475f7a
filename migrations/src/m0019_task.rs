//! What somebody has to do by a day is a task. The follow-ups become tasks under their numbers, with their attempts to reach
//! the family; every open referral gets its task, with the rungs that it climbed. What else is to be done is worked out at
//! the first start, before the first page.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::table::{index, reference};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// One open task for a thing to be done to a row, and at most one that leads for a child; what is open, by whose it is and
/// by when.
const OPEN: &[&str] = &[
    r#"CREATE UNIQUE INDEX "idx-task-once" ON task (focus, focus_id, what) WHERE state = 'open'"#,
    r#"CREATE UNIQUE INDEX "idx-task-leads" ON task (child_id) WHERE state = 'open' AND leads"#,
    r#"CREATE INDEX "idx-task-whose" ON task (organisation_id, what, due_on) WHERE state = 'open'"#,
    r#"CREATE INDEX "idx-task-where" ON task (district, what, due_on) WHERE state = 'open'"#,
    r#"CREATE INDEX "idx-task-late" ON task (due_on) WHERE state = 'open'"#,
    r#"CREATE INDEX "idx-notice-unread" ON notice (child_id) WHERE read_at IS NULL"#,
];

/// A merge of two files could leave two that are about the same finding: the older one is it.
const ONCE: &str = r"UPDATE task SET state = 'cancelled', ended_at = since WHERE state = 'open' AND EXISTS (
    SELECT 1 FROM task older WHERE older.focus = task.focus AND older.focus_id = task.focus_id AND older.what = task.what
        AND older.state = 'open' AND older.id < task.id)";

const COLUMNS: &str = r#"district, child_id, what, focus, focus_id, leads, organisation_id, "role", since, due_on, rung, state,
    ended_at, ended_by, note, version"#;

/// The follow-ups under their numbers. Where an old row does not say what it rests on, the child's newest finding is it.
fn follow_ups() -> String {
    format!(
        r"INSERT INTO task (id, {COLUMNS})
        SELECT f.id, c.district, f.child_id, f.kind,
            CASE WHEN f.diagnosis_id IS NOT NULL OR f.kind = 'rehabilitation_contact' THEN 'diagnosis'
                 WHEN f.rescreen_id IS NOT NULL OR f.kind = 'recheck' THEN 'rescreen'
                 ELSE 'screen' END,
            COALESCE(f.diagnosis_id, f.rescreen_id,
                CASE f.kind
                    WHEN 'rehabilitation_contact' THEN (SELECT MAX(d.id) FROM diagnosis d WHERE d.child_id = f.child_id
                        AND d.autism AND d.withdrawn_at IS NULL)
                    WHEN 'recheck' THEN (SELECT MAX(s.id) FROM rescreen s WHERE s.child_id = f.child_id
                        AND s.withdrawn_at IS NULL)
                    ELSE (SELECT MAX(s.id) FROM screen s WHERE s.child_id = f.child_id AND s.outcome = 'abnormal'
                        AND s.withdrawn_at IS NULL)
                END, -f.id),
            FALSE, f.organisation_id,
            CASE WHEN f.kind = 'find_receiver' THEN 'federation_officer'
                 WHEN f.kind = 'recheck' THEN 'screener'
                 WHEN o.kind = 'diagnosing_hospital' THEN 'diagnostician'
                 ELSE 'intake_worker' END,
            f.opened_at, f.due_on, f.escalation,
            CASE WHEN f.kind = 'find_receiver' AND f.state = 'done' THEN 'settled' ELSE f.state END,
            f.closed_at, f.closed_by, f.note, f.version
        FROM follow_up f
        JOIN child c ON c.id = f.child_id
        JOIN organisation o ON o.id = f.organisation_id"
    )
}

/// The referrals that are open, and those that climbed before they ended.
fn referrals() -> String {
    let open = "r.state IN ('proposed', 'sent', 'accepted', 'appointed', 'no_show')";
    let role = |kinds: [&str; 3]| {
        format!(
            "CASE r.kind WHEN 'rescreen' THEN '{}' WHEN 'diagnosis' THEN '{}' ELSE '{}' END",
            kinds[0], kinds[1], kinds[2]
        )
    };
    let sender = role(["screener", "rescreener", "diagnostician"]);
    let receiver = role(["rescreener", "diagnostician", "intake_worker"]);
    let step = role(["do_rescreen", "do_diagnosis", "take_in"]);
    format!(
        r"INSERT INTO task ({COLUMNS})
        SELECT r.district, r.child_id,
            CASE WHEN r.state = 'proposed' THEN 'confirm_referral'
                 WHEN r.state IN ('accepted', 'appointed', 'no_show') THEN {step}
                 ELSE 'answer_referral' END,
            'referral', r.id, FALSE,
            CASE WHEN r.state = 'proposed' THEN r.from_organisation_id ELSE r.to_organisation_id END,
            CASE WHEN r.state = 'proposed' THEN {sender} ELSE {receiver} END,
            r.since,
            CASE WHEN r.state IN ('accepted', 'appointed', 'no_show') THEN r.due_on ELSE r.answer_due_on END,
            r.escalation,
            CASE WHEN {open} THEN 'open' ELSE 'settled' END,
            CASE WHEN {open} THEN NULL ELSE COALESCE(r.closed_at, r.since) END, NULL, NULL, 1
        FROM referral r
        WHERE {open} OR r.escalation > 0"
    )
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let db = m.get_connection();
        m.create_table(
            Table::create()
                .table("task")
                .col(big_pk_auto("id"))
                .col(string("district"))
                .col(big_integer_null("child_id"))
                .col(string_len("what", 24))
                .col(string_len("focus", 24))
                .col(big_integer("focus_id"))
                .col(boolean("leads"))
                .col(big_integer("organisation_id"))
                .col(string_len("role", 24))
                .col(big_integer_null("owner_id"))
                .col(timestamp_with_time_zone("since"))
                .col(date_null("due_on"))
                .col(integer("rung"))
                .col(string_len("state", 24))
                .col(timestamp_with_time_zone_null("ended_at"))
                .col(big_integer_null("ended_by"))
                .col(string_null("note"))
                .col(integer("version"))
                .foreign_key(&mut reference("task", "child_id", "child"))
                .foreign_key(&mut reference("task", "organisation_id", "organisation"))
                .foreign_key(&mut reference("task", "owner_id", "account"))
                .foreign_key(&mut reference("task", "ended_by", "account"))
                .to_owned(),
        )
        .await?;
        db.execute_unprepared(&follow_ups()).await?;
        if m.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(
                "SELECT setval(pg_get_serial_sequence('task', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM task), FALSE)",
            )
            .await?;
        }
        db.execute_unprepared(&referrals()).await?;
        m.create_index(index("task", &["child_id"])).await?;
        m.create_index(index("task", &["focus_id", "focus"])).await?;
        db.execute_unprepared(ONCE).await?;
        for one in OPEN {
            db.execute_unprepared(one).await?;
        }
        contacts_belong_to(m, "follow_up", "task").await?;
        m.drop_table(Table::drop().table("follow_up").to_owned()).await?;
        for column in ["escalation", "escalated_at"] {
            m.alter_table(Table::alter().table("referral").drop_column(column).to_owned())
                .await?;
        }
        Ok(())
    }

    async fn down(&self, m: &SchemaManager) -> Result<(), DbErr> {
        let db = m.get_connection();
        m.alter_table(
            Table::alter()
                .table("referral")
                .add_column(integer("escalation").default(0))
                .to_owned(),
        )
        .await?;
        m.alter_table(
            Table::alter()
                .table("referral")
                .add_column(timestamp_with_time_zone_null("escalated_at"))
                .to_owned(),
        )
        .await?;
        db.execute_unprepared(
            "UPDATE referral SET escalation = COALESCE((SELECT MAX(t.rung) FROM task t
                WHERE t.focus = 'referral' AND t.focus_id = referral.id), 0)",
        )
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
        db.execute_unprepared(
            "INSERT INTO follow_up (id, child_id, kind, state, organisation_id, opened_at, due_on, rescreen_id, diagnosis_id,
                escalation, closed_at, closed_by, note, version)
            SELECT id, child_id, what, CASE state WHEN 'settled' THEN 'done' ELSE state END, organisation_id, since, due_on,
                CASE WHEN focus = 'rescreen' AND focus_id > 0 THEN focus_id END,
                CASE WHEN focus = 'diagnosis' AND focus_id > 0 THEN focus_id END,
                rung, ended_at, ended_by, note, version
            FROM task WHERE what IN ('recheck', 'rehabilitation_contact', 'find_receiver')",
        )
        .await?;
        if m.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(
                "SELECT setval(pg_get_serial_sequence('follow_up', 'id'), (SELECT COALESCE(MAX(id), 0) + 1 FROM follow_up), FALSE)",
            )
            .await?;
        }
        m.create_index(index("follow_up", &["child_id"])).await?;
        m.create_index(index("follow_up", &["organisation_id", "state", "due_on"]))
            .await?;
        contacts_belong_to(m, "task", "follow_up").await?;
        m.drop_index(Index::drop().name("idx-notice-unread").table("notice").to_owned())
            .await?;
        m.drop_table(Table::drop().table("task").to_owned()).await
    }
}

/// The attempts to reach a family belong to another table's rows from now on, under the same numbers. SQLite cannot change
/// what a column refers to: the table is made anew.
async fn contacts_belong_to(m: &SchemaManager<'_>, from: &str, to: &str) -> Result<(), DbErr> {
    let db = m.get_connection();
    if m.get_database_backend() == DbBackend::Postgres {
        let statements = [
            format!(r#"ALTER TABLE contact DROP CONSTRAINT "fk-contact-{from}_id""#),
            format!("ALTER TABLE contact RENAME COLUMN {from}_id TO {to}_id"),
            format!("UPDATE contact SET {to}_id = NULL WHERE {to}_id NOT IN (SELECT id FROM {to})"),
            format!(
                r#"ALTER TABLE contact ADD CONSTRAINT "fk-contact-{to}_id" FOREIGN KEY ({to}_id) REFERENCES {to} (id)"#
            ),
        ];
        for statement in statements {
            db.execute_unprepared(&statement).await?;
        }
        return Ok(());
    }
    let column = format!("{to}_id");
    m.create_table(
        Table::create()
            .table("contact_anew")
            .col(big_pk_auto("id"))
            .col(big_integer("child_id"))
            .col(big_integer_null("referral_id"))
            .col(big_integer_null(column.clone()))
            .col(string_len("method", 24))
            .col(string_len("result", 24))
            .col(timestamp_with_time_zone("attempted_at"))
            .col(string_null("note"))
            .col(big_integer("by"))
            .col(big_integer("organisation_id"))
            .foreign_key(&mut reference("contact_anew", "child_id", "child"))
            .foreign_key(&mut reference("contact_anew", "referral_id", "referral"))
            .foreign_key(
                ForeignKey::create()
                    .name(format!("fk-contact-{column}"))
                    .from("contact_anew", column.clone())
                    .to(to.to_owned(), "id"),
            )
            .foreign_key(&mut reference("contact_anew", "by", "account"))
            .foreign_key(&mut reference("contact_anew", "organisation_id", "organisation"))
            .to_owned(),
    )
    .await?;
    db.execute_unprepared(&format!(
        r#"INSERT INTO contact_anew (id, child_id, referral_id, {column}, method, result, attempted_at, note, "by", organisation_id)
        SELECT id, child_id, referral_id, CASE WHEN {from}_id IN (SELECT id FROM {to}) THEN {from}_id END, method, result, attempted_at, note, "by", organisation_id FROM contact"#
    ))
    .await?;
    m.drop_table(Table::drop().table("contact").to_owned()).await?;
    m.rename_table(Table::rename().table("contact_anew", "contact").to_owned())
        .await?;
    m.create_index(index("contact", &["child_id"])).await
}
