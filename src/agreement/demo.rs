//! Agreements of the demonstration: texts in use, and agreements in every state, signed as real ones are.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entities::{
    account::{account, account_role},
    agreement::agreement,
    enrolment::enrolment_decision,
    organisation::organisation,
    words::{AgreementKind, IdentityCheck, OrganisationKind, Party, Role, SeenDocument},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    queries,
    service::{Given, NewAgreement, make_in, sign_in, withdraw_in},
    template::service::{NewTemplate, draft_in, take_into_use_in},
};
use crate::{
    children::queries as children,
    guardian_access::service::name,
    platform::{
        Actor, Result, Tx, Workplace, clock,
        demo::{Demo, Extent, Setting},
        identity::Identity,
    },
    signature::{Drawn, Ink, service::How},
};

/// Agreements of a district.
pub(super) const AGREEMENTS: Demo = Demo {
    extent: Extent::District,
    fill: |tx, by, setting| Box::pin(fill(tx, by, setting)),
};

/// At most so many.
const MOST: u64 = 12;

const SERVICE: &str = "甲方（服务机构）：{机构}（举办单位：{举办单位}）\n乙方（监护人）：{监护人}\n儿童：{儿童姓名}，{出生日期}出生，档案号 {档案号}\n\n# 一、服务内容与期限\n- 依据入园决定 {决定编号}，甲方以{入园方式}方式为儿童提供康复教育服务。\n- 服务期自 {有效期起} 至 {有效期止}，每周 {每周课时} 小时；具体时间：{具体时间}。\n# 二、费用\n{费用约定}\n# 三、双方的责任\n- 甲方配备有资质的人员，制定并公开计划，记录每次训练，每学期向乙方说明进展。\n- 乙方如实告知儿童的健康状况，按时接送，请假提前一天告知，参加家长培训。\n# 四、变更与终止\n- 内容有变化的，另行签署协议，注明所替代的协议编号。\n- 任何一方可以提前十五日书面告知对方终止本协议。\n# 五、其他\n{其他约定}";

const SAFETY: &str = "{机构}与监护人{监护人}就儿童{儿童姓名}在园期间的安全约定如下：\n# 一、接送\n- 只由登记的接送人接送；临时更换的，提前电话告知班主任。\n# 二、健康\n- 儿童发热或有传染病症状时不入园，痊愈后凭医疗机构证明返园。\n- 过敏、癫痫等情况由监护人在入园前书面告知。\n# 三、意外\n- 发生意外时，机构先行救护并立即联系监护人，记录经过并告知处理结果。";

async fn colleague(tx: &Tx, by: &Actor, place: &organisation::Model, role: Role) -> Result<Option<(Actor, String)>> {
    let accounts = account::Entity::find()
        .filter(account::COLUMN.organisation_id.eq(place.id))
        .order_by_asc(account::COLUMN.id)
        .all(&**tx)
        .await?;
    for one in accounts {
        let held = account_role::Entity::find()
            .filter(account_role::COLUMN.account_id.eq(one.id))
            .filter(account_role::COLUMN.role.eq(role))
            .one(&**tx)
            .await?;
        if held.is_some() {
            let actor = Actor {
                account: Some(one.id),
                name: one.user_name,
                roles: vec![role],
                workplace: Some(Workplace::of(place.clone())),
                ..by.without_submission()
            };
            return Ok(Some((actor, one.display_name)));
        }
    }
    Ok(None)
}

async fn fill(tx: &Tx, by: &Actor, setting: Setting<'_>) -> Result<()> {
    let by = Actor {
        now: clock::start_of(setting.today) - TimeDelta::hours(14),
        ..by.clone()
    };
    let centre = organisation::Entity::find()
        .filter(organisation::COLUMN.kind.eq(OrganisationKind::RehabilitationCentre))
        .filter(organisation::COLUMN.coverage.eq(setting.division))
        .order_by_asc(organisation::COLUMN.id)
        .one(&**tx)
        .await?;
    let Some(centre) = centre else { return Ok(()) };
    let intake = colleague(tx, &by, &centre, Role::IntakeWorker).await?;
    let head = colleague(tx, &by, &centre, Role::Supervisor).await?;
    let Some(((intake, _), head)) = intake.zip(head) else {
        return Ok(());
    };
    let mut texts = BTreeMap::new();
    for (kind, title, body, all_with_custody) in [
        (AgreementKind::Service, "康复服务协议", SERVICE, false),
        (AgreementKind::Safety, "安全协议", SAFETY, true),
    ] {
        let new = NewTemplate {
            kind,
            title: title.to_owned(),
            body: body.to_owned(),
            all_with_custody,
        };
        let row = draft_in(tx, &intake, &new).await?;
        texts.insert(kind, row.id);
        take_into_use_in(tx, &head.0, row).await?;
    }
    // The next version of the first one waits for a second person.
    let draft = NewTemplate {
        kind: AgreementKind::Service,
        title: "康复服务协议".to_owned(),
        body: format!("{SERVICE}\n# 六、争议\n- 先行协商，协商不成的向机构所在地人民法院起诉。"),
        all_with_custody: false,
    };
    draft_in(tx, &intake, &draft).await?;
    let decisions = enrolment_decision::Entity::find()
        .filter(enrolment_decision::COLUMN.organisation_id.eq(centre.id))
        .filter(enrolment_decision::COLUMN.valid_from.is_not_null())
        .filter(enrolment_decision::COLUMN.revoked_on.is_null())
        .order_by_asc(enrolment_decision::COLUMN.id)
        .limit(MOST)
        .all(&**tx)
        .await?;
    for (n, decision) in decisions.iter().enumerate() {
        let kind = if n % 3 == 2 {
            AgreementKind::Safety
        } else {
            AgreementKind::Service
        };
        let Some(template) = texts.get(&kind).copied() else {
            continue;
        };
        let story = Story {
            setting,
            intake: &intake,
            head: (&head.0, &head.1),
            n,
        };
        story.tell(tx, decision, template).await?;
    }
    Ok(())
}

