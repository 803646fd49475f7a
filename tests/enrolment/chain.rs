//! Chains that an administrator draws.

use entities::{
    enrolment::review_chain,
    words::{ApplicationState, ChainState},
};
use sea_orm::{EntityTrait as _, QueryOrder as _};

use super::{applies, codes, decides, row, staffed};
use crate::support::{TestApp, story};

async fn chains(app: &TestApp) -> Vec<review_chain::Model> {
    let all = review_chain::Entity::find().order_by_asc(review_chain::COLUMN.id);
    all.all(&*app.app.db).await.unwrap()
}

#[tokio::test]
async fn a_chain_is_drawn_tried_and_put_in_force_while_one_runs() {
    story(|app| async move {
        staffed(&app).await;
        let running = app.diagnosed("王小明").await;
        let mut intake = app.person("intake").await;
        let old = applies(&mut intake, running).await;
        assert_eq!(
            chains(&app).await.len(),
            1,
            "what the program brings became the first version"
        );

        // Drawn: the buttons keep what was typed.
        let mut system = app.person("system").await;
        let page = system
            .open("/review-chains/new")
            .await
            .says("材料初审")
            .says("会审（教育局）");
        let page = page.fill("source", "区残联〔2026〕1 号").fill("do", "stage-1");
        let page = page.submit_to("/review-chains/new", &mut system).await;
        let page = page.says("阶段 7");
        let (_, fields) = page.prepared("/review-chains/new");
        let typed = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        assert_eq!(typed("source").as_deref(), Some("区残联〔2026〕1 号"));
        assert_eq!(
            typed("s2-0-code").as_deref(),
            Some("assessment"),
            "moved behind the new one"
        );

        // Wrong: by field.
        let wrong = page
            .fill("do", "save")
            .submit_to("/review-chains/new", &mut system)
            .await
            .is(422);
        wrong.says("至少要有一个继续向下的结果");
        let page = system.open("/review-chains/new").await.fill("do", "stage-1");
        let page = page.submit_to("/review-chains/new", &mut system).await;
        let page = page
            .fill("source", "区残联〔2026〕1 号")
            .fill("s1-0-zh", "家访")
            .fill("s1-0-en", "Home visit")
            .fill("s1-0-code", "home_visit")
            .fill("s1-0-organisation", "rehabilitation_centre")
            .fill("s1-0-role", "intake_worker")
            .fill("s1-0-days", "7")
            .fill("s1-0-o-approved", "true")
            .fill("do", "condition-1-0");
        let page = page.submit_to("/review-chains/new", &mut system).await;
        let page = page.says("家访");
        let page = page
            .fill("s1-0-c0-fact", "age_months")
            .fill("s1-0-c0-is", "under")
            .fill("s1-0-c0-value", "36")
            .fill("do", "save");
        let to = page
            .submit_to("/review-chains/new", &mut system)
            .await
            .is(303)
            .location
            .unwrap();
        let draft = chains(&app).await.pop().unwrap();
        assert_eq!((draft.state, draft.number), (ChainState::Draft, 2));

        // Tried: nobody is there for what nobody was hired for, and who would have it until when.
        let page = system.open(&to).await.says("年龄（月） 小于 36");
        let page = page.fill("fact-age_months", "24").fill("submitted_on", "2026-11-02");
        let ran = page.submit_to("/dry-run", &mut system).await;
        ran.says("区孤独症儿童康复中心").says("2026-11-18 前").says("区教育局");
        let page = system
            .open(&to)
            .await
            .fill("fact-age_months", "48")
            .fill("submitted_on", "2026-11-02");
        let ran = page.submit_to("/dry-run", &mut system).await;
        ran.says("不需要");

        // In force: new applications go by it, the running one keeps its own.
        system
            .open(&to)
            .await
            .submit_to("/commencement", &mut system)
            .await
            .is(303);
        system.open(&to).await.says("当前使用");
        let mut reviewer = app.person("intake-two").await;
        decides(&app, &mut reviewer, old, "materials", "approved", &[])
            .await
            .is(303);
        assert_eq!(codes(&app, old).await, ["assessment"]);
        let child = app.diagnosed("李小红").await;
        let new = applies(&mut intake, child).await;
        decides(&app, &mut reviewer, new, "materials", "approved", &[])
            .await
            .is(303);
        assert_eq!(codes(&app, new).await, ["home_visit"], "the child is two years old");
        assert_eq!(row(&app, new).await.state, ApplicationState::InReview);
        // In force is in force: another version is drafted.
        system.open(&format!("{to}/edit")).await.is(200);
        system
            .open(&to)
            .await
            .submit_to("/withdrawal", &mut system)
            .await
            .is(303);
        system.open(&to).await.says("已停用");
    })
    .await;
}

#[tokio::test]
async fn a_chain_of_the_city_is_not_a_districts_to_change() {
    story(|app| async move {
        let mut city = app.person("city-system").await;
        let page = city
            .open("/review-chains/new")
            .await
            .fill("source", "市残联")
            .fill("do", "save");
        let to = page
            .submit_to("/review-chains/new", &mut city)
            .await
            .is(303)
            .location
            .unwrap();
        city.open(&to).await.submit_to("/commencement", &mut city).await.is(303);
        let mut system = app.person("system").await;
        system.open(&to).await.says("当前使用").omits("停用");
        let row = chains(&app).await.remove(0);
        let form = [("version".to_owned(), row.version.to_string())];
        system
            .post(&format!("{to}/withdrawal"), &form)
            .await
            .is(409)
            .says("上级地区");
    })
    .await;
}