/// One agreement.
struct Story<'a> {
    setting: Setting<'a>,
    intake: &'a Actor,
    head: (&'a Actor, &'a str),
    n: usize,
}

impl Story<'_> {
    async fn tell(
        &self,
        tx: &Tx,
        decision: &enrolment_decision::Model,
        template: entities::AgreementTemplateId,
    ) -> Result<()> {
        let ties = children::guardians(&**tx, decision.child_id).await?;
        let current = || ties.iter().filter(|(tie, _)| tie.ended_on.is_none());
        let mut guardians: Vec<_> = current()
            .filter(|(tie, _)| tie.has_custody)
            .map(|(tie, _)| tie.guardian_id)
            .collect();
        if guardians.is_empty() {
            guardians = current().take(1).map(|(tie, _)| tie.guardian_id).collect();
        }
        if guardians.is_empty() {
            return Ok(());
        }
        let new = NewAgreement {
            template,
            guardians,
            typed: BTreeMap::from([
                (
                    "fee",
                    "费用由康复救助资金支付，超出救助标准的部分由乙方承担，按月结算。".to_owned(),
                ),
                ("times", "周一至周五上午".to_owned()),
                ("remarks", "无。".to_owned()),
            ]),
            amends: None,
        };
        let row = make_in(tx, self.setting.keys, self.intake, decision, &new).await?;
        // All, the family, the centre, nobody, given up: one after the other.
        match self.n % 5 {
            0 => {
                let row = self.family(tx, row).await?;
                self.centre(tx, row).await?;
            }
            1 => {
                self.family(tx, row).await?;
            }
            2 => {
                self.centre(tx, row).await?;
            }
            3 => {}
            _ => withdraw_in(tx, self.intake, row, Some("家长要求调整课时，另行签署".to_owned())).await?,
        }
        Ok(())
    }

    async fn family(&self, tx: &Tx, row: agreement::Model) -> Result<agreement::Model> {
        let mut row = row;
        for place in queries::signers(&**tx, row.id).await? {
            let Some(guardian) = place.guardian_id.filter(|_| place.party == Party::Guardian) else {
                continue;
            };
            let at_counter = self.n % 2 == 0;
            let (by, identity) = if at_counter {
                let witness = self.intake.person()?;
                (
                    self.intake.clone(),
                    Identity::witnessed(SeenDocument::IdentityCard, witness),
                )
            } else {
                let visitor = Actor {
                    account: None,
                    guardian: Some(guardian),
                    name: name(guardian),
                    workplace: None,
                    roles: Vec::new(),
                    ..self.intake.clone()
                };
                let identity = Identity {
                    check: IdentityCheck::PhoneCode,
                    to: Some("138****0000".to_owned()),
                    document: None,
                    witness: None,
                };
                (visitor, identity)
            };
            let how = drawn(row.id.0 * 10 + guardian.0 % 10);
            let hash = row.content_hash.clone();
            let given = Given {
                hash: &hash,
                how: &how,
                identity: &identity,
                device: "示例设备",
            };
            row = sign_in(tx, self.setting.keys, &by, row, place, (None, &given)).await?;
        }
        Ok(row)
    }

    async fn centre(&self, tx: &Tx, row: agreement::Model) -> Result<()> {
        let places = queries::signers(&**tx, row.id).await?;
        let Some(place) = places.into_iter().find(|place| place.party == Party::Centre) else {
            return Ok(());
        };
        let hash = row.content_hash.clone();
        let given = Given {
            hash: &hash,
            how: &How::Screen(Drawn::Typed(self.head.1.to_owned())),
            identity: &Identity::ACCOUNT,
            device: "示例设备",
        };
        let account = Some((self.head.0.person()?, self.head.1));
        sign_in(tx, self.setting.keys, self.head.0, row, place, (account, &given)).await?;
        Ok(())
    }
}

/// A hand of its own for each number.
fn drawn(number: i64) -> How {
    let stroke: Vec<i64> = (0..40_i64)
        .flat_map(|n| {
            let (x, wave) = (30 + n * 13, (n * (7 + number % 5) + number) % 23);
            [x, 60 + wave * 4 + (n % 2) * 20, n * 16]
        })
        .collect();
    let text = serde_json::json!({ "w": 600, "h": 240, "s": [stroke] }).to_string();
    match Ink::read(&text) {
        Ok(ink) => How::Screen(Drawn::Strokes(ink)),
        Err(_) => How::Paper,
    }
}
